"""Why a day has no timetable: a smallest set of requirements that cannot stand together.

A set of requirements cannot stand exactly if it shares a member with whatever any placing breaks. So the smallest set
that does so for a few placings is asked about: if it can stand, its own placing breaks something new. The first that
cannot stand is a smallest one, and of equals the first in input order. Where that takes too much work, a set is named
of which nothing can be left out; and where even that is too much, whatever was not found to fit beside the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from protocols.domain.dayplan_best import anyhow
from protocols.domain.dayplan_equals import first_all_joined, times_apart
from protocols.domain.dayplan_problem import Problem, are_apart, minutes_of
from protocols.domain.dayplan_search import union
from protocols.domain.dayplan_terms import DayIntake, Requirement, Rule, Spacing, requirements_of
from protocols.domain.dayplan_work import (
    STEPS_OF_A_CONFLICT,
    STEPS_OF_A_PROOF,
    STEPS_OF_A_QUESTION,
    Work,
    WorkSpent,
)
from protocols.domain.hitting_set import smallest_hitting_set

STEPS_TO_ASK: Final = 10
"""What each requirement costs a question, beside the search."""


class Clash(NamedTuple):
    """Sets of requirements that have to give way. is_proven: each set cannot stand, and there is no smaller one."""

    sets: tuple[tuple[Requirement, ...], ...]
    is_proven: bool


def conflicts_of(problem: Problem) -> Clash:
    """Smallest sets of requirements, one after the other, until the rest has a timetable; none if all of it has one."""
    try:
        return _smallest_sets(problem)
    except WorkSpent:
        return Clash((_not_found_to_fit(problem),), is_proven=False)


def _smallest_sets(problem: Problem) -> Clash:
    order = {each: number for number, each in enumerate(requirements_of(problem.intakes, problem.spacing))}
    found: list[tuple[Requirement, ...]] = []
    effort = _Effort(Work(STEPS_OF_A_PROOF), Work(STEPS_OF_A_CONFLICT))
    parts = list(_impossible_parts(problem, effort))
    waiting = list(parts)
    smallest = [part.smallest() for part in waiting]
    while waiting:
        # Parts share no requirement: taking one away changes the others in nothing.
        first = min(smallest, key=lambda each: (len(each), [order[requirement] for requirement in each]))
        found.append(first)
        part = waiting.pop(smallest.index(first))
        smallest.remove(first)
        if part.is_impossible_without(first):
            waiting.append(part)
            smallest.append(part.smallest())
    return Clash(tuple(found), all(part.is_proven for part in parts))


def _not_found_to_fit(problem: Problem) -> tuple[Requirement, ...]:
    """What was not soon found to fit beside all that comes before it in input order and did."""
    gone = requirements = requirements_of(problem.intakes, problem.spacing)
    work = Work(STEPS_OF_A_CONFLICT)
    for each in requirements:
        fewer = tuple(other for other in gone if other != each)
        try:
            with work.at_most(STEPS_OF_A_QUESTION):
                work.step(STEPS_TO_ASK * len(problem.domains))
                tried = Problem(problem.times, problem.intakes, problem.spacing, without=fewer)
                if anyhow(tried, work) is not None:
                    gone = fewer
        except WorkSpent:
            continue
    return gone


def _impossible_parts(problem: Problem, effort: _Effort) -> Iterator[_Part]:
    """Each group of intakes that spacings join and that has no places even by itself."""
    intake_of = {dose: position for position, doses in enumerate(problem.doses) for dose in doses}
    for group in problem.network.groups:
        part = _Part(problem, sorted({intake_of[dose] for dose in group}), effort)
        if part.is_impossible_without(()):
            yield part


class _Effort(NamedTuple):
    """What all parts of a day may cost together: proving that sets are smallest, and finding sets at all."""

    proving: Work
    reducing: Work


class _Part:
    """Some intakes of a day that spacings join, and the requirements among them that still count."""

    def __init__(self, problem: Problem, positions: Sequence[int], effort: _Effort) -> None:
        intakes = [problem.intakes[position] for position in positions]
        ids = {intake.id for intake in intakes}
        among = [position for position, entry in enumerate(problem.spacing) if entry.a in ids]
        self._times: Final = problem.times
        self._intakes: Final[Sequence[DayIntake]] = intakes
        self._spacing: Final[Sequence[Spacing]] = [problem.spacing[position] for position in among]
        self._inside: Final = requirements_of(self._intakes, self._spacing)
        self._outside: Final = [
            Requirement(
                rule=each.rule,
                position=(among if each.rule is Rule.SPACING else positions)[each.position],
                ids=each.ids,
            )
            for each in self._inside
        ]
        self._counting = (1 << len(self._inside)) - 1
        self._breakable: list[int] = []
        """Sets of requirements of which some placing breaks all and nothing else."""
        self._effort: Final = effort
        self._work = effort.proving
        self.is_proven = True

    def is_impossible_without(self, gone: Sequence[Requirement]) -> bool:
        """Take these away for good; whether there is still no place for everything. May raise `WorkSpent`."""
        for number, each in enumerate(self._outside):
            if each in gone:
                self._counting &= ~(1 << number)
        self._breakable = [each & self._counting for each in self._breakable]
        self._work = self._effort.reducing
        return self._broken(self._counting) is None

    def smallest(self) -> tuple[Requirement, ...]:
        """The first of the smallest sets of requirements that cannot stand together. May raise `WorkSpent`."""
        self._work = self._effort.proving
        try:
            return self._named(self._of_equals() or self._smallest())
        except WorkSpent:
            self.is_proven = False
            self._work = self._effort.reducing
            return self._named(self._irreducible())

    def _smallest(self) -> int:
        while True:
            candidate = smallest_hitting_set(self._breakable, self._work)
            breaks = self._broken(candidate)
            if breaks is None:
                return candidate
            self._breakable.append(self._fewest_broken(breaks))

    def _of_equals(self) -> int | None:
        """The same, where all that counts is one distance among intakes that are taken once; else None."""
        numbers = [number for number in range(len(self._inside)) if self._counting >> number & 1]
        kept = [self._inside[number] for number in numbers]
        if any(each.rule is not Rule.SPACING for each in kept):
            return None
        entries = [self._spacing[each.position] for each in kept]
        sides = {hours for entry in entries for hours in (entry.before_hours, entry.after_hours)}
        if len(sides) != 1 or any(intake.fixed or intake.times_per_day > 1 for intake in self._intakes):
            return None
        hours = sides.pop()
        if not hours:
            return None
        minutes = [minute for minute in self._times.minutes if self._times.is_awake(minute)]
        position = {intake.id: number for number, intake in enumerate(self._intakes)}
        pairs = [(position[entry.a], position[entry.b]) for entry in entries]
        found = first_all_joined(times_apart(minutes, minutes_of(hours)) + 1, pairs, self._work)
        return None if found is None else union(1 << numbers[number] for number in found)

    def _fewest_broken(self, breaks: int) -> int:
        """Of what a placing breaks, a part of which everything must be broken if the rest is obeyed."""
        for bit in _bits(breaks):
            if breaks & bit:
                fewer = self._broken(self._counting & ~breaks | bit)
                breaks = breaks if fewer is None else fewer
        return breaks

    def _irreducible(self) -> int:
        kept = self._counting
        for bit in reversed(list(_bits(kept))):
            if self._broken(kept & ~bit) is None:
                kept &= ~bit
        return kept

    def _broken(self, kept: int) -> int | None:
        """What a placing that obeys these requirements breaks of those that count; None if there is none."""
        self._work.step(STEPS_TO_ASK * len(self._inside))
        others = [each for number, each in enumerate(self._inside) if not kept >> number & 1]
        problem = Problem(self._times, self._intakes, self._spacing, without=others)
        placing = anyhow(problem, self._work)
        if placing is None:
            return None
        broken = union(
            1 << number
            for number, each in enumerate(self._inside)
            if not kept >> number & 1 and not _obeys(problem, placing, each)
        )
        return broken & self._counting

    def _named(self, numbers: int) -> tuple[Requirement, ...]:
        return tuple(each for number, each in enumerate(self._outside) if numbers >> number & 1)


def _obeys(problem: Problem, placing: Sequence[int], requirement: Requirement) -> bool:
    if requirement.rule is Rule.SPACING:
        entry = problem.spacing[requirement.position]
        of_a, of_b = (problem.minutes(placing, problem.position_of(id_)) for id_ in (entry.a, entry.b))
        return are_apart(of_a, of_b, entry)
    intake = problem.intakes[requirement.position]
    if requirement.rule is Rule.FOOD:
        suits = problem.times.suits_food(intake)
        return all(placing[dose] & suits for dose in problem.doses[requirement.position])
    minutes = problem.minutes(placing, requirement.position)
    gap = minutes_of(intake.min_gap_hours)
    return all(later - earlier >= gap for earlier, later in pairwise(minutes))


def _bits(numbers: int) -> Iterator[int]:
    return (1 << number for number in range(numbers.bit_length()) if numbers >> number & 1)
