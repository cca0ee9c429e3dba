"""How orders end: stopped, left out, entered in error, with their phase, and with the plan."""

from datetime import date

import pytest

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.models import Order, OrderHold, Plan, PlanPhase, Transition
from patients.services import phase_moves, plan_moves
from patients.services.errors import InvalidRequest
from patients.services.intakes import due_orders
from patients.services.orders.adding import add
from patients.services.orders.errors import PrescriberMustSay
from patients.services.orders.holding import hold, resume
from patients.services.orders.stopping import enter_in_error, leave_out, stop
from patients.services.orders.window import open_orders
from protocols.domain.amount import Amount
from protocols.domain.order_states import IllegalOrderMove, OrderStatus, StopReason
from protocols.domain.phases import EndReason
from protocols.domain.supplements import PrescribedBy
from protocols.models.content import ItemKind
from tests.fixtures.personae import NOON
from tests.services.test_adding_and_changing_orders import add_it, at, change_it, day, doses, revision, says


@pytest.fixture
def zinc(plan: Plan, by: Actor) -> Order:
    """15 mg daily through Remove, days 1 to 28."""
    return add_it(plan, says(plan), by)


def status(order: Order, number: int) -> OrderStatus:
    return Order.objects.to_reckon().get(pk=order.pk).status_on(day(number))


def finish(plan: Plan, by: Actor, *, on: int, until: dict[str, date] | None = None) -> None:
    remove = PlanPhase.objects.select_related("plan").get(plan=plan, key="remove")
    going_on = {code: phase_moves.Continue(last) for code, last in (until or {}).items()}
    phase_moves.complete(
        remove, by=by, at=at(on), revision=revision(plan), reason="It was time.", orders=going_on, on=day(on)
    )


def test_what_is_stopped_is_not_due_from_that_moment(plan: Plan, zinc: Order, by: Actor) -> None:
    stop(zinc, stop_reason=StopReason.REACTION, reason="A rash.", by=by, at=at(4), revision=revision(plan))
    assert doses(plan, "zinc", through=6) == {}
    row = Order.objects.get(pk=zinc.pk)
    assert (row.standing, row.stop_reason, row.ends_on) == ("stopped", "reaction", day(4))
    line = Transition.objects.get(order=zinc, move="stop")
    assert (line.from_status, line.to_status, line.reason) == ("active", "stopped", "A rash.")
    with pytest.raises(IllegalOrderMove):
        resume(zinc, by=by, at=at(5), revision=revision(plan))


def test_other_reasons_are_said_in_words(plan: Plan, zinc: Order, by: Actor) -> None:
    with pytest.raises(InvalidRequest, match="Say why"):
        stop(zinc, stop_reason=StopReason.OTHER, by=by, at=NOON, revision=revision(plan))


def test_stopping_takes_the_version_along_that_was_still_to_come(plan: Plan, zinc: Order, by: Actor) -> None:
    later = change_it(zinc, by, on=2, from_day=9, amount=Amount.parse("30 mg"))
    stop(later, stop_reason=StopReason.FINISHED, by=by, at=at(4), revision=revision(plan))
    assert doses(plan, "zinc", through=12) == {}


def test_a_hold_takes_the_version_along_that_was_still_to_come(plan: Plan, zinc: Order, by: Actor) -> None:
    later = change_it(zinc, by, on=2, from_day=5, amount=Amount.parse("30 mg"))
    hold(later, by=by, at=at(4), revision=revision(plan))
    assert not [order for order in due_orders(Plan.objects.get(pk=plan.pk), day=day(5)) if order.key == "zinc"]
    resume(later, by=by, at=at(7), revision=revision(plan))
    expected = dict.fromkeys((1, 2, 3), "15 mg") | {7: "30 mg", 8: "30 mg"}
    assert doses(plan, "zinc", through=8) == expected


def test_only_what_has_not_begun_is_left_out(plan: Plan, zinc: Order, by: Actor) -> None:
    with pytest.raises(IllegalOrderMove):
        leave_out(zinc, by=by, at=NOON, revision=revision(plan))
    planned = plan.orders.get(key="glutamine")
    leave_out(planned, by=by, at=NOON, revision=revision(plan))
    assert Order.objects.get(pk=planned.pk).is_left_out


def test_what_was_entered_in_error_is_so_in_all_its_versions(plan: Plan, zinc: Order, by: Actor) -> None:
    second = change_it(zinc, by, on=3, amount=Amount.parse("30 mg"))
    with pytest.raises(InvalidRequest, match="Say why"):
        enter_in_error(second, reason=" ", by=by, at=at(4), revision=revision(plan))
    enter_in_error(second, reason="The wrong patient.", by=by, at=at(4), revision=revision(plan))
    assert set(plan.orders.filter(key="zinc").values_list("standing", flat=True)) == {"entered-in-error"}
    assert add_it(plan, says(plan), by, on=5).key == "zinc-2"


def test_what_happened_is_written_down_before_the_prescriber_is_asked(
    plan: Plan, by: Actor, dr_price: Prescriber
) -> None:
    medicine = says(
        plan,
        "Rifaximin",
        "550 mg",
        item_kind=ItemKind.MEDICINE,
        prescribed_by=PrescribedBy.PRESCRIBER,
        prescriber=dr_price,
    )
    order = add(plan, says=medicine, by=by, at=NOON, revision=revision(plan))
    with pytest.raises(PrescriberMustSay):
        stop(order, stop_reason=StopReason.NO_LONGER_NEEDED, by=by, at=NOON, revision=revision(plan))
    stop(order, stop_reason=StopReason.ALLERGY, by=by, at=NOON, revision=revision(plan))
    assert status(order, 1) is OrderStatus.STOPPED


def test_finishing_a_phase_ends_versions_that_were_to_begin_later(plan: Plan, zinc: Order, by: Actor) -> None:
    later = change_it(zinc, by, on=2, from_day=26, amount=Amount.parse("30 mg"))
    finish(plan, by, on=22)
    assert max(doses(plan, "zinc", through=40)) == 22
    assert status(later, 30) is OrderStatus.COMPLETED


def test_what_goes_on_does_so_in_the_version_of_its_day(plan: Plan, zinc: Order, by: Actor) -> None:
    later = change_it(zinc, by, on=2, from_day=24, amount=Amount.parse("30 mg"))
    finish(plan, by, on=22, until={later.code: day(25)})
    found = doses(plan, "zinc", through=40)
    assert {number: found[number] for number in range(22, 26)} == {22: "15 mg", 23: "15 mg", 24: "30 mg", 25: "30 mg"}
    assert max(found) == 25


def test_finishing_a_phase_stops_what_rests_and_does_not_ask_about_what_was_stopped(
    plan: Plan, zinc: Order, by: Actor
) -> None:
    iron = add_it(plan, says(plan, "Iron"), by)
    stop(iron, stop_reason=StopReason.REACTION, by=by, at=at(2), revision=revision(plan))
    hold(zinc, by=by, at=at(3), revision=revision(plan))
    asked = phase_moves.orders_ending_with(plan.phases.get(key="remove"))
    assert {order.key for order in asked} == {"zinc", "no-alcohol"}
    finish(plan, by, on=22)
    assert status(zinc, 22) is OrderStatus.STOPPED
    assert not OrderHold.objects.filter(order=zinc, resumed_on__isnull=True).exists()
    assert Transition.objects.filter(order=zinc, move="stop").count() == 1


def test_skipping_a_phase_leaves_nothing_of_its_orders(plan: Plan, by: Actor) -> None:
    order = plan.orders.get(key="glutamine")
    repair = PlanPhase.objects.select_related("plan").get(plan=plan, key="repair")
    phase_moves.skip(repair, by=by, at=NOON, revision=revision(plan), reason="Not needed.")
    assert status(order, 100) is OrderStatus.STOPPED


@pytest.mark.parametrize("move", ["complete", "revoke", "enter_in_error"])
def test_a_plan_that_ends_ends_what_was_to_outlive_it(plan: Plan, zinc: Order, by: Actor, move: str) -> None:
    later = change_it(zinc, by, on=2, from_day=24, amount=Amount.parse("30 mg"))
    held = add_it(plan, says(plan, "Iron"), by, on=2)
    hold(held, by=by, at=at(3), revision=revision(plan))
    options = {"complete": {}, "revoke": {"end_reason": EndReason.REACTION}, "enter_in_error": {"reason": "Wrong."}}
    getattr(plan_moves, move)(plan, by=by, at=at(10), revision=revision(plan), **options[move])
    for order in Order.objects.to_reckon().filter(plan=plan):
        assert order.status_on(day(11)) in {OrderStatus.COMPLETED, OrderStatus.STOPPED}, order.key
        assert not order.is_open_on(day(30))
    assert status(later, 30) is OrderStatus.COMPLETED
    assert status(held, 30) is OrderStatus.STOPPED


def test_a_plan_on_hold_rests_all_its_orders(plan: Plan, zinc: Order, by: Actor) -> None:
    plan_moves.hold(plan, by=by, at=at(3), revision=revision(plan))
    assert status(zinc, 3) is OrderStatus.HELD
    assert open_orders(Plan.objects.get(pk=plan.pk), on=day(3)) == []
    with pytest.raises(IllegalOrderMove, match="resume the phase"):
        resume(zinc, by=by, at=at(3), revision=revision(plan))


def test_what_a_finding_blocks_is_not_due_and_its_days_do_not_count(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "20 mg", titration=({"days": 2, "amount": "5 mg"},)), by)
    Order.objects.filter(pk=order.pk).update(is_blocked=True, blocked_since=day(2))
    blocked = Order.objects.to_reckon().get(pk=order.pk)
    assert not blocked.is_due_on(day(4))
    assert blocked.amount_on(day(4)) == Amount.parse("5 mg")
    assert open_orders(Plan.objects.get(pk=plan.pk), on=day(4)) != []


def test_versions_that_rested_together_are_stopped_together(plan: Plan, zinc: Order, by: Actor) -> None:
    later = change_it(zinc, by, on=2, from_day=25, amount=Amount.parse("30 mg"))
    hold(later, by=by, at=at(3), revision=revision(plan))
    finish(plan, by, on=22)
    assert set(plan.orders.filter(key="zinc").values_list("standing", flat=True)) == {"stopped"}
    assert not OrderHold.objects.filter(order__key="zinc", resumed_on__isnull=True).exists()
