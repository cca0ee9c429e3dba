"""Whether an address of a prescriber outside counts: somebody who did not draw up the taper has looked it up."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from clinics.actor import Actor, require
from clinics.domain.addresses import mailbox
from clinics.models import AddressKind, Prescriber, PrescriberConfirmation
from clinics.roles import Act
from clinics.services.colleagues import staff_mailboxes, who_may
from clinics.services.refusals import (
    AddressChanged,
    ConfirmedAlready,
    ConfirmedTwice,
    NoAddress,
    PrescriberEnded,
    SignsInside,
    StaffAddress,
    TooSoon,
)

ALONE_WAITS: Final = timedelta(hours=24)


@transaction.atomic
def confirm_address(
    prescriber: Prescriber,
    kind: AddressKind,
    *,
    register: str,
    number: str,
    by: Actor,
    at: datetime,
    seen: str | None = None,
) -> PrescriberConfirmation:
    """Record that `by` found this address right through a public register.

    register, number: which register, and the prescriber's number in it. seen: the address as it was compared; None
    for the one on `prescriber`. In a clinic of one the same person confirms a second time, 24 hours later. Raises
    PrescriberRefused, ValidationError.
    """
    compared = prescriber.address(kind) if seen is None else seen
    stored = Prescriber.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=prescriber.pk)
    require(by, Act.MANAGE_PRESCRIBERS, clinic=stored.clinic)
    require_confirmable(stored, kind, compared=compared)
    confirmation = PrescriberConfirmation(
        prescriber=stored,
        kind=kind.value,
        value=compared,
        register_name=register.strip(),
        register_number=number.strip(),
        confirmed_at=at,
        by_user_id=by.user_id,
        by_kind=by.kind.value,
        by_code=by.code,
        repeats=_first_to_repeat(stored, kind, by=by, at=at),
    )
    confirmation.full_clean()
    confirmation.save()
    Prescriber.objects.filter(pk=stored.pk).update(unnoticed_since=at)
    return confirmation


def confirmed_address(prescriber: Prescriber, kind: AddressKind, *, drawn_up_by_code: str, at: datetime) -> str | None:
    """The address that a request to sign may be sent to; None while none counts.

    drawn_up_by_code: the code of the login of whoever drew up the taper. Their own confirmation does not count,
    except for two of them 24 hours apart in a clinic where nobody else could confirm. Read from the database anew:
    an address that was changed, ended, or has become that of a colleague since counts no more.
    """
    if not drawn_up_by_code:
        raise ValueError("Say who drew up the taper: it decides whose confirmation counts.")
    stored = Prescriber.objects.open().outside().filter(pk=prescriber.pk).select_related("clinic").first()
    if stored is None or not stored.address(kind):
        return None
    if kind is AddressKind.EMAIL and mailbox(stored.email) in staff_mailboxes(stored.clinic, and_of=drawn_up_by_code):
        return None
    rows = [row for row in standing_confirmations(stored, kind) if row.confirmed_at <= at]
    if any(row.by_code != drawn_up_by_code for row in rows):
        return stored.address(kind)
    is_alone = who_may(stored.clinic, Act.MANAGE_PRESCRIBERS) == {drawn_up_by_code}
    return stored.address(kind) if is_alone and any(row.repeats_id is not None for row in rows) else None


def standing_confirmations(prescriber: Prescriber, kind: AddressKind) -> list[PrescriberConfirmation]:
    """Those of the address as it stands now, oldest first. One of an earlier spell of the same address is void."""
    value = prescriber.address(kind)
    since = {AddressKind.EMAIL: prescriber.email_since, AddressKind.FAX: prescriber.fax_since}[kind]
    if since is None:
        return []
    return [
        row
        for row in prescriber.confirmations.all()
        if row.kind == kind.value and row.value == value and row.confirmed_at >= since
    ]


def require_confirmable(prescriber: Prescriber, kind: AddressKind, *, compared: str) -> None:
    """Refuse unless this address of this prescriber may be confirmed by somebody. compared: as the page showed it."""
    if prescriber.ended_at is not None:
        raise PrescriberEnded
    if prescriber.is_inside:
        raise SignsInside
    if not prescriber.address(kind) and not compared:
        raise NoAddress
    if compared != prescriber.address(kind):
        raise AddressChanged
    if kind is AddressKind.EMAIL and mailbox(compared) in staff_mailboxes(prescriber.clinic):
        raise StaffAddress


def _first_to_repeat(
    prescriber: Prescriber, kind: AddressKind, *, by: Actor, at: datetime
) -> PrescriberConfirmation | None:
    """The own confirmation that this one repeats; None if it is the first. Raises where it would add nothing."""
    own = [row for row in standing_confirmations(prescriber, kind) if row.by_code == by.code]
    if not own:
        return None
    if len(own) > 1:
        raise ConfirmedTwice
    if who_may(prescriber.clinic, Act.MANAGE_PRESCRIBERS) != {by.code}:
        raise ConfirmedAlready
    if at < own[0].confirmed_at + ALONE_WAITS:
        raise TooSoon(own[0].confirmed_at + ALONE_WAITS)
    return own[0]
