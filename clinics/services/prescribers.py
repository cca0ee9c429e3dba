"""Entering, changing and ending prescribers, and whether an address of theirs counts."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import transaction

from clinics.actor import Actor, require
from clinics.domain.addresses import FaxNumberError, fax_number, mailbox
from clinics.models import AddressKind, Clinic, Prescriber, User
from clinics.roles import Act
from clinics.services.colleagues import staff_mailboxes
from clinics.services.confirmations import confirm_address, confirmed_address
from clinics.services.letters import LetterNotSent, send_letter
from clinics.services.licences import known_classes, licensed_for, require_colleague, require_licensing
from clinics.services.record_history import stamp_history
from clinics.services.refusals import (
    NotAFaxNumber,
    OnlyStaffAreLicensed,
    PrescriberEnded,
    PrescriberRefused,
    StaffAddress,
)

__all__ = [
    "Particulars",
    "PrescriberRefused",
    "add_prescriber",
    "change_prescriber",
    "confirm_address",
    "confirmed_address",
    "end_prescriber",
    "licensed_for",
]


class Particulars(TypedDict, total=False):
    """What is known of a prescriber. All but the name may be empty; the zone is the clinic's unless it is given."""

    name: str
    practice: str
    email: str
    fax: str
    telephone: str
    postal_address: str
    zone: str
    licence_register: str
    licence_number: str
    jurisdiction: str
    licensed_classes: list[str]


@transaction.atomic
def add_prescriber(
    clinic: Clinic,
    *,
    by: Actor,
    at: datetime,
    user: User | None = None,
    code: str = "",
    **particulars: Unpack[Particulars],
) -> Prescriber:
    """A new prescriber of this clinic; no address counts before it is confirmed.

    user: the login of a member of staff who is licensed and signs inside; None for somebody outside. code: a code
    that the caller made for this very request, so that the same request twice is refused by the database. Raises
    PrescriberRefused, ValidationError.
    """
    _require_for(clinic, user, by=by)
    prescriber = Prescriber(
        clinic=clinic, user=user, created_at=at, created_by_kind=by.kind.value, created_by_code=by.code
    )
    if code:
        prescriber.code = code
    if user is not None:
        require_colleague(user, clinic=clinic)
    _fill(prescriber, particulars, at=at)
    _save(prescriber, by=by, at=at)
    return prescriber


@transaction.atomic
def change_prescriber(
    prescriber: Prescriber,
    *,
    by: Actor,
    at: datetime,
    not_told: Callable[[], None] | None = None,
    **particulars: Unpack[Particulars],
) -> Prescriber:
    """Write what is given, and return the prescriber as now stored.

    Another email address or fax number starts unconfirmed. With another email address, links that were sent before are
    dead: see `email_since`. Once this is committed, a neutral letter tells the email address that stood here before. A
    dead mail server undoes nothing: then not_told is called. Raises PrescriberRefused, ValidationError.
    """
    stored = _locked(prescriber)
    _require_for(stored.clinic, stored.user, by=by)
    if stored.ended_at is not None:
        raise PrescriberEnded
    old_email = stored.email
    moved = _fill(stored, particulars, at=at)
    if moved:
        stored.unnoticed_since = at
    _save(stored, by=by, at=at)
    if moved and old_email:
        dead = AddressKind.EMAIL in moved
        transaction.on_commit(lambda: _tell_old_address(stored, old_email, not_told, links_are_dead=dead))
    return stored


@transaction.atomic
def end_prescriber(prescriber: Prescriber, *, by: Actor, at: datetime) -> Prescriber:
    """Send this prescriber nothing more, and let them sign nothing new. Ending what has ended changes nothing."""
    stored = _locked(prescriber)
    require(by, Act.MANAGE_STAFF if stored.is_inside else Act.MANAGE_PRESCRIBERS, clinic=stored.clinic)
    if stored.ended_at is not None:
        return stored
    stored.ended_at, stored.ended_by_kind, stored.ended_by_code = at, by.kind.value, by.code
    stored.unnoticed_since = at
    stamp_history(stored, by=by, at=at)
    stored.save()
    return stored


def _locked(prescriber: Prescriber) -> Prescriber:
    rows = Prescriber.objects.select_for_update(of=("self",)).select_related("clinic", "user")
    return rows.get(pk=prescriber.pk)


def _require_for(clinic: Clinic, user: User | None, *, by: Actor) -> None:
    if user is None:
        require(by, Act.MANAGE_PRESCRIBERS, clinic=clinic)
    else:
        require_licensing(by, clinic=clinic, user=user)


def _fill(prescriber: Prescriber, particulars: Particulars, *, at: datetime) -> list[AddressKind]:
    """Take over what is given, as it is stored; which of the addresses are others now."""
    before = {kind: prescriber.address(kind) for kind in AddressKind}
    values: dict[str, Any] = {
        key: value.strip() if isinstance(value, str) else value for key, value in particulars.items()
    }
    for key, value in values.items():
        setattr(prescriber, key, value)
    prescriber.zone = prescriber.zone or prescriber.clinic.zone
    prescriber.email = prescriber.email.lower()
    try:
        prescriber.fax = fax_number(prescriber.fax)
    except FaxNumberError as error:
        raise NotAFaxNumber(str(error)) from error
    prescriber.licensed_classes = known_classes(prescriber.licensed_classes)
    if prescriber.licensed_classes and not prescriber.is_inside:
        raise OnlyStaffAreLicensed
    moved = [kind for kind in AddressKind if prescriber.address(kind) != before[kind]]
    if AddressKind.EMAIL in moved:
        prescriber.email_since = at if prescriber.email else None
        if not prescriber.is_inside and mailbox(prescriber.email) in staff_mailboxes(prescriber.clinic):
            raise StaffAddress
    if AddressKind.FAX in moved:
        prescriber.fax_since = at if prescriber.fax else None
    return moved


def _save(prescriber: Prescriber, *, by: Actor, at: datetime) -> None:
    prescriber.full_clean()
    stamp_history(prescriber, by=by, at=at)
    prescriber.save()


def _tell_old_address(
    prescriber: Prescriber, address: str, not_told: Callable[[], None] | None, *, links_are_dead: bool
) -> None:
    """Whoever reads the old mailbox learns that something changed, and whom to ring: nothing more."""
    try:
        send_letter(
            "prescriber_address_changed",
            about=prescriber.code,
            address=address,
            sender_name=prescriber.clinic.message_name,
            context={"telephone": prescriber.clinic.telephone, "links_are_dead": links_are_dead},
        )
    except LetterNotSent:
        if not_told is not None:
            not_told()
