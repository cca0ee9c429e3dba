"""A course keeps its length: days of its own move with a draft, and with a rest of the whole plan, as phases do.

Day 1 is 4 January 2027; Replace begins on day 15.
"""

from collections.abc import Callable
from datetime import timedelta

from clinics.actor import Actor
from patients.models import Order, Patient, Plan
from patients.services import plan_moves
from protocols.domain.amount import Amount
from tests.fixtures.personae import NOON, TODAY
from tests.services.test_adding_and_changing_orders import add_it, at, change_it, day, doses, revision, says


def rest(plan: Plan, by: Actor, *, since: int, until: int) -> None:
    plan_moves.hold(plan, by=by, at=at(since), revision=revision(plan))
    plan_moves.resume(plan, by=by, at=at(until), revision=revision(plan))


def without(found: dict[int, str], rested: range) -> dict[int, str]:
    """Looked back upon, a day on which the whole plan rested looks like any other: nothing was due on it."""
    return {number: amount for number, amount in found.items() if number not in rested}


def test_a_course_that_runs_is_taken_for_as_many_days(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Course", "500 mg", ends_on=day(10)), by)
    rest(plan, by, since=3, until=9)
    assert Order.objects.get(pk=order.pk).ends_on == day(16)
    assert sorted(without(doses(plan, "course", through=20), range(3, 9))) == [1, 2, *range(9, 17)]


def test_a_course_of_a_later_phase_comes_later_with_it(plan: Plan, by: Actor) -> None:
    add_it(plan, says(plan, "Course", "500 mg", phase="replace", ends_on=day(24)), by)
    rest(plan, by, since=3, until=17)
    row = Order.objects.to_reckon().get(plan=plan, key="course")
    assert (row.first_day, row.last_day) == (day(29), day(38))


def test_a_first_day_of_its_own_comes_later_and_what_ended_before_stays(plan: Plan, by: Actor) -> None:
    add_it(plan, says(plan, "Past", "5 mg", ends_on=day(2)), by)
    add_it(plan, says(plan, "Course", "500 mg", starts_on=day(5), ends_on=day(7)), by)
    rest(plan, by, since=3, until=9)
    assert Order.objects.get(plan=plan, key="past").ends_on == day(2)
    assert sorted(doses(plan, "course", through=20)) == [11, 12, 13]


def test_versions_move_together_and_what_was_changed_during_the_rest_stays_on_its_day(plan: Plan, by: Actor) -> None:
    first = add_it(plan, says(plan, "Zinc", "15 mg", ends_on=day(12)), by)
    change_it(first, by, from_day=6, amount=Amount.parse("10 mg"))
    plan_moves.hold(plan, by=by, at=at(3), revision=revision(plan))
    plan_moves.resume(plan, by=by, at=at(8), revision=revision(plan))
    # Five days: the version of day 6 begins on day 11, and the last day is day 17.
    expected = dict.fromkeys((1, 2, 8, 9, 10), "15 mg") | dict.fromkeys(range(11, 18), "10 mg")
    assert without(doses(plan, "zinc", through=20), range(3, 8)) == expected


def test_what_is_changed_while_the_plan_rests_counts_at_once(plan: Plan, by: Actor) -> None:
    first = add_it(plan, says(plan, "Zinc", "15 mg", ends_on=day(12)), by)
    plan_moves.hold(plan, by=by, at=at(3), revision=revision(plan))
    change_it(first, by, on=5, amount=Amount.parse("10 mg"))
    plan_moves.resume(plan, by=by, at=at(8), revision=revision(plan))
    expected = dict.fromkeys((1, 2), "15 mg") | dict.fromkeys(range(8, 18), "10 mg")
    assert without(doses(plan, "zinc", through=20), range(3, 8)) == expected


def test_days_of_its_own_move_with_the_first_day_of_a_draft(
    assign_plan: Callable[..., Plan], angela: Patient, by: Actor
) -> None:
    plan = assign_plan(angela)
    add_it(plan, says(plan, "Course", "500 mg", starts_on=day(3), ends_on=day(9)), by)
    left_out = [order.code for order in plan.orders.all() if order.needs_amount]
    plan_moves.activate(
        plan, by=by, at=NOON, revision=revision(plan), starts_on=TODAY + timedelta(days=7), left_out=left_out
    )
    row = Order.objects.to_reckon().get(plan=plan, key="course")
    assert (row.first_day, row.last_day) == (day(10), day(16))
