"""A slow start that has not begun, and “every 2 days”, are counted from the day on which they really begin.

Day 1 is 4 January 2027; Replace begins on day 15, by a person’s word.
"""

import pytest

from clinics.actor import Actor
from patients.models import Order, Plan, PlanPhase
from patients.services import phase_moves, plan_moves
from patients.services.errors import InvalidRequest
from patients.services.orders.starting_later import move_start
from protocols.domain.amount import Amount
from tests.services.test_adding_and_changing_orders import RAISED, add_it, at, change_it, day, doses, revision, says


def rest(plan: Plan, by: Actor, *, since: int, until: int) -> None:
    plan_moves.hold(plan, by=by, at=at(since), revision=revision(plan))
    plan_moves.resume(plan, by=by, at=at(until), revision=revision(plan))


def start(plan: Plan, by: Actor, *, on: int) -> None:
    phase = PlanPhase.objects.select_related("plan").get(plan=plan, key="replace")
    phase_moves.start(phase, by=by, at=at(on), revision=revision(plan))


def raised_from(first: int, *, through: int) -> dict[int, str]:
    """Three days of 5 mg, three of 10 mg, then 20 mg."""
    steps = ["5 mg"] * 3 + ["10 mg"] * 3 + ["20 mg"] * (through - first - 5)
    return dict(zip(range(first, through + 1), steps, strict=True))


@pytest.fixture
def changed(plan: Plan, by: Actor) -> Plan:
    """Zinc 20 mg with Replace, raised from 5 mg; from day 19 with other words."""
    order = add_it(plan, says(plan, "Zinc", "20 mg", phase="replace", titration=RAISED), by)
    change_it(order, by, on=2, from_day=19, instructions="With water.")
    return plan


def test_it_comes_later_with_the_whole_plan(changed: Plan, by: Actor) -> None:
    rest(changed, by, since=3, until=17)
    start(changed, by, on=29)
    assert doses(changed, "zinc", through=37) == raised_from(29, through=37)


@pytest.mark.parametrize("begun_on", [5, 17, 29])
def test_it_comes_when_a_person_begins_its_phase(changed: Plan, by: Actor, begun_on: int) -> None:
    start(changed, by, on=begun_on)
    through = begun_on + 20
    assert doses(changed, "zinc", through=through) == raised_from(begun_on, through=through)


def test_with_a_first_day_of_its_own_it_comes_later_with_a_rest(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "20 mg", starts_on=day(10), titration=RAISED), by)
    change_it(order, by, on=2, from_day=14, instructions="With water.")
    rest(plan, by, since=3, until=8)
    assert doses(plan, "zinc", through=24) == raised_from(15, through=24)


def test_a_change_said_in_the_rest_for_an_earlier_day_begins_it_there(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "20 mg", starts_on=day(10), titration=RAISED), by)
    plan_moves.hold(plan, by=by, at=at(6), revision=revision(plan))
    change_it(order, by, on=8, from_day=18, instructions="With water.")
    plan_moves.resume(plan, by=by, at=at(16), revision=revision(plan))
    assert doses(plan, "zinc", through=28) == raised_from(18, through=28)


def test_what_has_begun_goes_on_where_it_is(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "20 mg", titration=RAISED), by)
    change_it(order, by, from_day=6, instructions="With water.")
    rest(plan, by, since=3, until=5)
    due = doses(plan, "zinc", through=10)
    assert [due[number] for number in (1, 2, 5, 6, 7, 8, 9)] == ["5 mg"] * 3 + ["10 mg"] * 3 + ["20 mg"]


def test_every_second_day_goes_on_across_the_change(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, phase="replace", pattern="every 2 days"), by)
    change_it(order, by, on=2, from_day=18, amount=Amount.parse("20 mg"))
    rest(plan, by, since=3, until=16)
    start(plan, by, on=28)
    assert doses(plan, "zinc", through=35) == {28: "15 mg", 30: "15 mg", 32: "20 mg", 34: "20 mg"}


def test_another_pattern_still_counts_from_the_last_dose(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, phase="replace", pattern="every 7 days"), by)
    change_it(order, by, on=2, from_day=24, pattern="every 14 days")
    # Doses on days 15 and 22, the next on day 36; begun on day 5: on days 5, 12 and 19, the next on day 33.
    start(plan, by, on=5)
    assert sorted(doses(plan, "zinc", through=40)) == [5, 12, 19, 33]


def test_what_is_changed_from_a_later_day_does_not_begin_later_by_itself(changed: Plan, by: Actor) -> None:
    first = Order.objects.get(plan=changed, key="zinc", number=1)
    with pytest.raises(InvalidRequest, match="has begun, or is not"):
        move_start(first, to=day(18), by=by, at=at(3), revision=revision(changed))
