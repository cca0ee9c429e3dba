"""The timetable of a day: the fewest times at which everything that is taken keeps its distances.

Of the timetables with the fewest different times those count that follow the most preferences; of these the one with
the earliest times; and at these each intake, in input order, is taken as early as possible. All of it is exact, and the
same day gives the same timetable. Where that takes too many steps, the best timetable that was found is said not to be
proven.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from protocols.domain.dayplan_best import best
from protocols.domain.dayplan_check import check_day
from protocols.domain.dayplan_conflicts import conflicts_of
from protocols.domain.dayplan_network import Domains
from protocols.domain.dayplan_problem import Problem
from protocols.domain.dayplan_reasons import Explained, Moved, explained, moved
from protocols.domain.dayplan_search import single, union
from protocols.domain.dayplan_terms import Day, DayIntake, Requirement, Rule, Spacing
from protocols.domain.dayplan_times import clock
from protocols.domain.dayplan_words import requirement_in_words
from protocols.domain.dayplan_work import STEPS_OF_A_DAY, Work


@dataclass(frozen=True, slots=True)
class Taking:
    """One time of the day, and the ids of what is taken then, in input order."""

    at: time
    take: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A requirement that had to give way.

    set: which smallest set it belongs to, from 1; those of one set cannot stand together. Where the rest still had no
    timetable, a further set follows.
    """

    ids: tuple[str, ...]
    rule: Rule
    text: str
    set: int


@dataclass(frozen=True, slots=True)
class Timetable:
    """Everything of the day at its times, from waking to bed; what was not followed, and why; what contradicts.

    is_proven: there is no better one, and each set of `conflicts` is a smallest one that cannot stand together. If
    not, the timetable still keeps every requirement but those named in `conflicts`.
    """

    times: tuple[Taking, ...]
    moved: tuple[Moved, ...]
    conflicts: tuple[Conflict, ...]
    explained: tuple[Explained, ...]
    is_proven: bool


def plan_day(day: Day, intakes: Sequence[DayIntake], spacing: Sequence[Spacing]) -> Timetable:
    """The best timetable; where nothing fits, the best one without the requirements named in `conflicts`.

    Never without an intake. Raises `DayError` for a day that is written wrongly.
    """
    intakes, spacing = list(intakes), list(spacing)
    times = check_day(day, intakes, spacing)
    problem = Problem(times, intakes, spacing)
    placing, is_proven = best(problem, Work(STEPS_OF_A_DAY))
    sets: tuple[tuple[Requirement, ...], ...] = ()
    if placing is None:
        sets, are_smallest = conflicts_of(problem)
        problem = Problem(times, intakes, spacing, without=[each for found in sets for each in found])
        placing, is_proven = best(problem, Work(STEPS_OF_A_DAY))
        is_proven = is_proven and are_smallest
    assert placing is not None, "Without what contradicts there is a timetable."
    return Timetable(
        times=_takings(problem, placing),
        moved=moved(problem, placing),
        conflicts=tuple(
            Conflict(each.ids, each.rule, requirement_in_words(each, intakes, spacing), number)
            for number, found in enumerate(sets, start=1)
            for each in found
        ),
        explained=explained(problem, placing, [each for found in sets for each in found]),
        is_proven=is_proven,
    )


def _takings(problem: Problem, placing: Domains) -> tuple[Taking, ...]:
    return tuple(
        Taking(
            clock(problem.times.minutes[at.bit_length() - 1]),
            tuple(
                intake.id
                for intake, doses in zip(problem.intakes, problem.doses, strict=True)
                if any(placing[dose] == at for dose in doses)
            ),
        )
        for at in single(union(placing))
    )
