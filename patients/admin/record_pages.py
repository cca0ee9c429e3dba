"""The pages of the record: all of it, the history of one fact, and the forms that add or correct one."""

import secrets
from collections.abc import Callable
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse

from clinics.admin.adding import code_of_submission
from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from patients.admin.record_answering import entry_at, section_address, written
from patients.admin.record_condition_forms import AllergyForm, ConditionForm, ReviewForm
from patients.admin.record_forms import FORMS_OF_A_PERSON, RecordForm
from patients.admin.record_lab_form import LabForm
from patients.admin.record_medicine_form import MedicineForm
from patients.admin.record_section import ALLERGY, CONDITION, MEDICINE, RESULT, REVIEW, Section
from patients.admin.record_words import title_of
from patients.admin.standing import today_of
from patients.models import CharacteristicKind, LabResult, Patient, RecordEntry
from patients.services import record
from protocols.models.catalogue import CONSULT

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


def whole_record_page(admin: ScopedAdmin, request: HttpRequest, patient: Patient) -> HttpResponse:
    """Every row that was ever written, with those that count no more."""
    return admin.page(
        request,
        "admin/patients/record_page.html",
        title=WHOLE_RECORD,
        trail=admin.trail_to(patient, WHOLE_RECORD),
        patient=patient,
        groups=Section(admin, request, patient).all_groups(),
        back=section_address(admin, patient),
    )


def history_page(admin: ScopedAdmin, request: HttpRequest, patient: Patient, kind: str, code: str) -> HttpResponse:
    """One fact, what it corrects and what corrects it."""
    entry = entry_at(request, patient, kind, code)
    title = f"History: {title_of(entry)}"
    return admin.page(
        request,
        "admin/patients/record_history.html",
        title=title,
        trail=admin.trail_to(patient, title),
        facts=Section(admin, request, patient).thread_of(entry),
        back=section_address(admin, patient),
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
    entry = entry_at(request, patient, kind, code)
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


def _awaited(request: HttpRequest, patient: Patient, kind: str) -> LabResult | None:
    code = request.GET.get("of", "")
    return entry_at(request, patient, RESULT, code) if kind == RESULT and code else None


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
        answer = written(admin, request, patient, form, write, own_field=form.own_field, done=done)
        if answer is not None:
            return answer
    return admin.page(
        request,
        "admin/patients/record_form.html",
        title=title,
        trail=admin.trail_to(patient, title),
        patient=patient,
        form=form,
        note=CONSULT if isinstance(form, MedicineForm) else "",
        back=section_address(admin, patient),
    )
