"""Assigning a protocol: a form, a preview of every date, and only then the plan.

What is assigned is what was previewed: changing the form after the preview shows the preview again.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from clinics.admin import inputs
from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from clinics.models import User
from patients.admin.refusals import add_refusal
from patients.admin.safety.section import SafetySection, previewed
from patients.admin.standing import today_of
from patients.models import Patient, Plan
from patients.services.assign import Preview, assign, preview
from patients.services.errors import InvalidRequest, Refused
from patients.services.practitioners import practitioners_of
from patients.services.safety.assessing import preview_template
from protocols.admin.drawing import Drawing, Row, draw
from protocols.domain.phases import PlanStatus
from protocols.models import TemplateVersion

STATES = {"done": "completed", "running": "active", "planned": "planned"}


class AssignForm(forms.Form):
    version = forms.ModelChoiceField(
        TemplateVersion.objects.none(), label="Protocol", widget=inputs.SelectInput(), empty_label="Choose a protocol"
    )
    starts_on = forms.DateField(
        label="First day",
        widget=inputs.DateInput(),
        help_text="On the patient’s own calendar. It may lie in the past for somebody already under way.",
    )
    practitioner = forms.ModelChoiceField(
        User.objects.none(),
        widget=inputs.SelectInput(),
        empty_label=None,
        help_text="Who is told, each morning, what is due.",
    )
    # Made with the empty form and carried along: however often this form is sent, there is one plan.
    nonce = forms.CharField(max_length=64, widget=forms.HiddenInput())
    previewed = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clinic = patient.clinic_id
        cast(forms.ModelChoiceField, self.fields["version"]).queryset = (
            TemplateVersion.objects.published().filter(template__clinic=clinic).select_related("template")
        )
        cast(forms.ModelChoiceField, self.fields["practitioner"]).queryset = practitioners_of(patient.clinic)

    def key(self) -> str:
        """One for each content of the form: the idempotency of a double submit, and the mark of what was previewed."""
        chosen = self.cleaned_data
        content = [chosen["nonce"], chosen["version"].code, str(chosen["starts_on"]), chosen["practitioner"].code]
        return hashlib.sha256("\n".join(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Shown:
    """A preview as the page shows it."""

    preview: Preview
    drawing: Drawing | None
    notes: list[str]
    key: str
    safety: SafetySection


def assign_page(admin: ScopedAdmin, request: HttpRequest, patient: Patient) -> HttpResponse:
    today = today_of(patient, at_of(request))
    initial = {"starts_on": today, "practitioner": request.user.pk, "nonce": secrets.token_hex(16)}
    form = AssignForm(request.POST or None, patient=patient, initial=initial)
    shown = None
    if form.is_valid():
        try:
            shown = _preview(admin, request, patient, form, today=today)
            if "_assign" in request.POST and form.cleaned_data["previewed"] == shown.key:
                return _assigned(admin, request, patient, form)
        except InvalidRequest as refusal:
            add_refusal(form, refusal)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return admin.page(
        request,
        "admin/patients/assign.html",
        title="Assign a protocol",
        trail=admin.trail_to(patient, "Assign a protocol"),
        patient=patient,
        form=form,
        shown=shown,
        changed_since=shown is not None and "_assign" in request.POST,
        back=admin.address_of(patient),
    )


def _preview(admin: ScopedAdmin, request: HttpRequest, patient: Patient, form: AssignForm, *, today: date) -> Shown:
    chosen = form.cleaned_data
    found = preview(
        patient,
        chosen["version"],
        starts_on=chosen["starts_on"],
        by=admin.actor(request, patient),
        at=at_of(request),
    )
    notes = list(found.notes)
    drafts = Plan.objects.filter(patient=patient, status=PlanStatus.DRAFT.value)
    notes += [f"There is a draft already: plan {code}." for code in drafts.values_list("code", flat=True)]
    rows = [
        Row(
            label=item.phase.title,
            window=item.window,
            status=STATES[item.state],
            lived_through=_lived(item.window, today),
        )
        for item in found.phases
    ]
    judged = preview_template(patient, chosen["version"], starts_on=chosen["starts_on"], at=at_of(request))
    return Shown(found, draw(rows, today=today), notes, form.key(), previewed(judged, today=today))


def _lived(window: Any, today: date) -> date | None:
    return today if window.first <= today else None


def _assigned(admin: ScopedAdmin, request: HttpRequest, patient: Patient, form: AssignForm) -> HttpResponse:
    chosen = form.cleaned_data
    plan = assign(
        patient,
        chosen["version"],
        starts_on=chosen["starts_on"],
        practitioner=chosen["practitioner"],
        request_key=form.key(),
        by=admin.actor(request, patient),
        at=at_of(request),
    )
    admin.message_user(request, "Assigned. It is a draft: nothing is sent to anybody until it is activated.")
    return redirect(reverse("admin:patients_plan_change", args=[plan.code]))
