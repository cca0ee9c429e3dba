"""When a patient gets up, eats and goes to bed, written down by staff for her."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from clinics.admin import inputs
from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from patients.models import Patient
from patients.services.day.rhythm import rhythm_of
from patients.services.day.saying_rhythm import set_rhythm
from patients.services.errors import InvalidRequest

TITLE = "When her day begins and ends"


class TimesForm(forms.Form):
    wakes_at = forms.TimeField(label="Gets up at", widget=inputs.TimeInput())
    breakfast_at = forms.TimeField(label="Breakfast", required=False, widget=inputs.TimeInput())
    lunch_at = forms.TimeField(label="Lunch", required=False, widget=inputs.TimeInput())
    dinner_at = forms.TimeField(
        label="Dinner", required=False, widget=inputs.TimeInput(), help_text="Leave a meal empty that is not eaten."
    )
    sleeps_at = forms.TimeField(
        label="Goes to bed at", widget=inputs.TimeInput(), help_text="After midnight it belongs to the same day."
    )


def times_page(admin: ScopedAdmin, request: HttpRequest, patient: Patient) -> HttpResponse:
    rhythm = rhythm_of(patient)
    initial = {name: getattr(rhythm, name) for name in TimesForm.base_fields}
    form = TimesForm(request.POST or None, initial=initial)
    back = reverse("admin:patients_patient_day", args=[patient.code])
    if form.is_valid():
        try:
            set_rhythm(patient, **form.cleaned_data, by=admin.actor(request, patient), at=at_of(request))
        except InvalidRequest as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "Saved. The day follows these times from now on.")
            return redirect(back)
    return admin.page(
        request,
        "admin/patients/day_times.html",
        title=TITLE,
        trail=admin.trail_to(patient, TITLE),
        patient=patient,
        form=form,
        is_assumed=rhythm.is_assumed,
        back=back,
    )
