"""When nobody has heard from her for a week while a medicine comes down. Her page and the reminder say it alike."""

from datetime import date, datetime, timedelta

from patients.models import Taper
from protocols.domain.course import Course
from protocols.domain.taper_days import SILENT_DAYS, WATCHED_DAYS


def silent_from(taper: Taper, course: Course) -> date | None:
    """The day on which a week is full since her last word, or since the first day; it may lie ahead.

    None while nothing runs, and once the weeks of watching are over by then.
    """
    if not taper.is_running or course.first_day is None:
        return None
    words = [
        *(_written_on(entry.on, entry.recorded_at) for entry in taper.diary.all()),
        *(_written_on(report.since, report.reported_at) for report in taper.use_reports.all()),
        *(report.on for report in taper.red_flags.all()),
    ]
    on: date = max([course.first_day, *words]) + timedelta(days=SILENT_DAYS)
    is_over = course.ends_on is not None and on > course.ends_on + timedelta(days=WATCHED_DAYS)
    return None if is_over else on


def _written_on(about: date, at: datetime) -> date:
    """The day of this word: that which it is about, or by UTC where she wrote of one longer ago.

    Not by her zone: after a move to another one it would be another day, and the same silence be told of again.
    """
    by_utc = at.date()
    return about if abs((by_utc - about).days) <= 1 else by_utc
