"""Why a day has no timetable: a smallest set of requirements that cannot stand together.

A set of requirements cannot stand exactly if it shares a member with whatever any placing breaks. So the smallest set
that does so for a few placings is asked about: if it can stand, its own placing breaks something new. The first that
cannot stand is a smallest one, and of equals the first in input order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from protocols.domain.dayplan_best import anyhow
from protocols.domain.dayplan_problem import Problem, are_apart, minutes_of
from protocols.domain.dayplan_search import union
from protocols.domain.dayplan_terms import DayIntake, Requirement, Rule, Spacing, requirements_of
from protocols.domain.hitting_set import smallest_hitting_set

MOST_QUESTIONS: Final = 1000
"""After so many placings the answer is a set of which nothing can be left out, though a smaller one may exist."""


def conflicts_of(problem: Problem) -> tuple[tuple[Requirement, ...], ...]:
    """Smallest sets of requirements, one after the other, until the rest has a timetable; none if all of it has one."""
    order = {each: number for number, each in enumerate(requirements_of(problem.intakes, problem.spacing))}
    found: list[tuple[Requirement, ...]] = []
    waiting = list(_impossible_parts(problem))
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
    return tuple(found)


def _impossible_parts(problem: Problem) -> Iterator[_Part]:
    """Each group of intakes that spacings join and that has no places even by itself."""
    intake_of = {dose: position for position, doses in enumerate(problem.doses) for dose in doses}
    for group in problem.groups:
        part = _Part(problem, sorted({intake_of[dose] for dose in group}))
        if part.is_impossible_without(()):
            yield part


class _Part:
    """Some intakes of a day that spacings join, and the requirements among them that still count."""

    def __init__(self, problem: Problem, positions: Sequence[int]) -> None:
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
        self._questions = 0
        self._breakable: list[int] = []
        """Sets of requirements of which some placing breaks all and nothing else."""

    def is_impossible_without(self, gone: Sequence[Requirement]) -> bool:
        """Take these away for good; whether there is still no place for everything."""
        for number, each in enumerate(self._outside):
            if each in gone:
                self._counting &= ~(1 << number)
        self._breakable = [each & self._counting for each in self._breakable]
        return self._broken(self._counting) is None

    def smallest(self) -> tuple[Requirement, ...]:
        """The first of the smallest sets of requirements that cannot stand together."""
        self._questions = 0
        while self._questions < MOST_QUESTIONS:
            candidate = smallest_hitting_set(self._breakable)
            breaks = self._broken(candidate)
            if breaks is None:
                return self._named(candidate)
            self._breakable.append(self._fewest_broken(breaks))
        return self._named(self._irreducible())

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
        self._questions += 1
        others = [each for number, each in enumerate(self._inside) if not kept >> number & 1]
        problem = Problem(self._times, self._intakes, self._spacing, without=others)
        placing = anyhow(problem)
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
