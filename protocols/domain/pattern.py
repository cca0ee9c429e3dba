"""Patterns: on which days something is taken or done."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

SHORTEST_INTERVAL_DAYS: Final = 2
LONGEST_INTERVAL_DAYS: Final = 90

_DAY_CODES: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES: Final = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_EVERY: Final = re.compile(r"every ([0-9]{1,4}) days")


class PatternError(ValueError):
    """The pattern cannot be: its text is a sentence that says what to write instead."""


class PatternKind(StrEnum):
    DAILY = "daily"
    INTERVAL = "interval"
    WEEKDAYS = "weekdays"
    AS_NEEDED = "as-needed"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Every day, every N days, certain weekdays, or as needed.

    Build one with `parse` or with `daily`, `every`, `on_weekdays`, `as_needed`. Equal patterns have equal
    text: weekdays stand in the order of the week, and all seven of them are "daily".
    """

    kind: PatternKind
    interval_days: int | None = None
    """N of "every N days", 2 to 90; None for every other kind."""
    weekdays: tuple[int, ...] = ()
    """Monday is 0, as in `date.weekday()`; empty for every other kind."""

    def __post_init__(self) -> None:
        if (self.kind == PatternKind.INTERVAL) != (self.interval_days is not None):
            raise PatternError("Only a pattern of every so many days has a number of days: give one, or leave it out.")
        if (self.kind == PatternKind.WEEKDAYS) != bool(self.weekdays):
            raise PatternError("A pattern of weekdays names at least one, and no other pattern names any.")
        if self.interval_days is not None:
            _require_interval(self.interval_days)
        if self.weekdays:
            _require_weekdays(self.weekdays)

    @classmethod
    def daily(cls) -> Pattern:
        return cls(PatternKind.DAILY)

    @classmethod
    def every(cls, days: int) -> Pattern:
        return cls(PatternKind.INTERVAL, interval_days=days)

    @classmethod
    def on_weekdays(cls, weekdays: Iterable[int]) -> Pattern:
        """Given weekdays in any order (Monday is 0), none twice; all seven make the daily pattern."""
        ordered = tuple(sorted(weekdays))
        if ordered == tuple(range(7)):
            return cls.daily()
        return cls(PatternKind.WEEKDAYS, weekdays=ordered)

    @classmethod
    def as_needed(cls) -> Pattern:
        return cls(PatternKind.AS_NEEDED)

    @classmethod
    def parse(cls, text: str) -> Pattern:
        """Read "daily", "every 2 days", "weekdays mon,thu" or "as needed", in any capitals and spacing."""
        words = " ".join(text.lower().split())
        if words == "daily":
            return cls.daily()
        if words == "as needed":
            return cls.as_needed()
        if interval := _EVERY.fullmatch(words):
            return cls.every(int(interval[1]))
        if words.startswith("weekdays "):
            return cls.on_weekdays(_weekday(code.strip()) for code in words.removeprefix("weekdays ").split(","))
        raise PatternError(
            f"“{text}” is not a pattern. Write “daily”, “every 2 days”, “weekdays mon,thu” or “as needed”."
        )

    def __str__(self) -> str:
        if self.kind == PatternKind.INTERVAL:
            return f"every {self.interval_days} days"
        if self.kind == PatternKind.WEEKDAYS:
            return "weekdays " + ",".join(_DAY_CODES[day] for day in self.weekdays)
        return "daily" if self.kind == PatternKind.DAILY else "as needed"

    def display(self) -> str:
        """The pattern for people: "every day", "every 2 days", "Mondays and Thursdays", "as needed"."""
        if self.kind == PatternKind.DAILY:
            return "every day"
        if self.kind == PatternKind.WEEKDAYS:
            *others, last = (_DAY_NAMES[day] for day in self.weekdays)
            return f"{', '.join(others)} and {last}" if others else last
        return str(self)

    @property
    def is_as_needed(self) -> bool:
        return self.kind == PatternKind.AS_NEEDED

    @property
    def share_of_days(self) -> Fraction | None:
        """On which part of all days it is taken: 1 for every day, 1/7 for once a week; None as needed."""
        if self.is_as_needed:
            return None
        return Fraction(len(self.weekdays), 7) if self.weekdays else Fraction(1, self.interval_days or 1)

    def is_dose_day(self, on: date, *, first_day: date) -> bool:
        """Whether a dose is planned on this day, for something first taken on `first_day`.

        Every N days counts from `first_day`, which is a dose day itself. Before it there is none, whatever
        the pattern. "As needed" plans no day: False, and `is_as_needed` tells it apart from a day of rest.
        """
        if on < first_day or self.is_as_needed:
            return False
        if self.interval_days is not None:
            return (on - first_day).days % self.interval_days == 0
        return not self.weekdays or on.weekday() in self.weekdays


def _require_interval(days: int) -> None:
    if not SHORTEST_INTERVAL_DAYS <= days <= LONGEST_INTERVAL_DAYS:
        raise PatternError(
            f"Every {days} days is not possible: choose {SHORTEST_INTERVAL_DAYS} to {LONGEST_INTERVAL_DAYS} "
            "days, or “daily” for every day."
        )


def _require_weekdays(weekdays: tuple[int, ...]) -> None:
    if any(day not in range(7) for day in weekdays):
        raise PatternError("Weekdays are numbered from 0, Monday, to 6, Sunday.")
    if len(set(weekdays)) < len(weekdays):
        raise PatternError("A weekday is named twice: name each day once.")
    if list(weekdays) != sorted(weekdays) or len(weekdays) == len(_DAY_CODES):
        raise PatternError("Weekdays stand in the order of the week, and all seven are “daily”.")


def _weekday(code: str) -> int:
    if code not in _DAY_CODES:
        raise PatternError(f"“{code}” is not a weekday. Write {', '.join(_DAY_CODES)}, with commas between them.")
    return _DAY_CODES.index(code)
