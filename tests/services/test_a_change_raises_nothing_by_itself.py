"""A change of words, of the time of day or of the product leaves the dose where it is: nothing rises by itself."""

import pytest

from clinics.actor import Actor
from patients.models import Finding, Order, Plan, PlanPhase
from patients.services import plan_moves
from patients.services.errors import InvalidRequest
from patients.services.orders.holding import hold, resume
from patients.services.safety.rows import stop_orders
from protocols.domain.amount import Amount
from protocols.domain.safety_rules import Severity
from protocols.domain.slots import Slot
from tests.fixtures.personae import NOON
from tests.services.test_adding_and_changing_orders import add_it, at, change_it, day, doses, revision, says

RAISED = ({"days": 3, "amount": "5 mg"}, {"days": 3, "amount": "10 mg"})


def rest(order: Order, by: Actor, *, since: int, until: int) -> None:
    hold(Order.objects.get(pk=order.pk), by=by, at=at(since), revision=revision(order.plan))
    resume(Order.objects.get(pk=order.pk), by=by, at=at(until), revision=revision(order.plan))


def test_a_change_of_the_time_of_day_before_a_later_change_goes_on_being_raised(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "15 mg", titration=RAISED), by)
    later = change_it(order, by, from_day=10, instructions="With food.")
    change_it(later, by, on=2, times_of_day=(Slot.BEDTIME,))
    expected = dict.fromkeys((1, 2, 3), "5 mg") | dict.fromkeys((4, 5, 6), "10 mg") | dict.fromkeys((7, 8, 9), "15 mg")
    assert doses(plan, "zinc", through=9) == expected


def test_a_dose_that_is_ordered_from_a_later_day_is_not_brought_forward_by_other_words(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "15 mg"), by)
    later = change_it(order, by, on=2, from_day=10, amount=Amount.parse("30 mg"))
    with pytest.raises(InvalidRequest, match="or write how it is taken until then") as refused:
        change_it(later, by, on=3, instructions="With food.")
    assert refused.value.field == "amount"
    # Said from its day on, or with the dose until then, it is done.
    words = change_it(later, by, on=3, from_day=10, instructions="With food.")
    assert doses(plan, "zinc", through=11) == dict.fromkeys(range(1, 10), "15 mg") | {10: "30 mg", 11: "30 mg"}
    change_it(words, by, on=4, amount=Amount.parse("15 mg"))
    assert doses(plan, "zinc", through=11) == dict.fromkeys(range(1, 12), "15 mg")


@pytest.mark.parametrize("fields", [{"instructions": "With food."}, {"times_of_day": (Slot.BEDTIME,)}])
def test_after_a_rest_of_a_week_no_change_of_words_raises_it(plan: Plan, by: Actor, fields: dict[str, object]) -> None:
    order = add_it(plan, says(plan, "Zinc", "15 mg", titration=RAISED), by)
    rest(order, by, since=3, until=15)
    assert doses(plan, "zinc", through=24)[24] == "5 mg"
    change_it(order, by, on=16, **fields, source="Said at the visit.")
    assert doses(plan, "zinc", through=28) == dict.fromkeys((1, 2, *range(15, 29)), "5 mg")


def test_what_was_changed_while_it_rested_stays_where_it_was(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "15 mg", titration=RAISED), by)
    hold(Order.objects.get(pk=order.pk), by=by, at=at(3), revision=revision(plan))
    changed = change_it(order, by, on=14, instructions="With food.")
    resume(Order.objects.get(pk=changed.pk), by=by, at=at(15), revision=revision(plan))
    assert doses(plan, "zinc", through=28) == dict.fromkeys((1, 2, *range(15, 29)), "5 mg")


@pytest.mark.parametrize("whole_plan", [True, False])
def test_a_rest_between_writing_and_the_day_of_a_change_counts(plan: Plan, by: Actor, whole_plan: bool) -> None:
    order = add_it(plan, says(plan, "Zinc", "15 mg", titration=RAISED), by)
    later = change_it(order, by, from_day=6, instructions="With food.")
    if whole_plan:
        plan_moves.hold(plan, by=by, at=at(2), revision=revision(plan))
        plan_moves.resume(plan, by=by, at=at(16), revision=revision(plan))
    else:
        rest(later, by, since=2, until=16)
    due = doses(plan, "zinc", through=28)
    assert set(due.values()) == {"5 mg"}
    assert {1, *range(16, 29)} <= due.keys()


def test_days_on_which_a_finding_stood_against_it_are_remembered_by_the_next_version(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "15 mg", titration=RAISED), by)
    Order.objects.filter(pk=order.pk).update(is_blocked=True, blocked_since=day(3))
    changed = change_it(order, by, on=14, instructions="With food.")
    assert not Order.objects.get(pk=changed.pk).is_blocked
    fresh = Order.objects.to_reckon().get(pk=changed.pk)
    assert [str(fresh.amount_on(day(number))) for number in (14, 17, 20, 27)] == ["5 mg"] * 4


def test_said_anew_it_is_raised_anew_after_a_rest(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "15 mg", titration=RAISED), by)
    rest(order, by, since=3, until=15)
    change_it(order, by, on=16, titration=({"days": 2, "amount": "5 mg"},))
    due = doses(plan, "zinc", through=19)
    assert [due[number] for number in (15, 16, 17, 18)] == ["5 mg", "5 mg", "5 mg", "15 mg"]


def test_two_changes_on_one_day_lose_neither_the_count_nor_the_beginning(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "15 mg", pattern="every 2 days"), by)
    second = change_it(order, by, on=4, amount=Amount.parse("20 mg"))
    third = change_it(second, by, on=4, amount=Amount.parse("25 mg"))
    assert doses(plan, "zinc", through=8) == {1: "15 mg", 3: "15 mg", 5: "25 mg", 7: "25 mg"}
    with pytest.raises(InvalidRequest, match="It has begun"):
        change_it(third, by, on=4, starts_on=day(12))


def test_what_a_finding_stopped_before_its_phase_began_early_has_not_lived_those_days(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "15 mg", phase="repair", titration=RAISED), by)
    Finding.objects.create(
        plan=plan,
        rule="TEST-1",
        severity=Severity.BLOCK.value,
        stops=[order.code],
        first_day=day(1),
        opened_at=NOON,
    )
    stop_orders(plan, today=day(1))
    assert Order.objects.get(pk=order.pk).blocked_since == order.first_day
    PlanPhase.objects.filter(pk=order.first_phase_id).update(starts_on=day(5))
    stop_orders(plan, today=day(5))
    assert Order.objects.get(pk=order.pk).blocked_since == day(5)


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        # Taken on days 1, 5 and 6 at 5 mg.
        (5, {5: "5 mg", 6: "5 mg", 7: "10 mg", 9: "10 mg", 10: "20 mg"}),
        # After a week and longer nothing rises by itself.
        (12, {12: "5 mg", 13: "5 mg", 20: "5 mg", 28: "5 mg"}),
    ],
)
def test_days_on_which_a_finding_stopped_it_do_not_count_in_a_version_that_begins_later(
    plan: Plan, by: Actor, until: int, expected: dict[int, str]
) -> None:
    order = add_it(plan, says(plan, "Zinc", "20 mg", titration=RAISED), by)
    later = change_it(order, by, from_day=4, instructions="With water.")
    finding = Finding.objects.create(
        plan=plan,
        rule="TEST-1",
        severity=Severity.BLOCK.value,
        stops=[order.code, later.code],
        first_day=day(2),
        opened_at=NOON,
    )
    stop_orders(plan, today=day(2))
    assert not {2, 3, 4} & doses(plan, "zinc", through=4).keys()
    Finding.objects.filter(pk=finding.pk).update(stops=[])
    stop_orders(plan, today=day(until))
    due = doses(plan, "zinc", through=28)
    assert {number: due[number] for number in expected} == expected
