"""A course keeps its length: days of its own move with a draft, and with a rest of the whole plan, as phases do.

Day 1 is 4 January 2027; Replace begins on day 15.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from clinics.actor import Actor
from patients.models import Order, Patient, Plan, PlanPhase
from patients.services import phase_moves, plan_moves
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


def start(plan: Plan, key: str, by: Actor, *, on: int) -> None:
    phase = PlanPhase.objects.select_related("plan").get(plan=plan, key=key)
    phase_moves.start(phase, by=by, at=at(on), revision=revision(plan))


@pytest.mark.parametrize(("begun_on", "last"), [(29, 38), (5, 14), (15, 24)])
def test_a_course_keeps_its_length_when_a_person_begins_its_phase_late_or_early(
    plan: Plan, by: Actor, begun_on: int, last: int
) -> None:
    # Ten days, planned for days 15 to 24.
    add_it(plan, says(plan, "Course", "500 mg", phase="replace", ends_on=day(24)), by)
    start(plan, "replace", by, on=begun_on)
    assert sorted(doses(plan, "course", through=45)) == list(range(begun_on, last + 1))


def test_a_first_day_of_its_own_stays_while_its_phase_has_begun_by_then(plan: Plan, by: Actor) -> None:
    add_it(plan, says(plan, "Course", "500 mg", phase="replace", starts_on=day(20), ends_on=day(24)), by)
    start(plan, "replace", by, on=18)
    assert sorted(doses(plan, "course", through=45)) == [20, 21, 22, 23, 24]


def test_a_course_keeps_its_length_when_its_phase_moves_with_another(plan: Plan, by: Actor) -> None:
    # Re-inoculate follows Remove on day 29.
    add_it(plan, says(plan, "Course", "500 mg", phase="re-inoculate", ends_on=day(38)), by)
    remove = PlanPhase.objects.select_related("plan").get(plan=plan, key="remove")
    phase_moves.extend(remove, days=14, by=by, at=at(3), revision=revision(plan))
    row = Order.objects.to_reckon().get(plan=plan, key="course")
    assert (row.first_day, row.last_day) == (day(43), day(52))


def test_what_runs_already_keeps_its_last_day(plan: Plan, by: Actor) -> None:
    add_it(plan, says(plan, "Course", "500 mg", ends_on=day(10)), by)
    remove = PlanPhase.objects.select_related("plan").get(plan=plan, key="remove")
    phase_moves.extend(remove, days=14, by=by, at=at(3), revision=revision(plan))
    assert Order.objects.get(plan=plan, key="course").ends_on == day(10)


def test_a_course_whose_first_phase_is_left_out_is_taken_in_the_next(plan: Plan, by: Actor) -> None:
    replaced, last = (plan.phases.get(key=key) for key in ("replace", "re-inoculate"))
    said = replace(says(plan, "Course", "500 mg", ends_on=day(24)), first_phase=replaced, last_phase=last)
    add_it(plan, said, by)
    phase_moves.skip(
        PlanPhase.objects.select_related("plan").get(pk=replaced.pk),
        by=by,
        at=at(3),
        revision=revision(plan),
        reason="Not needed.",
    )
    row = Order.objects.to_reckon().get(plan=plan, key="course")
    assert (row.first_day, row.last_day) == (day(29), day(38))
