"""A question about a day made smaller: what is interchangeable is put in order, what can ride along is left out.

One intake can ride along with another if whatever suits the other suits it: it then takes its times. Intakes are
interchangeable if exchanging any two of them changes nothing in what is asked; where they keep a distance from each
other, only the order in which they are listed needs to be tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from protocols.domain.dayplan_network import Domains
from protocols.domain.dayplan_problem import Problem, Sides
from protocols.domain.dayplan_search import Search
from protocols.domain.dayplan_work import Work

STEPS_TO_LEAVE_OUT: Final = 5
"""What each dose of a smaller question costs before it is asked."""

Ride = tuple[int, int]
"""An intake that takes the times of another (both by position)."""


class Asking:
    """Questions about one problem, each answered by searching no more of it than needed. May raise `WorkSpent`."""

    def __init__(self, problem: Problem, work: Work) -> None:
        self._problem: Final = problem
        self._work: Final = work
        self.whole: Final = Search(problem.network, work)
        self._smaller: Final[dict[tuple[tuple[int, ...], tuple[tuple[int, ...], ...]], Search]] = {}
        numbers = range(len(problem.intakes))
        self._hosts: Final = [[host for host in numbers if self._asks_no_more(rider, host)] for rider in numbers]
        self._likes: Final = list(self._alike())

    def place(self, domains: Domains, *, open_: int = 0, most_times: int) -> Domains | None:
        """A time (a set of one) for each dose, from its domain; None if there is no way. As `Search.place`."""
        narrowed = list(domains)
        if not self.whole.narrow(narrowed, range(len(narrowed))):
            return None
        rides = self._rides(narrowed)
        riders = {rider for rider, _ in rides}
        staying = tuple(position for position in range(len(self._problem.intakes)) if position not in riders)
        doses = [dose for position in staying for dose in self._problem.doses[position]]
        rows = tuple(self._rows(narrowed, riders))
        search = self._search_of(staying, rows, doses)
        placed = search.place([narrowed[dose] for dose in doses], open_=open_, most_times=most_times)
        if placed is None:
            return None
        for dose, time in zip(doses, placed, strict=True):
            narrowed[dose] = time
        for rider, host in reversed(rides):
            for dose, other in self._seats(narrowed, rider, host):
                narrowed[dose] = narrowed[other]
        return narrowed

    def _search_of(self, staying: tuple[int, ...], rows: tuple[tuple[int, ...], ...], doses: Sequence[int]) -> Search:
        if (staying, rows) not in self._smaller:
            first = [each.start for each in self._problem.doses]
            ordered = [
                (first[x], first[y], self._problem.network.least[first[x]][first[y]])
                for row in rows
                for number, x in enumerate(row)
                for y in row[number + 1 :]
            ]
            self._work.step(STEPS_TO_LEAVE_OUT * len(doses))
            network = self._problem.network.only(doses, ordered)
            self._smaller[staying, rows] = Search(network, self._work)
        return self._smaller[staying, rows]

    # --- Riding along -----------------------------------------------------------------------------------------

    def _asks_no_more(self, rider: int, host: int) -> bool:
        """Whether times of the host keep every distance that the rider must keep, its domains aside."""
        problem = self._problem
        if rider == host or host in problem.neighbours[rider]:
            return False
        times, of_host = len(problem.doses[rider]), len(problem.doses[host])
        if times > of_host or (times > 1 and problem.gaps[rider] > problem.gaps[host]):
            return False
        beside = problem.neighbours[host]
        return all(
            all(any(_covers(more, sides) for more in beside.get(other, ())) for sides in asked)
            for other, asked in problem.neighbours[rider].items()
        )

    def _rides(self, domains: Domains) -> list[Ride]:
        """Who rides with whom; a host may itself ride with one that is named after it."""
        found: list[Ride] = []
        gone: set[int] = set()
        for rider, hosts in enumerate(self._hosts):
            for host in hosts:
                if host not in gone and len(self._seats(domains, rider, host)) == len(self._problem.doses[rider]):
                    found.append((rider, host))
                    gone.add(rider)
                    break
        return found

    def _seats(self, domains: Domains, rider: int, host: int) -> list[tuple[int, int]]:
        """Dose by dose of the rider, the host's dose whose time it can take whatever that time will be."""
        found = []
        others = iter(self._problem.doses[host])
        for dose in self._problem.doses[rider]:
            seat = next((other for other in others if not domains[other] & ~domains[dose]), None)
            if seat is None:
                break
            found.append((dose, seat))
        return found

    # --- Interchangeable --------------------------------------------------------------------------------------

    def _alike(self) -> Iterator[list[int]]:
        """Intakes that keep a distance from each other and are interchangeable, their domains aside."""
        seen: set[int] = set()
        for one in range(len(self._problem.intakes)):
            if one not in seen:
                row = [one, *(other for other in self._problem.neighbours[one] if self._is_like(one, other))]
                seen.update(row)
                if len(row) > 1:
                    yield sorted(row)

    def _is_like(self, one: int, other: int) -> bool:
        problem = self._problem
        of_one, of_other = problem.neighbours[one], problem.neighbours[other]
        return (
            len(problem.doses[one]) == len(problem.doses[other])
            and problem.gaps[one] == problem.gaps[other]
            and problem.doses[other].start in problem.network.least[problem.doses[one].start]
            and of_one.keys() - {other} == of_other.keys() - {one}
            and _same(of_one[other], of_other[one])
            and all(_same(sides, of_other[third]) for third, sides in of_one.items() if third != other)
        )

    def _rows(self, domains: Domains, riders: set[int]) -> Iterator[tuple[int, ...]]:
        for row in self._likes:
            same: dict[tuple[int, ...], list[int]] = {}
            for position in row:
                if position not in riders:
                    same.setdefault(tuple(domains[dose] for dose in self._problem.doses[position]), []).append(position)
            yield from (tuple(each) for each in same.values() if len(each) > 1)


def _covers(more: Sides, less: Sides) -> bool:
    """Whether who keeps `more` keeps `less` too."""
    return all(m is None or (n is not None and n <= m) for m, n in zip(more, less, strict=True))


def _same(these: Sequence[Sides], those: Sequence[Sides]) -> bool:
    return _written(these) == _written(those)


def _written(sides: Sequence[Sides]) -> list[tuple[int, ...]]:
    return sorted(tuple(-1 if each is None else each for each in both) for both in sides)
