"""What must be true of a day before it is planned; each mistake is named by its path."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from decimal import Decimal
from typing import Final

from protocols.domain.dayplan_terms import BEDTIME, MEALS, WAKE, Day, DayError, DayIntake, Food, Spacing
from protocols.domain.dayplan_times import DayTimes
from protocols.domain.document import shown

MOST_INTAKES: Final = 100
MOST_TIMES_A_DAY: Final = 24
MOST_HOURS: Final = 24
MOST_MINUTES_BEFORE: Final = 720


def check_day(day: Day, intakes: Sequence[DayIntake], spacing: Sequence[Spacing]) -> DayTimes:
    """The times of this day. Raises `DayError` for what cannot be planned."""
    if day.wake == day.sleep:
        raise DayError("no_waking_day", "sleep", "Bed and getting up are at the same time: correct one of them.")
    if len(intakes) > MOST_INTAKES:
        raise DayError("too_many", "intakes", f"At most {MOST_INTAKES} intakes are possible in a day.")
    awake = DayTimes(day, ())
    for name, minute in awake.meals.items():
        if name not in MEALS:
            raise DayError("unknown_meal", f"meals.{shown(name)}", f"Meals are {', '.join(MEALS)}: use one of these.")
        if not awake.is_awake(minute):
            raise DayError(
                "meal_outside_the_day",
                f"meals.{name}",
                f"{name.capitalize()} lies outside the waking day: correct it, or when the day begins and ends.",
            )
    known: set[str] = set()
    for position, intake in enumerate(intakes):
        path = f"intakes[{position}]"
        if intake.id in known:
            raise DayError("id_twice", f"{path}.id", f"“{shown(intake.id)}” is there twice: give each its own id.")
        known.add(intake.id)
        _check_intake(intake, path, day, awake)
    for position, entry in enumerate(spacing):
        _check_spacing(entry, f"spacing[{position}]", known)
    times = DayTimes(day, intakes)
    for position, intake in enumerate(intakes):
        if not intake.fixed and intake.times_per_day > times.awake.bit_count():
            raise DayError(
                "too_many_times",
                f"intakes[{position}].times_per_day",
                f"The waking day has only {times.awake.bit_count()} times at which something can be taken.",
            )
    return times


def _check_intake(intake: DayIntake, path: str, day: Day, awake: DayTimes) -> None:
    if not 1 <= intake.times_per_day <= MOST_TIMES_A_DAY:
        raise DayError(
            "times_out_of_range",
            f"{path}.times_per_day",
            f"Something is taken 1 to {MOST_TIMES_A_DAY} times a day: {intake.times_per_day} is not possible.",
        )
    _check_hours(intake.min_gap_hours, f"{path}.min_gap_hours")
    if intake.before_meal is not None:
        _check_before_meal(intake, f"{path}.before_meal", day)
    for place in intake.prefer:
        if place not in (*day.meals, WAKE, BEDTIME) and not _is_awake_at(place, awake):
            places = ", ".join([*day.meals, WAKE, BEDTIME])
            raise DayError(
                "unknown_place", f"{path}.prefer", f"“{shown(place)}” is no place in this day. Write {places}."
            )
    if len(set(intake.prefer)) != len(intake.prefer) or len(intake.prefer) > intake.times_per_day:
        raise DayError(
            "too_many_places", f"{path}.prefer", "Name each place once, and no more places than times a day."
        )
    if intake.fixed:
        if len(set(intake.fixed)) != len(intake.fixed) or len(intake.fixed) != intake.times_per_day:
            raise DayError("fixed_times", f"{path}.fixed", "Fix as many different times as it is taken a day.")
        if intake.food is not Food.ANY or intake.before_meal is not None or intake.prefer:
            raise DayError("contradiction", f"{path}.fixed", "At fixed times nothing is asked of meals or places.")


def _check_before_meal(intake: DayIntake, path: str, day: Day) -> None:
    assert intake.before_meal is not None
    if intake.before_meal.meal not in day.meals:
        raise DayError(
            "unknown_meal",
            f"{path}.meal",
            f"“{shown(intake.before_meal.meal)}” is no meal of this day: add its time to “meals”, or name another.",
        )
    if not 1 <= intake.before_meal.minutes <= MOST_MINUTES_BEFORE:
        raise DayError(
            "minutes_out_of_range", f"{path}.minutes", f"Write 1 to {MOST_MINUTES_BEFORE} minutes before the meal."
        )
    if intake.times_per_day != 1:
        raise DayError("before_meal_once", path, "Before a meal is possible only for what is taken once a day.")
    if intake.food is Food.WITH:
        raise DayError("contradiction", path, "With food and before a meal contradict each other: leave one out.")


def _check_spacing(entry: Spacing, path: str, known: set[str]) -> None:
    for key, id_ in (("a", entry.a), ("b", entry.b)):
        if id_ not in known:
            raise DayError("unknown_id", f"{path}.{key}", f"“{shown(id_)}” is no id of an intake: correct it.")
    if entry.a == entry.b:
        raise DayError("same_id", f"{path}.b", "Nothing keeps a distance from itself: “min_gap_hours” says that.")
    for key, hours in (("before_hours", entry.before_hours), ("after_hours", entry.after_hours)):
        if hours is not None:
            _check_hours(hours, f"{path}.{key}")


def _check_hours(hours: Decimal, path: str) -> None:
    if not 0 <= hours <= MOST_HOURS:
        raise DayError("hours_out_of_range", path, f"Write 0 to {MOST_HOURS} hours.")
    if hours * 60 != int(hours * 60):
        raise DayError("no_whole_minutes", path, "These hours make no whole minutes: write, say, 2, 2.5 or 2.25.")


def _is_awake_at(place: str, awake: DayTimes) -> bool:
    try:
        return awake.is_awake(awake.within(time.fromisoformat(place)))
    except ValueError:
        return False
