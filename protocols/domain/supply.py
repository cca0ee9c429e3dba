"""How long what she has at home will last, counted along the course of her taper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from protocols.domain.amount import Amount
from protocols.domain.course import Course
from protocols.domain.taper_days import SUPPLY_SAID_BEFORE_DAYS

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stock:
    """Units of one strength before the dose of `on`. is_all: counted, so that what was there before is in it."""

    strength: Amount
    count: Decimal
    on: date
    is_all: bool


@dataclass(frozen=True, slots=True)
class Shortage:
    """The first day for which a strength is no longer enough, and how many units are missing to the end.

    missing None: a step is held, and nobody knows yet how long it has to last.
    """

    strength: Amount
    short_on: date
    missing: Decimal | None


def shortages(course: Course, stocks: Iterable[Stock], *, today: date) -> tuple[Shortage, ...]:
    """Where what is at hand ends before the schedule does, soonest first.

    Nothing is said of a strength of which no stock was ever recorded: unknown is not none. What was taken since a
    stock was recorded is counted as scheduled. While a step is held without an end, the days of
    the coming week count.
    """
    recorded = sorted(stocks, key=lambda stock: stock.on)
    if not recorded or course.first_day is None:
        return ()
    last = course.ends_on or today + timedelta(days=SUPPLY_SAID_BEFORE_DAYS)
    found = [_shortage(course, strength, recorded, last=last) for strength in {stock.strength for stock in recorded}]
    return tuple(
        sorted(
            (shortage for shortage in found if shortage is not None and shortage.short_on >= today),
            key=lambda shortage: (shortage.short_on, shortage.strength.value),
        )
    )


def _shortage(course: Course, strength: Amount, recorded: list[Stock], *, last: date) -> Shortage | None:
    own = [stock for stock in recorded if stock.strength == strength]
    left, missing, short_on = Decimal(0), Decimal(0), None
    day = own[0].on
    while day <= last:
        for stock in own:
            if stock.on == day:
                left = stock.count if stock.is_all else left + stock.count
                if left > 0 and short_on is not None:
                    missing, short_on = Decimal(0), None
        needed = _needed(course, strength, day)
        if needed > left:
            missing += needed - left
            short_on = short_on or day
        left = max(Decimal(0), left - needed)
        day += _ONE_DAY
    if short_on is None:
        return None
    return Shortage(strength, short_on, None if course.ends_on is None else missing)


def _needed(course: Course, strength: Amount, day: date) -> Decimal:
    units = (units for dose in course.doses_on(day) for units in dose.units)
    return sum((each.count for each in units if each.strength == strength and not each.per_ml), Decimal(0))
