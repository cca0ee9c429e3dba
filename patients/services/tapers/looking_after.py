"""What happens to tapers by itself, on its day: waiting, watching, completing, closing what nobody answered.

The sweep finds those whose instant has come by one indexed read. Whatever it does here never raises a dose: it keeps
one, or says that the steps are over.
"""

from datetime import datetime, timedelta

from clinics.actor import Actor
from patients.models import PrescriberAnswerKind, Taper, TaperEnd, TaperVersion
from patients.reminders.isolation import each
from patients.services.tapers.answering import close_unagreed
from patients.services.tapers.holding import begin_hold
from patients.services.tapers.looking import unanswered_until, watched_until
from patients.services.tapers.tapering import Tapering, tapering
from patients.services.tapers.waiting import reason_to_wait
from protocols.domain.taper_states import TaperMove, TaperStatus, VersionStatus

BATCH = 200
SET_ASIDE_FOR = timedelta(minutes=15)


def look_after_tapers(*, by: Actor, at: datetime) -> int:
    """Look at every taper whose instant has come; how many were looked at. One that breaks stops no other.

    It waits a while, and is reported each time: even a whole batch of such tapers keeps none of the others waiting.
    """
    waiting = list(Taper.objects.to_look_at(at).order_by("looks_at", "pk")[:BATCH])
    return each(
        waiting,
        lambda taper: look_after(taper, by=by, at=at),
        what="a taper",
        on_error=lambda taper, error: _set_aside(taper, at=at),
    )


def _set_aside(taper: Taper, *, at: datetime) -> None:
    """Look again in a while; unless somebody moved it meanwhile, and so said when."""
    Taper.objects.filter(pk=taper.pk, looks_at=taper.looks_at).update(looks_at=at + SET_ASIDE_FOR)


def look_after(taper: Taper, *, by: Actor, at: datetime) -> bool:
    """Do what is due for this taper; saving it says when to look again."""
    with tapering(taper, by=by, at=at, revision=None) as move:
        move.has_looked = True
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
    until = unanswered_until(version)
    if until is None or until > move.today:
        return
    close_unagreed(
        move,
        version,
        status=VersionStatus.EXPIRED,
        end=TaperEnd.NO_AGREEMENT,
        reason=_why_nothing_came_of_it(version),
    )


def _why_nothing_came_of_it(version: TaperVersion) -> str:
    if version.answers.filter(kind=PrescriberAnswerKind.CALL_ME.value).exists():
        return "The prescriber asked for a call, and nothing was agreed within 21 days. The medicine stays as it is."
    return "Nobody answered within 21 days. The medicine stays as it is."


def _wait_or_watch(move: Tapering) -> None:
    course = move.course()
    if course.ends_on is not None and course.ends_on < move.today:
        move.set_status(TaperMove.WATCH)
        return
    reason = reason_to_wait(move)
    if reason is not None:
        begin_hold(move, reason)


def _complete(move: Tapering) -> None:
    ends_on = move.course().ends_on
    if ends_on is None or watched_until(ends_on) >= move.today or move.proposed is not None:
        return
    move.taper.end, move.taper.ended_on = TaperEnd.FINISHED.value, move.today
    move.set_status(TaperMove.COMPLETE)
    move.withdraw_what_waits()
