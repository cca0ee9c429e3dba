"""The pages of the record: all of it, and adding, correcting, ending or marking one fact."""

import secrets
from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.admin import inputs
from clinics.admin.adding import code_of_submission
from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from patients.admin.record_condition_forms import AllergyForm, ConditionForm, ReviewForm
from patients.admin.record_forms import FORMS_OF_A_PERSON, RecordForm
from patients.admin.record_lab_form import LabForm
from patients.admin.record_medicine_form import MedicineForm
from patients.admin.record_section import ALLERGY, CONDITION, MEDICINE, MODELS, RESULT, REVIEW, Section, kind_of
from patients.admin.record_words import source_of, title_of, value_of
from patients.admin.standing import today_of
from patients.models import CharacteristicKind, LabResult, MedicineUse, Patient, RecordEntry, SourceKind
from patients.services import record
from patients.services.errors import InvalidRequest, Refused
from patients.services.record import Source
from protocols.models.catalogue import CONSULT
from protocols.models.content import choices

FORMS: Final[dict[str, type[RecordForm]]] = {
    **{kind.value: form for kind, form in FORMS_OF_A_PERSON.items()},
    CONDITION: ConditionForm,
    ALLERGY: AllergyForm,
    MEDICINE: MedicineForm,
    REVIEW: ReviewForm,
    RESULT: LabForm,
}
ADD: Final[dict[str, Callable[..., RecordEntry]]] = {
    CONDITION: record.add_condition,
    ALLERGY: record.add_allergy,
    MEDICINE: record.add_medicine,
    REVIEW: record.add_medicine_review,
    RESULT: record.add_lab_result,
}
TITLES: Final = {
    **{kind.value: kind.label for kind in CharacteristicKind},
    CONDITION: "A condition",
    ALLERGY: "An allergy, or none known",
    MEDICINE: "A medicine",
    REVIEW: "Is anything else taken?",
    RESULT: "A result",
}
FIND: Final = "_find"
"""The button that looks for codes and saves nothing."""
WHOLE_RECORD: Final = "The whole record"


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


def whole_record_page(admin: ScopedAdmin, request: HttpRequest, patient: Patient) -> HttpResponse:
    """Every row that was ever written, with those that count no more."""
    return admin.page(
        request,
        "admin/patients/record_page.html",
        title=WHOLE_RECORD,
        trail=admin.trail_to(patient, WHOLE_RECORD),
        patient=patient,
        groups=Section(admin, request, patient).all_groups(),
        back=_section(admin, patient),
    )


def history_page(admin: ScopedAdmin, request: HttpRequest, patient: Patient, kind: str, code: str) -> HttpResponse:
    """One fact, what it corrects and what corrects it."""
    entry = _entry(request, patient, kind, code)
    title = f"History: {title_of(entry)}"
    return admin.page(
        request,
        "admin/patients/record_history.html",
        title=title,
        trail=admin.trail_to(patient, title),
        facts=Section(admin, request, patient).thread_of(entry),
        back=_section(admin, patient),
    )


def add_page(admin: ScopedAdmin, request: HttpRequest, patient: Patient, kind: str) -> HttpResponse:
    if kind not in FORMS:
        raise Http404
    form = _form(request, patient, kind)
    awaited = _awaited(request, patient, kind)
    if awaited is not None and isinstance(form, LabForm):
        form.initial.update(form.asked_for(awaited))

    def add() -> None:
        by, at = admin.actor(request, patient), at_of(request)
        values = {"source": form.source(), "by": by, "at": at, "code": code_of_submission(request), **form.values()}
        if kind in ADD:
            ADD[kind](patient, **values)
        else:
            record.add_characteristic(patient, kind=CharacteristicKind(kind), **values)

    return _answer(admin, request, patient, form, add, title=TITLES[kind], done="Written into the record.")


def correct_page(admin: ScopedAdmin, request: HttpRequest, patient: Patient, kind: str, code: str) -> HttpResponse:
    entry = _entry(request, patient, kind, code)
    form = _form(request, patient, kind, entry=entry)

    def correct() -> None:
        record.correct(
            entry,
            reason=form.cleaned_data["reason"],
            source=form.source(),
            by=admin.actor(request, patient),
            at=at_of(request),
            code=code_of_submission(request),
            **form.values(),
        )

    title = f"Correct: {title_of(entry)}"
    return _answer(admin, request, patient, form, correct, title=title, done="Corrected. The wrong row is kept.")


def end_page(admin: ScopedAdmin, request: HttpRequest, patient: Patient, kind: str, code: str) -> HttpResponse:
    use = _entry(request, patient, kind, code)
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
    entry = _entry(request, patient, kind, code)
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


def _entry(request: HttpRequest, patient: Patient, kind: str, code: str) -> Any:
    """The row that an address names; 404 for one of another patient, or of another kind."""
    if kind not in MODELS:
        raise Http404
    rows: Any = MODELS[kind]._default_manager
    entry = rows.visible_to(request.user).filter(patient=patient, code=code).first()
    if entry is None or kind_of(entry) != kind:
        raise Http404
    entry.patient = patient
    return entry


def _awaited(request: HttpRequest, patient: Patient, kind: str) -> LabResult | None:
    code = request.GET.get("of", "")
    return _entry(request, patient, RESULT, code) if kind == RESULT and code else None


def _form(request: HttpRequest, patient: Patient, kind: str, *, entry: RecordEntry | None = None) -> RecordForm:
    """The form as it was sent; or as it is opened, and after a search as far as it was filled in."""
    searches = FIND in request.POST
    form = FORMS[kind](
        None if searches else request.POST or None,
        clinic=patient.clinic,
        today=today_of(patient, at_of(request)),
        entry=entry,
        initial={"nonce": secrets.token_hex(16)},
        words=request.POST.get("words", ""),
    )
    if searches:
        form.initial.update(request.POST.items())
    return form


def _section(admin: ScopedAdmin, patient: Patient) -> str:
    return f"{admin.address_of(patient)}#record"


def _answer(
    admin: ScopedAdmin,
    request: HttpRequest,
    patient: Patient,
    form: RecordForm,
    write: Callable[[], None],
    *,
    title: str,
    done: str,
) -> HttpResponse:
    """Save, or show the form with what was typed."""
    if form.is_valid():
        written = _written(admin, request, patient, form, write, own_field=form.own_field, done=done)
        if written is not None:
            return written
    return admin.page(
        request,
        "admin/patients/record_form.html",
        title=title,
        trail=admin.trail_to(patient, title),
        patient=patient,
        form=form,
        note=CONSULT if isinstance(form, MedicineForm) else "",
        back=_section(admin, patient),
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
        written = _written(
            admin,
            request,
            patient,
            form,
            write,
            own_field=lambda name: name if name in form.fields else fields.get(name),
            done=done,
        )
        if written is not None:
            return written
    trail = admin.trail_to(patient, title)
    back = _section(admin, patient)
    return admin.page(request, "admin/scoped/confirm.html", title=title, trail=trail, form=form, back=back, **context)


def _written(
    admin: ScopedAdmin,
    request: HttpRequest,
    patient: Patient,
    form: forms.Form,
    write: Callable[[], None],
    *,
    own_field: Callable[[str], str | None],
    done: str,
) -> HttpResponse | None:
    """Back on the patient's page if it was written, or cannot be any more; None to show what is wrong."""
    try:
        write()
    except InvalidRequest as refusal:
        form.add_error(own_field(refusal.field), str(refusal))
        return None
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(_section(admin, patient))
