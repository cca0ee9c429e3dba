"""Whether it is known that she takes what the schedule says. Her newest word counts; silence is not a yes."""

from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from clinics.domain.instants import civil_date
from patients.models import Taper, UseKind, UseReport
from patients.models.taper_course import course_of
from protocols.domain.course import Course
from protocols.domain.dose_changes import dose_changes
from protocols.domain.taper_days import USE_UNKNOWN_AFTER_DAYS

ASKED_FOR = timedelta(days=USE_UNKNOWN_AFTER_DAYS)
"""So long “Have you changed?” may stay unanswered before the next step waits."""


def use_is_known(taper: Taper, course: Course, *, today: date, zone: ZoneInfo) -> bool:
    """Whether she has said that she changed to the step about which she was asked three days ago or longer.

    A younger step is still being asked about; a later version that goes on with a dose asks nothing. Her newest word
    counts.
    """
    asked = [step for step in dose_changes(course) if step.first <= today - ASKED_FOR]
    return not asked or _has_changed(taper.use_reports.all(), since=asked[-1].first, zone=zone)


def use_unknown_from(taper: Taper, *, today: date, zone: ZoneInfo) -> date | None:
    """From which day on it is not known, unless she says so before; None if it is known as far as the steps go."""
    if not taper.is_running:
        return None
    reports = list(taper.use_reports.all())
    starts = [step.first for step in dose_changes(course_of(taper))]
    asked = [start for start in starts if start <= today - ASKED_FOR]
    for start in [*asked[-1:], *starts[len(asked) :]]:
        if not _has_changed(reports, since=start, zone=zone):
            return start + ASKED_FOR
    return None


def _has_changed(reports: Iterable[UseReport], *, since: date, zone: ZoneInfo) -> bool:
    said = [report for report in reports if civil_date(report.reported_at, zone) >= since]
    newest = max(said, key=lambda report: (report.reported_at, report.pk), default=None)
    return newest is not None and newest.kind == UseKind.CHANGED.value
