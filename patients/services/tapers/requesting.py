"""Putting a version before its prescriber: freeze it, send it through a door, take it back."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from clinics.actor import Actor
from clinics.models import AddressKind
from clinics.roles import Act
from clinics.services.confirmations import confirmed_address
from clinics.services.licences import licensed_for
from patients.models import ContactConsent, Door, SigningRequest, Taper, TaperVersion
from patients.models.private_links import new_nonce
from patients.services.errors import Refused
from patients.services.tapers.beginning import require_may_begin, require_on_the_list
from patients.services.tapers.entered import entered_answers
from patients.services.tapers.errors import AddressNotConfirmed, DoorClosed, NoConsent, PrescriberGone, TooLateToSign
from patients.services.tapers.gates import require_one_of_each_class, require_unchanged
from patients.services.tapers.tapering import Tapering, close_requests, require_staff, tapering
from protocols.domain.canonical import sha256_of
from protocols.domain.taper_states import TaperMove, TaperStatus, VersionStatus


def propose(taper: Taper, *, shown: str, by: Actor, at: datetime, revision: int) -> TaperVersion:
    """Freeze the draft as the version that waits for a signature. shown: the SHA-256 of what was on the screen."""
    with tapering(taper, by=by, at=at, revision=revision) as move:
        require_staff(by)
        version = move.draft
        if version is None:
            raise Refused("There is no draft to send. Draw up a new version first.")
        _require_still_right(move, version, shown=shown)
        version.proposed_at = at
        move.set_version(version, VersionStatus.PROPOSED)
        if move.taper.status == TaperStatus.DRAFT.value:
            move.set_status(TaperMove.PROPOSE, details={"version": version.code, "sha256": version.sha256})
        else:
            move.note(TaperMove.PROPOSE, details={"version": version.code, "sha256": version.sha256})
    return version


def _require_still_right(move: Tapering, version: TaperVersion, *, shown: str) -> None:
    if not move.taper.plan.is_running:
        raise Refused("Activate the plan first: a taper runs within a plan.")
    if version.sha256 != shown:
        raise Refused("The draft is not what was shown. Look at it again, then send it.")
    terms = version.terms()
    if terms.first_day_if_signed(move.today) > terms.latest_first_day:
        raise TooLateToSign(terms.latest_first_day)
    if move.taper.status == TaperStatus.DRAFT.value:
        require_on_the_list(move.taper)
        require_may_begin(move.taper, on=move.today)
    require_one_of_each_class(move.taper.plan.patient, on=move.today)
    require_unchanged(
        terms.gates,
        taper=move.taper,
        given=entered_answers(version),
        drawn_up_at=version.drawn_up_at,
        on=move.today,
    )


def send(taper: Taper, *, door: Door, by: Actor, at: datetime, revision: int) -> SigningRequest:
    """Put the proposed version before the prescriber through this door. An earlier request by this door is dead then.

    By email the outbox carries the link; a letter, a fax and a telephone call are people’s work, of which they are
    reminded.
    """
    with tapering(taper, by=by, at=at, revision=revision, act=Act.HANDLE_TAPER_PAPERS) as move:
        require_staff(by)
        version = move.proposed
        if version is None:
            raise Refused("Nothing waits for a signature. Propose a version first.")
        if move.taper.prescriber.ended_at is not None:
            raise PrescriberGone
        address = _DOORS[door](move, version)
        version.requests.filter(door=door.value, closed_at__isnull=True).update(
            closed_at=at, closed_because="It was sent again."
        )
        request = SigningRequest.objects.create(
            version=version,
            door=door.value,
            address=address,
            nonce=new_nonce(),
            made_at=at,
            made_on=move.today,
            by_kind=by.kind.value,
            by_code=by.code,
        )
        move.note(TaperMove.PROPOSE, reason=f"Sent: {door.label}.", details={"request": request.code})
    return request


def closed_doors(taper: Taper, *, by: Actor, at: datetime) -> dict[Door, Refused | None]:
    """Every door for the version that is a draft or waits: what closes it, or None where it is open."""
    move = Tapering(taper, by=by, at=at)
    version = move.proposed or move.draft
    if version is None:
        raise Refused("There is no version to send. Draw one up first.")
    return {door: _closed_because(way, move, version) for door, way in _DOORS.items()}


def _closed_because(
    way: Callable[[Tapering, TaperVersion], str], move: Tapering, version: TaperVersion
) -> Refused | None:
    try:
        way(move, version)
    except Refused as refusal:
        return refusal
    return None


def withdraw(taper: Taper, *, by: Actor, at: datetime, revision: int, reason: str = "") -> Taper:
    """Take the proposed version back. Its links are dead; what is in force goes on; the draft can be changed again."""
    with tapering(taper, by=by, at=at, revision=revision) as move:
        require_staff(by)
        version = move.proposed
        if version is None:
            raise Refused("Nothing waits for a signature.")
        take_back(move, version, status=VersionStatus.WITHDRAWN, reason=reason or "The request was taken back.")
    return move.taper


def take_back(move: Tapering, version: TaperVersion, *, status: VersionStatus, reason: str) -> None:
    """End a proposed version. A taper that never started becomes a draft again, with the same terms to change."""
    move.set_version(version, status)
    close_requests(version, at=move.at, because=reason[:160])
    if move.taper.status != TaperStatus.AWAITING_SIGNATURE.value:
        move.note(TaperMove.WITHDRAW, reason=reason, details={"version": version.code})
        return
    move.set_status(TaperMove.WITHDRAW, reason=reason, details={"version": version.code})
    number = version.number + 1
    terms = replace(version.terms(), version=number)
    TaperVersion.objects.create(
        taper=move.taper,
        number=number,
        entered=version.entered,
        content=terms.as_bytes(),
        sha256=sha256_of(terms.as_bytes()),
        drawn_up_at=version.drawn_up_at,
        drawn_up_by_kind=version.drawn_up_by_kind,
        drawn_up_by_code=version.drawn_up_by_code,
        reason=version.reason,
        alternatives=version.alternatives,
        source=version.source,
        monitored_by=version.monitored_by,
        call=version.call,
    )


# --- Doors --------------------------------------------------------------------------------------------------


def _link(move: Tapering, version: TaperVersion) -> str:
    if version.terms().medicine.medicine_class.is_controlled:
        raise DoorClosed("A controlled medicine gets no outside link. Send a letter, or telephone.")
    _require_outside(move)
    require_consent(move)
    return _confirmed(move, version, AddressKind.EMAIL)


def _fax_or_letter(move: Tapering, version: TaperVersion) -> str:
    _require_outside(move)
    require_consent(move)
    prescriber = move.taper.prescriber
    if not prescriber.fax and prescriber.postal_address:
        return "By post"
    return _confirmed(move, version, AddressKind.FAX)


def _telephone(move: Tapering, version: TaperVersion) -> str:
    _require_outside(move)
    require_consent(move)
    if not move.taper.prescriber.telephone:
        raise DoorClosed("No telephone number of this prescriber is known. Enter it first.")
    return move.taper.prescriber.telephone


def _carried(move: Tapering, version: TaperVersion) -> str:
    # She takes it to her own visit herself, so nobody is contacted.
    _require_outside(move)
    return ""


def _inside(move: Tapering, version: TaperVersion) -> str:
    if not licensed_for(move.taper.prescriber, version.terms().medicine.medicine_class.value):
        raise DoorClosed("This prescriber is not a member of staff with a licence for this class of medicines.")
    return ""


_DOORS: Mapping[Door, Callable[[Tapering, TaperVersion], str]] = MappingProxyType(
    {
        Door.LINK: _link,
        Door.FAX_OR_LETTER: _fax_or_letter,
        Door.TELEPHONE: _telephone,
        Door.CARRIED: _carried,
        Door.INSIDE: _inside,
    }
)


def _require_outside(move: Tapering) -> None:
    if move.taper.prescriber.is_inside:
        raise DoorClosed("This prescriber works here, and signs inside.")


def require_consent(move: Tapering) -> None:
    standing = ContactConsent.objects.standing().filter(
        patient=move.taper.plan.patient_id, prescriber=move.taper.prescriber_id
    )
    if not standing.exists():
        raise NoConsent


def _confirmed(move: Tapering, version: TaperVersion, kind: AddressKind) -> str:
    address = confirmed_address(move.taper.prescriber, kind, drawn_up_by_code=version.drawn_up_by_code, at=move.at)
    if address is None:
        raise AddressNotConfirmed(kind.label.lower())
    return address
