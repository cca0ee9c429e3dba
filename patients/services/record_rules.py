"""What must hold before a fact is written into a record, and what is filled in from the catalogues.

Each rule reads one unsaved row and the civil date of today where the patient lives; `previous` is the row that it
corrects, or None. All raise `InvalidRequest` with the field to correct.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from patients.models import (
    Allergy,
    AllergyAnswer,
    Characteristic,
    CodeSystem,
    Comparator,
    Condition,
    LabResult,
    LabStatus,
    MedicineUse,
    RecordEntry,
)
from patients.services.errors import InvalidRequest
from protocols.domain.amount import Amount
from protocols.domain.icd10cm import CodeError, ConditionCode
from protocols.domain.labs import LabError, check_lab_code, check_unit, is_local, lab_test
from protocols.models import Medicine
from protocols.services.condition_codes import check_condition_code, released_codes

LONGEST_LIFE_YEARS: Final = 130
LIGHTEST_GRAMS: Final = 300
HEAVIEST_GRAMS: Final = 650_000


def check_entry(entry: RecordEntry, *, today: date, previous: Any = None) -> None:
    """Refuse what cannot be, and fill in what follows from the rest."""
    if not isinstance(previous, type(entry) | None):
        raise TypeError(f"A {type(entry).__name__} corrects no {type(previous).__name__}.")
    not_later(entry.as_of, today, field="as_of", what="This is known as of")
    if today.year - entry.as_of.year > LONGEST_LIFE_YEARS:
        raise InvalidRequest("Nobody has known this for so long. Look at the year.", field="as_of")
    rule = _RULES.get(type(entry))
    if rule is not None:
        rule(entry, today, previous)


def not_later(day: date | None, today: date, *, field: str, what: str) -> None:
    """Refuse a civil date that has not come where the patient lives; an unknown one passes."""
    if day is not None and day > today:
        raise InvalidRequest(f"{what} {day:%-d %B %Y}, which has not come yet. Look at the date.", field=field)


def _characteristic(entry: Characteristic, today: date, previous: Characteristic | None) -> None:
    if entry.birth_date is not None:
        not_later(entry.birth_date, today, field="birth_date", what="The birth date is")
        if today.year - entry.birth_date.year > LONGEST_LIFE_YEARS:
            raise InvalidRequest("Nobody is that old. Look at the year.", field="birth_date")
    if entry.weight_value is not None and entry.weight_unit:
        weight: Amount | None = entry.weight if entry.weight_value > 0 else None
        if weight is None or not LIGHTEST_GRAMS <= weight.value <= HEAVIEST_GRAMS:
            raise InvalidRequest("Nobody weighs that. Look at the number and its unit.", field="weight_value")


def _condition(entry: Condition, today: date, previous: Condition | None) -> None:
    if previous is not None and entry.icd10cm_code == previous.icd10cm_code:
        # It was checked against the release of its day; a later release may have retired it.
        entry.title, entry.code_set_release = previous.title, previous.code_set_release
    else:
        found = _leaf(entry.icd10cm_code, field="icd10cm_code")
        entry.icd10cm_code, entry.title = found.code, found.title
        entry.code_set_release = released_codes().release.isoformat()
    not_later(entry.onset_on, today, field="onset_on", what="It began on")
    not_later(entry.resolved_on, today, field="resolved_on", what="It ended on")


def _allergy(entry: Allergy, today: date, previous: Allergy | None) -> None:
    if entry.answer == AllergyAnswer.ALLERGY.value:
        return
    # What is being corrected was marked in error just before.
    known = Allergy.objects.standing().filter(patient=entry.patient, answer=AllergyAnswer.ALLERGY.value)
    if known.exists():
        raise InvalidRequest(
            "The record names allergies. If one of them is wrong, mark it as entered in error first.", field="answer"
        )


def _medicine_use(entry: MedicineUse, today: date, previous: MedicineUse | None) -> None:
    clinic = entry.patient.clinic
    if entry.medicine is not None:
        unchanged = previous is not None and previous.medicine_id == entry.medicine_id
        if not unchanged and not Medicine.objects.available_to([clinic]).filter(pk=entry.medicine.pk).exists():
            raise InvalidRequest("Choose a medicine of this clinic’s list.", field="medicine")
        entry.name, entry.substance = entry.medicine.name, entry.medicine.substance
        entry.medicine_class = entry.medicine.medicine_class
    else:
        entry.name = " ".join(entry.name.split())
        entry.substance = entry.name.lower()
        if not entry.name:
            raise InvalidRequest("Choose the medicine, or write its name.", field="name")
    if entry.prescriber is not None:
        unchanged = previous is not None and previous.prescriber_id == entry.prescriber_id
        if entry.prescriber.clinic_id != clinic.pk or (entry.prescriber.ended_at is not None and not unchanged):
            raise InvalidRequest("Choose a prescriber of this clinic’s list.", field="prescriber")
        if entry.is_bought_without_prescription:
            raise InvalidRequest(
                "Either somebody prescribes it, or it is bought without a prescription.", field="prescriber"
            )
        entry.is_bought_without_prescription = False
    if entry.indication_code:
        entry.indication_code = _leaf(entry.indication_code, field="indication_code").code
    not_later(entry.since, today, field="since", what="It is taken from")
    in_order(entry.since, entry.until, field="until")


def in_order(since: date | None, until: date | None, *, field: str) -> None:
    """Refuse a last day before the first."""
    if since is not None and until is not None and until < since:
        raise InvalidRequest("The last day is not before the first day. Look at both dates.", field=field)


def _lab_result(entry: LabResult, today: date, previous: LabResult | None) -> None:
    try:
        _lab_code(entry)
        if entry.status == LabStatus.FINAL.value:
            _final_result(entry)
    except LabError as error:
        raise InvalidRequest(str(error), field=error.field) from error
    not_later(entry.collected_on, today, field="collected_on", what="The sample was taken on")


def _lab_code(entry: LabResult) -> None:
    entry.lab_code = entry.lab_code.strip()
    check_lab_code(entry.lab_code)
    test = lab_test(entry.lab_code)
    if test is not None:
        entry.title = test.title
    elif not entry.title.strip():
        raise LabError("Say in words which test it is.", field="title")
    entry.code_system = (CodeSystem.LOCAL if is_local(entry.lab_code) else CodeSystem.LOINC).value


def _final_result(entry: LabResult) -> None:
    test = lab_test(entry.lab_code)
    if entry.collected_on is None:
        raise LabError("Say on which day the sample was taken.", field="collected_on")
    if entry.value is None and not entry.text:
        raise LabError("Enter the result, or choose that it is awaited or not known.", field="value")
    if entry.value is not None and entry.text:
        raise LabError("A result is a number or a word, not both.", field="text")
    if entry.value is not None:
        check_unit(entry.lab_code, entry.unit)
        entry.comparator = entry.comparator or Comparator.EQUAL.value
        if entry.value < Decimal(0):
            raise LabError("A result of these tests is never below zero.", field="value")
    elif test is not None and entry.text not in test.answers:
        wanted = f"one of: {', '.join(test.answers)}" if test.answers else f"a number in {' or '.join(test.units)}"
        raise LabError(f"{test.title} is reported as {wanted}.", field="text")


def _leaf(text: str, *, field: str) -> ConditionCode:
    try:
        return check_condition_code(text)
    except CodeError as error:
        raise InvalidRequest(str(error), field=field) from error


_RULES: Final[dict[type[RecordEntry], Callable[[Any, date, Any], None]]] = {
    Characteristic: _characteristic,
    Condition: _condition,
    Allergy: _allergy,
    MedicineUse: _medicine_use,
    LabResult: _lab_result,
}
