"""Why everything in a timetable sits where it sits, and why a preference was not followed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from protocols.domain.dayplan_alike import Asking
from protocols.domain.dayplan_best import anyhow
from protocols.domain.dayplan_network import Domains
from protocols.domain.dayplan_problem import Preference, Problem, are_apart
from protocols.domain.dayplan_search import union
from protocols.domain.dayplan_terms import Food, Requirement, Rule, Spacing
from protocols.domain.dayplan_times import clock, shown_time
from protocols.domain.dayplan_words import (
    distance_in_words,
    food_in_words,
    gap_in_words,
    listed,
    times_in_words,
    turned,
)
from protocols.domain.dayplan_work import STEPS_OF_A_QUESTION, Work, WorkSpent


class Because(StrEnum):
    FIXED = "fixed"
    FOOD = "food"
    SPACING = "spacing"
    GAP = "gap"
    PREFERENCE = "preference"
    JOINED = "joined"
    """Nothing but that it costs no further time beside others."""
    CONFLICT = "conflict"
    """A requirement of it had to give way."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason in words that follow “because” or stand alone, with the ids of the others it is about."""

    because: Because
    text: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """One intake: its times, and every reason why they are these."""

    id: str
    at: tuple[time, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """A preference that was not followed: whose, for which place, and a sentence that says why."""

    id: str
    place: str
    why: str


def explained(problem: Problem, placing: Domains, gone: Collection[Requirement]) -> tuple[Explained, ...]:
    """For each intake in input order. `gone`: the requirements that the timetable leaves out."""
    return tuple(
        Explained(
            intake.id,
            tuple(clock(minute) for minute in problem.minutes(placing, position)),
            tuple(_reasons(problem, placing, position, gone)),
        )
        for position, intake in enumerate(problem.intakes)
    )


def moved(problem: Problem, placing: Domains) -> tuple[Moved, ...]:
    """Every preference that the placing does not follow, in input order."""
    return tuple(
        Moved(problem.intakes[each.intake].id, each.name, _why(problem, placing, each))
        for each in problem.preferences
        if not any(placing[dose] & each.time for dose in problem.doses[each.intake])
    )


def _reasons(problem: Problem, placing: Domains, position: int, gone: Collection[Requirement]) -> Iterator[Reason]:
    intake = problem.intakes[position]
    left_out = {(each.rule, each.position) for each in gone}
    if intake.fixed:
        yield Reason(Because.FIXED, f"fixed at {times_in_words(problem.minutes(placing, position))}")
    if intake.food is not Food.ANY or intake.before_meal is not None:
        yield _kept_or_not(Because.FOOD, food_in_words(intake), (), (Rule.FOOD, position) in left_out)
    for number, entry in enumerate(problem.spacing):
        if intake.id in (entry.a, entry.b):
            said = entry if entry.a == intake.id else turned(entry)
            at = times_in_words(problem.minutes(placing, problem.position_of(said.b)))
            words = distance_in_words(said, f"{said.b} ({at})")
            yield _kept_or_not(Because.SPACING, words, (said.b,), (Rule.SPACING, number) in left_out)
    if intake.times_per_day > 1 and intake.min_gap_hours > 0 and not intake.fixed:
        yield _kept_or_not(Because.GAP, gap_in_words(intake), (), (Rule.GAP, position) in left_out)
    for each in problem.preferences:
        if each.intake == position and any(placing[dose] & each.time for dose in problem.doses[position]):
            yield Reason(Because.PREFERENCE, f"preferred at {_place(problem, each)}")
    yield from _joined(problem, placing, position)


def _joined(problem: Problem, placing: Domains, position: int) -> Iterator[Reason]:
    for minute in problem.minutes(placing, position):
        others = tuple(
            other.id
            for number, other in enumerate(problem.intakes)
            if number != position and minute in problem.minutes(placing, number)
        )
        if others:
            yield Reason(Because.JOINED, f"at {shown_time(minute)} together with {listed(others)}", others)


def _kept_or_not(because: Because, words: str, ids: tuple[str, ...], is_left_out: bool) -> Reason:
    if is_left_out:
        return Reason(Because.CONFLICT, f"could not be kept: {words}", ids)
    return Reason(because, words, ids)


def _why(problem: Problem, placing: Domains, preference: Preference) -> str:
    """A sentence: from where to where, what stands there now, and what following it would have cost."""
    intake = problem.intakes[preference.intake]
    to = times_in_words(problem.minutes(placing, preference.intake))
    head = f"{intake.id} moved from {_place(problem, preference)} to {to}:"
    possible = [dose for dose in problem.doses[preference.intake] if problem.domains[dose] & preference.time]
    if not possible:
        return f"{head} it is taken {food_in_words(intake)}."
    standing = [distance_in_words(said, f"{said.b} ({at})") for said, at in _in_the_way(problem, placing, preference)]
    trials = []
    for dose in possible:
        domains = list(problem.domains)
        domains[dose] = preference.time
        trials.append(domains)
    standing += _costs(problem, trials, union(placing).bit_count())
    return f"{head} {'; '.join(standing or _never_there(problem, preference))}."


def _costs(problem: Problem, trials: Sequence[Domains], number: int) -> Iterator[str]:
    """What any of these would have cost a timetable with so many times, if it is possible at all."""
    work = Work(STEPS_OF_A_QUESTION)
    try:
        asking = Asking(problem, work)
        if any(asking.place(trial, most_times=number) is not None for trial in trials):
            yield "to follow it would cost another preference"
        elif any(anyhow(problem, work, trial) is not None for trial in trials):
            yield "to follow it would cost a further time of day"
    except WorkSpent:
        yield "with it, no better day was found"


def _never_there(problem: Problem, preference: Preference) -> Iterator[str]:
    """What keeps an intake from a place at which nothing that is taken now stands in its way."""
    intake = problem.intakes[preference.intake]
    for said in _said_of(problem, intake.id):
        yield distance_in_words(said, said.b)
    if intake.times_per_day > 1:
        yield f"its own times lie {gap_in_words(intake)}"


def _in_the_way(problem: Problem, placing: Domains, preference: Preference) -> Iterator[tuple[Spacing, str]]:
    """The spacings, said of the intake, that what is taken now would break there, and when that is taken."""
    there = [problem.times.minutes[preference.time.bit_length() - 1]]
    for said in _said_of(problem, problem.intakes[preference.intake].id):
        minutes = problem.minutes(placing, problem.position_of(said.b))
        if not are_apart(there, minutes, said):
            yield said, times_in_words(minutes)


def _said_of(problem: Problem, id_: str) -> Iterator[Spacing]:
    """The spacings of one intake that count, with it as `a`."""
    for entry in problem.spacings_in_force:
        if id_ in (entry.a, entry.b):
            yield entry if entry.a == id_ else turned(entry)


def _place(problem: Problem, preference: Preference) -> str:
    at = shown_time(problem.times.minutes[preference.time.bit_length() - 1])
    return preference.name if preference.name == at else f"{preference.name} ({at})"
