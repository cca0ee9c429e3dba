"""Reading the core record: what counts on a day, what is unknown, and what “no” means."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.actor import Actor
from patients.models import (
    AllergyAnswer,
    CharacteristicKind,
    Comparator,
    LabStatus,
    Patient,
    Presence,
    ReviewAnswer,
    Sex,
    SourceKind,
    WeightUnit,
)
from patients.services import record
from patients.services.core_record import facts_about
from patients.services.record import Source, Weight
from protocols.domain.facts import PersonFacts
from protocols.domain.medicines import MedicineClass
from tests.fixtures.personae import NOON, TODAY

JUNE, JULY, AUGUST = date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)
NSAIDS = [MedicineClass.NSAID]


@pytest.fixture
def write(angela: Patient, by: Actor) -> Callable[..., Any]:
    """write(record.add_allergy, JUNE, substance=...): said that day, written down today."""
    minutes = iter(range(1000))

    def call(service: Callable[..., Any], day: date = TODAY, **values: Any) -> Any:
        said = Source(kind=SourceKind.DOCUMENT, as_of=day, note="letter")
        return service(angela, source=said, by=by, at=NOON + timedelta(minutes=next(minutes)), **values)

    return call


@pytest.fixture
def facts(angela: Patient) -> Callable[..., PersonFacts]:
    def ask(day: date = TODAY) -> PersonFacts:
        return facts_about(angela, on=day)

    return ask


@pytest.fixture
def forget(by: Actor) -> Callable[[Any], None]:
    def mark(entry: Any) -> None:
        record.mark_in_error(entry, reason="Another patient’s.", by=by, at=NOON + timedelta(days=1))

    return mark


PLAIN: list[tuple[CharacteristicKind, str, Any, Any, Any]] = [
    (CharacteristicKind.SEX, "sex", Sex.FEMALE, "female", Sex.MALE),
    (CharacteristicKind.BIRTH_DATE, "birth_date", date(1972, 1, 4), date(1972, 1, 4), date(1973, 1, 4)),
    (CharacteristicKind.PREGNANCY, "is_pregnant", False, False, True),
    (CharacteristicKind.BREASTFEEDING, "is_breastfeeding", True, True, False),
]


def test_of_an_empty_record_everything_is_unknown(facts: Callable[..., PersonFacts]) -> None:
    assert facts() == PersonFacts(on=TODAY)
    assert facts().allergies is None
    assert facts().takes_any_of(NSAIDS) is None


@pytest.mark.parametrize(("kind", "attribute", "value", "expected", "other"), PLAIN)
def test_a_plain_fact_is_known_unknown_or_in_error(
    write: Callable[..., Any],
    forget: Callable[[Any], None],
    facts: Callable[..., PersonFacts],
    kind: CharacteristicKind,
    attribute: str,
    value: Any,
    expected: Any,
    other: Any,
) -> None:
    first = write(record.add_characteristic, JULY, kind=kind, value=value)
    assert getattr(facts(), attribute) == expected
    source = facts().sources[attribute]
    assert (source.as_of, source.source) == (JULY, "A document: letter")

    older = write(record.add_characteristic, JUNE, kind=kind, value=other)
    assert getattr(facts(), attribute) == expected, "What was said earlier does not count, although written later."
    unknown = write(record.add_characteristic, AUGUST, kind=kind, value=None)
    assert getattr(facts(), attribute) is None
    assert facts().sources[attribute].as_of == AUGUST
    assert getattr(facts(JULY), attribute) == expected, "On that day it was not yet in doubt."

    forget(unknown)
    assert getattr(facts(), attribute) == expected
    forget(first)
    assert facts().sources[attribute].as_of == JUNE
    forget(older)
    assert facts() == PersonFacts(on=TODAY)


def test_of_one_day_what_was_written_last_counts(write: Callable[..., Any], facts: Callable[..., PersonFacts]) -> None:
    write(record.add_characteristic, kind=CharacteristicKind.PREGNANCY, value=False)
    write(record.add_characteristic, kind=CharacteristicKind.PREGNANCY, value=True)
    assert facts().is_pregnant is True


def test_weight_is_in_grams_and_age_in_years(write: Callable[..., Any], facts: Callable[..., PersonFacts]) -> None:
    write(record.add_characteristic, JUNE, kind=CharacteristicKind.WEIGHT, value=Weight(value=Decimal("61.50")))
    write(record.add_characteristic, kind=CharacteristicKind.BIRTH_DATE, value=date(1972, 1, 5))
    assert (str(facts().weight), facts().age) == ("61500 g", 54)
    pounds = Weight(value=Decimal("135.5"), unit=WeightUnit.POUND)
    write(record.add_characteristic, JULY, kind=CharacteristicKind.WEIGHT, value=pounds)
    # 135.5 × 453.59237 g = 61,461.766… g.
    assert str(facts().weight) == "61462 g"
    assert str(facts(JUNE).weight) == "61500 g"


def conditions(facts: PersonFacts) -> list[tuple[str, bool]]:
    return [(fact.code, fact.is_present) for fact in facts.conditions]


def test_a_condition_is_there_not_there_or_unknown(
    write: Callable[..., Any], forget: Callable[[Any], None], facts: Callable[..., PersonFacts]
) -> None:
    barrett = write(record.add_condition, JUNE, icd10cm_code="K22.70")
    write(record.add_condition, JUNE, icd10cm_code="K20.0", presence=Presence.ABSENT)
    write(record.add_condition, JUNE, icd10cm_code="E16.4", presence=Presence.UNKNOWN)
    write(record.add_condition, JUNE, icd10cm_code="K92.2", onset_on=date(2010, 1, 1), resolved_on=date(2010, 2, 1))
    assert conditions(facts()) == [("K20.0", False), ("K22.70", True), ("K92.2", True)]
    assert facts().conditions[0].source == "A document: letter"
    assert conditions(facts(JUNE - timedelta(days=1))) == []

    # What was once found stays found beside what was looked for later, until it is marked as entered in error.
    write(record.add_condition, JULY, icd10cm_code="K20.0", presence=Presence.UNKNOWN)
    write(record.add_condition, JULY, icd10cm_code="K22.70", presence=Presence.ABSENT)
    assert conditions(facts()) == [("K22.70", False), ("K22.70", True), ("K92.2", True)]
    write(record.add_condition, AUGUST, icd10cm_code="K22.70", presence=Presence.UNKNOWN)
    assert conditions(facts()) == [("K22.70", True), ("K92.2", True)]
    forget(barrett)
    assert conditions(facts()) == [("K92.2", True)]
    assert conditions(facts(JULY)) == [("K22.70", False), ("K92.2", True)]


def test_allergies_are_named_none_known_or_unknown(
    write: Callable[..., Any], forget: Callable[[Any], None], facts: Callable[..., PersonFacts]
) -> None:
    write(record.add_allergy, JUNE, answer=AllergyAnswer.NONE_KNOWN)
    assert facts().allergies == ()
    write(record.add_allergy, JULY, answer=AllergyAnswer.UNKNOWN)
    assert facts().allergies is None
    named = write(record.add_allergy, JUNE, substance="aspirin", reaction="wheezing")
    [allergy] = facts().allergies or ()
    assert (allergy.substance, allergy.reaction, allergy.severity) == ("aspirin", "wheezing", "")
    forget(named)
    assert facts().allergies is None


def substances(facts: PersonFacts) -> list[str]:
    return [fact.substance for fact in facts.medicines if fact.is_taken_on(facts.on)]


def test_a_medicine_counts_from_its_first_day_to_its_last(
    write: Callable[..., Any], by: Actor, forget: Callable[[Any], None], facts: Callable[..., PersonFacts]
) -> None:
    use = write(record.add_medicine, name="Ibuprofen", medicine_class=MedicineClass.NSAID, since=JUNE)
    assert substances(facts(JUNE)) == substances(facts()) == ["ibuprofen"]
    assert substances(facts(JUNE - timedelta(days=1))) == []
    record.end_medicine(use, until=JULY, source=Source(kind=SourceKind.PATIENT, as_of=TODAY), by=by, at=NOON)
    assert substances(facts(JULY)) == ["ibuprofen"]
    assert substances(facts(JULY + timedelta(days=1))) == []
    assert [(fact.since, fact.until) for fact in facts().medicines] == [(JUNE, JULY)]
    forget(use)
    assert facts(JULY).medicines == ()


def test_a_medicine_of_which_nobody_knows_since_when_counts_from_when_it_was_said(
    write: Callable[..., Any], facts: Callable[..., PersonFacts]
) -> None:
    write(record.add_medicine, JULY, name="Ibuprofen", medicine_class=MedicineClass.NSAID)
    assert substances(facts(JULY)) == ["ibuprofen"]
    assert substances(facts(JUNE)) == []


def test_that_nothing_else_is_taken_is_known_from_a_complete_review_alone(
    write: Callable[..., Any], forget: Callable[[Any], None], facts: Callable[..., PersonFacts]
) -> None:
    write(record.add_medicine, JUNE, name="Omeprazole", medicine_class=MedicineClass.PPI)
    assert (facts().takes_any_of([MedicineClass.PPI]), facts().takes_any_of(NSAIDS)) == (True, None)
    review = write(record.add_medicine_review, JULY, answer=ReviewAnswer.COMPLETE)
    assert facts().medicines_complete_as_of == JULY
    assert (facts().takes_any_of([MedicineClass.PPI]), facts().takes_any_of(NSAIDS)) == (True, False)
    assert facts(JUNE).takes_any_of(NSAIDS) is None

    for answer in (ReviewAnswer.INCOMPLETE, ReviewAnswer.NOT_ASKED):
        doubt = write(record.add_medicine_review, AUGUST, answer=answer)
        assert facts().medicines_complete_as_of is None
        assert facts().takes_any_of(NSAIDS) is None
        forget(doubt)
    assert facts().takes_any_of(NSAIDS) is False
    forget(review)
    assert facts().takes_any_of(NSAIDS) is None


def test_a_medicine_of_an_unknown_class_leaves_every_class_open(
    write: Callable[..., Any], facts: Callable[..., PersonFacts]
) -> None:
    write(record.add_medicine_review, JUNE, answer=ReviewAnswer.COMPLETE)
    assert facts().takes_any_of(NSAIDS) is False
    write(record.add_medicine, JUNE, name="A blue pill", until=JULY)
    assert facts(JULY).takes_any_of(NSAIDS) is None
    assert facts(AUGUST).takes_any_of(NSAIDS) is False, "It is no longer taken."


def test_the_newest_result_of_each_test_counts(
    write: Callable[..., Any], forget: Callable[[Any], None], facts: Callable[..., PersonFacts]
) -> None:
    def ferritin(collected_on: date, value: str, said: date) -> Any:
        return write(
            record.add_lab_result,
            said,
            lab_code="2276-4",
            value=Decimal(value),
            unit="ng/mL",
            comparator=Comparator.BELOW,
            collected_on=collected_on,
        )

    newer = ferritin(JULY, "15", JULY)
    ferritin(JUNE, "61", AUGUST)
    [fact] = facts().labs
    assert (fact.code, fact.value, fact.unit, fact.comparator, fact.collected_on) == (
        "2276-4",
        Decimal(15),
        "ng/mL",
        "<",
        JULY,
    )
    forget(newer)
    assert [fact.value for fact in facts().labs] == [Decimal(61)]
    assert facts(JULY).labs == (), "The older result came in August."


def test_words_and_awaited_results_stand_apart(
    write: Callable[..., Any], forget: Callable[[Any], None], facts: Callable[..., PersonFacts]
) -> None:
    write(record.add_lab_result, JUNE, lab_code="17780-8", text="negative", collected_on=JUNE)
    awaited = write(record.add_lab_result, JULY, lab_code="17780-8", status=LabStatus.PENDING, collected_on=JULY)
    assert [(fact.answer, fact.collected_on) for fact in facts().lab_answers] == [("negative", JUNE)]
    assert [(fact.code, fact.collected_on, fact.as_of) for fact in facts().pending_labs] == [("17780-8", JULY, JULY)]
    assert facts().labs == ()
    forget(awaited)
    assert facts().pending_labs == ()


@pytest.mark.parametrize(
    ("result", "is_answered"),
    [
        ({"text": "positive", "collected_on": JULY}, True),
        ({"text": "positive", "collected_on": AUGUST}, True),
        ({"text": "positive", "collected_on": JUNE}, False),
        ({"status": LabStatus.UNKNOWN}, True),
        ({"status": LabStatus.PENDING}, False),
    ],
)
def test_an_awaited_test_is_answered_by_a_result_of_no_older_sample(
    write: Callable[..., Any], facts: Callable[..., PersonFacts], result: dict[str, Any], is_answered: bool
) -> None:
    write(record.add_lab_result, JULY, lab_code="17780-8", status=LabStatus.PENDING, collected_on=JULY)
    write(record.add_lab_result, AUGUST, lab_code="17780-8", **result)
    write(record.add_lab_result, AUGUST, lab_code="2276-4", status=LabStatus.UNKNOWN)
    assert (facts().pending_labs == ()) is is_answered


def test_a_sample_that_is_not_taken_yet_is_answered_by_a_later_one(
    write: Callable[..., Any], facts: Callable[..., PersonFacts]
) -> None:
    write(record.add_lab_result, JULY, lab_code="17780-8", status=LabStatus.PENDING)
    write(record.add_lab_result, AUGUST, lab_code="17780-8", text="negative", collected_on=JUNE)
    assert len(facts().pending_labs) == 1
    write(record.add_lab_result, AUGUST, lab_code="17780-8", text="negative", collected_on=AUGUST)
    assert facts().pending_labs == ()


def test_nobody_elses_record_is_read(write: Callable[..., Any], angela: Patient, ben: Patient, by: Actor) -> None:
    write(record.add_allergy, substance="aspirin")
    write(record.add_medicine, name="Omeprazole", medicine_class=MedicineClass.PPI)
    assert facts_about(ben, on=TODAY) == PersonFacts(on=TODAY)


def test_a_long_record_takes_no_more_reads_than_a_short_one(
    write: Callable[..., Any], facts: Callable[..., PersonFacts]
) -> None:
    def reads() -> int:
        with CaptureQueriesContext(connection) as captured:
            facts()
        return len(captured)

    def grow(count: int) -> None:
        for number in range(count):
            write(record.add_characteristic, kind=CharacteristicKind.PREGNANCY, value=False)
            write(record.add_condition, icd10cm_code="R12")
            write(record.add_allergy, substance=f"substance {number}")
            write(record.add_medicine, name=f"Medicine {number}", since=JUNE)
            write(record.add_medicine_review, answer=ReviewAnswer.COMPLETE)
            write(record.add_lab_result, lab_code="17780-8", status=LabStatus.PENDING)

    grow(1)
    few = reads()
    grow(5)
    assert few == reads() == 6
