"""How long the timetable of a day takes: `.venv/bin/python -m tools.bench_dayplan`.

Each line is one kind of day: the middle and the longest time in milliseconds, how many different times the timetables
have, how many days name a contradiction, and how many end unproven because they take too many steps. The last column is
the middle as a multiple of that for the first kind, measured in the same sitting: on a busy machine a ratio says more
than milliseconds, which are those of the processor. A seed draws the same days again; the days of `tools.hard_days`
come last.
"""

import argparse
from collections.abc import Iterable, Sequence
from datetime import time
from decimal import Decimal
from random import Random
from statistics import median
from time import process_time
from typing import Final, NamedTuple

from protocols.domain.dayplan import plan_day
from protocols.domain.dayplan_best import anyhow
from protocols.domain.dayplan_problem import Problem
from protocols.domain.dayplan_terms import BEDTIME, MEALS, WAKE, BeforeMeal, Day, DayIntake, Food, Spacing
from protocols.domain.dayplan_times import DayTimes
from protocols.domain.dayplan_work import STEPS_OF_A_DAY, Work
from tools.hard_days import HARD, Asked, spaced

DAY: Final = Day(time(7), time(22, 30), {"breakfast": time(7, 30), "lunch": time(12, 30), "dinner": time(18, 30)})


class Kind(NamedTuple):
    """Days with so many intakes and spacings of so many hours.

    fits: only spacings that leave a timetable. clash: besides, two that are tied to one meal and must lie apart from
    each other and from the first three.
    """

    words: str
    intakes: int
    spacings: int
    hours: tuple[int, ...]
    fits: bool = True
    clash: bool = False


KINDS: Final = (
    Kind("4 intakes, 1 spacing", 4, 1, (2, 3, 4)),
    Kind("a clinic’s day: 20 intakes, 25 spacings", 20, 25, (2, 3, 4)),
    Kind("20 intakes, 25 short spacings", 20, 25, (1, 2)),
    Kind("30 intakes, 40 spacings", 30, 40, (2, 3, 4)),
    Kind("30 intakes, 60 short spacings", 30, 60, (1, 2)),
    Kind("20 intakes, 25 spacings that contradict", 20, 25, (2, 3, 4), fits=False),
    Kind("a clinic’s day with one contradiction", 20, 25, (2, 3, 4), clash=True),
)


def day_drawn(seed: int, kind: Kind) -> Asked:
    """One day of a kind. Where one has to fit, a spacing that leaves no timetable is drawn again."""
    random = Random(seed)
    intakes = [_intake(random, f"intake {number}") for number in range(kind.intakes)]
    spacing: list[Spacing] = []
    for _ in range(20 * kind.spacings):
        tried = [*spacing, _spacing(random, intakes, kind.hours)]
        if not kind.fits or anyhow(Problem(DayTimes(DAY, intakes), intakes, tried), Work(STEPS_OF_A_DAY)) is not None:
            spacing = tried
        if len(spacing) == kind.spacings:
            break
    if kind.clash:
        tied = [DayIntake(id=f"tied {number}", before_meal=BeforeMeal("breakfast", 30)) for number in range(2)]
        spacing.append(spaced("tied 0", "tied 1", "2"))
        spacing += [spaced("tied 0", intake.id, "0.5") for intake in intakes[:3]]
        intakes += tied
    return intakes, spacing


def _intake(random: Random, id_: str) -> DayIntake:
    times = random.choice((1, 1, 1, 2, 2, 3, 3, 4))
    food = random.choice((Food.ANY,) * 5 + (Food.WITH,) * 3 + (Food.WITHOUT,) * 2)
    before = None
    if times == 1 and random.random() < 0.15:
        food, before = Food.ANY, BeforeMeal(random.choice(MEALS), 30)
    return DayIntake(
        id=id_,
        times_per_day=min(times, 3) if food is Food.WITH else times,
        food=food,
        before_meal=before,
        min_gap_hours=Decimal(random.choice((4, 4, 3, 2))),
        prefer=(random.choice((*MEALS, WAKE, BEDTIME)),) if random.random() < 0.3 else (),
    )


def _spacing(random: Random, intakes: Sequence[DayIntake], hours: Sequence[int]) -> Spacing:
    a, b = random.sample(range(len(intakes)), 2)
    before, after = Decimal(random.choice(hours)), Decimal(random.choice(hours))
    return Spacing(a=intakes[a].id, b=intakes[b].id, before_hours=before, after_hours=after)


def main() -> None:
    parser = argparse.ArgumentParser(description="How long the timetable of a day takes.")
    parser.add_argument("--days", type=int, default=10, help="so many days of each kind")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(f"{'':44}{'middle':>9}{'longest':>9}{'times':>8}{'clash':>7}{'open':>6}{'ratio':>7}")
    first: float | None = None
    for kind in KINDS:
        drawn = (day_drawn(given.seed + number, kind) for number in range(given.days))
        first = _measure(kind.words, drawn, first)
    for family in HARD:
        _measure(family.words, family.days(), first)


def _measure(words: str, days: Iterable[Asked], first: float | None) -> float:
    """Print the line of these days; the middle of their times, or `first` where that is known."""
    took, times, contradicting, unproven = [], [], 0, 0
    for intakes, spacing in days:
        began = process_time()
        timetable = plan_day(DAY, intakes, spacing)
        took.append(1000 * (process_time() - began))
        times.append(len(timetable.times))
        contradicting += bool(timetable.conflicts)
        unproven += not timetable.is_proven
    middle = median(took)
    first = middle if first is None else first
    print(
        f"{words:44}{middle:7.0f} ms{max(took):6.0f} ms{min(times):4}–{max(times):<3}"
        f"{contradicting:7}{unproven:6}{middle / first:7.1f}",
        flush=True,
    )
    return first


if __name__ == "__main__":
    main()
