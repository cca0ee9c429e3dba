"""A phase that lasts longer or begins sooner never brings two orders of one item together on one day."""

import pytest

from clinics.actor import Actor, for_system
from patients.models import Order, Plan, PlanPhase
from patients.services import phase_moves
from patients.services.errors import InvalidRequest
from patients.services.orders.errors import ItemAlreadyOrdered
from patients.services.sweeping import start_due_phases
from protocols.domain.amount import Amount
from tests.services.test_adding_and_changing_orders import add_it, at, change_it, day, doses, revision, says


def phase_of(plan: Plan, key: str) -> PlanPhase:
    return PlanPhase.objects.select_related("plan").get(plan=plan, key=key)


@pytest.fixture
def twice(plan: Plan, by: Actor) -> Order:
    """Zinc through day 10 by a day of its own, and again with Replace, which begins on day 15."""
    add_it(plan, says(plan, ends_on=day(10)), by)
    return add_it(plan, says(plan, phase="replace", amount="30 mg"), by)


def test_a_phase_does_not_begin_into_another_order_of_the_same(plan: Plan, twice: Order, by: Actor) -> None:
    with pytest.raises(InvalidRequest, match="Zinc is ordered twice from 2027-01-08 on"):
        phase_moves.start(phase_of(plan, "replace"), by=by, at=at(5), revision=revision(plan))
    assert phase_of(plan, "replace").status == "planned"
    phase_moves.start(phase_of(plan, "replace"), by=by, at=at(11), revision=revision(plan))


def test_an_extended_phase_does_not_reach_another_order_of_the_same(plan: Plan, by: Actor) -> None:
    # In Replace, days 15 to 42; then with Repair, which follows Re-inoculate on day 57.
    add_it(plan, says(plan, phase="replace"), by)
    add_it(plan, says(plan, phase="repair", amount="30 mg"), by)
    replace = phase_of(plan, "replace")
    with pytest.raises(InvalidRequest, match="ordered twice") as refused:
        phase_moves.extend(replace, days=15, by=by, at=at(2), revision=revision(plan))
    assert refused.value.field == "days"
    phase_moves.extend(replace, days=14, by=by, at=at(2), revision=revision(plan))


def test_a_resumed_phase_does_not_either(plan: Plan, by: Actor) -> None:
    add_it(plan, says(plan, phase="replace"), by)
    add_it(plan, says(plan, phase="repair", amount="30 mg"), by)
    phase_moves.start(phase_of(plan, "replace"), by=by, at=at(15), revision=revision(plan))
    phase_moves.hold(phase_of(plan, "replace"), by=by, at=at(20), revision=revision(plan))
    with pytest.raises(InvalidRequest, match="ordered twice"):
        phase_moves.resume(phase_of(plan, "replace"), by=by, at=at(35), revision=revision(plan))
    first = Order.objects.get(plan=plan, key="zinc")
    change_it(first, by, on=35, ends_on=day(56))
    phase_moves.resume(phase_of(plan, "replace"), by=by, at=at(35), revision=revision(plan))


def test_what_moves_along_is_no_reason_to_refuse(plan: Plan, by: Actor) -> None:
    add_it(plan, says(plan), by)
    add_it(plan, says(plan, phase="re-inoculate", amount="30 mg"), by)
    phase_moves.extend(phase_of(plan, "remove"), days=20, by=by, at=at(2), revision=revision(plan))
    assert set(doses(plan, "zinc", through=28).values()) == {"15 mg"}


def test_what_is_shared_already_does_not_stand_in_the_way(plan: Plan, twice: Order, by: Actor) -> None:
    Order.objects.filter(plan=plan, key="zinc").update(ends_on=day(20))
    phase_moves.extend(phase_of(plan, "replace"), days=5, by=by, at=at(2), revision=revision(plan))


def test_no_order_is_written_that_may_run_into_one_with_a_first_day_of_its_own(plan: Plan, by: Actor) -> None:
    add_it(plan, says(plan, phase="re-inoculate", starts_on=day(40)), by)
    with pytest.raises(ItemAlreadyOrdered):
        add_it(plan, says(plan, phase="remove", amount="30 mg"), by)
    found = add_it(plan, says(plan, phase="remove", amount="30 mg", ends_on=day(20)), by)
    assert found.amount == Amount.parse("30 mg")


def test_what_goes_on_after_its_phase_ends_before_the_next_order_of_the_same(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan), by)
    add_it(plan, says(plan, phase="re-inoculate", amount="30 mg"), by)
    with pytest.raises(InvalidRequest, match="already") as refused:
        phase_moves.complete(
            phase_of(plan, "remove"),
            by=by,
            at=at(28),
            revision=revision(plan),
            reason="It was time.",
            orders={order.code: phase_moves.Continue(day(30))},
        )
    assert refused.value.field == f"orders.{order.code}"


@pytest.fixture
def in_both(plan: Plan, by: Actor) -> Plan:
    """Zinc with Remove, and again with Rebalance, which is to begin by itself on the day after, finished or not."""
    PlanPhase.objects.filter(plan=plan, key="rebalance").update(offset_days=28, starts_on=day(29))
    add_it(plan, says(plan), by)
    add_it(plan, says(plan, phase="rebalance", amount="30 mg"), by)
    return plan


def begin_by_itself(*, on: int) -> None:
    start_due_phases(by=for_system(), at=at(on))


def test_a_phase_does_not_begin_by_itself_while_the_one_before_is_still_lived(in_both: Plan, by: Actor) -> None:
    begin_by_itself(on=29)
    assert phase_of(in_both, "rebalance").status == "planned"
    assert set(doses(in_both, "zinc", through=31).values()) == {"15 mg"}
    with pytest.raises(InvalidRequest, match="ordered twice from 2027-02-03 on"):
        phase_moves.start(phase_of(in_both, "rebalance"), by=by, at=at(31), revision=revision(in_both))
    remove = phase_of(in_both, "remove")
    phase_moves.complete(remove, by=by, at=at(31), revision=revision(in_both), reason="It was time.")
    phase_moves.start(phase_of(in_both, "rebalance"), by=by, at=at(32), revision=revision(in_both))
    assert doses(in_both, "zinc-2", through=33) == {32: "30 mg", 33: "30 mg"}


def test_a_phase_begins_by_itself_once_the_one_before_is_finished(in_both: Plan, by: Actor) -> None:
    phase_moves.complete(
        phase_of(in_both, "remove"), by=by, at=at(28), revision=revision(in_both), reason="It was time."
    )
    begin_by_itself(on=29)
    assert phase_of(in_both, "rebalance").status == "active"
