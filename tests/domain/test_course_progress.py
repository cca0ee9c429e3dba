"""The day of a course: counted around holds, and over versions that took each other’s place."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from protocols.domain.amount import Amount
from protocols.domain.course import Course, Leg
from protocols.domain.course_progress import DayOfCourse, day_of_course
from protocols.domain.pattern import Pattern
from protocols.domain.product import Units
from protocols.domain.taper import Dose, Step, schedule
from protocols.domain.window import Window

FIRST = date(2027, 1, 11)


def step(strength: str, days: int) -> Step:
    return Step((Dose("before breakfast", (Units(Amount.parse(strength), Decimal(1)),)),), Pattern.daily(), days)


STEPS = (step("20 mg", 28), step("10 mg", 28))


def day(number: int) -> date:
    return FIRST + timedelta(days=number - 1)


@pytest.mark.parametrize(("on", "number"), [(0, 0), (1, 1), (28, 28), (29, 29), (56, 56), (90, 56)])
def test_every_day_counts_once(on: int, number: int) -> None:
    course = Course((Leg(1, schedule(STEPS, first_day=FIRST)),))
    assert day_of_course(course, today=day(on)) == DayOfCourse(number, 56)


def test_days_on_hold_do_not_count() -> None:
    held = schedule(STEPS, first_day=FIRST, holds=[Window(day(10), day(14))])
    course = Course((Leg(1, held),))
    numbers = [day_of_course(course, today=day(on)) for on in (9, 10, 14, 15, 61)]
    assert numbers == [DayOfCourse(number, 56) for number in (9, 9, 9, 10, 56)]


def test_while_it_is_held_the_days_to_come_are_known_all_the_same() -> None:
    held = schedule(STEPS, first_day=FIRST, holds=[Window(day(10), None)])
    assert day_of_course(Course((Leg(1, held),)), today=day(20)) == DayOfCourse(9, 56)


def test_a_version_that_took_the_place_of_another_counts_from_its_first_day() -> None:
    later = schedule((step("20 mg", 14), step("10 mg", 28)), first_day=day(35))
    course = Course((Leg(1, schedule(STEPS, first_day=FIRST), last_day=day(34)), Leg(2, later)))
    # 28 and 6 days of the first version, then 14 and 28.
    assert day_of_course(course, today=day(36)) == DayOfCourse(36, 76)


def test_of_nothing_there_is_no_day() -> None:
    assert day_of_course(Course(()), today=FIRST) == DayOfCourse(0, 0)
