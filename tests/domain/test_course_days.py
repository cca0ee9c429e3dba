"""A course day by day: dose days, days off said as such, what is on hold, and what is not known yet."""

from datetime import date, timedelta
from decimal import Decimal

from protocols.domain.amount import Amount
from protocols.domain.course import Course, Leg
from protocols.domain.course_days import CourseDay, DayKind, course_days
from protocols.domain.pattern import Pattern
from protocols.domain.product import Units
from protocols.domain.taper import Dose, Schedule, Step, schedule
from protocols.domain.window import Window

MONDAY = date(2027, 1, 4)


def day(number: int) -> date:
    """The course’s day `number`; 1 is MONDAY."""
    return MONDAY + timedelta(days=number - 1)


def step(milligrams: int, pattern: str, days: int) -> Step:
    dose = Dose("evening", (Units(Amount.parse(f"{milligrams} mg"), Decimal(1)),))
    return Step((dose,), Pattern.parse(pattern), days)


def days_of(course: Course, first: int, last: int) -> list[CourseDay]:
    return list(course_days(course, first=day(first), last=day(last)))


STEPS = (step(20, "daily", 2), step(10, "every 2 days", 4), step(10, "as needed", 2))
COURSE = Course((Leg(1, schedule(STEPS, first_day=MONDAY)),))


def test_each_day_is_of_one_kind() -> None:
    kinds = [one.kind.value for one in days_of(COURSE, 0, 10)]
    assert kinds == ["before", "dose", "dose", "dose", "off", "dose", "off", "as-needed", "as-needed", "after", "after"]


def test_doses_stand_on_dose_days_and_where_they_may_be_taken() -> None:
    amounts = [[str(dose.amount) for dose in one.doses] for one in days_of(COURSE, 1, 9)]
    assert amounts == [["20 mg"], ["20 mg"], ["10 mg"], [], ["10 mg"], [], ["10 mg"], ["10 mg"], []]


def test_changes_and_the_last_dose_are_marked() -> None:
    days = days_of(COURSE, 0, 10)
    assert {one.stage: one.on for one in days if one.stage} == {1: day(1), 2: day(3), 3: day(7)}
    assert [one.on for one in days if one.is_last_dose] == [day(5)]


def test_a_version_that_goes_on_with_the_same_dose_is_no_change() -> None:
    first = Leg(1, schedule([step(20, "daily", 10)], first_day=MONDAY), last_day=day(3))
    second = Leg(2, schedule([step(20, "daily", 2), step(10, "daily", 2)], first_day=day(4)))
    days = days_of(Course((first, second)), 1, 7)
    assert {one.stage: one.on for one in days if one.stage} == {1: day(1), 2: day(6)}


def test_held_days_keep_the_dose_and_say_so() -> None:
    held = Course((Leg(1, schedule(STEPS, first_day=MONDAY, holds=[Window(day(4), day(6))])),))
    days = days_of(held, 1, 12)
    assert [one.on for one in days if one.is_held] == [day(4), day(5), day(6)]
    assert [one.kind.value for one in days][2:9] == ["dose", "off", "dose", "off", "dose", "off", "dose"]


def test_an_open_hold_goes_on_as_long_as_anybody_asks() -> None:
    held = Course((Leg(1, schedule(STEPS, first_day=MONDAY, holds=[Window(day(2), None)])),))
    days = days_of(held, 2, 60)
    assert {one.kind for one in days} == {DayKind.DOSE}
    assert all(one.is_held and not one.is_last_dose for one in days)


def test_a_step_without_a_day_is_not_dated() -> None:
    waiting = Course((Leg(1, Schedule(MONDAY, (), STEPS)),))
    assert {one.kind for one in days_of(waiting, 1, 5)} == {DayKind.NOT_DATED}
    assert {one.kind for one in days_of(Course(()), 1, 5)} == {DayKind.AFTER}


def test_what_somebody_ended_says_nothing_of_the_days_after() -> None:
    """Ended on day 4: nobody lived the last dose, and that nothing is taken from then on is not known."""
    cut = Course((Leg(1, schedule(STEPS, first_day=MONDAY), last_day=day(3)),))
    days = list(course_days(cut, first=day(1), last=day(9), ended_on=day(4)))
    assert [one.kind.value for one in days] == ["dose"] * 3 + ["ended"] * 6
    assert not any(one.is_last_dose for one in days)
    assert not any(one.doses for one in days[3:])


def test_ended_in_the_weeks_after_the_last_step_the_last_dose_was_one() -> None:
    days = list(course_days(COURSE, first=day(1), last=day(14), ended_on=day(12)))
    assert [one.on for one in days if one.is_last_dose] == [day(5)]
    assert [one.kind.value for one in days][8:] == ["after"] * 3 + ["ended"] * 3
