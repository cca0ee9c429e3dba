"""Correcting a fact, ending a medicine, and saying that something was entered in error: nothing is overwritten."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from clinics.actor import Actor, NotAllowed, staff_in
from clinics.models import Clinic, User
from patients.models import (
    Allergy,
    AllergyAnswer,
    Characteristic,
    CharacteristicKind,
    Condition,
    LabResult,
    LabStatus,
    MedicineReview,
    MedicineUse,
    Patient,
    Presence,
    RecordEntry,
    ReviewAnswer,
    SourceKind,
)
from patients.services import record
from patients.services.errors import InvalidRequest
from patients.services.record import EntryClosed, Source, Weight
from protocols.domain.amount import Amount
from protocols.domain.medicines import MedicineClass
from protocols.domain.slots import Slot
from tests.fixtures.personae import NOON, TODAY

SAID = Source(kind=SourceKind.PATIENT, as_of=date(2026, 12, 1))
LETTER = Source(kind=SourceKind.CLINICIAN, as_of=TODAY, note="letter of 2 January")
LATER = NOON + timedelta(hours=2)

EVERY_KIND: list[tuple[Callable[..., Any], dict[str, Any]]] = [
    (record.add_characteristic, {"kind": CharacteristicKind.PREGNANCY, "value": True}),
    (record.add_condition, {"icd10cm_code": "K22.70"}),
    (record.add_allergy, {"substance": "aspirin"}),
    (record.add_medicine, {"name": "Ibuprofen", "medicine_class": MedicineClass.NSAID}),
    (record.add_medicine_review, {"answer": ReviewAnswer.COMPLETE}),
    (record.add_lab_result, {"lab_code": "17780-8", "text": "positive", "collected_on": date(2026, 12, 1)}),
]


@pytest.fixture
def write(angela: Patient, by: Actor) -> Callable[..., Any]:
    def call(service: Callable[..., Any], **values: Any) -> Any:
        return service(angela, **({"source": SAID, "by": by, "at": NOON} | values))

    return call


def standing(model: type[RecordEntry]) -> list[Any]:
    return list(model._default_manager.standing())


@pytest.mark.parametrize(("add", "values"), EVERY_KIND)
def test_every_kind_of_fact_can_be_entered_in_error(
    write: Callable[..., Any], by: Actor, dr_cho: User, add: Callable[..., Any], values: dict[str, Any]
) -> None:
    entry = write(add, **values)
    record.mark_in_error(entry, reason=" Another patient’s letter. ", by=by, at=LATER)
    entry.refresh_from_db()
    assert entry.is_in_error
    assert (entry.entered_in_error_at, entry.entered_in_error_by_kind, entry.entered_in_error_by_code) == (
        LATER,
        "staff",
        dr_cho.code,
    )
    assert entry.entered_in_error_reason == "Another patient’s letter."
    assert standing(type(entry)) == []
    assert [kept.history_date for kept in entry.history.order_by("-history_date")] == [LATER, NOON]
    with pytest.raises(EntryClosed, match="already"):
        record.mark_in_error(entry, reason="Once more.", by=by, at=LATER)
    with pytest.raises(EntryClosed, match="already"):
        record.correct(entry, reason="Once more.", source=LETTER, by=by, at=LATER)


@pytest.mark.parametrize(("add", "values"), EVERY_KIND)
def test_a_reason_and_the_right_role_are_needed(
    write: Callable[..., Any],
    by: Actor,
    clinic: Clinic,
    assistant_1: User,
    dr_dee: User,
    add: Callable[..., Any],
    values: dict[str, Any],
) -> None:
    entry = write(add, **values)
    for reason in ("", "  \n"):
        with pytest.raises(InvalidRequest, match="Say what was wrong") as refused:
            record.mark_in_error(entry, reason=reason, by=by, at=LATER)
        assert refused.value.field == "reason"
        with pytest.raises(InvalidRequest, match="Say what was wrong"):
            record.correct(entry, reason=reason, source=LETTER, by=by, at=LATER)
    for stranger in (staff_in(clinic, assistant_1), staff_in(clinic, dr_dee)):
        with pytest.raises(NotAllowed):
            record.mark_in_error(entry, reason="Wrong.", by=stranger, at=LATER)
        with pytest.raises(NotAllowed):
            record.correct(entry, reason="Wrong.", source=LETTER, by=stranger, at=LATER)
    assert standing(type(entry)) == [entry]


@pytest.mark.parametrize(
    ("add", "values", "changes", "column", "after"),
    [
        (*EVERY_KIND[0], {"value": None}, "is_unknown", True),
        (*EVERY_KIND[1], {"presence": Presence.ABSENT}, "presence", "absent"),
        (*EVERY_KIND[2], {"reaction": "hives"}, "reaction", "hives"),
        (*EVERY_KIND[3], {"amount": Amount.parse("400 mg")}, "amount_value", Decimal(400)),
        (*EVERY_KIND[4], {"answer": ReviewAnswer.INCOMPLETE}, "answer", "incomplete"),
        (*EVERY_KIND[5], {"text": "negative"}, "text", "negative"),
    ],
)
def test_a_correction_marks_the_wrong_row_and_writes_the_right_one(
    write: Callable[..., Any],
    by: Actor,
    dr_cho: User,
    add: Callable[..., Any],
    values: dict[str, Any],
    changes: dict[str, Any],
    column: str,
    after: Any,
) -> None:
    wrong = write(add, **values)
    right = record.correct(wrong, reason="Misread.", source=LETTER, by=by, at=LATER, **changes)
    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.is_in_error, wrong.entered_in_error_reason, wrong.as_of) == (True, "Misread.", SAID.as_of)
    assert standing(type(wrong)) == [right]
    assert (right.corrects, wrong.correction) == (wrong, right)
    assert getattr(right, column) == after
    assert (right.source_words, right.as_of) == ("A letter or call from a clinician: letter of 2 January", TODAY)
    assert (right.recorded_at, right.by_user) == (LATER, dr_cho)


def test_what_a_correction_does_not_name_stays(write: Callable[..., Any], by: Actor) -> None:
    wrong = write(
        record.add_medicine,
        name="Ibuprofen",
        medicine_class=MedicineClass.NSAID,
        amount=Amount.parse("200 mg"),
        pattern="daily",
        times_of_day=[Slot.WITH_DINNER],
        since=date(2026, 11, 1),
        is_bought_without_prescription=True,
    )
    right = record.correct(wrong, reason="400, not 200.", source=SAID, by=by, at=LATER, amount=Amount.parse("400 mg"))
    right.refresh_from_db()
    assert (right.name, right.known_class, str(right.amount)) == ("Ibuprofen", MedicineClass.NSAID, "400 mg")
    assert (right.pattern, right.slots, right.since) == ("daily", [Slot.WITH_DINNER], date(2026, 11, 1))
    assert right.is_bought_without_prescription is True


def test_a_correction_that_is_refused_leaves_the_row_standing(write: Callable[..., Any], by: Actor) -> None:
    entry = write(record.add_condition, icd10cm_code="K22.70")
    with pytest.raises(InvalidRequest, match="is not a leaf"):
        record.correct(entry, reason="Misread.", source=LETTER, by=by, at=LATER, icd10cm_code="K22.7")
    entry.refresh_from_db()
    assert not entry.is_in_error
    assert Condition.objects.count() == 1


def test_a_correction_can_itself_be_corrected(write: Callable[..., Any], by: Actor) -> None:
    first = write(record.add_characteristic, kind=CharacteristicKind.WEIGHT, value=Weight(value=Decimal(16)))
    second = record.correct(
        first, reason="Typing error.", source=SAID, by=by, at=LATER, value=Weight(value=Decimal(66))
    )
    third = record.correct(second, reason="Again.", source=SAID, by=by, at=LATER, value=Weight(value=Decimal(61)))
    assert [str(entry.weight) for entry in standing(Characteristic)] == ["61000 g"]
    assert third.corrects.corrects == first


def test_a_correction_sent_twice_is_made_once(write: Callable[..., Any], by: Actor) -> None:
    wrong = write(record.add_allergy, substance="aspirin")
    sent = {
        "reason": "Misheard.",
        "source": SAID,
        "by": by,
        "at": LATER,
        "substance": "amoxicillin",
        "code": "ABCDEFGHJK",
    }
    first = record.correct(wrong, **sent)
    assert record.correct(wrong, **sent) == first
    assert [entry.substance for entry in standing(Allergy)] == ["amoxicillin"]


def test_a_condition_keeps_the_release_it_was_checked_against(write: Callable[..., Any], by: Actor) -> None:
    """A code that a later release has retired stays what it was when only something else is corrected."""
    entry = write(record.add_condition, icd10cm_code="G35.A")
    Condition.objects.filter(pk=entry.pk).update(
        icd10cm_code="G35", title="Multiple sclerosis", code_set_release="2025-10-01"
    )
    entry.refresh_from_db()
    right = record.correct(entry, reason="Since 2019.", source=SAID, by=by, at=LATER, onset_on=date(2019, 1, 1))
    assert (right.icd10cm_code, right.title, right.code_set_release) == ("G35", "Multiple sclerosis", "2025-10-01")
    with pytest.raises(InvalidRequest, match="G35 is not a leaf"):
        write(record.add_condition, icd10cm_code="G35")


def test_an_allergy_may_be_corrected_to_none_known(write: Callable[..., Any], by: Actor) -> None:
    entry = write(record.add_allergy, substance="aspirin", reaction="none")
    right = record.correct(
        entry,
        reason="She takes it daily.",
        source=SAID,
        by=by,
        at=LATER,
        answer=AllergyAnswer.NONE_KNOWN,
        substance="",
        reaction="",
    )
    assert [each.answer for each in standing(Allergy)] == ["none-known"]
    assert right.substance == ""


def test_a_medicine_is_ended_with_whoever_said_so(write: Callable[..., Any], by: Actor, dr_cho: User) -> None:
    use = write(record.add_medicine, name="Ibuprofen", since=date(2026, 11, 1))
    ended = record.end_medicine(use, until=date(2026, 12, 24), source=LETTER, by=by, at=LATER)
    ended.refresh_from_db()
    assert (ended.until, ended.end_recorded_at, ended.end_by_code) == (date(2026, 12, 24), LATER, dr_cho.code)
    assert ended.end_source_words == "A letter or call from a clinician: letter of 2 January"
    # What was known before stands beside it, and in the history.
    assert (ended.source_kind, ended.recorded_at, ended.history.count()) == ("patient", NOON, 2)
    with pytest.raises(EntryClosed, match="known already"):
        record.end_medicine(ended, until=TODAY, source=LETTER, by=by, at=LATER)


def test_a_medicine_ends_when_it_can(write: Callable[..., Any], by: Actor, clinic: Clinic, assistant_1: User) -> None:
    use = write(record.add_medicine, name="Ibuprofen", since=date(2026, 11, 1))
    with pytest.raises(InvalidRequest, match="not before the first day") as refused:
        record.end_medicine(use, until=date(2026, 10, 31), source=LETTER, by=by, at=LATER)
    assert refused.value.field == "until"
    with pytest.raises(NotAllowed):
        record.end_medicine(use, until=TODAY, source=LETTER, by=staff_in(clinic, assistant_1), at=LATER)
    future = Source(kind=SourceKind.PATIENT, as_of=TODAY + timedelta(days=1))
    with pytest.raises(InvalidRequest, match="has not come yet"):
        record.end_medicine(use, until=TODAY, source=future, by=by, at=LATER)
    # A course whose last day is fixed.
    assert record.end_medicine(use, until=TODAY + timedelta(days=3), source=LETTER, by=by, at=LATER).until is not None
    wrong = write(record.add_medicine, name="Naproxen")
    record.mark_in_error(wrong, reason="Not hers.", by=by, at=LATER)
    with pytest.raises(EntryClosed):
        record.end_medicine(wrong, until=TODAY, source=LETTER, by=by, at=LATER)


def test_a_correction_of_a_medicine_keeps_its_end_unless_it_says_another(write: Callable[..., Any], by: Actor) -> None:
    use = write(record.add_medicine, name="Ibuprofen")
    ended = record.end_medicine(use, until=date(2026, 12, 24), source=LETTER, by=by, at=LATER)
    named = record.correct(ended, reason="Naproxen.", source=SAID, by=by, at=LATER, name="Naproxen")
    assert (named.until, named.end_source_kind, named.end_recorded_at) == (date(2026, 12, 24), "clinician", LATER)
    open_again = record.correct(named, reason="Still taken.", source=SAID, by=by, at=LATER, until=None)
    assert (open_again.until, open_again.end_source_kind, open_again.end_recorded_at) == (None, "", None)


def test_the_patient_sees_what_stands_and_strangers_nothing(
    write: Callable[..., Any], by: Actor, angela: Patient, ben: Patient, dr_cho: User, dr_dee: User, assistant_1: User
) -> None:
    models = [Characteristic, Condition, Allergy, MedicineUse, MedicineReview, LabResult]
    for add, values in EVERY_KIND:
        right = write(add, **values)
        if add is not record.add_allergy:
            wrong = write(add, **values)
            record.mark_in_error(wrong, reason="Twice.", by=by, at=LATER)
        model = type(right)
        assert list(model.objects.visible_to(angela.user)) == [right]
        for user, count in {dr_cho: 2, assistant_1: 2, dr_dee: 0, ben.user: 0}.items():
            expected = min(count, model.objects.count())
            assert model.objects.visible_to(user).count() == expected, (model, user)
    assert all(model.objects.exists() for model in models)


def test_an_awaited_result_is_corrected_by_name(write: Callable[..., Any], by: Actor) -> None:
    awaited = write(record.add_lab_result, lab_code="17780-8", status=LabStatus.PENDING)
    right = record.correct(awaited, reason="A blood test.", source=SAID, by=by, at=LATER, lab_code="2276-4")
    assert (right.title, right.status) == ("Ferritin", "pending")
