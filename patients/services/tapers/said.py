"""What a prescriber says of a taper after having signed it, in person or written down by staff.

Nobody signs for a prescriber; but whoever signed may hold it, let it go on and take the agreement back by telephone and
in writing too, as the letter says. Staff write that down: it counts as the prescriber’s wish, with who wrote it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from clinics.actor import ActorKind
from patients.models import Door, PrescriberAnswer, PrescriberAnswerKind, Scan, SigningRequest
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.errors import DoorClosed, NotThePrescriber, OtherVersion
from patients.services.tapers.tapering import Tapering

OWN_DOORS: Final = frozenset({Door.LINK, Door.INSIDE})
PAPER_DOORS: Final = frozenset({Door.FAX_OR_LETTER, Door.CARRIED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How the prescriber said it. answered_on: the day of it, today unless said. scan: of the paper, if it is one."""

    door: Door
    request: SigningRequest | None = None
    scan: Scan | None = None
    answered_on: date | None = None


def is_of_prescriber(move: Tapering, said: Said | None) -> bool:
    """Whether this is the prescriber’s wish: the prescriber acts, or staff write it down."""
    return said is not None or move.by.kind is ActorKind.PRESCRIBER


def record_later_answer(
    move: Tapering, kind: PrescriberAnswerKind, *, text: str, said: Said | None
) -> PrescriberAnswer:
    """Keep what a prescriber says of the version in force. Raises `NotThePrescriber` for whoever may not say it."""
    inside = move.taper.prescriber.is_inside
    said = said or Said(door=Door.INSIDE if inside else Door.LINK)
    version = move.in_force
    if version is None:
        raise Refused("No version of this taper is in force.")
    _require_who(move, said)
    if said.door in PAPER_DOORS and said.scan is None:
        raise InvalidRequest("Attach a scan of the paper.", field="scan")
    if said.scan is not None and said.scan.version_id != version.pk:
        raise OtherVersion
    agreed_on = version.signature.answer.answered_on
    on = said.answered_on or move.today
    if on > move.today:
        raise InvalidRequest("That day has not come yet.", field="answered_on")
    if on < agreed_on:
        raise InvalidRequest("That day is before the version in force was agreed to.", field="answered_on")
    return PrescriberAnswer.objects.create(
        version=version,
        request=said.request,
        prescriber=move.taper.prescriber,
        kind=kind.value,
        door=said.door.value,
        text=text.strip(),
        answered_on=on,
        scan=said.scan,
        at=move.at,
        by_kind=move.by.kind.value,
        by_code=move.by.code,
        by_user_id=move.by.user_id,
    )


def _require_who(move: Tapering, said: Said) -> None:
    is_own = said.door in OWN_DOORS
    if move.by.kind is not (ActorKind.PRESCRIBER if is_own else ActorKind.STAFF):
        raise NotThePrescriber
    inside = move.taper.prescriber.is_inside
    if inside and not is_own:
        raise DoorClosed("This prescriber works here, and says it inside.")
    if inside != (said.door is Door.INSIDE) and is_own:
        raise DoorClosed("This prescriber works here, and says it inside." if inside else "Use the link.")
