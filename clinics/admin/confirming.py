"""Confirming an address of a prescriber outside: what to compare, and why somebody else has to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.actor import Actor
from clinics.admin.changes import local_words
from clinics.admin.desk import at_of
from clinics.admin.prescriber_forms import ConfirmForm
from clinics.admin.scoped import ScopedAdmin
from clinics.domain.addresses import mailbox
from clinics.domain.instants import zone
from clinics.models import AddressKind, Prescriber, PrescriberConfirmation
from clinics.roles import Act
from clinics.services.colleagues import who_may
from clinics.services.confirmations import ALONE_WAITS, confirm_address, require_confirmable, standing_confirmations
from clinics.services.prescribers import PrescriberRefused


@dataclass(frozen=True, slots=True)
class AddressWords:
    """One address as the pages tell it. state: a few words; confirmations: a sentence for each that stands."""

    label: str
    value: str
    state: str
    confirmations: list[str]


def address_words(prescriber: Prescriber, kind: AddressKind, *, of_staff: frozenset[str]) -> AddressWords:
    """of_staff: the mailboxes of the clinic's staff."""
    value = prescriber.address(kind)
    rows = standing_confirmations(prescriber, kind)
    if not value:
        state = "–"
    elif kind is AddressKind.EMAIL and mailbox(value) in of_staff:
        state = "Belongs to a colleague"
    elif rows:
        state = "Confirmed by " + " and ".join(dict.fromkeys(_name(row) for row in rows))
    else:
        state = "Not confirmed"
    return AddressWords(kind.label, value, state, [_sentence(row, prescriber) for row in rows])


def _name(row: PrescriberConfirmation) -> str:
    return str(row.by_user) if row.by_user else row.by_code


def _sentence(row: PrescriberConfirmation, prescriber: Prescriber) -> str:
    when = local_words(row.confirmed_at, zone(prescriber.clinic.zone))
    again = ", for the second time" if row.repeats_id else ""
    return f"{_name(row)} confirmed it on {when}{again}: {row.register_name}, number {row.register_number}."


def confirm_page(admin: ScopedAdmin, request: HttpRequest, prescriber: Prescriber, kind: AddressKind) -> HttpResponse:
    at = at_of(request)
    by = admin.actor(request, prescriber)
    try:
        require_confirmable(prescriber, kind, compared=prescriber.address(kind))
    except PrescriberRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(admin.address_of(prescriber))
    form = ConfirmForm(request.POST or None, initial={"seen": prescriber.address(kind)})
    if form.is_valid():
        given = form.cleaned_data
        try:
            confirm_address(
                prescriber,
                kind,
                register=given["register"],
                number=given["number"],
                seen=given["seen"],
                by=by,
                at=at,
            )
        except PrescriberRefused as refusal:
            form.add_error(None, str(refusal))
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            return admin.done(request, prescriber, f"{kind.label} confirmed.")
    title = f"Confirm the {kind.label.lower()}"
    return admin.page(
        request,
        "admin/clinics/confirm_address.html",
        title=title,
        trail=admin.trail_to(prescriber, title),
        form=form,
        prescriber=prescriber,
        kind=kind.label,
        value=prescriber.address(kind),
        standing=[_sentence(row, prescriber) for row in standing_confirmations(prescriber, kind)],
        sentences=list(_what_this_does(prescriber, kind, by=by, at=at)),
        back=admin.address_of(prescriber),
    )


def _what_this_does(prescriber: Prescriber, kind: AddressKind, *, by: Actor, at: datetime) -> Iterable[str]:
    """What the own confirmation is worth, and what else it takes."""
    own = [row for row in standing_confirmations(prescriber, kind) if row.by_code == by.code]
    if who_may(prescriber.clinic, Act.MANAGE_PRESCRIBERS) != {by.code}:
        yield "Your confirmation counts for tapers that colleagues draw up. For your own, a colleague confirms it too."
        if own:
            yield "You have confirmed it already."
        return
    yield (
        "Nobody else works here who could confirm it. So you confirm it twice, with 24 hours in between, and look it "
        "up afresh each time. Both are recorded."
    )
    if len(own) == 1 and at < own[0].confirmed_at + ALONE_WAITS:
        again = local_words(own[0].confirmed_at + ALONE_WAITS, zone(prescriber.clinic.zone))
        yield f"You can confirm it for the second time from {again} on."
    elif len(own) > 1:
        yield "You have confirmed it twice. Nothing more is needed."
