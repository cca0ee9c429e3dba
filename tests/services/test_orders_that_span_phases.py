"""An order from one phase's start to a later phase's end: when it is due, when it rests, and when it is over."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from clinics.actor import Actor
from patients.models import Order, Patient, Plan
from patients.services import phase_moves
from patients.services.intakes import due_orders
from protocols.domain.phases import EndReason
from tests.fixtures.personae import NOON, TODAY


@pytest.fixture
def spanning(plan: Plan) -> Order:
    """Glutamine, from the first day of Remove to the last of Re-inoculate."""
    order = plan.orders.get(key="glutamine")
    order.first_phase, order.last_phase = plan.phases.get(key="remove"), plan.phases.get(key="re-inoculate")
    order.save()
    return order


def is_due(order: Order, *, day: int) -> bool:
    """Whether it is due on this day of the plan, counted from 1."""
    plan = Plan.objects.get(pk=order.plan_id)
    return order.pk in {due.pk for due in due_orders(plan, day=TODAY + timedelta(days=day - 1))}


def move(order: Order, key: str, name: str, by: Actor, *, day: int, **choices: object) -> None:
    phase = order.plan.phases.select_related("plan").get(key=key)
    revision = Plan.objects.get(pk=order.plan_id).revision
    getattr(phase_moves, name)(phase, by=by, at=NOON + timedelta(days=day - 1), revision=revision, **choices)


def test_it_goes_on_between_its_phases(spanning: Order, by: Actor) -> None:
    move(spanning, "remove", "complete", by, day=22, signed_off=["agreed"])
    assert is_due(spanning, day=25)


def test_it_rests_while_its_first_phase_rests_and_the_last_has_not_begun(spanning: Order, by: Actor) -> None:
    move(spanning, "remove", "hold", by, day=5)
    assert not is_due(spanning, day=6)
    move(spanning, "remove", "resume", by, day=8)
    assert is_due(spanning, day=8)


def test_it_goes_on_while_one_of_its_phases_is_active(spanning: Order, by: Actor) -> None:
    move(spanning, "re-inoculate", "start", by, day=4)
    move(spanning, "remove", "hold", by, day=5)
    assert is_due(spanning, day=6)


def test_it_ends_with_its_first_phase_when_the_last_was_left_out(spanning: Order, by: Actor) -> None:
    move(spanning, "re-inoculate", "skip", by, day=5, reason="Not tolerated before.")
    assert is_due(spanning, day=6)
    remove = spanning.plan.phases.get(key="remove")
    assert spanning.code in {order.code for order in phase_moves.orders_ending_with(remove)}
    move(spanning, "remove", "complete", by, day=10, end_reason=EndReason.REACTION, reason="A rash.")
    assert is_due(spanning, day=10)
    assert not is_due(spanning, day=11)
    assert not is_due(spanning, day=600)


def test_it_begins_with_its_last_phase_when_the_first_was_left_out(
    assign_plan: Callable[..., Plan], activate_plan: Callable[..., Plan], ben: Patient, by: Actor
) -> None:
    plan = activate_plan(ben, starts_on=TODAY + timedelta(days=3))
    order = plan.orders.get(key="glutamine")
    order.first_phase, order.last_phase = plan.phases.get(key="remove"), plan.phases.get(key="replace")
    order.save()
    move(order, "remove", "skip", by, day=1, reason="Done elsewhere.")
    assert not is_due(order, day=5)
    move(order, "replace", "start", by, day=5)
    assert is_due(order, day=5)


def test_what_was_left_out_is_not_asked_about(plan: Plan) -> None:
    plan.orders.filter(key="no-alcohol").update(standing="left-out")
    assert phase_moves.orders_ending_with(plan.phases.get(key="remove")) == []
