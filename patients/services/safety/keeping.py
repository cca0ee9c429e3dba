"""Hours apart: what the timetable of a day has to keep, and which of it is kept.

A finding of hours apart is silent once the timetable keeps it. What it does not keep waits for a person.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from patients.models import Finding, FindingSeverity, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptApart:
    """Each time of a’s lies at least `before_hours` before or `after_hours` after each of b’s.

    None: that side never satisfies it. a, b: as typed; a_codes, b_codes: of the orders, tapers and medicines in use.
    finding: its code; rule: its name, for explaining.
    """

    finding: str
    rule: str
    a: str
    b: str
    a_codes: tuple[str, ...]
    b_codes: tuple[str, ...]
    before_hours: Decimal | None
    after_hours: Decimal | None


def spacing_of(plan: Plan) -> list[KeptApart]:
    """Every rule of hours apart that stands in this plan, decided upon or not, in the order of the rules."""
    rows = plan.findings.standing().filter(severity=FindingSeverity.SPACE.value, spacing__isnull=False)
    return [_of(row, row.spacing) for row in rows.order_by("rule", "part", "pk")]


def mark_what_is_kept(plan: Plan, *, at: datetime) -> None:
    """Write down which hours the timetable keeps. The plan is locked, and its findings are as they are now."""
    rows = plan.findings.filter(severity=FindingSeverity.SPACE.value)
    kept = kept_by_timetable(plan, spacing_of(plan), at=at)
    rows.filter(is_kept=True).exclude(code__in=kept).update(is_kept=False)
    if kept:
        rows.filter(is_kept=False, code__in=kept).update(is_kept=True)


def kept_by_timetable(plan: Plan, spacing: list[KeptApart], *, at: datetime) -> frozenset[str]:
    """The codes of those findings whose hours every day’s timetable keeps. Without a timetable nothing is kept."""
    return frozenset()


def _of(row: Finding, said: dict[str, Any]) -> KeptApart:
    return KeptApart(
        finding=row.code,
        rule=row.rule,
        a=said["a"],
        b=said["b"],
        a_codes=tuple(said["a_codes"]),
        b_codes=tuple(said["b_codes"]),
        before_hours=None if said["before_hours"] is None else Decimal(said["before_hours"]),
        after_hours=None if said["after_hours"] is None else Decimal(said["after_hours"]),
    )
