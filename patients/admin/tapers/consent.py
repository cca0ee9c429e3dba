"""Her agreement that the clinic writes to this prescriber about her: recorded, and withdrawn."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.admin import inputs
from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from patients.admin.refusals import add_refusal
from patients.admin.standing import today_of
from patients.models import ContactConsent, Taper
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.consent import give_consent, withdraw_consent
from patients.services.tapers.standing import version_with
from protocols.domain.taper_states import VersionStatus


class ConsentForm(forms.Form):
    given_on = forms.DateField(label="Agreed on", widget=inputs.DateInput())
    how = forms.CharField(
        label="How",
        widget=inputs.TextareaInput(),
        help_text="On a signed form, by word of mouth, in a message: so that somebody can find it later.",
    )


class WithdrawalForm(forms.Form):
    """consent: the key of the row that was on the screen."""

    consent = forms.IntegerField(widget=forms.HiddenInput())


def standing_consent(taper: Taper) -> ContactConsent | None:
    """Her consent to contact the prescriber of this taper; None while there is none."""
    rows = ContactConsent.objects.standing().filter(patient=taper.plan.patient_id, prescriber=taper.prescriber_id)
    found: ContactConsent | None = rows.first()
    return found


def consent_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """Record that she agrees to this prescriber being written to. What is recorded already stays as it is."""
    if standing_consent(taper) is not None:
        messages.info(request, "The consent is recorded already.")
        return redirect(admin.address_of(taper))
    today: date = today_of(taper.plan.patient, at_of(request))
    form = ConsentForm(request.POST or None, initial={"given_on": today})
    if form.is_valid():
        said = form.cleaned_data
        try:
            give_consent(
                taper.plan.patient,
                taper.prescriber,
                given_on=said["given_on"],
                how=said["how"],
                by=admin.actor(request, taper),
                at=at_of(request),
            )
        except InvalidRequest as refusal:
            add_refusal(form, refusal)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The consent is recorded.")
            waits = version_with(taper, VersionStatus.DRAFT) or version_with(taper, VersionStatus.PROPOSED)
            return redirect(admin.address_of(taper, "send") if waits else admin.address_of(taper))
    name = taper.prescriber.name
    return confirm_page(
        admin,
        request,
        taper,
        "Record the consent",
        form=form,
        sentences=[
            f"{taper.plan.patient.full_name} agrees that the clinic writes to {name} about this medicine: what is "
            "taken, why, and what is known that bears on it.",
            "Without it nothing is sent. It may be withdrawn at any time.",
        ],
        submit="Record it",
    )


def withdraw_consent_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """Record that she agrees no longer: to the very consent that was on the screen, and to no later one."""
    standing = standing_consent(taper)
    if standing is None:
        messages.error(request, "No consent is recorded that could be withdrawn.")
        return redirect(admin.address_of(taper))
    form = WithdrawalForm(request.POST or None, initial={"consent": standing.pk})
    if form.is_valid():
        if form.cleaned_data["consent"] != standing.pk:
            messages.error(request, "The consent that you saw was withdrawn already; another one is recorded since.")
            return redirect(admin.address_of(taper, "consent_withdrawn"))
        try:
            withdraw_consent(standing, by=admin.actor(request, taper), at=at_of(request))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "The consent is withdrawn. Nothing more is sent.")
        return redirect(admin.address_of(taper))
    return confirm_page(
        admin,
        request,
        taper,
        "The patient withdraws the consent",
        form=form,
        sentences=list(_what_withdrawing_does(taper, standing)),
        submit="Withdraw it",
        is_grave=True,
    )


def _what_withdrawing_does(taper: Taper, standing: ContactConsent) -> Iterator[str]:
    given, name = standing.given_on, taper.prescriber.name
    yield f"Agreed on {given.day} {given:%B %Y}: “{standing.how}”"
    yield f"Once withdrawn, nothing more is sent to {name}, and every link is dead, those that were used included."
    if taper.is_running:
        yield "The schedule that was signed goes on."
    if taper.is_running and not taper.prescriber.is_inside:
        yield (
            f"{name} can then hold it, let it go on or take the agreement back by telephone or on paper alone: a "
            "practitioner writes that down on the page of the taper."
        )


def confirm_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper, title: str, **context: Any) -> HttpResponse:
    """A page that asks once more before something is done with this taper."""
    return admin.page(
        request,
        "admin/scoped/confirm.html",
        title=title,
        trail=admin.trail_to(taper, title),
        back=admin.address_of(taper),
        **context,
    )
