"""One tap per time of day: recorded once, taken back without being lost, never “missed”."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from clinics.actor import Actor
from patients.actor import acting_patient
from patients.models import Intake, Order, Patient, Plan
from patients.services import plan_moves
from patients.services.errors import InvalidRequest
from patients.services.intakes import due_orders, record_slot, undo_doses
from protocols.domain.slots import Slot
from tests.fixtures.personae import NOON, TODAY


@pytest.fixture
def repair_plan(activate_plan: Callable[..., Plan], angela: Patient) -> Plan:
    """Angela in Repair, with glutamine at breakfast and bedtime."""
    return activate_plan(angela, starts_on=TODAY - timedelta(days=60))


def undo_bedtime(plan: Plan, *, by: Actor) -> int:
    """Take back the dose of the evening."""
    order = Order.objects.get(plan=plan, key="glutamine")
    return undo_doses(plan, doses=[(order.code, Slot.BEDTIME)], day=TODAY, by=by, at=NOON)


def test_what_is_due_follows_the_phases(plan: Plan) -> None:
    assert [order.key for order in due_orders(plan, day=TODAY)] == ["no-alcohol"]


def test_one_tap_records_all_of_that_time_of_day(repair_plan: Plan, angela: Patient) -> None:
    record_slot(repair_plan, slot=Slot.BEDTIME, day=TODAY, by=acting_patient(angela), at=NOON)
    (intake,) = Intake.objects.standing()
    assert (intake.order.key, intake.slot, intake.taken_on) == ("glutamine", "bedtime", TODAY)


def test_a_double_tap_counts_once(repair_plan: Plan, angela: Patient) -> None:
    for _ in range(2):
        record_slot(repair_plan, slot=Slot.BEDTIME, day=TODAY, by=acting_patient(angela), at=NOON)
    assert Intake.objects.count() == 1


def test_taking_back_keeps_the_row_and_allows_another_tap(repair_plan: Plan, angela: Patient) -> None:
    by = acting_patient(angela)
    record_slot(repair_plan, slot=Slot.BEDTIME, day=TODAY, by=by, at=NOON)
    assert undo_bedtime(repair_plan, by=by) == 1
    assert not Intake.objects.standing().exists()
    record_slot(repair_plan, slot=Slot.BEDTIME, day=TODAY, by=by, at=NOON)
    assert (Intake.objects.count(), Intake.objects.standing().count()) == (2, 1)


def test_nobody_but_the_patient_takes_back(repair_plan: Plan, angela: Patient, ben: Patient, by: Actor) -> None:
    record_slot(repair_plan, slot=Slot.BEDTIME, day=TODAY, by=acting_patient(angela), at=NOON)
    for somebody_else in (by, acting_patient(ben)):
        with pytest.raises(InvalidRequest, match="Only the patient"):
            undo_bedtime(repair_plan, by=somebody_else)
    assert Intake.objects.standing().count() == 1


def test_what_the_clinic_recorded_is_not_the_patients_to_take_back(
    repair_plan: Plan, angela: Patient, by: Actor
) -> None:
    record_slot(repair_plan, slot=Slot.BEDTIME, day=TODAY, by=by, at=NOON)
    with pytest.raises(InvalidRequest, match="The clinic recorded this"):
        undo_bedtime(repair_plan, by=acting_patient(angela))
    assert Intake.objects.standing().count() == 1


def test_taking_back_twice_changes_nothing_more(repair_plan: Plan, angela: Patient) -> None:
    by = acting_patient(angela)
    record_slot(repair_plan, slot=Slot.BEDTIME, day=TODAY, by=by, at=NOON)
    assert undo_bedtime(repair_plan, by=by) == 1
    assert undo_bedtime(repair_plan, by=by) == 0


def test_yesterday_is_not_recorded_from_a_page_left_open(repair_plan: Plan, angela: Patient) -> None:
    with pytest.raises(InvalidRequest, match="The day has changed"):
        record_slot(repair_plan, slot=Slot.BEDTIME, day=TODAY - timedelta(days=1), by=acting_patient(angela), at=NOON)


def test_a_time_of_day_without_orders_is_refused(repair_plan: Plan, angela: Patient) -> None:
    with pytest.raises(InvalidRequest, match="Nothing is planned"):
        record_slot(repair_plan, slot=Slot.ON_WAKING, day=TODAY, by=acting_patient(angela), at=NOON)


def test_today_is_the_patients_own(repair_plan: Plan, angela: Patient) -> None:
    """At noon UTC of the 4th it is the 5th in Kiritimati."""
    Patient.objects.filter(pk=angela.pk).update(zone="Pacific/Kiritimati")
    repair_plan.patient.refresh_from_db()
    with pytest.raises(InvalidRequest, match="The day has changed"):
        record_slot(repair_plan, slot=Slot.BEDTIME, day=TODAY, by=acting_patient(angela), at=NOON)
    record_slot(repair_plan, slot=Slot.BEDTIME, day=TODAY + timedelta(days=1), by=acting_patient(angela), at=NOON)


def test_nothing_is_due_while_the_plan_rests(repair_plan: Plan, by: Actor) -> None:
    held = plan_moves.hold(repair_plan, by=by, at=NOON, revision=repair_plan.revision)
    assert due_orders(held, day=TODAY) == []


def test_an_order_goes_on_while_its_phase_is_overdue(plan: Plan) -> None:
    """The last planned day has passed and nobody has finished the phase: it is still lived."""
    assert [order.key for order in due_orders(plan, day=TODAY + timedelta(days=29))] == ["no-alcohol"]
