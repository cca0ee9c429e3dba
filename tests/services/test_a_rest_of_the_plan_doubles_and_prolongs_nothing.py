"""After a rest of the whole plan one version of an order counts on each day, and a course is as long as it was said.

Day 1 is 4 January 2027; Remove lasts from day 1 to 28, Replace begins on day 15.
"""

import pytest

from clinics.actor import Actor
from patients.models import Order, Plan
from patients.services import plan_moves
from patients.services.errors import InvalidRequest
from patients.services.orders.stopping import stop
from protocols.domain.amount import Amount
from protocols.domain.order_states import StopReason
from tests.services.test_adding_and_changing_orders import add_it, at, change_it, day, doses, revision, says


def hold(plan: Plan, by: Actor, *, on: int) -> None:
    plan_moves.hold(plan, by=by, at=at(on), revision=revision(plan))


def resume(plan: Plan, by: Actor, *, on: int) -> None:
    plan_moves.resume(plan, by=by, at=at(on), revision=revision(plan))


def since(number: int, found: dict[int, str]) -> dict[int, str]:
    return {each: amount for each, amount in found.items() if each >= number}


@pytest.fixture
def twenty_from_day_10(plan: Plan, by: Actor) -> Order:
    """Zinc: 15 mg, and 20 mg from day 10; the plan rests from day 6 on."""
    order = change_it(add_it(plan, says(plan), by), by, from_day=10, amount=Amount.parse("20 mg"))
    hold(plan, by, on=6)
    return order


def test_what_was_lowered_in_the_rest_is_all_that_is_due_after_it(
    plan: Plan, twenty_from_day_10: Order, by: Actor
) -> None:
    change_it(twenty_from_day_10, by, on=8, amount=Amount.parse("10 mg"))
    resume(plan, by, on=16)
    assert since(16, doses(plan, "zinc", through=28)) == dict.fromkeys(range(16, 29), "10 mg")


def test_so_it_is_where_it_was_lowered_for_a_later_day(plan: Plan, twenty_from_day_10: Order, by: Actor) -> None:
    change_it(twenty_from_day_10, by, on=8, from_day=12, amount=Amount.parse("10 mg"))
    resume(plan, by, on=16)
    assert since(16, doses(plan, "zinc", through=28)) == dict.fromkeys(range(16, 29), "10 mg")


def test_what_was_said_for_a_day_after_the_rest_leaves_no_day_empty(
    plan: Plan, twenty_from_day_10: Order, by: Actor
) -> None:
    change_it(twenty_from_day_10, by, on=8, from_day=25, amount=Amount.parse("10 mg"))
    resume(plan, by, on=16)
    # Ten days: what was to begin on day 10 begins on day 20.
    expected = dict.fromkeys(range(16, 20), "15 mg") | dict.fromkeys(range(20, 25), "20 mg")
    assert since(16, doses(plan, "zinc", through=28)) == expected | dict.fromkeys(range(25, 29), "10 mg")


def test_what_was_said_for_a_day_before_the_moved_one_takes_its_place(
    plan: Plan, twenty_from_day_10: Order, by: Actor
) -> None:
    change_it(twenty_from_day_10, by, on=8, from_day=18, amount=Amount.parse("10 mg"))
    resume(plan, by, on=16)
    expected = dict.fromkeys((16, 17), "15 mg") | dict.fromkeys(range(18, 29), "10 mg")
    assert since(16, doses(plan, "zinc", through=28)) == expected


def test_what_was_stopped_in_the_rest_does_not_come_back_in_an_earlier_version(
    plan: Plan, twenty_from_day_10: Order, by: Actor
) -> None:
    stop(twenty_from_day_10, stop_reason=StopReason.NO_LONGER_NEEDED, by=by, at=at(12), revision=revision(plan))
    resume(plan, by, on=16)
    assert since(16, doses(plan, "zinc", through=28)) == {}


def test_a_course_ordered_in_the_rest_beside_another_is_not_taken_twice(plan: Plan, by: Actor) -> None:
    first = add_it(plan, says(plan, ends_on=day(20)), by)
    hold(plan, by, on=6)
    add_it(plan, says(plan, amount="30 mg", starts_on=day(22)), by, on=8)
    # The other one would end ten days later, on day 30.
    with pytest.raises(InvalidRequest, match="Zinc is ordered twice from 2027-01-25 on"):
        resume(plan, by, on=16)
    assert Order.objects.get(pk=first.pk).ends_on == day(20)
    change_it(first, by, on=16, ends_on=day(19))
    stop_first = Order.objects.get(plan=plan, key="zinc", is_current=True)
    stop(stop_first, stop_reason=StopReason.NO_LONGER_NEEDED, by=by, at=at(16), revision=revision(plan))
    resume(plan, by, on=16)
    assert sorted(doses(plan, "zinc-2", through=25)) == [22, 23, 24, 25]


def test_a_course_keeps_its_length_whatever_was_written_in_the_rest(plan: Plan, by: Actor) -> None:
    add_it(plan, says(plan, "Course", "500 mg", phase="replace", ends_on=day(24)), by)
    other = add_it(plan, says(plan), by)
    hold(plan, by, on=3)
    for number in (32, 34):
        other = change_it(other, by, on=number, instructions=f"Words of day {number}.")
    resume(plan, by, on=40)
    # 37 days: ten of them from day 52.
    row = Order.objects.to_reckon().get(plan=plan, key="course")
    assert (row.first_day, row.last_day) == (day(52), day(61))


def test_so_does_one_with_a_first_day_of_its_own_in_a_phase_to_come(plan: Plan, by: Actor) -> None:
    add_it(plan, says(plan, "Course", "500 mg", phase="replace", starts_on=day(20), ends_on=day(24)), by)
    other = add_it(plan, says(plan), by)
    hold(plan, by, on=3)
    change_it(other, by, on=32, instructions="With water.")
    resume(plan, by, on=40)
    row = Order.objects.to_reckon().get(plan=plan, key="course")
    assert (row.first_day, row.last_day) == (day(57), day(61))


@pytest.mark.parametrize(("first", "last", "taken"), [(20, 24, (20, 24)), (10, 14, (16, 20))])
def test_a_course_ordered_in_the_rest_is_as_long_as_it_was_said(
    plan: Plan, by: Actor, first: int, last: int, taken: tuple[int, int]
) -> None:
    hold(plan, by, on=6)
    add_it(plan, says(plan, "Course", "500 mg", starts_on=day(first), ends_on=day(last)), by, on=8)
    resume(plan, by, on=16)
    due = sorted(since(16, doses(plan, "course", through=28)))
    assert (due[0], due[-1], len(due)) == (*taken, 5)
