"""The history of an order says what was so that day, once; and what is over is told as over."""

from datetime import timedelta

import pytest

from clinics.actor import Actor, for_system
from patients.models import MedicineUse, Order, OrderHold, Patient, Plan, Transition
from patients.services import plan_moves
from patients.services.errors import Refused
from patients.services.orders.changes_ahead import changes_ahead
from patients.services.orders.holding import hold, resume
from patients.services.orders.stopping import enter_in_error, stop
from patients.services.sweeping import move_what_is_due
from patients.services.tapers.taken import taken_besides
from protocols.domain.amount import Amount
from protocols.domain.order_states import OrderStatus, StopReason
from protocols.domain.phases import EndReason
from tests.services.test_adding_and_changing_orders import add_it, at, change_it, day, revision, says

MORE = Amount.parse("30 mg")


def told(order: Order, move: str) -> tuple[str, str]:
    line = Transition.objects.get(order__key=order.key, move=move)
    return line.from_status, line.to_status


def test_what_is_taken_is_told_as_active_although_its_newest_version_is_ahead(plan: Plan, by: Actor) -> None:
    first = add_it(plan, says(plan), by)
    later = change_it(first, by, on=2, from_day=10, amount=MORE)
    assert told(first, "change") == ("active", "active")
    stop(later, stop_reason=StopReason.REACTION, by=by, at=at(4), revision=revision(plan))
    assert told(first, "stop") == ("active", "stopped")


def test_a_change_of_what_has_not_begun_names_the_day_on_which_it_will(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, phase="replace"), by)
    changed = change_it(order, by, on=2, amount=MORE)
    line = Transition.objects.get(order=changed)
    assert line.details["first_day"] == changed.first_day.isoformat() == day(15).isoformat()
    assert (line.from_status, line.to_status) == ("planned", "planned")


def test_the_end_of_the_plan_stops_what_rests_once(plan: Plan, by: Actor) -> None:
    later = change_it(add_it(plan, says(plan), by), by, on=2, from_day=10, amount=MORE)
    hold(later, by=by, at=at(3), revision=revision(plan))
    plan_moves.revoke(plan, end_reason=EndReason.REACTION, by=by, at=at(4), revision=revision(plan))
    assert told(later, "stop") == ("held", "stopped")
    assert set(Order.objects.filter(plan=plan, key="zinc").values_list("standing", flat=True)) == {"stopped"}
    assert not OrderHold.objects.filter(order__plan=plan, resumed_on__isnull=True).exists()


def test_an_order_is_entered_in_error_after_the_plan_is_over(plan: Plan, by: Actor, angela: Patient) -> None:
    order = add_it(plan, says(plan), by)
    plan_moves.revoke(plan, end_reason=EndReason.REACTION, by=by, at=at(4), revision=revision(plan))
    enter_in_error(order, reason="Of another patient.", by=by, at=at(5), revision=revision(plan))
    order.refresh_from_db()
    assert order.standing == "entered-in-error"
    other = Order.objects.filter(plan=plan).exclude(pk=order.pk).first()
    assert other is not None
    with pytest.raises(Refused, match="plan is over"):
        stop(other, stop_reason=StopReason.REACTION, by=by, at=at(5), revision=revision(plan))


def test_what_rested_until_its_last_day_went_by_is_stopped(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, ends_on=day(8)), by)
    hold(order, by=by, at=at(5), revision=revision(plan))
    move_what_is_due(by=for_system(), at=at(8))
    before = revision(plan)
    order.refresh_from_db()
    assert order.standing == "held"
    move_what_is_due(by=for_system(), at=at(9))
    move_what_is_due(by=for_system(), at=at(9) + timedelta(minutes=1))
    order.refresh_from_db()
    assert (order.standing, order.stop_reason, order.ends_on) == ("stopped", "finished", day(8))
    assert revision(plan) == before + 1
    assert told(order, "stop") == ("held", "stopped")
    assert not OrderHold.objects.filter(order=order, resumed_on__isnull=True).exists()


def test_while_the_whole_plan_rests_its_last_day_waits_too(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, ends_on=day(8)), by)
    hold(order, by=by, at=at(3), revision=revision(plan))
    plan_moves.hold(plan, by=by, at=at(5), revision=revision(plan))
    move_what_is_due(by=for_system(), at=at(12))
    plan_moves.resume(plan, by=by, at=at(15), revision=revision(plan))
    order.refresh_from_db()
    assert (order.standing, order.ends_on) == ("held", day(18))


def test_an_earlier_version_is_not_left_on_hold_for_ever(plan: Plan, by: Actor) -> None:
    first = add_it(plan, says(plan), by)
    later = change_it(first, by, on=2, from_day=10, amount=MORE)
    hold(later, by=by, at=at(5), revision=revision(plan))
    resume(later, by=by, at=at(15), revision=revision(plan))
    assert not OrderHold.objects.filter(order__plan=plan, resumed_on__isnull=True).exists()
    assert later.status_on(day(15)) is OrderStatus.ACTIVE


def test_a_prescriber_reads_since_when_it_was_really_taken(plan: Plan, by: Actor, angela: Patient) -> None:
    order = add_it(plan, says(plan, starts_on=day(10)), by)
    change_it(order, by, on=2, starts_on=day(20))
    (line,) = [
        line for line in taken_besides(angela, plan=plan, reduces=MedicineUse(), on=day(25)) if line.name == "Zinc"
    ]
    assert f"{day(20).day} January" in line.since


def test_a_version_that_is_still_raised_stays_among_the_changes_ahead(plan: Plan, by: Actor) -> None:
    stages = ({"days": 3, "amount": "5 mg"}, {"days": 3, "amount": "10 mg"})
    order = add_it(plan, says(plan, titration=stages), by)
    change_it(order, by, from_day=20, amount=MORE, titration=())
    found = [change.day for change in changes_ahead(plan, on=day(1)).changes if change.label.startswith("Zinc")]
    assert found == [day(1), day(4), day(7), day(20)]
