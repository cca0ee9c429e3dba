"""What a prescriber wants of a taper that runs, written down by a practitioner: from a paper, or from the telephone."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from clinics.actor import Actor, require
from clinics.roles import Act
from patients.models import Door, Plan, PrescriberAnswerKind, Scan, Taper
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers import holding, stopping
from patients.services.tapers.filing import same_code, store_scan
from patients.services.tapers.said import PAPER_DOORS, Said
from patients.services.tapers.standing import version_with
from protocols.domain.taper_states import VersionStatus

WISHES: Final = (PrescriberAnswerKind.HOLD, PrescriberAnswerKind.RESUME, PrescriberAnswerKind.REVOKE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """text: the reason of a hold, or what the patient is to do once the agreement is taken back.

    version_code: as it was named. A hold and a withdrawn agreement count without it, since they leave out nothing that
    was signed and wait for no paper; to go on needs it.
    """

    kind: PrescriberAnswerKind
    answered_on: date
    text: str = ""
    version_code: str = ""


@transaction.atomic
def file_wish(
    taper: Taper,
    wish: Wish,
    *,
    door: Door,
    content: bytes = b"",
    is_read_back: bool = False,
    by: Actor,
    at: datetime,
    revision: int,
) -> Taper:
    """Do what the prescriber wants, and keep who wrote it down. content: the scan of a paper.

    What is said on the telephone is read back. None of it needs a written confirmation afterwards: nothing new is
    agreed to. Raises what the move itself is refused for; then nothing is kept.
    """
    require(by, Act.MANAGE_TAPER, clinic=taper.plan.patient.clinic)
    Plan.objects.select_for_update(no_key=True).get(pk=taper.plan_id)
    if door is Door.TELEPHONE and not is_read_back:
        raise InvalidRequest("Read it back to the prescriber, and tick it.", field="is_read_back")
    scan = _compared(taper, wish, door=door, content=content, by=by, at=at)
    return carry_out(
        taper, wish, said=Said(door=door, scan=scan, answered_on=wish.answered_on), by=by, at=at, revision=revision
    )


def carry_out(taper: Taper, wish: Wish, *, said: Said, by: Actor, at: datetime, revision: int) -> Taper:
    """The move that this wish is."""
    match wish.kind:
        case PrescriberAnswerKind.HOLD:
            return holding.hold(taper, reason=wish.text, said=said, by=by, at=at, revision=revision)
        case PrescriberAnswerKind.RESUME:
            return holding.resume(taper, reason=wish.text, said=said, by=by, at=at, revision=revision)
        case PrescriberAnswerKind.REVOKE:
            return stopping.revoke(taper, instruction=wish.text, said=said, by=by, at=at, revision=revision)
    raise InvalidRequest("Choose what the prescriber wants.", field="kind")


def _compared(taper: Taper, wish: Wish, *, door: Door, content: bytes, by: Actor, at: datetime) -> Scan | None:
    """The scan, if it is a paper. Refuses where another version than the one in force was named."""
    version = version_with(Taper.objects.get(pk=taper.pk), VersionStatus.IN_FORCE)
    if version is None:
        raise Refused("No version of this taper is in force.")
    is_named = bool(wish.version_code.strip())
    if not is_named and wish.kind is PrescriberAnswerKind.RESUME:
        raise InvalidRequest("Compare the version code: it says what goes on.", field="version_code")
    if is_named and not same_code(wish.version_code, version.code):
        raise InvalidRequest(
            "This code is not that of the version in force. Ask which paper the prescriber has at hand.",
            field="version_code",
        )
    return store_scan(version, content=content, by=by, at=at) if door in PAPER_DOORS else None
