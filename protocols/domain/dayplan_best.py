"""The best timetable of a day: each aim in turn is settled by questions to the search, so the result is exact.

Fewest different times; of these the most preferences; of these the earliest times; of these each intake, in input
order, as early as possible.
"""

from __future__ import annotations

from protocols.domain.dayplan_preferences import Wishes
from protocols.domain.dayplan_problem import Domains, Problem
from protocols.domain.dayplan_search import Search, single, union


def anyhow(problem: Problem, domains: Domains | None = None) -> Domains | None:
    """Any placing, however many times it takes; None if nothing fits. `domains`: instead of those of the problem."""
    everything = _all_times(problem)
    return Search(problem).place(
        problem.domains if domains is None else domains, open_=everything, most_times=everything.bit_count()
    )


def fewest_times(problem: Problem) -> Domains:
    """A placing at the fewest different times, where there is one at all."""
    search = Search(problem)
    found, number = None, 0
    while found is None:
        found = search.place(problem.domains, most_times=number)
        number += 1
    return found


def best(problem: Problem) -> Domains | None:
    """The best placing: one time (a set of one) for each dose. None if nothing fits."""
    wishes = Wishes(problem)
    # Whether anything fits is asked first: with few times at hand, “no” takes longer to find.
    if anyhow(problem) is None:
        return None
    found = fewest_times(problem)
    number = union(found).bit_count()
    keeping = len(wishes.kept(found))
    while keeping < len(problem.preferences):
        better = wishes.place(problem.domains, most_times=number, keeping=keeping + 1)
        if better is None:
            break
        found, keeping = better, len(wishes.kept(better))
    found = _with_earliest_times(problem, wishes, found, keeping)
    return _with_earliest_intakes(problem, wishes, found, keeping)


def _with_earliest_times(problem: Problem, wishes: Wishes, found: Domains, keeping: int) -> Domains:
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
            found = other
        open_ |= time
    return found


def _with_earliest_intakes(problem: Problem, wishes: Wishes, found: Domains, keeping: int) -> Domains:
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
                found = other
                break
        domains[dose] = found[dose]
    return found


def _count(problem: Problem) -> int:
    return len(problem.times.minutes)


def _all_times(problem: Problem) -> int:
    return (1 << _count(problem)) - 1
