"""Another pattern never brings a dose sooner after the last one than it says itself."""

import pytest

from clinics.actor import Actor
from patients.models import Order, Plan
from patients.services.intakes import record_slot
from patients.services.orders.holding import hold, resume
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from tests.services.test_adding_and_changing_orders import add_it, at, change_it, day, doses, revision, says


@pytest.fixture
def weekly(plan: Plan, by: Actor) -> Order:
    """On days 1, 8, 15 and 22."""
    return add_it(plan, says(plan, pattern="every 7 days"), by)


def test_a_stretched_interval_counts_from_the_last_dose(plan: Plan, weekly: Order, by: Actor) -> None:
    change_it(weekly, by, on=2, pattern="every 14 days")
    assert sorted(doses(plan, "zinc", through=28)) == [1, 15]


def test_so_does_a_shorter_one(plan: Plan, weekly: Order, by: Actor) -> None:
    change_it(weekly, by, on=2, pattern="every 3 days")
    assert sorted(doses(plan, "zinc", through=12)) == [1, 4, 7, 10]


def test_whose_interval_is_over_has_it_on_the_day_of_the_change(plan: Plan, weekly: Order, by: Actor) -> None:
    change_it(weekly, by, on=5, pattern="every 3 days")
    assert sorted(doses(plan, "zinc", through=12)) == [1, 5, 8, 11]


def test_from_daily_it_counts_from_the_day_before(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan), by)
    change_it(order, by, on=4, pattern="every 7 days")
    assert sorted(doses(plan, "zinc", through=20)) == [1, 2, 3, 10, 17]


def test_a_later_day_counts_from_itself(plan: Plan, weekly: Order, by: Actor) -> None:
    change_it(weekly, by, on=2, from_day=24, pattern="every 2 days")
    assert sorted(doses(plan, "zinc", through=28)) == [1, 8, 15, 22, 24, 26, 28]


def test_versions_between_do_not_hide_the_last_dose(plan: Plan, weekly: Order, by: Actor) -> None:
    second = change_it(weekly, by, on=3, amount=Amount.parse("10 mg"))
    change_it(second, by, on=4, pattern="every 14 days")
    assert sorted(doses(plan, "zinc", through=28)) == [1, 15]


def test_a_dose_that_a_hold_left_out_is_none(plan: Plan, weekly: Order, by: Actor) -> None:
    hold(weekly, by=by, at=at(7), revision=revision(plan))
    resume(Order.objects.get(pk=weekly.pk), by=by, at=at(10), revision=revision(plan))
    change_it(weekly, by, on=10, pattern="every 9 days")
    assert sorted(doses(plan, "zinc", through=20)) == [1, 10, 19]


def test_todays_dose_counts_where_it_is_recorded(plan: Plan, weekly: Order, by: Actor) -> None:
    record_slot(plan, slot=Slot.WITH_DINNER, day=day(8), by=by, at=at(8))
    change_it(weekly, by, on=8, pattern="every 14 days")
    assert sorted(number for number in doses(plan, "zinc", through=28) if number > 8) == [22]
