"""Another zone, night, rhythm or plan dates what comes back each day anew: the same row, and no date twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from clinics.actor import Actor
from patients.actor import acting_patient
from patients.models import MedicineUse, Order, Patient, Plan, Recurrence
from patients.reminders.channels import Envelope, HandOverFailed
from patients.services.day.saying_rhythm import set_rhythm
from patients.services.day.timetable import timetable_of
from patients.services.orders.changing import change
from patients.services.orders.says import says_of
from patients.services.people import save_patient
from patients.services.safety.looking import look_at_plans
from protocols.domain.day_parts import DayPart
from protocols.domain.slots import Slot
from tests.fixtures.sending import RecordingSender
from tests.reminders.of_days import AT_LUNCH, SAID, TOMORROW, asks_for, cursor, made, takes
from tests.services.test_the_timetable_of_a_day import hours_apart, levothyroxine

__all__ = ["levothyroxine"]

Sweep = Callable[[datetime], list[Envelope]]
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def row(plan: Plan, angela: Patient) -> Recurrence:
    """Noon, from the fifth of January on, at 12:30 in Berlin."""
    takes(plan, "with-lunch")
    (found,) = asks_for(angela, DayPart.NOON)
    return found


def settle(angela: Patient, *, by: Actor, at: datetime, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(angela, name, value)
    save_patient(angela, by=by, at=at)


def test_in_another_zone_it_comes_at_the_hour_there(row: Recurrence, angela: Patient, by: Actor) -> None:
    settle(angela, zone="America/New_York", by=by, at=SAID)
    assert cursor() == (TOMORROW, "01-05 17:30")
    assert Recurrence.objects.get().code == row.code


def test_where_its_date_is_over_the_next_one_comes(row: Recurrence, angela: Patient, by: Actor) -> None:
    """At 10:00 in Berlin on the fifth it is 22:00 in Auckland."""
    settle(angela, zone="Pacific/Auckland", by=by, at=datetime(2027, 1, 5, 9, tzinfo=UTC))
    assert cursor() == (TOMORROW + DAY, "01-05 23:30")


def test_where_only_the_hour_has_gone_by_it_goes_at_once(
    row: Recurrence, angela: Patient, by: Actor, sweep_at: Sweep
) -> None:
    """At 11:00 in Berlin it is 13:00 in Moscow."""
    at = datetime(2027, 1, 5, 10, tzinfo=UTC)
    settle(angela, zone="Europe/Moscow", by=by, at=at)
    sweep_at(at)
    assert made() == [("day-noon", TOMORROW, "sent")]


def test_a_date_that_was_dealt_with_is_not_said_again_where_it_comes_once_more(
    row: Recurrence, angela: Patient, by: Actor, sweep_at: Sweep
) -> None:
    sweep_at(AT_LUNCH)
    settle(angela, zone="Pacific/Pago_Pago", by=by, at=AT_LUNCH + HOUR)  # 01:30 on the fifth there
    assert cursor() == (TOMORROW + DAY, "01-06 23:30")
    for hour in range(24):
        sweep_at(AT_LUNCH + HOUR + hour * HOUR)
    assert made() == [("day-noon", TOMORROW, "sent")]


def test_made_and_not_gone_it_waits_for_its_hour_there(
    row: Recurrence, angela: Patient, by: Actor, sender: RecordingSender, sweep_at: Sweep
) -> None:
    sender.failure = HandOverFailed("Busy.", permanent=False)
    sweep_at(AT_LUNCH)
    settle(angela, zone="America/New_York", by=by, at=AT_LUNCH + MINUTE)
    sender.failure = None
    assert sweep_at(AT_LUNCH + HOUR) == [], "there it is 7:30"
    assert len(sweep_at(datetime(2027, 1, 5, 17, 30, tzinfo=UTC))) == 1
    assert made() == [("day-noon", TOMORROW, "sent")]
    assert cursor() == (TOMORROW + DAY, "01-06 17:30")


def test_made_and_not_gone_it_is_missed_where_it_is_too_late(
    row: Recurrence, angela: Patient, by: Actor, sender: RecordingSender, sweep_at: Sweep
) -> None:
    sender.failure = HandOverFailed("Busy.", permanent=False)
    sweep_at(AT_LUNCH)
    settle(angela, zone="Asia/Tokyo", by=by, at=AT_LUNCH + MINUTE)
    sender.failure = None
    assert sweep_at(AT_LUNCH + HOUR) == []
    assert made() == [("day-noon", TOMORROW, "missed")]


def test_a_night_that_reaches_over_its_time_moves_it_within_the_date(
    row: Recurrence, angela: Patient, by: Actor
) -> None:
    settle(angela, quiet_starts=time(0), quiet_ends=time(13), by=by, at=SAID)
    assert cursor() == (TOMORROW, "01-05 12:00")


def test_lunch_at_another_hour_takes_it_along(row: Recurrence, angela: Patient) -> None:
    lunch_at(angela, time(14))
    assert cursor() == (TOMORROW, "01-05 13:00")


def test_a_time_of_her_own_stays_when_lunch_moves(row: Recurrence, angela: Patient) -> None:
    asks_for(angela, noon=time(12))
    lunch_at(angela, time(14))
    assert cursor() == (TOMORROW, "01-05 11:00")


def test_a_time_of_her_own_that_is_taken_back_is_that_of_her_day_again(row: Recurrence, angela: Patient) -> None:
    asks_for(angela, noon=time(12))
    asks_for(angela, DayPart.NOON)
    assert cursor() == (TOMORROW, "01-05 11:30")


def lunch_at(angela: Patient, lunch: time, *, at: datetime = SAID) -> None:
    set_rhythm(
        angela,
        wakes_at=time(7),
        breakfast_at=time(7, 30),
        lunch_at=lunch,
        dinner_at=time(18, 30),
        sleeps_at=time(22, 30),
        by=acting_patient(angela),
        at=at,
    )


def test_without_any_plan_her_times_are_followed_too(angela: Patient) -> None:
    asks_for(angela, DayPart.NOON)
    lunch_at(angela, time(14))
    assert cursor() == (TOMORROW, "01-05 13:00")


def test_a_plan_that_changes_when_something_is_taken_takes_it_along(plan: Plan, row: Recurrence, by: Actor) -> None:
    """Half an hour before lunch, instead of with it."""
    order = Order.objects.to_reckon().get(key="zinc")
    says = replace(says_of(order), times_of_day=(Slot.BEFORE_LUNCH,))
    change(order, says=says, reason="It suits her better.", by=by, at=SAID, revision=plan.revision)
    assert cursor() == (TOMORROW, "01-05 11:00")


def test_each_morning_the_day_is_looked_at_again(plan: Plan, row: Recurrence) -> None:
    """What begins by its date alone, with nobody doing anything, has its time from that morning on."""
    takes(plan, "before-lunch", key="iron", starts_on=TOMORROW)
    look_at_plans(at=datetime(2027, 1, 4, 22, tzinfo=UTC))
    assert cursor() == (TOMORROW, "01-05 11:30")
    look_at_plans(at=datetime(2027, 1, 4, 23, tzinfo=UTC))
    assert cursor() == (TOMORROW, "01-05 11:00")


def test_unchanged_rows_are_not_written(row: Recurrence, angela: Patient, by: Actor) -> None:
    before = Recurrence.objects.values().get()
    settle(angela, given_name="Angie", by=by, at=SAID)
    assert Recurrence.objects.values().get() == before


def test_a_dose_that_her_day_puts_elsewhere_is_reminded_of_there(
    plan: Plan, angela: Patient, levothyroxine: MedicineUse, sweep_at: Sweep
) -> None:
    """Written for breakfast, magnesium stands at lunch: four hours from levothyroxine, which is taken on waking."""
    magnesium = takes(plan, "with-breakfast", key="magnesium")
    hours_apart(plan, levothyroxine.code, magnesium.code)
    asks_for(angela, DayPart.MORNING, DayPart.NOON)
    for hour in range(24):
        sweep_at(datetime(2027, 1, 4, 23, 30, tzinfo=UTC) + hour * HOUR)
    assert made() == [("day-noon", TOMORROW, "sent")]
    assert timetable_of(plan, on=TOMORROW).moved == ["Magnesium is with lunch: four hours from levothyroxine."]
