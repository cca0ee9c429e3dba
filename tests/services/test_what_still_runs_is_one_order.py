"""An earlier version that still runs is that order: left out, stopped and kept single together with the newest."""

import pytest

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.models import Order, Plan, PlanPhase
from patients.services import phase_moves
from patients.services.errors import InvalidRequest
from patients.services.intakes import due_orders
from patients.services.orders.errors import ItemAlreadyOrdered, PrescriberMustSay
from patients.services.orders.stopping import leave_out, stop
from patients.services.orders.tying import tie
from protocols.domain.amount import Amount
from protocols.domain.order_states import IllegalOrderMove, StopReason
from protocols.domain.supplements import PrescribedBy, TaperTie
from protocols.models.content import ItemKind
from tests.fixtures.lives import Life
from tests.fixtures.personae import NOON
from tests.services.test_adding_and_changing_orders import (
    TELEPHONED,
    add_it,
    at,
    change_it,
    day,
    doses,
    revision,
    says,
)
from tests.services.test_orders_that_follow_a_taper import ordered


def prednisone(plan: Plan, dr_price: Prescriber) -> dict[str, object]:
    return {"item_kind": ItemKind.MEDICINE, "prescribed_by": PrescribedBy.PRESCRIBER, "prescriber": dr_price}


def test_what_runs_is_not_left_out_by_its_later_version(plan: Plan, by: Actor, dr_price: Prescriber) -> None:
    first = add_it(plan, says(plan, "Prednisone", "15 mg", **prednisone(plan, dr_price)), by)
    later = change_it(first, by, on=2, from_day=10, amount=Amount.parse("20 mg"), prescriber_word=TELEPHONED)
    row = Order.objects.get(pk=later.pk)
    with pytest.raises(IllegalOrderMove, match="active cannot be left out"):
        leave_out(row, by=by, at=at(3), revision=revision(plan), prescriber_word=TELEPHONED)
    stop(row, stop_reason=StopReason.REACTION, by=by, at=at(4), revision=revision(plan))
    assert set(doses(plan, "prednisone", through=14)) <= {1, 2, 3, 4}


def test_left_out_before_it_begins_is_left_out_in_every_version(plan: Plan, by: Actor) -> None:
    first = add_it(plan, says(plan, "Zinc", phase="replace"), by)
    later = change_it(first, by, on=2, from_day=20, amount=Amount.parse("20 mg"))
    leave_out(Order.objects.get(pk=later.pk), by=by, at=at(3), revision=revision(plan))
    assert {row.standing for row in Order.objects.filter(plan=plan, key="zinc")} == {"left-out"}


def test_a_prescribed_medicine_is_left_out_by_its_prescribers_word(plan: Plan, by: Actor, dr_price: Prescriber) -> None:
    order = add_it(plan, says(plan, "Prednisone", "15 mg", phase="replace", **prednisone(plan, dr_price)), by)
    with pytest.raises(PrescriberMustSay):
        leave_out(order, by=by, at=NOON, revision=revision(plan))
    leave_out(order, by=by, at=NOON, revision=revision(plan), prescriber_word=TELEPHONED)
    line = plan.transitions.get(move="leave-out")
    assert line.details["prescriber_word"]["words"] == "Take it twice a day."


def test_a_second_order_of_what_an_earlier_version_still_is_is_refused(plan: Plan, by: Actor) -> None:
    first = add_it(plan, says(plan, "Zinc"), by)
    change_it(first, by, on=2, from_day=20, ends_on=day(22))
    with pytest.raises(ItemAlreadyOrdered):
        add_it(plan, says(plan, "Zinc", "30 mg", starts_on=day(10), ends_on=day(12)), by, on=3)


def test_a_day_of_its_own_does_not_follow_a_phase_that_may_last_longer(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "15 mg"), by)
    with pytest.raises(ItemAlreadyOrdered):
        add_it(plan, says(plan, "Zinc", "30 mg", phase="rebalance", starts_on=day(29)), by)
    change_it(order, by, ends_on=day(28))
    add_it(plan, says(plan, "Zinc", "30 mg", phase="rebalance", starts_on=day(29)), by)


def overdue(plan: Plan) -> list[str]:
    return [order.key for order in due_orders(Plan.objects.get(pk=plan.pk), day=day(30))]


def test_a_dose_is_lowered_and_added_in_a_phase_past_its_planned_end(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "15 mg"), by)
    assert "zinc" in overdue(plan)
    change_it(order, by, on=30, amount=Amount.parse("10 mg"))
    add_it(plan, says(plan, "Iron", "10 mg"), by, on=30)
    due = {order.key: str(order.amount) for order in due_orders(Plan.objects.get(pk=plan.pk), day=day(30))}
    assert (due["zinc"], due["iron"]) == ("10 mg", "10 mg")


def test_what_goes_on_after_its_phase_is_lowered(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "15 mg"), by)
    remove = PlanPhase.objects.select_related("plan").get(plan=plan, key="remove")
    phase_moves.complete(
        remove,
        by=by,
        at=at(20),
        revision=revision(plan),
        reason="Said at the visit.",
        orders={order.code: phase_moves.Continue(day(60))},
        on=day(20),
    )
    second = change_it(order, by, on=21, amount=Amount.parse("10 mg"))
    third = change_it(second, by, on=25, amount=Amount.parse("5 mg"))
    assert third.last_day == day(60)
    due = doses(plan, "zinc", through=61)
    assert [due.get(number) for number in (20, 21, 25, 60, 61)] == ["15 mg", "10 mg", "5 mg", "5 mg", None]


def test_what_is_written_while_its_taper_runs_begins_today(life: Life, plan: Plan, by: Actor) -> None:
    row = ordered_at(plan, by, on=30)
    assert row.first_day == day(30)
    assert str(row.amount_on(day(30))) == "1 mg"


def ordered_at(plan: Plan, by: Actor, *, on: int) -> Order:
    what = says(
        plan,
        "Acid",
        "5 mg",
        phase="rebalance",
        taper_tie=TaperTie.DURING,
        titration=({"days": 3, "amount": "1 mg"},),
    )
    order = add_it(plan, what, by, on=on)
    return Order.objects.to_reckon().get(pk=order.pk)


def test_what_is_tied_while_the_taper_runs_begins_today(life: Life, plan: Plan, by: Actor) -> None:
    order = ordered(plan, TaperTie.DURING, by)
    Order.objects.filter(pk=order.pk).update(taper=None, tied_from=None, tied_until=None)
    tie(order, taper=life.taper, by=by, at=at(30), revision=revision(plan))
    assert Order.objects.to_reckon().get(pk=order.pk).first_day == day(30)


def test_what_is_stopped_is_not_tied(life: Life, plan: Plan, by: Actor) -> None:
    order = ordered(plan, TaperTie.DURING, by)
    stop(order, stop_reason=StopReason.NO_LONGER_NEEDED, by=by, at=NOON, revision=revision(plan))
    with pytest.raises(IllegalOrderMove):
        tie(order, taper=life.taper, by=by, at=NOON, revision=revision(plan))


def test_a_prescribed_medicine_outlives_its_phase_by_its_prescribers_word(
    plan: Plan, by: Actor, dr_price: Prescriber
) -> None:
    order = add_it(plan, says(plan, "Prednisone", "15 mg", **prednisone(plan, dr_price)), by)
    remove = PlanPhase.objects.select_related("plan").get(plan=plan, key="remove")

    def finish(goes_on: phase_moves.Continue) -> None:
        phase_moves.complete(
            remove,
            by=by,
            at=at(20),
            revision=revision(plan),
            reason="Said at the visit.",
            orders={order.code: goes_on},
        )

    with pytest.raises(InvalidRequest, match="only by its prescriber’s word") as refused:
        finish(phase_moves.Continue(day(60)))
    assert refused.value.field == f"orders.{order.code}"
    finish(phase_moves.Continue(day(60), TELEPHONED))
    line = plan.transitions.get(move="continue")
    assert line.order_id == order.pk
    assert line.details["last_day"] == day(60).isoformat()
    assert line.details["prescriber_word"]["words"] == "Take it twice a day."
