"""When the sweep is to look at a taper next, so that what is due is found by one indexed read."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from clinics.domain.instants import day_begins
from patients.models import SigningRequest, Taper
from patients.models.taper_course import course_of
from protocols.domain.taper_days import CLOSED_AFTER_DAYS
from protocols.domain.taper_days import WATCHED_DAYS as WATCHED_DAYS
from protocols.domain.taper_states import TaperStatus, VersionStatus


def next_look(taper: Taper, *, today: date, zone: ZoneInfo) -> datetime | None:
    """The beginning of the first day after today on which something may have to happen by itself; None if none."""
    days = [day for day in _days_of_interest(taper) if day > today]
    return day_begins(min(days), zone) if days else None


def _days_of_interest(taper: Taper) -> list[date]:
    days = [closes_on(request) for request in _open_requests(taper)]
    status = TaperStatus(taper.status)
    if not status.is_running:
        return days
    course = course_of(taper)
    for step in course.steps:
        if step.last is not None:
            # On its last day it is decided whether the next one begins, or waits.
            days += [step.last, step.last + timedelta(days=1)]
    if course.ends_on is not None:
        days.append(watched_until(course.ends_on) + timedelta(days=1))
    return days


def closes_on(request: SigningRequest) -> date:
    """The day on which a request that nobody answered is closed."""
    return request.made_on + timedelta(days=CLOSED_AFTER_DAYS)


def watched_until(ends_on: date) -> date:
    return ends_on + timedelta(days=WATCHED_DAYS)


def _open_requests(taper: Taper) -> list[SigningRequest]:
    return [
        request
        for version in taper.versions.all()
        if version.status == VersionStatus.PROPOSED.value
        for request in version.requests.all()
        if request.is_open
    ]
