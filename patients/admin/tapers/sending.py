"""Putting a version before its prescriber: consent first, then a door that is open; and taking it back."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from clinics.actor import NotAllowed
from clinics.admin import inputs
from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from clinics.roles import Act
from patients.admin.standing import today_of
from patients.admin.tapers.consent import confirm_page, standing_consent
from patients.admin.tapers.drawing_up import revision_of
from patients.admin.tapers.preview import preview_of_terms
from patients.admin.tapers.words import grouped
from patients.models import Door, Taper, TaperVersion
from patients.services.errors import Refused
from patients.services.tapers.errors import AddressNotConfirmed, NoConsent
from patients.services.tapers.requesting import closed_doors, propose, send, withdraw
from patients.services.tapers.standing import version_with
from protocols.domain.taper import schedule
from protocols.domain.taper_states import VersionStatus
from protocols.models.catalogue import CONSULT

WHAT_IT_DOES = {
    Door.LINK: "An email with a link goes to the confirmed address within the next minutes. It names no patient.",
    Door.FAX_OR_LETTER: "You print the letter, and fax or post it.",
    Door.TELEPHONE: "You telephone, clinician to clinician, and read every step back. A written confirmation is due "
    "within seven days.",
    Door.CARRIED: "You print the letter, and the patient takes it along to the next visit there.",
    Door.INSIDE: "The prescriber signs in this workspace, after showing once more that it is them.",
}
SENT = {
    Door.LINK: "Sent: the link goes out within the next minutes.",
    Door.FAX_OR_LETTER: "Recorded. Print the letter now, and fax or post it.",
    Door.TELEPHONE: "Recorded. Telephone now, and write down what was said.",
    Door.CARRIED: "Recorded. Print the letter now, for the patient to take along.",
    Door.INSIDE: "It waits for the prescriber, who reads and signs it here.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorRow:
    """One door. closed: why it cannot be used, and where that is mended; both empty where it is open."""

    door: Door
    words: str
    closed: str
    mended_at: str
    mended_words: str


class SendForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput())
    shown = forms.CharField(max_length=64, widget=forms.HiddenInput())
    door = forms.ChoiceField(label="Which way", widget=forms.RadioSelect())

    def __init__(self, *args: Any, doors: list[DoorRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_doors = [(row.door.value, row.door.label) for row in doors if not row.closed]
        cast(forms.ChoiceField, self.fields["door"]).choices = open_doors


def send_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """Freeze the draft, if it is one, and send it through one door; or send again what waits."""
    version = version_with(taper, VersionStatus.PROPOSED) or version_with(taper, VersionStatus.DRAFT)
    if version is None:
        messages.error(request, "There is no version to send. Draw one up first.")
        return redirect(admin.address_of(taper))
    if version.is_draft and not admin.may(request, Act.MANAGE_TAPER, taper):
        raise NotAllowed("A practitioner of this clinic sends a draft for signature; papers may be sent by everybody.")
    doors = list(_doors(admin, request, taper))
    form = SendForm(request.POST or None, doors=doors, initial={"revision": taper.revision, "shown": version.sha256})
    if form.is_valid():
        door = Door(form.cleaned_data["door"])
        try:
            _send(admin, request, taper, version, form, door)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, SENT[door])
            own = door is Door.INSIDE and taper.prescriber.user_id == request.user.pk
            return redirect(admin.address_of(taper, "sign") if own else admin.address_of(taper))
    return _show_send(admin, request, taper, version, form, doors)


def _send(
    admin: ScopedAdmin, request: HttpRequest, taper: Taper, version: TaperVersion, form: SendForm, door: Door
) -> None:
    by, at, revision = admin.actor(request, taper), at_of(request), form.cleaned_data["revision"]
    with transaction.atomic():
        if version.is_draft:
            propose(taper, shown=form.cleaned_data["shown"], by=by, at=at, revision=revision)
            revision += 1
        send(taper, door=door, by=by, at=at, revision=revision)


def _show_send(
    admin: ScopedAdmin,
    request: HttpRequest,
    taper: Taper,
    version: TaperVersion,
    form: SendForm,
    doors: list[DoorRow],
) -> HttpResponse:
    terms = version.terms()
    laid_out = schedule(terms.steps, first_day=terms.planned_first_day)
    today = today_of(taper.plan.patient, at_of(request))
    title = "Send for signature" if version.is_draft else "Send again, or another way"
    return admin.page(
        request,
        "admin/patients/taper_send.html",
        title=title,
        trail=admin.trail_to(taper, title),
        taper=taper,
        version=version,
        sha256=grouped(version.sha256),
        form=form,
        doors=[(row, form["door"].value() == row.door.value) for row in doors],
        open_count=sum(not row.closed for row in doors),
        consent=standing_consent(taper),
        preview=preview_of_terms(taper.plan, terms, laid_out, today=today),
        in_force=version_with(taper, VersionStatus.IN_FORCE),
        consult=CONSULT,
        back=admin.address_of(taper),
    )


def _doors(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> Iterator[DoorRow]:
    closed = closed_doors(taper, by=admin.actor(request, taper), at=at_of(request))
    for door, refusal in closed.items():
        address, words = _mended_at(admin, taper, refusal)
        yield DoorRow(
            door=door,
            words=WHAT_IT_DOES[door],
            closed="" if refusal is None else str(refusal),
            mended_at=address,
            mended_words=words,
        )


def _mended_at(admin: ScopedAdmin, taper: Taper, refusal: Refused | None) -> tuple[str, str]:
    """Where what closes a door is put right, if it can be."""
    if isinstance(refusal, NoConsent):
        return admin.address_of(taper, "consent"), "Record the consent"
    if isinstance(refusal, AddressNotConfirmed):
        return reverse("admin:clinics_prescriber_change", args=[taper.prescriber.code]), "Look at the prescriber"
    return "", ""


class WithdrawForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput())
    reason = forms.CharField(label="Why", required=False, widget=inputs.TextareaInput())


def withdraw_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """Take back what waits for a signature."""
    form = WithdrawForm(request.POST or None, initial={"revision": taper.revision})
    if form.is_valid():
        try:
            withdraw(
                taper,
                reason=form.cleaned_data["reason"],
                by=admin.actor(request, taper),
                at=at_of(request),
                revision=revision_of(request, taper),
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(admin.address_of(taper))
        return admin.done(request, taper, "The request is taken back.")
    return confirm_page(
        admin,
        request,
        taper,
        "Take the request back",
        form=form,
        sentences=[
            "What waits for a signature can no longer be signed, and its links are dead.",
            "What is in force goes on. A taper that never began is a draft again, and can be changed.",
        ],
        submit="Take it back",
        is_grave=True,
    )
