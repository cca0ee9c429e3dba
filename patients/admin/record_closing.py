"""Saying that a medicine is no longer taken, or that a fact was entered in error."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse

from clinics.admin import inputs
from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from patients.admin.record_answering import entry_at, section_address, written
from patients.admin.record_words import source_of, title_of, value_of
from patients.admin.standing import today_of
from patients.models import MedicineUse, Patient, SourceKind
from patients.services import record
from patients.services.record import Source
from protocols.models.catalogue import CONSULT
from protocols.models.content import choices


class ErrorForm(forms.Form):
    reason = forms.CharField(
        label="What is wrong",
        widget=inputs.TextareaInput(),
        help_text="Others will read it: a word on how it came about, such as “another patient’s letter”.",
    )


class EndForm(forms.Form):
    until = forms.DateField(label="Last day", widget=inputs.DateInput(), help_text="The last day on which it is taken.")
    source_kind = forms.ChoiceField(
        label="Known from", choices=[("", "Choose a source"), *choices(SourceKind)], widget=inputs.SelectInput()
    )
    source_note = forms.CharField(label="Source in words", required=False, max_length=200, widget=inputs.TextInput())


def end_page(admin: ScopedAdmin, request: HttpRequest, patient: Patient, kind: str, code: str) -> HttpResponse:
    use = entry_at(request, patient, kind, code)
    if not isinstance(use, MedicineUse):
        raise Http404
    today = today_of(patient, at_of(request))
    form = EndForm(request.POST or None, initial={"until": today})

    def end() -> None:
        chosen = form.cleaned_data
        source = Source(kind=SourceKind(chosen["source_kind"]), as_of=today, note=chosen["source_note"])
        record.end_medicine(
            use, until=chosen["until"], source=source, by=admin.actor(request, patient), at=at_of(request)
        )

    return _confirmed(
        admin,
        request,
        patient,
        form,
        end,
        title=f"{use.name}: no longer taken",
        sentences=[value_of(use, today=today), CONSULT],
        submit="Write down the last day",
        done="Its last day is written down.",
    )


def error_page(admin: ScopedAdmin, request: HttpRequest, patient: Patient, kind: str, code: str) -> HttpResponse:
    entry = entry_at(request, patient, kind, code)
    form = ErrorForm(request.POST or None)

    def mark() -> None:
        record.mark_in_error(
            entry, reason=form.cleaned_data["reason"], by=admin.actor(request, patient), at=at_of(request)
        )

    today = today_of(patient, at_of(request))
    return _confirmed(
        admin,
        request,
        patient,
        form,
        mark,
        title=f"Entered in error: {title_of(entry)}",
        sentences=[
            f"{title_of(entry)}: {value_of(entry, today=today)}",
            source_of(entry),
            "It counts no more, and the patient no longer sees it. The record keeps it. This cannot be taken back.",
        ],
        submit="Mark as entered in error",
        done="Marked as entered in error.",
        is_grave=True,
    )


def _confirmed(
    admin: ScopedAdmin,
    request: HttpRequest,
    patient: Patient,
    form: forms.Form,
    write: Callable[[], None],
    *,
    title: str,
    done: str,
    **context: Any,
) -> HttpResponse:
    if form.is_valid():
        fields = {"as_of": "until"}
        answer = written(
            admin,
            request,
            patient,
            form,
            write,
            own_field=lambda name: name if name in form.fields else fields.get(name),
            done=done,
        )
        if answer is not None:
            return answer
    trail = admin.trail_to(patient, title)
    back = section_address(admin, patient)
    return admin.page(request, "admin/scoped/confirm.html", title=title, trail=trail, form=form, back=back, **context)
