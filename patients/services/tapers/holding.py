"""Holding a taper at its dose, and letting it go on: within what was signed, so without a new signature."""

from datetime import date, datetime, timedelta

from clinics.actor import Actor, ActorKind, NotAllowed
from patients.models import (
    HoldReason,
    PrescriberAnswerKind,
    RedFlagReport,
    Taper,
    TaperHold,
)
from patients.models.taper_course import signed_terms, signed_versions
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.errors import HoldTooLong, RedFlagOpen, WaitsForPrescriber
from patients.services.tapers.said import Said, is_of_prescriber, record_later_answer
from patients.services.tapers.tapering import Tapering, tapering
from patients.services.tapers.waiting import reason_to_wait, the_record_forbids
from protocols.domain.taper_states import TaperMove, TaperStatus, next_taper_status
from protocols.domain.terms import LONGEST_HOLD_DAYS

BY_ITSELF = frozenset(
    {
        HoldReason.RESCUE_THRESHOLD,
        HoldReason.RED_FLAG,
        HoldReason.USE_UNKNOWN,
        HoldReason.CONFIRMATION_MISSING,
        HoldReason.RECORD_CHANGED,
    }
)
"""Holds that the software may begin. The first two need the permission of the signature."""


def hold(
    taper: Taper,
    *,
    reason: str,
    by: Actor,
    at: datetime,
    revision: int | None,
    said: Said | None = None,
) -> Taper:
    """Keep the present dose from today on. A practitioner or the prescriber decides.

    What the software holds a practitioner may hold too, and what either holds the prescriber: from then on it is theirs
    to let go on. said: how the prescriber said it, also where a practitioner writes it down.
    """
    if not reason.strip():
        raise InvalidRequest("Say why it is held.", field="reason")
    with tapering(taper, by=by, at=at, revision=revision) as move:
        _require_clinician(by)
        is_prescribers = is_of_prescriber(move, said)
        if is_prescribers:
            record_later_answer(move, PrescriberAnswerKind.HOLD, text=reason, said=said)
        kind = HoldReason.PRESCRIBER if is_prescribers else HoldReason.CLINICIAN
        held = move.open_hold
        if held is not None and _counts_over(kind, HoldReason(held.reason_kind)):
            _take_over(move, held, kind, reason=reason.strip())
        else:
            begin_hold(move, kind, reason=reason.strip())
    return move.taper


def _counts_over(kind: HoldReason, present: HoldReason) -> bool:
    """Whether a hold of this kind takes the place of the present one."""
    return present in BY_ITSELF or (kind is HoldReason.PRESCRIBER and present is not HoldReason.PRESCRIBER)


def _take_over(move: Tapering, held: TaperHold, kind: HoldReason, *, reason: str) -> None:
    """The dose stays as it is, and its days go on counting; who lets it go on is another."""
    was = held.reason_kind
    held.reason_kind, held.reason = kind.value, reason
    held.save(update_fields=["reason_kind", "reason"])
    move.note(TaperMove.HOLD, reason=reason, details={"why": kind.value, "was": was})


def begin_hold(move: Tapering, kind: HoldReason, *, reason: str = "") -> None:
    """Within a move: hold, if the status allows it."""
    next_taper_status(TaperMove.HOLD, TaperStatus(move.taper.status))
    course = move.course()
    if course.ends_on is not None and course.ends_on < move.today:
        raise Refused("The last step is over. There is no dose left to hold.")
    move.open_a_hold(kind, reason=reason)


def resume(
    taper: Taper, *, by: Actor, at: datetime, revision: int | None, reason: str = "", said: Said | None = None
) -> Taper:
    """Go on from today with all that was left. Refused after more than 28 days, and where something is still open.

    said: how the prescriber said it, also where a practitioner writes it down. It needs no new signature and no paper:
    what goes on is what was signed.
    """
    with tapering(taper, by=by, at=at, revision=revision) as move:
        _require_clinician(by)
        next_taper_status(TaperMove.RESUME, TaperStatus(move.taper.status))
        held = move.open_hold
        if held is None:
            raise Refused("It is not held.")
        is_prescribers = is_of_prescriber(move, said)
        if held.reason_kind == HoldReason.PRESCRIBER.value and not is_prescribers:
            raise WaitsForPrescriber
        refusal = _stays_because(move, held)
        if refusal is not None:
            raise refusal
        if is_prescribers:
            record_later_answer(move, PrescriberAnswerKind.RESUME, text=reason, said=said)
        _close(move, reason=reason)
        if reason_to_wait(move) is HoldReason.CONFIRMATION_MISSING:
            raise Refused("The written confirmation is still missing. File it, and the taper goes on.")
    return move.taper


def let_go_on(move: Tapering, waited_for: HoldReason, *, reason: str) -> None:
    """Within a move: what a hold of this kind waited for has come, so it ends, unless something else keeps the dose."""
    held = move.open_hold
    if held is None or held.reason_kind != waited_for.value or _stays_because(move, held) is not None:
        return
    _close(move, reason=reason)
    another = reason_to_wait(move)
    if another is not None:
        begin_hold(move, another)


def _stays_because(move: Tapering, held: TaperHold) -> Refused | None:
    """Why nobody lets it go on today as it was signed; None if nothing is in the way."""
    if (move.today - _held_since(move, held)).days > LONGEST_HOLD_DAYS:
        return HoldTooLong(LONGEST_HOLD_DAYS)
    if RedFlagReport.objects.filter(taper=move.taper, cleared_at__isnull=True).exists():
        return RedFlagOpen()
    if (waiting := _begins_too_late(move, held)) is not None:
        return waiting
    if the_record_forbids(move):
        return Refused(
            "By now the record says something that was not known when this was signed, and with which it must not "
            "begin. Clear it up in the record, or take the agreement back and ask the prescriber for a new version."
        )
    return None


def _begins_too_late(move: Tapering, held: TaperHold) -> Refused | None:
    """Why what was signed, and has waited for the hold to end, must not begin any more; None where it may."""
    of = next(version for version in move.versions if version.pk == held.version_id)
    since = of.begins_on if held.first_day < of.begins_on else held.first_day
    days = max(timedelta(0), move.today - since)
    for version in signed_versions(move.taper):
        latest = signed_terms(version).latest_first_day
        if version.begins_on > held.first_day and version.begins_on + days > latest:
            return Refused(
                f"Version {version.number} was to begin by {latest:%-d %B %Y} at the latest, and the hold has lasted "
                "longer: it needs a new signature. Draw up a new version; until that is signed the dose stays."
            )
    return None


def _held_since(move: Tapering, held: TaperHold) -> date:
    """The first day of this hold and of those that it followed without a day between: they are one."""
    first = held.first_day
    earlier = [hold for version in move.versions for hold in version.holds.all() if hold.pk != held.pk]
    for hold in sorted(earlier, key=lambda hold: (hold.first_day, hold.pk), reverse=True):
        if hold.resumed_on is not None and hold.first_day < first <= hold.resumed_on:
            first = hold.first_day
    return first


def _close(move: Tapering, *, reason: str) -> None:
    days = move.close_hold()
    move.set_status(TaperMove.RESUME, reason=reason, details={"held_days": days})


def _require_clinician(by: Actor) -> None:
    if by.kind is ActorKind.PATIENT or by.kind is ActorKind.SYSTEM:
        raise NotAllowed("A practitioner of the clinic, or the prescriber, decides this.")
