"""What several rules look at in a taper: the version signed last, and whether she is off the schedule."""

from datetime import date, timedelta
from typing import Any, Final

from gutclinic.simulator.invariants.signed_steps import signed_document
from gutclinic.simulator.taper_evidence import TaperState, UseState, VersionState

RUNNING: Final = frozenset({"active", "held", "watching"})
LEAVING: Final = frozenset({"stopped", "faster", "back-up", "no-supply"})


def newest_signed(state: TaperState) -> VersionState | None:
    return next((version for version in reversed(state.versions) if version.signature is not None), None)


def signed_terms_of(version: VersionState) -> dict[str, Any]:
    assert version.signature is not None
    return signed_document(version.signature.content)


def leaving(state: TaperState) -> UseState | None:
    """The first of the newest words that all say the same, if by them she is off the schedule."""
    if not state.uses or state.uses[-1].kind not in LEAVING:
        return None
    left = newest = state.uses[-1]
    for report in reversed(state.uses):
        if (report.kind, report.version) != (newest.kind, newest.version):
            break
        left = report
    return left


def left_version(state: TaperState) -> int:
    """Up to which version nothing is announced any more, since she left it; 0 for none."""
    left = leaving(state)
    return left.version if left else 0


def days_after(day: date, days: int) -> date:
    return day + timedelta(days=days)
