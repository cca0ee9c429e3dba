"""When the sweep is to look at a taper next, so that what is due is found by one indexed read."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from clinics.domain.instants import civil_date, day_begins
from clinics.domain.instants import zone as zone_of
from patients.models import Plan, SigningRequest, Taper, TaperVersion
from patients.models.taper_course import COURSE_ROWS, course_of
from patients.services.tapers.use_known import use_unknown_at
from protocols.domain.taper_days import CLOSED_AFTER_DAYS
from protocols.domain.taper_days import WATCHED_DAYS as WATCHED_DAYS
from protocols.domain.taper_states import TaperStatus, VersionStatus
from protocols.domain.terms import TermsError

ONE_DAY = timedelta(days=1)


def next_look(taper: Taper, *, today: date, zone: ZoneInfo) -> datetime | None:
    """The beginning of the first day after today on which something may have to happen by itself; None if none.

    For the sweep, which has just looked at today.
    """
    return _begins(_days_of_interest(taper, since=today + ONE_DAY), zone)


def look_after_a_move(taper: Taper, *, at: datetime, today: date, zone: ZoneInfo) -> datetime | None:
    """The same once somebody else has moved the taper: the sweep has not looked at today yet.

    What it was about to look at it still looks at, however late it is.
    """
    if taper.looks_at is not None and taper.looks_at <= at:
        return taper.looks_at
    return _begins(_days_of_interest(taper, since=today), zone)


def look_again_at(plan: Plan, *, at: datetime) -> None:
    """Say anew when the sweep is to look at the tapers of this locked plan, and when nobody knows any more.

    Its patient lives elsewhere now: her days begin at other instants.
    """
    where = zone_of(plan.patient.zone)
    for taper in plan.tapers.open().prefetch_related(*COURSE_ROWS, "versions__requests", "use_reports"):
        today = civil_date(at, where)
        try:
            looks_at = look_after_a_move(taper, at=at, today=today, zone=where)
            unknown_at = use_unknown_at(taper, today=today, zone=where)
        except TermsError:
            # Altered bytes have no dates. They keep nobody from writing down where the patient lives.
            continue
        Taper.objects.filter(pk=taper.pk).update(looks_at=looks_at, use_unknown_at=unknown_at)


def _begins(days: list[date], zone: ZoneInfo) -> datetime | None:
    return day_begins(min(days), zone) if days else None


def _days_of_interest(taper: Taper, *, since: date) -> list[date]:
    """From that day on. What is overdue, whatever kept it, is looked at on that very day."""
    proposed = [version for version in taper.versions.all() if version.status == VersionStatus.PROPOSED.value]
    duties = [unanswered_until(version) for version in proposed]
    decisions: list[date] = []
    status = TaperStatus(taper.status)
    if status.is_running:
        course = course_of(taper)
        for step in course.steps:
            # On its eve, and on its last day, it is decided whether what comes next begins, or waits.
            decisions += [step.first - ONE_DAY] if step.last is None else [step.first - ONE_DAY, step.last]
        if course.ends_on is not None:
            is_watched = status is TaperStatus.WATCHING
            duties.append((watched_until(course.ends_on) if is_watched else course.ends_on) + ONE_DAY)
    return [max(day, since) for day in duties if day is not None] + [day for day in decisions if day >= since]


def unanswered_until(version: TaperVersion) -> date | None:
    """The day on which it is closed unless somebody answers, counted from its first request; None if never sent."""
    return min((closes_on(request) for request in version.requests.all()), default=None)


def closes_on(request: SigningRequest) -> date:
    """The day on which a request that nobody answered is closed."""
    return request.made_on + timedelta(days=CLOSED_AFTER_DAYS)


def watched_until(ends_on: date) -> date:
    return ends_on + timedelta(days=WATCHED_DAYS)
