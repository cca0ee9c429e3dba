"""Hours apart: which of them the timetable of the day keeps.

A finding of hours apart is silent once the timetable keeps it. What it does not keep waits for a person.
"""

from datetime import datetime

from patients.models import Finding, Plan
from patients.services.day.apart import spacing_of
from patients.services.day.kept import kept_spacings
from protocols.domain.safety_rules import Severity


def mark_what_is_kept(plan: Plan, *, at: datetime) -> None:
    """Write down which hours the timetable keeps. The plan is locked, and its findings are as they are now."""
    rows = Finding.objects.filter(plan=plan, severity=Severity.SPACE.value)
    spacing = spacing_of(plan)
    before = frozenset(rows.filter(is_kept=True).values_list("code", flat=True)) if spacing else frozenset()
    kept = kept_spacings(plan, spacing, at=at, before=before) if spacing else frozenset()
    rows.filter(is_kept=True).exclude(code__in=kept).update(is_kept=False)
    if kept:
        rows.filter(is_kept=False, code__in=kept).update(is_kept=True)
