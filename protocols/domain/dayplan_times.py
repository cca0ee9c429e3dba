"""The times of a day at which something could be taken, as positions of one waking day.

A minute is counted from midnight before waking; after the next midnight it goes on beyond 1,440. Sets of candidate
times are bit masks: bit n is the n-th candidate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import time
from functools import partial
from operator import gt, lt
from typing import Final

from protocols.domain.dayplan_terms import BEDTIME, WAKE, Day, DayIntake, Food

MINUTES: Final = 24 * 60
GRID: Final = 30
BEFORE_A_MEAL: Final = 30
"""Minutes before a meal at which the stomach still counts as empty."""
AFTER_A_MEAL: Final = 120
"""Minutes after a meal from which it does again."""


class DayTimes:
    """The candidates: the half-hour grid from waking to bed, both of these, meals, and what intakes name exactly."""

    def __init__(self, day: Day, intakes: Iterable[DayIntake]) -> None:
        intakes = tuple(intakes)
        self.wake: Final = _minute(day.wake)
        self.sleep: Final = self.within(day.sleep)
        self.meals: Final = {name: self.within(at) for name, at in day.meals.items()}
        first_of_grid = -(-self.wake // GRID) * GRID
        found = {self.wake, self.sleep, *self.meals.values(), *range(first_of_grid, self.sleep + 1, GRID)}
        for intake in intakes:
            if intake.before_meal is not None:
                found.add(self.meals[intake.before_meal.meal] - intake.before_meal.minutes)
            found.update(self.place(name) for name in intake.prefer)
        awake = {minute for minute in found if self.is_awake(minute)}
        timed = {self.around(at) for intake in intakes for at in intake.fixed}
        self.minutes: Final = tuple(sorted(awake | timed))
        self.awake: Final = self.where(self.is_awake)
        self._too_close: dict[tuple[int | None, int | None], tuple[tuple[int, ...], tuple[int, ...]]] = {}

    def within(self, at: time) -> int:
        """The minute of a wall time in the waking day; beyond `sleep` if it is not in it."""
        minute = _minute(at)
        return minute if minute >= self.wake else minute + MINUTES

    def around(self, at: time) -> int:
        """The same, but what lies in the night belongs to the end of it that is nearer."""
        minute = self.within(at)
        return minute - MINUTES if minute - self.sleep > self.wake + MINUTES - minute else minute

    def place(self, name: str) -> int:
        """The minute of a preferred place: a meal, “wake”, “bedtime”, or a wall time."""
        if name in self.meals:
            return self.meals[name]
        named = {WAKE: self.wake, BEDTIME: self.sleep}
        return named[name] if name in named else self.within(time.fromisoformat(name))

    def is_awake(self, minute: int) -> bool:
        return self.wake <= minute <= self.sleep

    def where(self, holds: Callable[[int], bool]) -> int:
        """The set of candidates of which something is true."""
        return sum(1 << position for position, minute in enumerate(self.minutes) if holds(minute))

    def bit(self, minute: int) -> int:
        """The set of that candidate alone; empty if it is none."""
        return self.where(lambda each: each == minute)

    def too_close(self, after: int | None, before: int | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Of each time: what is less than `after` minutes behind or ahead; less than `before` ahead or behind.

        None is without end.
        """
        if (after, before) not in self._too_close:
            everything = (1 << len(self.minutes)) - 1
            above = (everything if after is None else self.where(partial(lt, each - after)) for each in self.minutes)
            below = (everything if before is None else self.where(partial(gt, each + before)) for each in self.minutes)
            self._too_close[after, before] = (tuple(above), tuple(below))
        return self._too_close[after, before]

    def suits_food(self, intake: DayIntake) -> int:
        """Where its rule about meals lets it be taken; a time before waking is none."""
        meals, suits = set(self.meals.values()), self.awake
        if intake.food is Food.WITH:
            suits &= self.where(lambda minute: minute in meals)
        if intake.food is Food.WITHOUT:
            suits &= self.where(
                lambda minute: all(minute <= meal - BEFORE_A_MEAL or minute >= meal + AFTER_A_MEAL for meal in meals)
            )
        if intake.before_meal is not None:
            suits &= self.bit(self.meals[intake.before_meal.meal] - intake.before_meal.minutes)
        return suits


def clock(minute: int) -> time:
    """What a clock shows at that minute."""
    hour, rest = divmod(minute % MINUTES, 60)
    return time(hour, rest)


def shown_time(minute: int) -> str:
    return f"{clock(minute):%H:%M}"


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
