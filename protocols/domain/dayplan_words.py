"""The rules of a day in words, as people read them beside a timetable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from protocols.domain.dayplan_terms import DayIntake, Food, Requirement, Rule, Spacing
from protocols.domain.dayplan_times import shown_time


def requirement_in_words(requirement: Requirement, intakes: Sequence[DayIntake], spacing: Sequence[Spacing]) -> str:
    """A whole sentence."""
    if requirement.rule is Rule.SPACING:
        entry = spacing[requirement.position]
        return f"{entry.a} must be {distance_in_words(entry, entry.b)}."
    intake = intakes[requirement.position]
    if requirement.rule is Rule.FOOD:
        return f"{intake.id} must be taken {food_in_words(intake)}."
    return f"{intake.id}, {intake.times_per_day} times a day, must be taken {gap_in_words(intake)}."


def distance_in_words(entry: Spacing, other: str) -> str:
    """What the spacing asks of `a`: “at least 2 hours before or 6 hours after iron”."""
    before, after = entry.before_hours, entry.after_hours
    if before is None and after is None:
        return f"on another day than {other}, as neither side of it is stated"
    if before == after and before is not None:
        return f"at least {hours_in_words(before)} from {other}"
    sides = [
        f"{hours_in_words(hours)} {side}" for hours, side in ((before, "before"), (after, "after")) if hours is not None
    ]
    return f"at least {' or '.join(sides)} {other}"


def turned(entry: Spacing) -> Spacing:
    """The same spacing, said of `b`."""
    return Spacing(a=entry.b, b=entry.a, before_hours=entry.after_hours, after_hours=entry.before_hours)


def food_in_words(intake: DayIntake) -> str:
    without = "without food, at least 30 minutes before and 2 hours after any meal"
    if intake.before_meal is None:
        return "at a meal" if intake.food is Food.WITH else without
    exact = f"{intake.before_meal.minutes} minutes before {intake.before_meal.meal}"
    return f"{exact} and {without}" if intake.food is Food.WITHOUT else exact


def gap_in_words(intake: DayIntake) -> str:
    return f"at least {hours_in_words(intake.min_gap_hours)} apart"


def hours_in_words(hours: Decimal) -> str:
    written = f"{hours.normalize():f}"
    return f"{written} hour" if hours == 1 else f"{written} hours"


def times_in_words(minutes: Iterable[int]) -> str:
    return listed(shown_time(minute) for minute in minutes)


def listed(words: Iterable[str]) -> str:
    """“a, b and c”."""
    *most, last = list(words)
    return f"{', '.join(most)} and {last}" if most else last
