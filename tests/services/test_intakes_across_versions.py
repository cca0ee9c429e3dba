"""One dose counts once, whichever version of the order was in force when it was recorded."""

import pytest

from clinics.actor import Actor
from patients.actor import acting_patient
from patients.models import Intake, Order, Patient, Plan
from patients.services.intakes import record_doses, record_slot, undo_doses
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from tests.fixtures.personae import NOON, TODAY
from tests.services.test_adding_and_changing_orders import add_it, change_it, says
from tests.services.test_two_at_once import at_once


@pytest.fixture
def zinc(plan: Plan, by: Actor) -> Order:
    return add_it(plan, says(plan), by)


def tap(plan: Plan, angela: Patient) -> list[Intake]:
    return record_slot(
        Plan.objects.select_related("patient").get(pk=plan.pk),
        slot=Slot.WITH_DINNER,
        day=TODAY,
        by=acting_patient(angela),
        at=NOON,
    )


def test_what_was_recorded_before_a_change_is_not_owed(plan: Plan, zinc: Order, angela: Patient, by: Actor) -> None:
    tap(plan, angela)
    change_it(zinc, by, amount=Amount.parse("30 mg"))
    tap(plan, angela)
    assert Intake.objects.count() == 1


def test_a_page_from_before_the_change_records_and_takes_back_all_the_same(
    plan: Plan, zinc: Order, angela: Patient, by: Actor
) -> None:
    second = change_it(zinc, by, amount=Amount.parse("30 mg"))
    old, new = [(zinc.code, Slot.WITH_DINNER)], [(second.code, Slot.WITH_DINNER)]
    her = acting_patient(angela)
    record_doses(plan, doses=[*old, *new], day=TODAY, by=her, at=NOON)
    assert [intake.order_id for intake in Intake.objects.all()] == [second.pk]
    assert undo_doses(plan, doses=old, day=TODAY, by=her, at=NOON) == 1


@pytest.mark.django_db(transaction=True)
def test_two_taps_while_the_order_is_changed_count_once(plan: Plan, zinc: Order, angela: Patient, by: Actor) -> None:
    results = at_once(
        lambda: tap(plan, angela),
        lambda: change_it(zinc, by, amount=Amount.parse("30 mg")),
        lambda: tap(plan, angela),
    )
    assert not [result for result in results if isinstance(result, Exception)], results
    assert Intake.objects.standing().filter(order__key="zinc").count() == 1
