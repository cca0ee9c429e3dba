"""After a long rest the same slow start may begin again, by a person’s word; and today’s dose stays one dose."""

from datetime import timedelta

import pytest

from clinics.actor import Actor, ActorKind
from patients.models import Order, Patient, Plan, Transition
from patients.services.errors import InvalidRequest
from patients.services.intakes import record_slot
from patients.services.orders.changes_ahead import changes_ahead
from patients.services.orders.changing import change
from patients.services.orders.holding import hold, resume
from patients.services.orders.raising import waits_after_rest
from patients.services.orders.says import says_of
from patients.services.orders.times_today import slots_due, times_words
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from tests.services.test_adding_and_changing_orders import (
    RAISED,
    add_it,
    at,
    change_it,
    day,
    doses,
    revision,
    says,
)


@pytest.fixture
def rested(plan: Plan, by: Actor) -> Order:
    """20 mg, raised from 5 mg; on hold from the third to the fourteenth day."""
    order = add_it(plan, says(plan, "Zinc", "20 mg", titration=RAISED), by)
    hold(order, by=by, at=at(3), revision=revision(plan))
    resume(order, by=by, at=at(15), revision=revision(plan))
    return Order.objects.to_reckon().get(pk=order.pk)


def again(order: Order, by: Actor, *, on: int, **more: object) -> Order:
    said = says_of(Order.objects.to_reckon().get(pk=order.pk))
    given = {"says": said, "is_raised_anew": True} | more
    return change(order, by=by, at=at(on), revision=revision(order.plan), **given)  # type: ignore[arg-type]


def test_the_same_stages_begin_again_from_the_day_on_which_somebody_says_so(
    plan: Plan, rested: Order, by: Actor
) -> None:
    assert waits_after_rest(rested, today=day(16))
    fresh = again(rested, by, on=17)
    # The fifth milligram as long as nobody spoke; then three days of 5 mg and three of 10 mg.
    expected = dict.fromkeys((1, 2, *range(15, 20)), "5 mg") | dict.fromkeys(range(20, 23), "10 mg")
    assert doses(plan, "zinc", through=24) == expected | dict.fromkeys((23, 24), "20 mg")
    assert not waits_after_rest(Order.objects.to_reckon().get(pk=fresh.pk), today=day(17))
    assert Transition.objects.get(order=fresh).details["raised_anew"] is True
    ahead = [each.day for each in changes_ahead(plan, on=day(17)).changes if each.label.startswith("Zinc")]
    assert ahead == [day(17), day(20), day(23)]


def test_it_begins_again_after_the_rest_where_that_still_goes_on(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "20 mg", titration=RAISED), by)
    hold(order, by=by, at=at(3), revision=revision(plan))
    fresh = again(order, by, on=12)
    resume(fresh, by=by, at=at(15), revision=revision(plan))
    expected = dict.fromkeys((1, 2, 15, 16, 17), "5 mg") | dict.fromkeys((18, 19, 20), "10 mg") | {21: "20 mg"}
    assert doses(plan, "zinc", through=21) == expected


def test_without_stages_nothing_begins_again(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "20 mg"), by)
    with pytest.raises(InvalidRequest, match="no slow start"):
        again(order, by, on=2)
    slow = add_it(plan, says(plan, "Slow", "20 mg", titration=RAISED), by)
    with pytest.raises(InvalidRequest, match="Either"):
        again(slow, by, on=2, is_raised_at_once=True)


def test_what_still_rises_or_has_risen_waits_for_nobody(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "20 mg", titration=RAISED), by)
    order = Order.objects.to_reckon().get(pk=order.pk)
    assert [waits_after_rest(order, today=day(number)) for number in (1, 6, 7, 20)] == [False] * 4


def test_the_days_of_a_change_of_words_alone_stay_among_the_changes_ahead(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "20 mg", titration=RAISED), by)
    change_it(order, by, on=2, instructions="With water.")
    ahead = [each.day for each in changes_ahead(plan, on=day(2)).changes if each.label.startswith("Zinc")]
    assert ahead == [day(1), day(4), day(7)]


def test_another_time_of_day_counts_from_tomorrow_where_todays_dose_was_recorded(
    plan: Plan, by: Actor, angela: Patient
) -> None:
    herself = Actor(kind=ActorKind.PATIENT, code=angela.code)
    order = add_it(plan, says(plan, "Zinc", "20 mg", times_of_day=(Slot.WITH_BREAKFAST,)), by)
    record_slot(plan, slot=Slot.WITH_BREAKFAST, day=day(1), by=herself, at=at(1))
    later = change_it(order, by, on=1, times_of_day=(Slot.BEDTIME,))
    assert later.first_day == day(2)
    assert slots_due(plan, "zinc", day=day(1)) == {Slot.WITH_BREAKFAST}
    assert slots_due(plan, "zinc", day=day(2)) == {Slot.BEDTIME}


def test_a_change_of_todays_times_says_what_becomes_of_todays_dose(plan: Plan, by: Actor, angela: Patient) -> None:
    herself = Actor(kind=ActorKind.PATIENT, code=angela.code)
    order = add_it(plan, says(plan, "Zinc", "20 mg", times_of_day=(Slot.BEDTIME,)), by)
    before = slots_due(plan, "zinc", day=day(1))
    early = change_it(order, by, on=1, times_of_day=(Slot.WITH_BREAKFAST,))
    assert times_words(plan, "zinc", before=before, day=day(1)) == (
        "Today it is due with breakfast instead of at bedtime: look whether that time is still to come."
    )
    record_slot(plan, slot=Slot.WITH_BREAKFAST, day=day(1), by=herself, at=at(1) + timedelta(minutes=1))
    before = slots_due(plan, "zinc", day=day(1))
    change_it(early, by, on=1, from_day=1, times_of_day=(Slot.BEDTIME,))
    words = times_words(plan, "zinc", before=before, day=day(1))
    assert words.startswith("Today’s dose was recorded already, with breakfast. With this change it is due today at ")
    more = change_it(plan.orders.get(key="zinc", is_current=True), by, on=2, amount=Amount.parse("10 mg"))
    assert more.first_day == day(2)
    assert times_words(plan, "zinc", before={Slot.BEDTIME}, day=day(2)) == ""
