"""Acknowledging, overriding, and taking it back: who may, with which reason, and what follows from it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinics.actor import Actor, NotAllowed, acting_prescriber, staff_in
from clinics.models import Clinic, Prescriber, User
from patients.models import Door, Finding, Order, Patient, Plan
from patients.services import record
from patients.services.errors import InvalidRequest
from patients.services.safety.assessing import reassess
from patients.services.safety.deciding import (
    Word,
    acknowledge,
    file_override,
    override_in_person,
    who_may_override,
    withdraw,
)
from patients.services.safety.errors import (
    FindingChanged,
    NothingToDecide,
    NotResponsible,
    NotToBeAcknowledged,
    NotToBeOverridden,
)
from protocols.domain.medicines import MedicineClass
from tests.fixtures.personae import NOON, TODAY
from tests.safety.conftest import SOURCE, Take, Write

Findings = Callable[[], list[Finding]]


@pytest.fixture
def too_much_zinc(order: Write, findings: Findings) -> Finding:
    """A WARN: 60 mg of zinc a day, where 40 mg is the upper limit."""
    order("Zinc", amount="60 mg")
    return next(row for row in findings() if row.rule == "R15")


@pytest.fixture
def clopidogrel_and_omeprazole(prescribed: Write, takes: Take, findings: Findings) -> Finding:
    """A BLOCK that stops a medicine which dr_price prescribes."""
    prescribed("Omeprazole", amount="20 mg")
    takes("Clopidogrel", MedicineClass.ANTIPLATELET)
    return next(row for row in findings() if row.rule == "R33")


@pytest.fixture
def word(dr_price: Prescriber) -> Word:
    return Word(
        prescriber=dr_price.code,
        reason="Pantoprazole was not tolerated; the cardiologist knows.",
        door=Door.TELEPHONE,
        said_on=TODAY,
        is_read_back=True,
    )


def seen(finding: Finding) -> int:
    return Finding.objects.get(pk=finding.pk).revision


# --- Acknowledging --------------------------------------------------------------------------------------------


def test_a_warning_is_acknowledged_with_a_reason(too_much_zinc: Finding, by: Actor) -> None:
    after = acknowledge(too_much_zinc, reason="  Four weeks only. ", by=by, at=NOON, revision=too_much_zinc.revision)
    stored = Finding.objects.get(pk=too_much_zinc.pk)
    assert (stored.status, stored.decided_because) == ("acknowledged", "Four weeks only.")
    assert (stored.decided_by_code, stored.decided_at) == (by.code, NOON)
    change = stored.changes.last()
    assert change is not None
    assert (change.from_status, change.to_status, change.by_code) == ("open", "acknowledged", by.code)
    assert after.revision == too_much_zinc.revision + 1


def test_without_a_reason_nothing_is_acknowledged(too_much_zinc: Finding, by: Actor) -> None:
    with pytest.raises(InvalidRequest) as refused:
        acknowledge(too_much_zinc, reason="  ", by=by, at=NOON, revision=too_much_zinc.revision)
    assert refused.value.field == "reason"
    assert Finding.objects.get(pk=too_much_zinc.pk).status == "open"


def test_it_is_not_asked_again_for_the_same_facts(
    too_much_zinc: Finding, findings: Findings, plan: Plan, by: Actor
) -> None:
    acknowledge(too_much_zinc, reason="Four weeks only.", by=by, at=NOON, revision=too_much_zinc.revision)
    zinc = plan.orders.get(name="Zinc")
    Order.objects.filter(pk=zinc.pk).update(standing="left-out")
    findings()
    assert Finding.objects.get(pk=too_much_zinc.pk).status == "resolved"
    Order.objects.filter(pk=zinc.pk).update(standing="open")
    again = next(row for row in findings() if row.rule == "R15")
    assert (again.pk, again.status, again.decided_because) == (too_much_zinc.pk, "acknowledged", "Four weeks only.")


def test_other_facts_are_asked_about_anew(too_much_zinc: Finding, findings: Findings, plan: Plan, by: Actor) -> None:
    acknowledge(too_much_zinc, reason="Four weeks only.", by=by, at=NOON, revision=too_much_zinc.revision)
    Order.objects.filter(plan=plan, name="Zinc").update(amount_value=90)
    again = [row for row in findings() if row.rule == "R15"]
    assert [row.status for row in again] == ["open"]
    assert again[0].pk != too_much_zinc.pk


def test_what_stops_an_order_is_not_acknowledged(betaine_and_ibuprofen: Finding, by: Actor) -> None:
    with pytest.raises(NotToBeAcknowledged):
        acknowledge(betaine_and_ibuprofen, reason="It is fine.", by=by, at=NOON, revision=0)


def test_two_people_do_not_decide_on_different_screens(too_much_zinc: Finding, by: Actor) -> None:
    acknowledge(too_much_zinc, reason="Four weeks only.", by=by, at=NOON, revision=too_much_zinc.revision)
    with pytest.raises(FindingChanged):
        withdraw(too_much_zinc, reason="No.", by=by, at=NOON, revision=too_much_zinc.revision)
    with pytest.raises(NothingToDecide):
        acknowledge(too_much_zinc, reason="Once more.", by=by, at=NOON, revision=seen(too_much_zinc))


def test_what_is_over_is_not_decided(too_much_zinc: Finding, findings: Findings, plan: Plan, by: Actor) -> None:
    Order.objects.filter(plan=plan, name="Zinc").update(standing="left-out")
    findings()
    with pytest.raises(NothingToDecide):
        acknowledge(too_much_zinc, reason="Well.", by=by, at=NOON, revision=seen(too_much_zinc))


def test_hours_that_the_timetable_keeps_leave_nothing_to_decide(
    order: Write, takes: Take, findings: Findings, by: Actor
) -> None:
    order("Magnesium glycinate", amount="200 mg")
    takes("Levothyroxine")
    row = next(row for row in findings() if row.severity == "SPACE")
    Finding.objects.filter(pk=row.pk).update(is_kept=True)
    with pytest.raises(NothingToDecide):
        acknowledge(row, reason="Well.", by=by, at=NOON, revision=row.revision)
    Finding.objects.filter(pk=row.pk).update(is_kept=False)
    assert acknowledge(row, reason="She works at night.", by=by, at=NOON, revision=row.revision).is_decided


def test_an_assistant_and_a_stranger_decide_nothing(
    too_much_zinc: Finding, clinic: Clinic, assistant_1: User, other_clinic: Clinic, dr_dee: User
) -> None:
    for actor in (staff_in(clinic, assistant_1), staff_in(other_clinic, dr_dee)):
        with pytest.raises(NotAllowed):
            acknowledge(too_much_zinc, reason="Well.", by=actor, at=NOON, revision=too_much_zinc.revision)
        with pytest.raises(NotAllowed):
            withdraw(too_much_zinc, reason="Well.", by=actor, at=NOON, revision=too_much_zinc.revision)


# --- Overriding -----------------------------------------------------------------------------------------------


def test_what_the_clinic_gives_is_overridden_by_nobody(betaine_and_ibuprofen: Finding, word: Word, by: Actor) -> None:
    assert who_may_override(betaine_and_ibuprofen) == []
    with pytest.raises(NotToBeOverridden):
        file_override(betaine_and_ibuprofen, word, by=by, at=NOON, revision=betaine_and_ibuprofen.revision)


def test_not_even_by_who_prescribes_the_other_medicine(
    order: Write, takes: Take, findings: Findings, dr_price: Prescriber, word: Word, by: Actor
) -> None:
    order("Betaine HCl", amount="650 mg")
    takes("Ibuprofen", MedicineClass.NSAID, prescriber=dr_price, is_bought_without_prescription=False)
    row = next(row for row in findings() if row.rule == "R01")
    with pytest.raises(NotToBeOverridden):
        file_override(row, word, by=by, at=NOON, revision=row.revision)


def test_the_word_of_its_prescriber_lets_a_medicine_be_taken(
    clopidogrel_and_omeprazole: Finding, word: Word, plan: Plan, dr_price: Prescriber, by: Actor
) -> None:
    omeprazole = plan.orders.get(name="Omeprazole")
    assert omeprazole.is_blocked
    row = file_override(clopidogrel_and_omeprazole, word, by=by, at=NOON, revision=clopidogrel_and_omeprazole.revision)
    assert (row.status, row.decided_by_prescriber, row.said_through, row.said_on) == (
        *("overridden", dr_price, "telephone"),
        TODAY,
    )
    change = row.changes.last()
    assert change is not None
    assert change.details == {"said_through": "telephone", "said_on": "2027-01-04", "prescriber": dr_price.code}
    omeprazole.refresh_from_db()
    assert not omeprazole.is_blocked
    reassess(plan, at=NOON + timedelta(days=1))
    omeprazole.refresh_from_db()
    assert not omeprazole.is_blocked, "nor the next morning"


def test_an_override_is_taken_back_and_stops_again(
    clopidogrel_and_omeprazole: Finding, word: Word, plan: Plan, by: Actor
) -> None:
    row = file_override(clopidogrel_and_omeprazole, word, by=by, at=NOON, revision=clopidogrel_and_omeprazole.revision)
    row = withdraw(row, reason="Dr Price changed her mind.", by=by, at=NOON, revision=row.revision)
    assert (row.status, row.decision, row.decided_by_prescriber) == ("open", "", None)
    assert plan.orders.get(name="Omeprazole").is_blocked


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"is_read_back": False}, "is_read_back"),
        ({"door": Door.LINK}, "door"),
        ({"said_on": TODAY + timedelta(days=1)}, "said_on"),
        ({"said_on": TODAY - timedelta(days=1)}, "said_on"),
    ],
)
def test_a_word_says_why_how_and_when(
    clopidogrel_and_omeprazole: Finding, word: Word, by: Actor, change: dict[str, object], field: str
) -> None:
    said = replace(word, **change)  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest) as refused:
        file_override(clopidogrel_and_omeprazole, said, by=by, at=NOON, revision=clopidogrel_and_omeprazole.revision)
    assert refused.value.field == field
    assert Finding.objects.get(pk=clopidogrel_and_omeprazole.pk).status == "open"


def test_somebody_elses_word_does_not_count(
    clopidogrel_and_omeprazole: Finding, word: Word, clinic: Clinic, by: Actor
) -> None:
    other = Prescriber.objects.create(
        clinic=clinic, name="Prescriber 2", created_at=NOON, created_by_kind="system", created_by_code="system"
    )
    with pytest.raises(NotResponsible):
        file_override(
            clopidogrel_and_omeprazole,
            replace(word, prescriber=other.code),
            by=by,
            at=NOON,
            revision=clopidogrel_and_omeprazole.revision,
        )


def test_an_override_does_not_reach_an_order_of_the_clinic(
    clopidogrel_and_omeprazole: Finding, word: Word, findings: Findings, plan: Plan, by: Actor
) -> None:
    """The same substance, now given by the clinic itself: the facts are the same, the prescriber’s word is not."""
    file_override(clopidogrel_and_omeprazole, word, by=by, at=NOON, revision=clopidogrel_and_omeprazole.revision)
    Order.objects.filter(plan=plan, name="Omeprazole").update(prescribed_by="over-the-counter", prescriber=None)
    row = next(row for row in findings() if row.rule == "R33")
    assert (row.status, row.decision) == ("open", "")
    assert plan.orders.get(name="Omeprazole").is_blocked


# --- In person ------------------------------------------------------------------------------------------------


@pytest.fixture
def inside(clinic: Clinic, dr_cho: User, dr_price: Prescriber, clopidogrel_and_omeprazole: Finding) -> Prescriber:
    """dr_cho herself prescribes the omeprazole, and is licensed for what a typed name is: another class."""
    own = Prescriber.objects.create(
        clinic=clinic,
        user=dr_cho,
        name="Dr Cho",
        licence_number="4711",
        licensed_classes=["other"],
        created_at=NOON,
        created_by_kind="system",
        created_by_code="system",
    )
    Order.objects.filter(plan=clopidogrel_and_omeprazole.plan, name="Omeprazole").update(prescriber=own)
    return own


def test_a_prescriber_who_works_here_overrides_in_person(
    clopidogrel_and_omeprazole: Finding, inside: Prescriber, dr_cho: User, plan: Plan
) -> None:
    me = acting_prescriber(inside, user=dr_cho)
    row = override_in_person(clopidogrel_and_omeprazole, reason="Known.", by=me, at=NOON, revision=0)
    assert (row.status, row.decided_by_prescriber, row.said_through) == ("overridden", inside, "inside")
    assert not plan.orders.get(name="Omeprazole").is_blocked


def test_only_with_a_licence_for_that_class(
    clopidogrel_and_omeprazole: Finding, inside: Prescriber, dr_cho: User
) -> None:
    inside.licensed_classes = ["SSRI"]
    inside.save()
    with pytest.raises(NotResponsible):
        override_in_person(
            clopidogrel_and_omeprazole, reason="Known.", by=acting_prescriber(inside, user=dr_cho), at=NOON, revision=0
        )


def test_nobody_overrides_in_person_for_somebody_else(
    clopidogrel_and_omeprazole: Finding, inside: Prescriber, assistant_1: User, by: Actor, word: Word
) -> None:
    with pytest.raises(NotResponsible):
        override_in_person(
            clopidogrel_and_omeprazole,
            reason="Known.",
            by=acting_prescriber(inside, user=assistant_1),
            at=NOON,
            revision=0,
        )
    with pytest.raises(InvalidRequest, match="in person"):
        file_override(clopidogrel_and_omeprazole, replace(word, prescriber=inside.code), by=by, at=NOON, revision=0)


def test_what_came_to_weigh_more_is_decided_anew(too_much_zinc: Finding, findings: Findings, by: Actor) -> None:
    acknowledge(too_much_zinc, reason="Four weeks only.", by=by, at=NOON, revision=too_much_zinc.revision)
    Finding.objects.filter(pk=too_much_zinc.pk).update(severity="INFO")
    row = next(row for row in findings() if row.rule == "R15")
    assert (row.severity, row.status, row.decision) == ("WARN", "open", "")
    change = row.changes.last()
    assert change is not None
    assert change.reason == "The rule weighs more than when this was decided."


def test_the_record_of_another_patient_changes_nothing(betaine_and_ibuprofen: Finding, ben: Patient, by: Actor) -> None:
    record.add_medicine(ben, name="Clopidogrel", since=date(2026, 1, 1), source=SOURCE, by=by, at=NOON)
    assert betaine_and_ibuprofen.changes.count() == 1
