"""What happens to tapers by itself, on its day: waiting, watching, completing, closing what nobody answered.

The sweep finds those whose instant has come by one indexed read. Whatever it does here never raises a dose: it keeps
one, or says that the steps are over.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from clinics.actor import Actor
from clinics.domain.instants import civil_date
from patients.models import HoldReason, Taper, TaperEnd, UseKind, WrittenConfirmation
from patients.reminders.isolation import each
from patients.services.tapers.answering import close_unagreed
from patients.services.tapers.looking import closes_on, watched_until
from patients.services.tapers.tapering import Tapering, tapering
from protocols.domain.course import Course
from protocols.domain.taper_states import TaperMove, TaperStatus, VersionStatus

BATCH = 200
ASKED_FOR_DAYS = 3
"""So long “Have you changed?” may stay unanswered before the next step waits."""


def look_after_tapers(*, by: Actor, at: datetime) -> int:
    """Look at every taper whose instant has come; how many were looked at. One that breaks stops no other."""
    waiting = list(Taper.objects.to_look_at(at).order_by("looks_at", "pk")[:BATCH])
    return each(waiting, lambda taper: look_after(taper, by=by, at=at), what="a taper")


def look_after(taper: Taper, *, by: Actor, at: datetime) -> bool:
    """Do what is due for this taper; saving it says when to look again."""
    with tapering(taper, by=by, at=at, revision=None) as move:
        _close_unanswered(move)
        if move.taper.status == TaperStatus.ACTIVE.value:
            _wait_or_watch(move)
        if move.taper.status == TaperStatus.WATCHING.value:
            _complete(move)
    return True


def _close_unanswered(move: Tapering) -> None:
    version = move.proposed
    if version is None:
        return
    requests = list(version.requests.all())
    if not requests or closes_on(min(requests, key=lambda request: request.made_on)) > move.today:
        return
    close_unagreed(
        move,
        version,
        status=VersionStatus.EXPIRED,
        end=TaperEnd.NO_AGREEMENT,
        reason="Nobody answered within 21 days. The medicine stays as it is.",
    )


def _wait_or_watch(move: Tapering) -> None:
    course = move.course()
    if course.ends_on is not None and course.ends_on < move.today:
        move.set_status(TaperMove.WATCH)
        return
    step = course.on(move.today)
    if step is None or step.last != move.today:
        return
    # Its last day: the next step, or the end, begins tomorrow, unless it has to wait.
    if _confirmation_is_missing(move):
        move.open_a_hold(HoldReason.CONFIRMATION_MISSING)
    elif not use_is_known(move.taper, course, today=move.today, zone=move.zone):
        move.open_a_hold(HoldReason.USE_UNKNOWN)


def _confirmation_is_missing(move: Tapering) -> bool:
    version = move.current
    if version is None or version.signature.written_due_on is None:
        return False
    if version.signature.written_due_on > move.today:
        return False
    return not WrittenConfirmation.objects.filter(signature=version.signature).exists()


def use_is_known(taper: Taper, course: Course, *, today: date, zone: ZoneInfo) -> bool:
    """Whether she has said that she changed to the step about which she was asked three days ago or longer.

    A younger step is still being asked about. Her newest word counts.
    """
    asked = [step for step in course.steps if step.first <= today - timedelta(days=ASKED_FOR_DAYS)]
    if not asked:
        return True
    since = asked[-1].first
    reports = [report for report in taper.use_reports.all() if civil_date(report.reported_at, zone) >= since]
    return (
        bool(reports) and max(reports, key=lambda report: (report.reported_at, report.pk)).kind == UseKind.CHANGED.value
    )


def _complete(move: Tapering) -> None:
    ends_on = move.course().ends_on
    if ends_on is None or watched_until(ends_on) >= move.today:
        return
    move.taper.end, move.taper.ended_on = TaperEnd.FINISHED.value, move.today
    move.set_status(TaperMove.COMPLETE)
