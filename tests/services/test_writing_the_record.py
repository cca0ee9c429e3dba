"""Adding facts to a record: what is written, by whom, from where; and everything that is refused."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from clinics.actor import Actor, NotAllowed, for_system, staff_in
from clinics.models import Clinic, User
from clinics.roles import Role
from patients.actor import acting_patient
from patients.models import (
    Allergy,
    AllergyAnswer,
    Characteristic,
    CharacteristicKind,
    CodeSystem,
    Condition,
    LabResult,
    LabStatus,
    MedicineReview,
    MedicineUse,
    Patient,
    Presence,
    ReviewAnswer,
    Severity,
    Sex,
    SourceKind,
    WeightUnit,
)
from patients.services import record
from patients.services.errors import InvalidRequest, Refused
from patients.services.record import Source, Weight
from protocols.domain.amount import Amount
from protocols.domain.medicines import MedicineClass
from protocols.domain.slots import Slot
from protocols.models import Medicine
from tests.fixtures.personae import NOON, TODAY, make_member
from tests.fixtures.records import make_medicine, make_prescriber

SAID = Source(kind=SourceKind.PATIENT, as_of=TODAY, note="at the first visit")


@pytest.fixture
def write(angela: Patient, by: Actor) -> Callable[..., Any]:
    """Call one of the service's functions for Angela: write(record.add_condition, icd10cm_code=...)."""

    def call(service: Callable[..., Any], **values: Any) -> Any:
        return service(angela, **({"source": SAID, "by": by, "at": NOON} | values))

    return call


@pytest.fixture
def omeprazole(clinic: Clinic) -> Medicine:
    return make_medicine(clinic, "omeprazole", "PPI")


def refusal_of(call: Callable[[], Any], field: str) -> str:
    with pytest.raises(InvalidRequest) as refused:
        call()
    assert refused.value.field == field
    return str(refused.value)


def test_every_fact_has_its_source_its_date_and_whoever_wrote_it(
    write: Callable[..., Any], angela: Patient, dr_cho: User
) -> None:
    entry = write(record.add_condition, icd10cm_code="k2100")
    entry.refresh_from_db()
    assert (entry.patient, entry.source_kind, entry.source_note, entry.as_of) == (
        angela,
        "patient",
        "at the first visit",
        TODAY,
    )
    assert (entry.recorded_at, entry.by_kind, entry.by_code, entry.by_user) == (NOON, "staff", dr_cho.code, dr_cho)
    assert entry.source_words == "The patient says so: at the first visit"
    kept = entry.history.get()
    assert (kept.history_date, kept.history_user) == (NOON, dr_cho)


@pytest.mark.parametrize(
    ("kind", "value", "column", "stored"),
    [
        (CharacteristicKind.SEX, Sex.FEMALE, "sex", "female"),
        (CharacteristicKind.BIRTH_DATE, date(1972, 2, 29), "birth_date", date(1972, 2, 29)),
        (CharacteristicKind.PREGNANCY, False, "is_so", False),
        (CharacteristicKind.BREASTFEEDING, True, "is_so", True),
        (CharacteristicKind.WEIGHT, Weight(value=Decimal("61.5")), "weight_value", Decimal("61.5")),
    ],
)
def test_each_plain_fact_is_written_and_can_be_unknown(
    write: Callable[..., Any], kind: CharacteristicKind, value: Any, column: str, stored: Any
) -> None:
    known = write(record.add_characteristic, kind=kind, value=value)
    known.refresh_from_db()
    assert (known.kind, known.is_unknown, getattr(known, column)) == (kind.value, False, stored)
    unknown = write(record.add_characteristic, kind=kind, value=None)
    unknown.refresh_from_db()
    assert (unknown.kind, unknown.is_unknown, unknown.value) == (kind.value, True, None)


def test_a_value_of_another_kind_is_a_programming_error(write: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="Weight is a Weight, never a bool"):
        write(record.add_characteristic, kind=CharacteristicKind.WEIGHT, value=True)
    with pytest.raises(TypeError, match="Birth date is a date"):
        write(record.add_characteristic, kind=CharacteristicKind.BIRTH_DATE, value=Sex.MALE)


@pytest.mark.parametrize("weight", ["0", "-3", "0.2", "651", "61.5555"])
def test_an_impossible_weight_is_refused(write: Callable[..., Any], weight: str) -> None:
    value = Weight(value=Decimal(weight))
    refusal_of(
        lambda: write(record.add_characteristic, kind=CharacteristicKind.WEIGHT, value=value), field="weight_value"
    )
    assert not Characteristic.objects.exists()


def test_pounds_are_kept_as_pounds(write: Callable[..., Any]) -> None:
    weight = Weight(value=Decimal("154"), unit=WeightUnit.POUND)
    entry = write(record.add_characteristic, kind=CharacteristicKind.WEIGHT, value=weight)
    entry.refresh_from_db()
    # 154 × 453.59237 g = 69,853.22498 g.
    assert (entry.weight_unit, str(entry.weight)) == ("[lb_av]", "69853 g")


def test_a_birth_date_that_cannot_be_is_refused(write: Callable[..., Any]) -> None:
    for born in (TODAY + timedelta(days=1), date(1890, 1, 1)):
        refusal_of(
            lambda born=born: write(record.add_characteristic, kind=CharacteristicKind.BIRTH_DATE, value=born),
            field="birth_date",
        )


def test_a_fact_of_tomorrow_is_refused_by_the_patients_own_calendar(write: Callable[..., Any], angela: Patient) -> None:
    tomorrow = Source(kind=SourceKind.PATIENT, as_of=TODAY + timedelta(days=1))
    sentence = refusal_of(lambda: write(record.add_condition, icd10cm_code="R12", source=tomorrow), field="as_of")
    assert "5 January 2027, which has not come yet" in sentence
    # At noon in Berlin the next day has begun in Kiritimati.
    Patient.objects.filter(pk=angela.pk).update(zone="Pacific/Kiritimati")
    assert write(record.add_condition, icd10cm_code="R12", source=tomorrow).as_of == TODAY + timedelta(days=1)
    long_ago = Source(kind=SourceKind.PATIENT, as_of=date(1026, 1, 4))
    refusal_of(lambda: write(record.add_condition, icd10cm_code="R12", source=long_ago), field="as_of")


def test_a_condition_is_checked_against_the_release(write: Callable[..., Any]) -> None:
    entry = write(record.add_condition, icd10cm_code=" k2100", onset_on=date(2020, 1, 1), resolved_on=date(2020, 3, 1))
    assert (entry.icd10cm_code, entry.code_set_release) == ("K21.00", "2026-04-01")
    assert entry.title == "Gastro-esophageal reflux disease with esophagitis, without bleeding"
    for wrong, words in {
        "K21.0": "choose K21.00 or K21.01",
        "G35": "is not a leaf",
        "T78.1XXA": "is not in the April 2026 release",
        "reflux": "is not an ICD-10-CM code",
        "": "is not an ICD-10-CM code",
    }.items():
        sentence = refusal_of(lambda wrong=wrong: write(record.add_condition, icd10cm_code=wrong), field="icd10cm_code")
        assert words in sentence
    assert Condition.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"onset_on": TODAY + timedelta(days=1)}, "onset_on"),
        ({"resolved_on": TODAY + timedelta(days=1)}, "resolved_on"),
        ({"onset_on": date(2020, 3, 1), "resolved_on": date(2020, 2, 1)}, ""),
        ({"presence": Presence.ABSENT, "onset_on": date(2020, 3, 1)}, ""),
        ({"presence": Presence.UNKNOWN, "resolved_on": date(2020, 3, 1)}, ""),
    ],
)
def test_impossible_days_of_a_condition_are_refused(
    write: Callable[..., Any], fields: dict[str, Any], field: str
) -> None:
    refusal_of(lambda: write(record.add_condition, icd10cm_code="R12", **fields), field=field)
    assert not Condition.objects.exists()


def test_allergies_are_named_or_none_is_known_or_nobody_knows(write: Callable[..., Any]) -> None:
    for answer in (AllergyAnswer.UNKNOWN, AllergyAnswer.NONE_KNOWN):
        assert write(record.add_allergy, answer=answer).answer == answer.value
    named = write(record.add_allergy, substance="aspirin", reaction="wheezing", severity=Severity.SEVERE)
    assert (named.substance, named.reaction, named.severity) == ("aspirin", "wheezing", "severe")
    sentence = refusal_of(lambda: write(record.add_allergy, answer=AllergyAnswer.NONE_KNOWN), field="answer")
    assert "mark it as entered in error first" in sentence
    refusal_of(lambda: write(record.add_allergy), field="")
    refusal_of(lambda: write(record.add_allergy, answer=AllergyAnswer.UNKNOWN), field="answer")
    assert Allergy.objects.count() == 3


def test_none_known_names_no_substance(write: Callable[..., Any]) -> None:
    refusal_of(lambda: write(record.add_allergy, answer=AllergyAnswer.NONE_KNOWN, substance="aspirin"), field="")


def test_a_medicine_of_the_catalogue_brings_its_name_and_class(
    write: Callable[..., Any], omeprazole: Medicine, clinic: Clinic
) -> None:
    dr_price = make_prescriber(clinic, "Dr Ada Price")
    entry = write(
        record.add_medicine,
        medicine=omeprazole,
        name="something else",
        medicine_class=MedicineClass.OTHER,
        amount=Amount.parse("40 mg"),
        pattern="Daily",
        times_of_day=[Slot.BEDTIME, Slot.BEFORE_BREAKFAST],
        since=date(2022, 5, 1),
        indication="heartburn",
        indication_code="k219",
        prescriber=dr_price,
    )
    entry.refresh_from_db()
    assert (entry.name, entry.substance, entry.known_class) == ("Omeprazole", "omeprazole", MedicineClass.PPI)
    assert (str(entry.amount), entry.pattern, entry.is_prn) == ("40 mg", "daily", False)
    assert entry.slots == [Slot.BEFORE_BREAKFAST, Slot.BEDTIME]
    assert (entry.indication_code, entry.prescriber, entry.is_bought_without_prescription) == ("K21.9", dr_price, False)
    assert (entry.until, entry.end_recorded_at, entry.end_source_kind) == (None, None, "")


def test_of_a_medicine_that_was_only_named_the_rest_may_be_unknown(write: Callable[..., Any]) -> None:
    entry = write(record.add_medicine, name="  A blue   pill ")
    entry.refresh_from_db()
    assert (entry.name, entry.substance, entry.known_class) == ("A blue pill", "a blue pill", None)
    assert (entry.amount, entry.parsed_pattern, entry.slots, entry.is_prn) == (None, None, [], False)
    assert (entry.since, entry.prescriber, entry.is_bought_without_prescription) == (None, None, None)


def test_a_medicine_as_needed_says_so(write: Callable[..., Any]) -> None:
    entry = write(
        record.add_medicine,
        name="Ibuprofen",
        medicine_class=MedicineClass.NSAID,
        pattern="as needed",
        is_bought_without_prescription=True,
        until=TODAY + timedelta(days=5),
    )
    assert (entry.is_prn, entry.is_bought_without_prescription) == (True, True)
    assert entry.until == TODAY + timedelta(days=5)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Ibuprofen", "pattern": "now and then"}, "pattern"),
        ({"name": "Ibuprofen", "since": TODAY + timedelta(days=1)}, "since"),
        ({"name": "Ibuprofen", "since": TODAY, "until": TODAY - timedelta(days=1)}, "until"),
        ({"name": "Ibuprofen", "indication_code": "M05"}, "indication_code"),
        ({"name": "Ibuprofen", "amount": Amount(Decimal(0), Amount.parse("1 mg").unit)}, ""),
        ({"name": "Ibuprofen", "times_of_day": [Slot.EVENING, Slot.EVENING]}, "times_of_day"),
        ({"name": "Ibuprofen " * 20}, "name"),
    ],
)
def test_a_medicine_that_cannot_be_is_refused(write: Callable[..., Any], fields: dict[str, Any], field: str) -> None:
    assert refusal_of(lambda: write(record.add_medicine, **fields), field=field)
    assert not MedicineUse.objects.exists()


def test_medicines_and_prescribers_are_the_own_clinics(
    write: Callable[..., Any], clinic: Clinic, other_clinic: Clinic
) -> None:
    foreign = make_medicine(other_clinic, "omeprazole", "PPI")
    refusal_of(lambda: write(record.add_medicine, medicine=foreign), field="medicine")
    retired = make_medicine(clinic, "ranitidine", "H2RA", retired_at=NOON, retired_by_kind="system")
    refusal_of(lambda: write(record.add_medicine, medicine=retired), field="medicine")
    abroad = make_prescriber(other_clinic, "Dr Elsewhere")
    refusal_of(lambda: write(record.add_medicine, name="Ibuprofen", prescriber=abroad), field="prescriber")
    gone = make_prescriber(clinic, "Dr Gone", ended_at=NOON, ended_by_kind="system", ended_by_code="system")
    refusal_of(lambda: write(record.add_medicine, name="Ibuprofen", prescriber=gone), field="prescriber")
    here = make_prescriber(clinic, "Dr Ada Price")
    sentence = refusal_of(
        lambda: write(record.add_medicine, name="Ibuprofen", prescriber=here, is_bought_without_prescription=True),
        field="prescriber",
    )
    assert "bought without a prescription" in sentence


@pytest.mark.parametrize("answer", list(ReviewAnswer))
def test_each_answer_about_other_medicines_is_kept(write: Callable[..., Any], answer: ReviewAnswer) -> None:
    write(record.add_medicine_review, answer=answer)
    assert MedicineReview.objects.get().answer == answer.value


def test_a_result_with_a_number_has_its_unit(write: Callable[..., Any]) -> None:
    entry = write(
        record.add_lab_result, lab_code="2276-4", value=Decimal("61"), unit="ng/mL", collected_on=date(2026, 12, 1)
    )
    entry.refresh_from_db()
    assert (entry.title, entry.code_system) == ("Ferritin", CodeSystem.LOINC.value)
    assert (entry.comparator, entry.value, entry.unit) == ("=", Decimal("61"), "ng/mL")


def test_a_result_may_be_a_word_awaited_or_not_known(write: Callable[..., Any]) -> None:
    word = write(record.add_lab_result, lab_code="17780-8", text="negative", collected_on=TODAY)
    assert (word.text, word.value, word.comparator) == ("negative", None, "")
    awaited = write(record.add_lab_result, lab_code="74788-1", status=LabStatus.PENDING)
    assert (awaited.status, awaited.collected_on) == ("pending", None)
    unknown = write(record.add_lab_result, lab_code="74788-1", status=LabStatus.UNKNOWN, collected_on=TODAY)
    assert (unknown.status, unknown.value, unknown.text) == ("unknown", None, "")


def test_a_test_of_the_clinics_own_has_its_own_code_and_name(write: Callable[..., Any]) -> None:
    entry = write(
        record.add_lab_result,
        lab_code="stool-zonulin",
        title="Zonulin in stool",
        value=Decimal("61.5"),
        unit="ng/mL",
        collected_on=TODAY,
    )
    assert (entry.code_system, entry.title) == (CodeSystem.LOCAL.value, "Zonulin in stool")


FERRITIN = {"lab_code": "2276-4", "value": Decimal(61), "unit": "ng/mL", "collected_on": TODAY}


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        (FERRITIN | {"lab_code": "2276-5"}, "lab_code", "its last digit does not fit"),
        (FERRITIN | {"lab_code": "2160-0"}, "lab_code", "Choose a test of the list"),
        (FERRITIN | {"lab_code": ""}, "lab_code", "Choose a test of the list"),
        (FERRITIN | {"unit": "mg/dL"}, "unit", "Ferritin is reported in ng/mL or ug/L"),
        (FERRITIN | {"unit": ""}, "unit", "Ferritin is reported in"),
        (FERRITIN | {"collected_on": None}, "collected_on", "on which day the sample was taken"),
        (FERRITIN | {"collected_on": TODAY + timedelta(days=1)}, "collected_on", "has not come yet"),
        (FERRITIN | {"text": "high"}, "text", "a number or a word, not both"),
        (FERRITIN | {"value": Decimal(-1)}, "value", "never below zero"),
        (FERRITIN | {"value": Decimal("0.1234567")}, "value", "6 decimal places"),
        (FERRITIN | {"value": None, "unit": ""}, "value", "Enter the result"),
        (FERRITIN | {"value": None, "unit": "", "text": "high"}, "text", "a number in ng/mL or ug/L"),
        (FERRITIN | {"status": LabStatus.PENDING}, "", "has neither"),
        (
            {"lab_code": "17780-8", "text": "perhaps", "collected_on": TODAY},
            "text",
            "negative, positive, indeterminate",
        ),
        (
            {"lab_code": "17780-8", "value": Decimal(1), "unit": "1", "collected_on": TODAY},
            "unit",
            "reported as a word",
        ),
        ({"lab_code": "zonulin", "value": Decimal(1), "unit": "ng/mL", "collected_on": TODAY}, "title", "which test"),
        (
            {"lab_code": "z", "title": "Z", "value": Decimal(1), "unit": "ng per mL", "collected_on": TODAY},
            "unit",
            "as UCUM does",
        ),
    ],
)
def test_a_result_that_cannot_be_is_refused(
    write: Callable[..., Any], fields: dict[str, Any], field: str, words: str
) -> None:
    assert words in refusal_of(lambda: write(record.add_lab_result, **fields), field=field)
    assert not LabResult.objects.exists()


@pytest.mark.parametrize(
    ("service", "values"),
    [
        (record.add_characteristic, {"kind": CharacteristicKind.SEX, "value": Sex.FEMALE}),
        (record.add_condition, {"icd10cm_code": "R12"}),
        (record.add_allergy, {"substance": "aspirin"}),
        (record.add_medicine, {"name": "Ibuprofen"}),
        (record.add_medicine_review, {"answer": ReviewAnswer.COMPLETE}),
        (record.add_lab_result, {"lab_code": "2276-4", "status": LabStatus.PENDING}),
    ],
)
def test_practitioners_of_the_clinic_alone_write_facts(
    service: Callable[..., Any],
    values: dict[str, Any],
    angela: Patient,
    clinic: Clinic,
    other_clinic: Clinic,
    assistant_1: User,
    dr_dee: User,
    by: Actor,
) -> None:
    manager = make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN)
    strangers = [
        staff_in(clinic, assistant_1),
        staff_in(clinic, manager),
        staff_in(clinic, dr_dee),
        staff_in(other_clinic, dr_dee),
        acting_patient(angela),
        for_system(),
    ]
    for stranger in strangers:
        with pytest.raises(NotAllowed, match="You may not change the record of a patient here"):
            service(angela, source=SAID, by=stranger, at=NOON, **values)
    assert service(angela, source=SAID, by=by, at=NOON, **values).pk is not None


def test_the_same_submission_writes_one_row(write: Callable[..., Any], ben: Patient, by: Actor) -> None:
    first = write(record.add_allergy, substance="aspirin", code="ABCDEFGHJK")
    again = write(record.add_allergy, substance="aspirin", code="ABCDEFGHJK")
    assert first == again
    assert first.code == "ABCDEFGHJK"
    assert Allergy.objects.count() == 1
    with pytest.raises(Refused, match="already used for somebody else"):
        record.add_allergy(ben, substance="aspirin", code="ABCDEFGHJK", source=SAID, by=by, at=NOON)
