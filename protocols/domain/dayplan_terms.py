"""What a timetable of one day is made from: the day, what is taken in it, and what must lie apart.

Wall times of one waking day: no dates and no zone. Bed after midnight belongs to the same day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from enum import StrEnum
from typing import Final

from protocols.domain.taper_error import DocumentError

MEALS: Final = ("breakfast", "lunch", "dinner")
WAKE: Final = "wake"
BEDTIME: Final = "bedtime"
USUAL_GAP_HOURS: Final = Decimal(4)


class DayError(DocumentError):
    """A day that cannot be planned as it is written; `field` is a path such as “intakes[2].prefer”."""


class Food(StrEnum):
    ANY = "any"
    WITH = "with"
    """At a meal."""
    WITHOUT = "without"
    """At least 30 minutes before and at least 2 hours after any meal."""


class Rule(StrEnum):
    """The kinds of requirement that can contradict each other."""

    SPACING = "spacing"
    FOOD = "food"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Day:
    """When somebody gets up, goes to bed and eats. `meals`: any of breakfast, lunch and dinner, by name."""

    wake: time
    sleep: time
    meals: Mapping[str, time] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BeforeMeal:
    """Exactly so many minutes before a meal."""

    meal: str
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayIntake:
    """Something that is taken so many times a day.

    id: the caller's own name for it; the texts of a timetable use it.
    prefer: places for some of its times, each a meal's name, “wake”, “bedtime” or a wall time as “10:00”.
    fixed: the wall times at which it must be taken because its prescriber said so; all of them or none. Nothing
    else is asked of such an intake, and they may lie outside the waking day.
    """

    id: str
    times_per_day: int = 1
    food: Food = Food.ANY
    before_meal: BeforeMeal | None = None
    min_gap_hours: Decimal = USUAL_GAP_HOURS
    prefer: tuple[str, ...] = ()
    fixed: tuple[time, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacing:
    """Every time of `a` is at least `before_hours` before, or at least `after_hours` after, every time of `b`.

    A side that is None is never good enough, however far apart the two are.
    """

    a: str
    b: str
    before_hours: Decimal | None
    after_hours: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One thing that a timetable must obey, and that may have to give way.

    position: of its intake, or of its entry among the spacings.
    """

    rule: Rule
    position: int
    ids: tuple[str, ...]


def requirements_of(intakes: Iterable[DayIntake], spacing: Iterable[Spacing]) -> tuple[Requirement, ...]:
    """All of them in input order: of each intake its food rule and its gap, then the spacings."""
    found: list[Requirement] = []
    for position, intake in enumerate(intakes):
        if intake.fixed:
            continue
        if intake.food is not Food.ANY or intake.before_meal is not None:
            found.append(Requirement(rule=Rule.FOOD, position=position, ids=(intake.id,)))
        if intake.times_per_day > 1 and intake.min_gap_hours > 0:
            found.append(Requirement(rule=Rule.GAP, position=position, ids=(intake.id,)))
    for position, entry in enumerate(spacing):
        found.append(Requirement(rule=Rule.SPACING, position=position, ids=(entry.a, entry.b)))
    return tuple(found)
