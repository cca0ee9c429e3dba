"""Ending a taper before it is through: by the clinic, by the prescriber, or because it should never have been there."""

from datetime import datetime

from clinics.actor import Actor, ActorKind, NotAllowed
from patients.models import PrescriberAnswerKind, Taper, TaperEnd, UseKind
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.errors import NotThePrescriber
from patients.services.tapers.said import Said, is_of_prescriber, record_later_answer
from patients.services.tapers.tapering import require_staff, tapering
from patients.services.tapers.use_known import left_schedule
from protocols.domain.taper_states import TaperMove, TaperStatus, next_taper_status


def stop(
    taper: Taper, *, end: TaperEnd, instruction: str, reason: str = "", by: Actor, at: datetime, revision: int
) -> Taper:
    """End the taper today. instruction: what the patient reads instead of steps; needed once she has seen any.

    The software orders nothing: what is taken from now on is between her and whoever prescribes it.
    """
    with tapering(taper, by=by, at=at, revision=revision) as move:
        if by.kind is not ActorKind.STAFF:
            raise NotAllowed("A practitioner of the clinic stops a taper; the prescriber takes the agreement back.")
        if move.taper.started_at is not None and not instruction.strip():
            raise InvalidRequest("Write what the patient is to do now, as she will read it.", field="instruction")
        move.set_status(TaperMove.STOP, reason=reason, details={"end": end.value})
        move.end(end, instruction=instruction.strip())
    return move.taper


def watch_from_now(taper: Taper, *, reason: str = "", by: Actor, at: datetime, revision: int) -> Taper:
    """She has stopped before the last step: no further step comes, and it is watched as after the last one.

    Only by her own word. What was signed counts until yesterday, the reviews and the twelve weeks from then; rebound is
    counted from the day on which she stopped. Nothing is ordered: to begin again is a new version, signed.
    """
    with tapering(taper, by=by, at=at, revision=revision) as move:
        require_staff(by)
        next_taper_status(TaperMove.WATCH, TaperStatus(move.taper.status))
        word = left_schedule(move.taper, move.course(), today=move.today)
        if word is None or word.kind != UseKind.STOPPED.value:
            raise Refused("She has not said that she stopped. Write down first what is taken, or stop the taper.")
        move.close_hold()
        move.end_versions(before=move.today)
        move.reload()
        if move.course().ends_on is None:
            raise Refused(
                "No day of it has been lived yet, so there is nothing to watch after. Stop the taper instead."
            )
        move.set_status(TaperMove.WATCH, reason=reason.strip(), details={"since": word.since.isoformat()})
    return move.taper


def revoke(
    taper: Taper,
    *,
    instruction: str,
    said: Said | None = None,
    by: Actor,
    at: datetime,
    revision: int | None = None,
) -> Taper:
    """The prescriber takes the agreement back. The patient reads the prescriber’s instruction, never an empty page.

    said: how the prescriber said it, also where a practitioner writes it down.
    """
    if not instruction.strip():
        raise InvalidRequest("Write what your patient is to do instead, as she will read it.", field="instruction")
    with tapering(taper, by=by, at=at, revision=revision) as move:
        if not is_of_prescriber(move, said):
            raise NotThePrescriber
        record_later_answer(move, PrescriberAnswerKind.REVOKE, text=instruction, said=said)
        move.set_status(TaperMove.REVOKE, reason=instruction.strip())
        move.end(TaperEnd.REVOKED, instruction=instruction.strip(), revoked=True)
    return move.taper


def enter_in_error(taper: Taper, *, reason: str, by: Actor, at: datetime, revision: int) -> Taper:
    """It should never have been there: hidden from the patient, kept in the history."""
    if not reason.strip():
        raise InvalidRequest("Say why this taper was entered in error.", field="reason")
    with tapering(taper, by=by, at=at, revision=revision) as move:
        if by.kind is not ActorKind.STAFF:
            raise NotAllowed("A practitioner of the clinic does this.")
        was_open = move.taper.is_open
        move.set_status(TaperMove.ENTER_IN_ERROR, reason=reason.strip())
        if was_open:
            move.end(None)
    return move.taper
