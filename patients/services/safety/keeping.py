"""Hours apart: which of them the timetable of the day keeps.

A finding of hours apart is silent once the timetable keeps it. What it does not keep waits for a person.
"""

from collections.abc import Iterable
from datetime import datetime

from patients.models import Finding, FindingStatus, Plan
from patients.services.day.apart import hours_apart
from patients.services.day.kept import kept_spacings
from patients.services.day.things import ReadAlready
from patients.services.safety.reading import TakenRows, read_rests
from protocols.domain.safety_rules import Severity


def mark_what_is_kept(plan: Plan, findings: Iterable[Finding], taken: TakenRows, *, at: datetime) -> bool:
    """Write down which hours the timetable keeps; whether anything changed. The plan is locked, and its findings are
    as they are now.

    findings: all of this plan. taken: what was read of it; of its orders, how they stand now.
    """
    rows = [row for row in findings if row.severity == Severity.SPACE.value]
    before = frozenset(row.code for row in rows if row.is_kept)
    kept = _kept(plan, [row for row in rows if row.status != FindingStatus.RESOLVED.value], taken, before, at=at)
    is_any_changed = False
    for is_kept in (False, True):
        changed = [row for row in rows if row.is_kept is not is_kept and (row.code in kept) is is_kept]
        if changed:
            Finding.objects.filter(pk__in=[row.pk for row in changed]).update(is_kept=is_kept)
            is_any_changed = True
    return is_any_changed


def _kept(
    plan: Plan, standing: list[Finding], taken: TakenRows, before: frozenset[str], *, at: datetime
) -> frozenset[str]:
    spacing = hours_apart(standing)
    if not spacing:
        return frozenset()
    read_rests(taken)
    read = ReadAlready(apart=spacing, orders=taken.orders, uses=taken.uses, tapers=taken.tapers)
    return kept_spacings(plan, spacing, at=at, before=before, read=read)
