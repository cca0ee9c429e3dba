"""Amounts are looked at wherever they are entered: a thousandfold one, and one that the product cannot make."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from clinics.actor import Actor
from clinics.models import Clinic, Prescriber
from patients.models import Intake, Order, Patient, Plan
from patients.services import plan_moves
from patients.services.errors import InvalidRequest
from patients.services.intakes import due_orders, record_slot
from patients.services.orders.errors import UnusualAmount
from patients.services.orders.stopping import stop
from protocols.domain.amount import Amount
from protocols.domain.order_states import StopReason
from protocols.domain.slots import Slot
from protocols.domain.supplements import PrescribedBy
from protocols.models import Supplement
from protocols.models.content import ItemKind
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.records import make_medicine
from tests.services.test_adding_and_changing_orders import add_it, change_it, day, revision, says
from tests.stocks.conftest import make_supplement


def drafted(assign_plan: Callable[..., Plan], angela: Patient) -> tuple[Plan, Order]:
    plan = assign_plan(angela)
    plan.orders.filter(key="glutamine").update(amount_value=None, amount_unit="", name="Glutamine", titration=[])
    return plan, plan.orders.get(key="glutamine")


def test_a_thousandfold_amount_is_asked_about_at_activation(
    assign_plan: Callable[..., Plan], angela: Patient, by: Actor
) -> None:
    plan, order = drafted(assign_plan, angela)
    rest = [each.code for each in plan.orders.exclude(pk=order.pk) if each.needs_amount]
    given = {"amounts": {order.code: Amount.parse("5000 g")}, "left_out": rest}
    with pytest.raises(UnusualAmount, match="Did you mean mg") as refused:
        plan_moves.activate(plan, by=by, at=NOON, revision=0, **given)
    assert refused.value.field == f"amounts_confirmed.{order.code}"
    plan_moves.activate(plan, by=by, at=NOON, revision=0, amounts_confirmed=[order.code], **given)
    order.refresh_from_db()
    assert order.amount == Amount.parse("5000 g")


@pytest.fixture
def capsule(clinic: Clinic) -> Supplement:
    """75 mg in a capsule that nobody said may be halved."""
    return make_supplement("Zinc carnosine", clinic)


@pytest.mark.parametrize("amount", ["30 mg", "0.5 {capsule}", "1.5 {capsule}"])
def test_what_no_whole_capsules_make_is_refused(plan: Plan, by: Actor, capsule: Supplement, amount: str) -> None:
    with pytest.raises(InvalidRequest, match="cannot be taken in whole") as refused:
        add_it(plan, says(plan, amount=amount, supplement=capsule), by)
    assert refused.value.field == "amount"


def test_a_stage_that_no_whole_capsules_make_is_refused(plan: Plan, by: Actor, capsule: Supplement) -> None:
    stages = ({"days": 3, "amount": "50 mg"},)
    with pytest.raises(InvalidRequest, match="cannot be taken in whole") as refused:
        add_it(plan, says(plan, amount="150 mg", supplement=capsule, titration=stages), by)
    assert refused.value.field == "titration"


def test_halves_are_taken_only_where_they_may_be(plan: Plan, by: Actor, clinic: Clinic) -> None:
    tablet = make_supplement("Zinc", clinic, unit="{tablet}", may_be_halved="half")
    assert add_it(plan, says(plan, amount="0.5 {tablet}", supplement=tablet), by).amount == Amount.parse("0.5 {tablet}")
    with pytest.raises(InvalidRequest, match="whole tablets and halves"):
        change_it(plan.orders.get(key="zinc"), by, amount=Amount.parse("0.25 {tablet}"))


def test_a_slow_start_of_a_plan_activated_late_begins_on_that_day(
    assign_plan: Callable[..., Plan], angela: Patient, by: Actor
) -> None:
    plan = assign_plan(angela, starts_on=TODAY - timedelta(days=7))
    row = plan.orders.get(key="enzymes")
    Order.objects.filter(pk=row.pk).update(
        amount_value=15,
        amount_unit="mg",
        first_phase=plan.phases.get(key="remove"),
        last_phase=plan.phases.get(key="remove"),
        titration=[{"days": 3, "amount": "5 mg"}, {"days": 3, "amount": "10 mg"}],
    )
    plan_moves.activate(plan, by=by, at=NOON, revision=0)
    fresh = Order.objects.to_reckon().get(pk=row.pk)
    assert fresh.first_day == TODAY
    assert [str(fresh.amount_on(day(number))) for number in (1, 3, 4, 7)] == ["5 mg", "5 mg", "10 mg", "15 mg"]


def test_what_was_taken_today_is_not_due_again_under_another_order(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan), by)
    record_slot(Plan.objects.get(pk=plan.pk), slot=Slot.WITH_DINNER, day=TODAY, by=by, at=NOON)
    stop(
        Order.objects.get(pk=order.pk),
        stop_reason=StopReason.NO_LONGER_NEEDED,
        by=by,
        at=NOON,
        revision=revision(plan),
    )
    again = add_it(plan, says(plan), by)
    assert again.first_day == day(2)
    assert Intake.objects.standing().filter(order__plan=plan, taken_on=TODAY).exists()
    assert "zinc-2" not in [each.key for each in due_orders(Plan.objects.get(pk=plan.pk), day=TODAY)]


def test_a_typed_medicine_that_the_catalogue_knows_as_prescribed_needs_its_prescriber(
    plan: Plan, by: Actor, dr_price: Prescriber
) -> None:
    known = make_medicine(plan.patient.clinic, "prednisone", "other", prescription_only=True)
    typed = {"item_kind": ItemKind.MEDICINE, "phase": "rebalance"}
    with pytest.raises(InvalidRequest, match="needs a prescription") as refused:
        add_it(plan, says(plan, known.name.upper(), "15 mg", **typed), by)
    assert refused.value.field == "prescriber"
    said = {"prescribed_by": PrescribedBy.PRESCRIBER, "prescriber": dr_price}
    assert add_it(plan, says(plan, known.name, "15 mg", **typed, **said), by).is_prescribed


def test_what_is_sold_both_ways_is_bought_without_a_prescription(plan: Plan, by: Actor) -> None:
    """The catalogue has omeprazole on prescription, and over the counter: of what was only typed it may be either."""
    clinic = plan.patient.clinic
    make_medicine(clinic, "omeprazole", "PPI", prescription_only=True)
    make_medicine(clinic, "omeprazole", "PPI", prescription_only=False, form="tablet")
    typed = {"item_kind": ItemKind.MEDICINE, "prescribed_by": PrescribedBy.OVER_THE_COUNTER}
    assert not add_it(plan, says(plan, "Omeprazole", "20 mg", **typed), by).is_prescribed
