"""Days made to be hard for the timetable: more than anybody takes, all of it apart, or too much of it.

`tools.bench_dayplan` measures them beside realistic days; tests hold them to their bounds.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import combinations
from random import Random
from typing import Final, NamedTuple

from protocols.domain.dayplan_terms import BEDTIME, MEALS, WAKE, DayIntake, Food, Spacing

Asked = tuple[list[DayIntake], list[Spacing]]
HALF_HOURS_AWAKE: Final = 31
"""Of the day in `tools.bench_dayplan`: 07:00 to 22:30."""


class Family(NamedTuple):
    """So many days of one kind: each from how many intakes it has."""

    words: str
    sizes: range
    day: Callable[[int], Asked]

    def days(self) -> Iterator[Asked]:
        return (self.day(size) for size in self.sizes)


def all_apart(intakes: list[DayIntake], hours: Callable[[int], str]) -> Asked:
    """Each pair of these so many hours apart; `hours` is asked with the number of the pair."""
    pairs = combinations([intake.id for intake in intakes], 2)
    return intakes, [spaced(a, b, hours(number)) for number, (a, b) in enumerate(pairs)]


def spaced(a: str, b: str, before: str, after: str | None = None) -> Spacing:
    return Spacing(a=a, b=b, before_hours=Decimal(before), after_hours=Decimal(before if after is None else after))


def _plain(number: int) -> list[DayIntake]:
    return [DayIntake(id=f"intake {each}") for each in range(number)]


def _three_hours_apart(number: int) -> Asked:
    return all_apart(_plain(number), lambda _: "3")


def _as_far_as_they_can(number: int) -> Asked:
    return all_apart(_plain(number), lambda _: str(Decimal(HALF_HOURS_AWAKE // (number - 1)) / 2))


def _apart_and_all_different(number: int) -> Asked:
    """Three hours apart, but no two are alike: meals, places, distances to something else."""
    random = Random(number)
    foods = (Food.ANY, Food.ANY, Food.ANY, Food.WITH, Food.WITHOUT)
    places = ((), (), (WAKE,), (BEDTIME,), *((meal,) for meal in MEALS))
    intakes = [
        DayIntake(id=f"intake {each}", food=random.choice(foods), prefer=random.choice(places))
        for each in range(number)
    ]
    _, spacing = all_apart(intakes, lambda _: "3")
    beside = DayIntake(id="beside", times_per_day=2)
    spacing += [spaced("beside", f"intake {each}", "0.5", str(each % 3)) for each in range(0, number, 2)]
    return [*intakes, beside], spacing


def _apart_by_various_hours(number: int) -> Asked:
    return all_apart(_plain(number), lambda pair: ("2", "3", "2.5", "4", "1.5")[pair % 5])


def _shortly_apart_by_various_hours(number: int) -> Asked:
    return all_apart(_plain(number), lambda pair: ("1", "1.5", "0.5")[pair % 3])


def _thirty_often(spacings: int) -> Asked:
    random = Random(spacings)
    intakes = [
        DayIntake(id=f"intake {each}", times_per_day=1 + each % 3, food=(Food.ANY, Food.WITHOUT)[each % 5 == 0])
        for each in range(30)
    ]
    pairs = random.sample(list(combinations([intake.id for intake in intakes], 2)), spacings)
    return intakes, [spaced(a, b, random.choice(("0.5", "1", "2"))) for a, b in pairs]


def _three_times_a_day(number: int) -> Asked:
    """Gaps of 4 to 6 hours, and half an hour to two hours between every third pair."""
    gaps = ("4", "4.5", "5", "5.5", "6")
    intakes = [
        DayIntake(id=f"intake {n}", times_per_day=3, min_gap_hours=Decimal(gaps[n % 5]), prefer=(MEALS[n % 3],))
        for n in range(number)
    ]
    pairs = list(combinations([intake.id for intake in intakes], 2))
    return intakes, [spaced(a, b, ("0.5", "1", "2")[each % 3]) for each, (a, b) in enumerate(pairs[::3])]


HARD: Final = (
    Family("5–12 intakes, all 3 hours apart", range(5, 13), _three_hours_apart),
    Family("5–12 intakes, as far apart as they can be", range(5, 13), _as_far_as_they_can),
    Family("5–12 intakes, 3 hours apart, all different", range(5, 13), _apart_and_all_different),
    Family("5–12 intakes, 1.5–4 hours apart", range(5, 13), _apart_by_various_hours),
    Family("5–12 intakes, 0.5–1.5 hours apart", range(5, 13), _shortly_apart_by_various_hours),
    Family("30 intakes 1–3 times, 20–100 spacings", range(20, 101, 10), _thirty_often),
    Family("4–12 intakes 3 times a day, 4–6 hours", range(4, 13), _three_times_a_day),
)
