"""What somebody has at home of one order, as plain facts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class CountState:
    """All that there was before that day’s doses. noted_on: her date on which it was written down."""

    count: Decimal
    on: date
    noted_on: date


@dataclass(frozen=True, slots=True)
class HomeState:
    """One order that is taken daily, so many units a day, with its counts in the order in which they were noted.

    phases: the keys of the one it begins with and of the one it ends with. rests: its own days on hold, the last of
    each None while it is on. ends_on: its own last day, if somebody said it. lengthened_on: her dates on which its
    phases came sooner or were to end later, it was let go on after them, or taken again.
    """

    code: str
    is_open: bool
    phases: tuple[str, str]
    starts_after_days: int
    ends_on: date | None
    a_day: Decimal
    rests: tuple[tuple[date, date | None], ...]
    counts: tuple[CountState, ...]
    lengthened_on: tuple[date, ...] = ()
