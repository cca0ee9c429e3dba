"""Days for tests: a usual one, its intakes and spacings in few words, and timetables found by trying everything out.

What is tried out here knows nothing of the code under test but the shapes of its input: rules are read anew from
minutes, and each answer is the best of all possible ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import time
from decimal import Decimal
from itertools import combinations, product
from typing import Any

from protocols.domain.dayplan import Timetable
from protocols.domain.dayplan_terms import BeforeMeal, Day, DayIntake, Food, Spacing

USUAL = Day(time(7), time(22, 30), {"breakfast": time(7, 30), "lunch": time(12, 30), "dinner": time(18, 30)})


def taken(id_: str, times_per_day: int = 1, **rules: Any) -> DayIntake:
    """An intake; `before=("breakfast", 30)`, `gap=2` and `prefer="wake"` are short for what they say."""
    if "before" in rules:
        rules["before_meal"] = BeforeMeal(*rules.pop("before"))
    if "gap" in rules:
        rules["min_gap_hours"] = Decimal(rules.pop("gap"))
    if isinstance(rules.get("prefer"), str):
        rules["prefer"] = (rules["prefer"],)
    return DayIntake(id=id_, times_per_day=times_per_day, **rules)


def apart(a: str, b: str, before: float | str | None, after: float | str | None) -> Spacing:
    return Spacing(
        a=a,
        b=b,
        before_hours=None if before is None else Decimal(before),
        after_hours=None if after is None else Decimal(after),
    )


def shown(timetable: Timetable) -> list[tuple[str, str]]:
    """Each time with what is taken then: ("07:00", "a b")."""
    return [(f"{each.at:%H:%M}", " ".join(each.take)) for each in timetable.times]


Requirement = tuple[str, int]
"""“food” or “gap” and the position of the intake, or “spacing” and the position of the entry."""


class Tried:
    """A small day in which every possible timetable is looked at."""

    def __init__(self, day: Day, intakes: Sequence[DayIntake], spacing: Sequence[Spacing]) -> None:
        self.intakes, self.spacing = intakes, spacing
        self.wake = minute(day.wake)
        self.sleep = self.in_day(day.sleep)
        self.meals = {name: self.in_day(at) for name, at in day.meals.items()}
        self.candidates = sorted(self._candidates())

    def requirements(self) -> list[Requirement]:
        """In input order: the food rule and the gap of each intake, then the spacings."""
        found: list[Requirement] = []
        for position, intake in enumerate(self.intakes):
            if intake.food is not Food.ANY or intake.before_meal:
                found.append(("food", position))
            if intake.times_per_day > 1 and intake.min_gap_hours > 0:
                found.append(("gap", position))
        return found + [("spacing", position) for position in range(len(self.spacing))]

    def timetables(self, kept: Iterable[Requirement]) -> Iterator[tuple[tuple[int, ...], ...]]:
        """The minutes of each intake, for every timetable that obeys these requirements."""
        kept = set(kept)
        choices = [
            [
                chosen
                for chosen in combinations(self.candidates, intake.times_per_day)
                if (("food", position) not in kept or all(self.food_allows(intake, at) for at in chosen))
                and (("gap", position) not in kept or self.gap_allows(intake, chosen))
            ]
            for position, intake in enumerate(self.intakes)
        ]
        yield from (
            placed
            for placed in product(*choices)
            if all(
                self.spacing_allows(entry, placed)
                for position, entry in enumerate(self.spacing)
                if ("spacing", position) in kept
            )
        )

    def best(self, kept: Iterable[Requirement]) -> tuple[tuple[int, ...], ...] | None:
        """Fewest times, most preferences, earliest times, earliest intakes in input order."""
        return min(self.timetables(kept), key=self.worth, default=None)

    def worth(self, placed: tuple[tuple[int, ...], ...]) -> tuple[Any, ...]:
        times = sorted({at for chosen in placed for at in chosen})
        return len(times), -self.followed(placed), times, placed

    def followed(self, placed: tuple[tuple[int, ...], ...]) -> int:
        places = {**self.meals, "wake": self.wake, "bedtime": self.sleep}
        return sum(
            places[name] in chosen
            for intake, chosen in zip(self.intakes, placed, strict=True)
            for name in intake.prefer
        )

    def smallest_conflict(self, among: Sequence[Requirement]) -> tuple[Requirement, ...] | None:
        for size in range(len(among) + 1):
            for chosen in combinations(among, size):
                if next(self.timetables(chosen), None) is None:
                    return chosen
        return None

    def _candidates(self) -> set[int]:
        found = {self.wake, self.sleep, *self.meals.values()}
        found |= {at for at in range(0, 3000, 30) if self.wake <= at <= self.sleep}
        for intake in self.intakes:
            if intake.before_meal:
                at = self.meals[intake.before_meal.meal] - intake.before_meal.minutes
                found |= {at} if at >= self.wake else set()
        return found

    def food_allows(self, intake: DayIntake, at: int) -> bool:
        if intake.before_meal and at != self.meals[intake.before_meal.meal] - intake.before_meal.minutes:
            return False
        if intake.food is Food.WITH:
            return at in self.meals.values()
        if intake.food is Food.WITHOUT:
            return not any(meal - 30 < at < meal + 120 for meal in self.meals.values())
        return True

    @staticmethod
    def gap_allows(intake: DayIntake, chosen: tuple[int, ...]) -> bool:
        return all(b - a >= intake.min_gap_hours * 60 for a, b in combinations(chosen, 2))

    def spacing_allows(self, entry: Spacing, placed: tuple[tuple[int, ...], ...]) -> bool:
        times = {intake.id: chosen for intake, chosen in zip(self.intakes, placed, strict=True)}
        return all(
            (entry.before_hours is not None and b - a >= entry.before_hours * 60)
            or (entry.after_hours is not None and a - b >= entry.after_hours * 60)
            for a in times[entry.a]
            for b in times[entry.b]
        )

    def in_day(self, at: time) -> int:
        return minute(at) if minute(at) >= self.wake else minute(at) + 1440


def minute(at: time) -> int:
    return at.hour * 60 + at.minute
