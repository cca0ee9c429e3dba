"""What is at home, and what a review of a warning sign found."""

from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.admin import inputs
from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from patients.admin.standing import today_of
from patients.admin.tapers.consent import confirm_page
from patients.admin.tapers.use_rows import supply_rows
from patients.models import RedFlagReport, Taper
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.supplying import record_supply, strengths_of
from patients.services.tapers.taking_on import take_on_red_flag
from patients.services.tapers.using import clear_red_flag
from protocols.domain.amount import Amount
from protocols.domain.dose_words import joined
from protocols.domain.red_flags import RED_FLAGS

TAKE_ON = "I take it on"


class SupplyForm(forms.Form):
    strength = forms.ChoiceField(label="Strength", widget=inputs.SelectInput())
    count = forms.DecimalField(label="How many units", max_digits=9, decimal_places=2, widget=inputs.DecimalInput())
    is_all = forms.ChoiceField(
        label="Is that all there is?",
        choices=[("all", "Yes, counted: this is all"), ("more", "No, this came on top")],
        widget=inputs.SelectInput(),
    )
    on = forms.DateField(label="On", widget=inputs.DateInput(), help_text="Before the dose of that day.")

    def __init__(self, *args: Any, strengths: list[Amount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["strength"]).choices = [
            (str(strength), strength.display()) for strength in strengths
        ]


class ReviewForm(forms.Form):
    because = forms.CharField(
        label="What the clinical review found",
        widget=inputs.TextareaInput(),
        help_text="Who looked, when, and why the warning sign no longer stands. Kept with the report.",
    )


def supply_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """Write down what is at home, so that a supply that is too short is said in time."""
    strengths = strengths_of(taper)
    form = SupplyForm(request.POST or None, strengths=strengths, initial={"on": _today(request, taper)})
    if form.is_valid():
        said = form.cleaned_data
        try:
            record_supply(
                taper,
                strength=Amount.parse(said["strength"]),
                count=Decimal(said["count"]),
                is_all=said["is_all"] == "all",
                on=said["on"],
                by=admin.actor(request, taper),
                at=at_of(request),
            )
        except Refused as refusal:
            _refuse(form, refusal)
        else:
            return admin.done(request, taper, "Written down.")
    return confirm_page(
        admin,
        request,
        taper,
        "Write down what is at home",
        form=form,
        sentences=supply_rows(taper) or ["Nothing was written down yet: not known."],
        submit="Write it down",
    )


def red_flag_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper, report: str) -> HttpResponse:
    """Clear a warning sign after somebody has looked at her. Resuming is a decision of its own."""
    found = RedFlagReport.objects.visible_to(request.user).filter(taper=taper, code=report).first()
    if found is None:
        raise Http404
    if found.cleared_at is not None:
        messages.info(request, "This warning sign was reviewed already.")
        return redirect(admin.address_of(taper))
    found.taper = taper
    form = ReviewForm(request.POST or None)
    if form.is_valid():
        try:
            clear_red_flag(
                found, because=form.cleaned_data["because"], by=admin.actor(request, taper), at=at_of(request)
            )
        except Refused as refusal:
            _refuse(form, refusal)
        else:
            return admin.done(request, taper, "The review is recorded. A taper on hold is resumed apart from this.")
    signs = joined(RED_FLAGS[key].name for key in found.flags)
    return confirm_page(
        admin,
        request,
        taper,
        "Review a warning sign",
        form=form,
        sentences=[
            f"Reported on {found.on.day} {found.on:%B %Y}: {signs}.",
            "While it is open the taper is not resumed and no new one starts. Record what the review found.",
        ],
        submit="Record the review",
    )


def take_on_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper, report: str) -> HttpResponse:
    """Say “I take it on” of a warning sign, so that nobody else is written to. For everybody on the staff."""
    found = RedFlagReport.objects.visible_to(request.user).filter(taper=taper, code=report).first()
    if found is None:
        raise Http404
    found.taper = taper
    by = admin.actor(request, taper)
    if request.method == "POST":
        # A colleague may be faster, before this was read or after it: then it stays with whoever was.
        found = found if found.is_taken_on else take_on_red_flag(found, by=by, at=at_of(request))
        if (found.taken_on_by_kind, found.taken_on_by_code) == (by.kind.value, by.code):
            return admin.done(request, taper, "You have taken it on. Nobody else is written to about it.")
    if found.is_taken_on:
        messages.info(request, "Somebody has taken on this warning sign already.")
        return redirect(admin.address_of(taper))
    return confirm_page(
        admin,
        request,
        taper,
        TAKE_ON,
        sentences=[
            f"Reported on {found.on.day} {found.on:%B %Y}: {joined(RED_FLAGS[key].name for key in found.flags)}.",
            "You say that you see to it now: call the patient. Nobody else is written to about it from then on. It "
            "stays open until a practitioner records what the review found.",
        ],
        submit=TAKE_ON,
    )


def _refuse(form: forms.Form, refusal: Refused) -> None:
    field = refusal.field if isinstance(refusal, InvalidRequest) else ""
    form.add_error(field if field in form.fields else None, str(refusal))


def _today(request: HttpRequest, taper: Taper) -> date:
    return today_of(taper.plan.patient, at_of(request))
