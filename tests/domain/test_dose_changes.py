"""A step changes something if it brings another dose or other days than the one before it."""

from datetime import date, timedelta
from decimal import Decimal

from protocols.domain.amount import Amount
from protocols.domain.course import Course, Leg
from protocols.domain.dose_changes import dose_changes
from protocols.domain.pattern import Pattern
from protocols.domain.product import Units
from protocols.domain.taper import Dose, Step, schedule

FIRST = date(2027, 3, 1)


def step(amount: str, *, days: int, every: int = 1, lived_days: int = 0) -> Step:
    dose = Dose("before-breakfast", (Units(Amount.parse(amount), Decimal(1)),))
    pattern = Pattern.daily() if every == 1 else Pattern.every(every)
    return Step((dose,), pattern, days, lived_days)


def leg(version: int, *steps: Step, first: date, last: date | None = None) -> Leg:
    return Leg(version, schedule(steps, first_day=first), last)


def changes(*legs: Leg) -> list[int]:
    """The days of the course on which something changes, counted from 1."""
    return [(each.first - FIRST).days + 1 for each in dose_changes(Course(legs))]


def test_the_first_step_and_every_other_dose_or_pattern_is_a_change() -> None:
    steps = [step("20 mg", days=7), step("10 mg", days=7), step("10 mg", days=14, every=2)]
    assert changes(leg(1, *steps, first=FIRST)) == [1, 8, 15]


def test_a_later_version_that_goes_on_with_the_dose_is_none() -> None:
    second = FIRST + timedelta(days=10)
    before = leg(1, step("20 mg", days=7), step("10 mg", days=7), first=FIRST, last=second - timedelta(days=1))
    after = leg(2, step("10 mg", days=14, lived_days=3), step("10 mg", days=7, every=2), first=second)
    assert changes(before, after) == [1, 8, 25]


def test_one_that_goes_back_to_the_dose_before_is() -> None:
    second = FIRST + timedelta(days=10)
    before = leg(1, step("20 mg", days=7), step("10 mg", days=7), first=FIRST, last=second - timedelta(days=1))
    assert changes(before, leg(2, step("20 mg", days=7), step("10 mg", days=7), first=second)) == [1, 8, 11, 18]


def test_without_a_signature_nothing_changes() -> None:
    assert changes() == []
