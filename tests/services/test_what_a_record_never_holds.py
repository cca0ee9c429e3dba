"""The database itself refuses a fact that says two things, or nothing, whichever way it is written."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from patients.models import (
    Allergy,
    Characteristic,
    Condition,
    LabResult,
    MedicineReview,
    MedicineUse,
    Patient,
    RecordEntry,
)
from tests.fixtures.personae import NOON, TODAY

FEMALE = {"kind": "sex", "sex": "female"}
CONDITION = {"icd10cm_code": "R12", "title": "Heartburn", "code_set_release": "2026-04-01"}
USE = {"name": "Ibuprofen", "substance": "ibuprofen"}
NUMBER = {
    "lab_code": "2276-4",
    "code_system": "loinc",
    "title": "Ferritin",
    "comparator": "=",
    "value": Decimal(61),
    "unit": "ng/mL",
    "collected_on": TODAY,
}
ENDED = {
    "until": TODAY,
    "end_recorded_at": NOON,
    "end_by_kind": "staff",
    "end_by_code": "X",
    "end_source_kind": "patient",
}
GOOD: list[tuple[type[RecordEntry], dict[str, Any]]] = [
    (Characteristic, FEMALE),
    (Characteristic, {"kind": "sex", "is_unknown": True}),
    (Characteristic, {"kind": "pregnancy", "is_so": False}),
    (Characteristic, {"kind": "weight", "weight_value": 61, "weight_unit": "kg"}),
    (Condition, CONDITION),
    (Allergy, {"substance": "aspirin"}),
    (Allergy, {"answer": "none-known"}),
    (MedicineUse, USE),
    (MedicineUse, USE | ENDED),
    (MedicineReview, {"answer": "complete"}),
    (LabResult, NUMBER),
    (LabResult, NUMBER | {"status": "pending", "comparator": "", "value": None, "unit": "", "collected_on": None}),
]


@pytest.fixture
def row(angela: Patient) -> Callable[..., Any]:
    """An unsaved row with these columns."""

    def make(model: type[RecordEntry], **columns: Any) -> Any:
        around = {"patient": angela, "source_kind": "patient", "as_of": TODAY, "recorded_at": NOON}
        return model(**(around | {"by_kind": "staff", "by_code": "X"} | columns))

    return make


@pytest.mark.parametrize(("model", "columns"), GOOD)
def test_a_sound_fact_is_kept(row: Callable[..., Any], model: type[RecordEntry], columns: dict[str, Any]) -> None:
    """Otherwise the test below would say nothing."""
    entry = row(model, **columns)
    entry.full_clean()
    entry.save()


@pytest.mark.parametrize(
    ("model", "columns", "sentence"),
    [
        (Characteristic, {"kind": "sex"}, "Say what is asked here"),
        (Characteristic, FEMALE | {"is_unknown": True}, "Say what is asked here"),
        (Characteristic, FEMALE | {"kind": "weight"}, "Say what is asked here"),
        (Characteristic, FEMALE | {"is_so": True}, "Say what is asked here"),
        (Characteristic, {"kind": "birth-date", "is_so": True}, "Say what is asked here"),
        (Characteristic, {"kind": "pregnancy", "birth_date": TODAY}, "Say what is asked here"),
        (Characteristic, {"kind": "weight", "weight_value": 61}, "Say what is asked here"),
        (Characteristic, {"kind": "weight", "weight_value": 0, "weight_unit": "kg"}, "Say what is asked here"),
        (Condition, CONDITION | {"code_set_release": ""}, "a code, its title, and the release"),
        (Condition, CONDITION | {"title": ""}, "a code, its title, and the release"),
        (Condition, CONDITION | {"presence": "absent", "onset_on": TODAY}, "Only a condition that"),
        (Condition, CONDITION | {"presence": "unknown", "resolved_on": TODAY}, "Only a condition that"),
        (Condition, CONDITION | {"onset_on": TODAY, "resolved_on": date(2026, 1, 1)}, "not before the first day"),
        (Allergy, {}, "Name the substance"),
        (Allergy, {"answer": "none-known", "substance": "aspirin"}, "Name the substance"),
        (Allergy, {"answer": "unknown", "severity": "mild"}, "Name the substance"),
        (MedicineUse, USE | {"name": ""}, "Choose the medicine"),
        (MedicineUse, USE | {"amount_value": 400}, "An amount"),
        (MedicineUse, USE | {"amount_value": 0, "amount_unit": "mg"}, "An amount"),
        (MedicineUse, USE | {"since": TODAY, "until": date(2026, 1, 1)}, "not before the first day"),
        (MedicineUse, USE | ENDED | {"until": None}, "a last day, a source and a name"),
        (MedicineUse, USE | ENDED | {"end_source_kind": ""}, "a last day, a source and a name"),
        (LabResult, NUMBER | {"title": ""}, "cannot be blank"),
        (LabResult, NUMBER | {"text": "high"}, "either a number with its unit or a word"),
        (LabResult, NUMBER | {"unit": ""}, "either a number with its unit or a word"),
        (LabResult, NUMBER | {"comparator": ""}, "either a number with its unit or a word"),
        (LabResult, NUMBER | {"collected_on": None}, "either a number with its unit or a word"),
        (LabResult, NUMBER | {"status": "pending"}, "either a number with its unit or a word"),
        (LabResult, NUMBER | {"status": "unknown"}, "either a number with its unit or a word"),
        (
            LabResult,
            NUMBER | {"comparator": "", "value": None, "unit": ""},
            "either a number with its unit or a word",
        ),
        *(
            (model, columns | wrong, "says when that was noticed, by whom, and why")
            for model, columns in [GOOD[0], GOOD[4], GOOD[5], GOOD[7], GOOD[9], GOOD[10]]
            for wrong in [
                {"entered_in_error_at": NOON},
                {"entered_in_error_reason": "Wrong."},
                {
                    "entered_in_error_at": NOON,
                    "entered_in_error_by_kind": "staff",
                    "entered_in_error_by_code": "X",
                },
            ]
        ),
    ],
)
def test_what_says_two_things_or_nothing_is_refused_with_a_sentence(
    row: Callable[..., Any], model: type[RecordEntry], columns: dict[str, Any], sentence: str
) -> None:
    # The sentence that a person reads ...
    with pytest.raises(ValidationError) as refusal:
        row(model, **columns).full_clean()
    assert sentence in " ".join(refusal.value.messages)
    # ... and the database, for whoever comes past it.
    with pytest.raises(IntegrityError), transaction.atomic():
        model._default_manager.bulk_create([row(model, **columns)])


def test_a_row_is_corrected_once(row: Callable[..., Any]) -> None:
    wrong = row(Allergy, substance="aspirin")
    wrong.save()
    row(Allergy, substance="amoxicillin", corrects=wrong).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        row(Allergy, substance="penicillin", corrects=wrong).save()


def test_a_row_shows_itself_by_its_code(row: Callable[..., Any]) -> None:
    for model, columns in GOOD:
        entry = row(model, **columns, code="ABCDEFGHJK")
        assert str(entry).endswith(" ABCDEFGHJK")
        assert "aspirin" not in str(entry)
