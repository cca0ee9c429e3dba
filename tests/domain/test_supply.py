"""How long a supply lasts, against a count by hand."""

from datetime import date, timedelta
from decimal import Decimal

from protocols.domain.amount import Amount
from protocols.domain.course import Course, Leg
from protocols.domain.pattern import Pattern
from protocols.domain.product import Units
from protocols.domain.supply import Shortage, Stock, shortages
from protocols.domain.taper import Dose, Step, schedule
from protocols.domain.window import Window

FIRST = date(2027, 1, 11)
TWENTY, TEN = Amount.parse("20 mg"), Amount.parse("10 mg")


def step(strength: Amount, days: int, pattern: str = "daily") -> Step:
    return Step((Dose("before-breakfast", (Units(strength, Decimal(1)),)),), Pattern.parse(pattern), days)


COURSE = Course((Leg(1, schedule([step(TWENTY, 28), step(TEN, 28), step(TEN, 28, "every 2 days")], first_day=FIRST)),))


def stock(strength: Amount, count: str, *, day: int = 1, is_all: bool = True) -> Stock:
    return Stock(strength, Decimal(count), FIRST + timedelta(days=day - 1), is_all)


def test_enough_says_nothing() -> None:
    assert shortages(COURSE, [stock(TWENTY, "28"), stock(TEN, "42")], today=FIRST) == ()


def test_too_few_say_the_first_day_without_and_how_many_are_missing() -> None:
    found = shortages(COURSE, [stock(TWENTY, "25"), stock(TEN, "30")], today=FIRST)
    assert found == (
        Shortage(TWENTY, FIRST + timedelta(days=25), Decimal(3)),
        # Day 29 to 56 take 28; then day 57 and 59 one each; the next dose day is 61.
        Shortage(TEN, FIRST + timedelta(days=60), Decimal(12)),
    )


def test_of_a_strength_that_nobody_recorded_nothing_is_said() -> None:
    assert shortages(COURSE, [stock(TWENTY, "28")], today=FIRST) == ()
    assert shortages(COURSE, [], today=FIRST) == ()


def test_what_comes_on_top_is_added() -> None:
    assert shortages(COURSE, [stock(TWENTY, "14"), stock(TWENTY, "14", day=10, is_all=False)], today=FIRST) == ()


def test_a_count_at_home_replaces_what_was_reckoned() -> None:
    found = shortages(COURSE, [stock(TWENTY, "28"), stock(TWENTY, "5", day=11)], today=FIRST)
    assert found == (Shortage(TWENTY, FIRST + timedelta(days=15), Decimal(13)),)


def test_a_shortage_that_a_new_supply_ended_is_over() -> None:
    stocks = [stock(TWENTY, "5"), stock(TWENTY, "20", day=9, is_all=False)]
    assert shortages(COURSE, stocks, today=FIRST + timedelta(days=9)) == ()


def test_what_was_short_in_the_past_is_not_said_again() -> None:
    assert shortages(COURSE, [stock(TWENTY, "5")], today=FIRST + timedelta(days=40)) == ()


def test_held_without_an_end_the_coming_week_counts() -> None:
    """28 capsules, held on day 20: they last through day 28, and nobody knows how many it will take."""
    held = schedule(
        [step(TWENTY, 28), step(TEN, 28)], first_day=FIRST, holds=[Window(FIRST + timedelta(days=19), None)]
    )
    course = Course((Leg(1, held),))
    stocks = [stock(TWENTY, "28")]
    assert shortages(course, stocks, today=FIRST + timedelta(days=20)) == ()
    found = (Shortage(TWENTY, FIRST + timedelta(days=28), None),)
    assert shortages(course, stocks, today=FIRST + timedelta(days=21)) == found
    assert shortages(course, stocks, today=FIRST + timedelta(days=28)) == found
