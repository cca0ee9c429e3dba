"""Ending a taper before it is through: by the clinic, by the prescriber, or because it should never have been there."""

from datetime import datetime

from clinics.actor import Actor, ActorKind, NotAllowed
from patients.models import PrescriberAnswerKind, Taper, TaperEnd
from patients.services.errors import InvalidRequest
from patients.services.tapers.errors import NotThePrescriber
from patients.services.tapers.said import Said, is_of_prescriber, record_later_answer
from patients.services.tapers.tapering import tapering
from protocols.domain.taper_states import TaperMove


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
