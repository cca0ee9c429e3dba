"""The best timetable of a day: each aim in turn is settled by questions to the search, so the result is exact.

Fewest different times; of these the most preferences; of these the earliest times; of these each intake, in input
order, as early as possible.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from protocols.domain.dayplan_alike import Asking
from protocols.domain.dayplan_network import Domains
from protocols.domain.dayplan_preferences import Wishes
from protocols.domain.dayplan_problem import Problem
from protocols.domain.dayplan_search import single, union
from protocols.domain.dayplan_work import STEPS_AT_FIRST, Work, WorkSpent


class Best(NamedTuple):
    """placing: one time (a set of one) for each dose; None if none was found. is_proven: there is no better one."""

    placing: Domains | None
    is_proven: bool


def anyhow(problem: Problem, work: Work, domains: Domains | None = None) -> Domains | None:
    """Any placing, however many times it takes; None if nothing fits. `domains`: instead of those of the problem.

    Raises `WorkSpent`.
    """
    everything = _all_times(problem)
    return Asking(problem, work).place(
        problem.domains if domains is None else domains, open_=everything, most_times=everything.bit_count()
    )


def best(problem: Problem, work: Work) -> Best:
    """The best placing, or the best that was found before the work was spent."""
    found = None
    try:
        for better in _ever_better(problem, work):
            found = better
    except WorkSpent:
        return Best(found, is_proven=False)
    return Best(found, is_proven=True)


def _ever_better(problem: Problem, work: Work) -> Iterator[Domains]:
    """One placing after the other, each at least as good as the one before; the last is the best."""
    # Whether anything fits is asked first: with few times at hand, “no” takes longer to find.
    found = anyhow(problem, work)
    if found is None:
        return
    yield found
    wishes = Wishes(problem, work)
    for fewer in _with_fewer_times(problem, wishes, work, union(found).bit_count()):
        yield (found := fewer)
    number, keeping = union(found).bit_count(), len(wishes.kept(found))
    while keeping < len(problem.preferences):
        better = wishes.place(problem.domains, most_times=number, keeping=keeping + 1)
        if better is None:
            break
        yield (found := better)
        keeping = len(wishes.kept(found))
    for earlier in _with_earliest_times(problem, wishes, found, keeping):
        yield (found := earlier)
    yield from _with_earliest_intakes(problem, wishes, found, keeping)


def _with_fewer_times(problem: Problem, wishes: Wishes, work: Work, most: int) -> Iterator[Domains]:
    """Placings at fewer times than `most`, down to the fewest.

    Few times are asked about first: where they are clearly too few, that is soon found, and where they are just enough,
    they leave little to try. What is not found soon is asked again, from the other end.
    """
    undecided = []
    for number in range(most):
        try:
            with work.at_most(STEPS_AT_FIRST):
                placing = wishes.place(problem.domains, most_times=number)
        except WorkSpent:
            undecided.append(number)
            continue
        if placing is not None:
            yield placing
            break
    while undecided:
        placing = wishes.place(problem.domains, most_times=undecided.pop())
        if placing is None:
            return
        yield placing


def _with_earliest_times(problem: Problem, wishes: Wishes, found: Domains, keeping: int) -> Iterator[Domains]:
    """Fix the times one after the other, each as early as the ones before it allow.

    So many times are the fewest: each that is open is also used.
    """
    domains = list(problem.domains)
    number = union(found).bit_count()
    open_ = 0
    for position in range(_count(problem)):
        time = 1 << position
        if open_.bit_count() == number:
            break
        if not union(found) & time:
            other = wishes.place(domains, open_=open_ | time, most_times=number, keeping=keeping)
            if other is None:
                domains = [domain & ~time for domain in domains]
                continue
            yield (found := other)
        open_ |= time


def _with_earliest_intakes(problem: Problem, wishes: Wishes, found: Domains, keeping: int) -> Iterator[Domains]:
    """At these times, give each dose in input order the first one that leaves a place to all others."""
    open_ = union(found)
    domains = [domain & open_ for domain in problem.domains]
    for dose in range(len(domains)):
        for time in single(domains[dose]):
            if time == found[dose]:
                break
            other = wishes.place(
                [*domains[:dose], time, *domains[dose + 1 :]],
                open_=open_,
                most_times=open_.bit_count(),
                keeping=keeping,
            )
            if other is not None:
                yield (found := other)
                break
        domains[dose] = found[dose]


def _count(problem: Problem) -> int:
    return len(problem.times.minutes)


def _all_times(problem: Problem) -> int:
    return (1 << _count(problem)) - 1
