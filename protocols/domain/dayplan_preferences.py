"""The same question as the search answers, with so many preferences followed at least.

A placing that ignores preferences shows which ones it misses. Each of these is then tried: first whether its time is
used at all, then whether its intake has it. What cannot be is taken away, until too few are left.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from protocols.domain.dayplan_alike import Asking
from protocols.domain.dayplan_network import Domains
from protocols.domain.dayplan_problem import Preference, Problem
from protocols.domain.dayplan_search import union
from protocols.domain.dayplan_work import Work


class Wishes:
    """Questions about one problem, preferences included. Each may raise `WorkSpent`."""

    def __init__(self, problem: Problem, work: Work) -> None:
        self._problem: Final = problem
        self._work: Final = work
        self._asking: Final = Asking(problem, work)
        self._search: Final = self._asking.whole
        self._asked: Final[dict[tuple[tuple[int, ...], int, int], Domains | None]] = {}

    def kept(self, placing: Domains) -> list[Preference]:
        """The preferences that are followed; with domains: that can still be."""
        return [each for each in self._problem.preferences if self._having(placing, each)]

    def place(self, domains: Domains, *, open_: int = 0, most_times: int, keeping: int = 0) -> Domains | None:
        """As `Search.place`; `keeping`: how many preferences are followed at least."""
        found = self._ignoring(domains, open_, most_times)
        domains = list(domains)
        if found is None or not self._search.narrow(domains, range(len(domains))):
            return None
        while True:
            self._work.step(len(domains))
            followed = self.kept(found)
            if len(followed) >= keeping:
                return found
            bounded = self._search.bounded(domains, open_, most_times)
            if bounded is None:
                return None
            open_ = bounded
            possible = self.kept(domains)
            if len(possible) < keeping:
                return None
            missed = self._missed(found, possible)
            is_unused = not missed.time & (open_ | union(found))
            better = (
                self.place(domains, open_=open_ | missed.time, most_times=most_times, keeping=keeping)
                if is_unused
                else self._following(domains, missed, open_=open_, most_times=most_times, keeping=keeping)
            )
            if better is not None:
                return better
            # `found` remains a placing: it does not have what is now taken away.
            losing = range(len(domains)) if is_unused else self._problem.doses[missed.intake]
            if not self._search.without(domains, missed.time, losing):
                return None

    def _ignoring(self, domains: Domains, open_: int, most_times: int) -> Domains | None:
        """Without regard to preferences. The same is asked again for each number of them."""
        asked = (tuple(domains), open_, most_times)
        if asked not in self._asked:
            self._asked[asked] = self._asking.place(domains, open_=open_, most_times=most_times)
        return self._asked[asked]

    def _missed(self, found: Domains, possible: list[Preference]) -> Preference:
        """Of the preferences that are missed: one whose time is unused, the most wanted first."""
        used = union(found)
        wanted = Counter(each.time for each in possible)
        missed = [each for each in possible if not self._having(found, each)]
        return max(missed, key=lambda each: (not each.time & used, wanted[each.time], -each.intake))

    def _following(
        self, domains: Domains, preference: Preference, *, open_: int, most_times: int, keeping: int
    ) -> Domains | None:
        """A placing that follows this preference among enough others."""
        for dose in self._having(domains, preference):
            tried = list(domains)
            tried[dose] = preference.time
            better = self.place(tried, open_=open_, most_times=most_times, keeping=keeping)
            if better is not None:
                return better
        return None

    def _having(self, domains: Domains, preference: Preference) -> list[int]:
        return [dose for dose in self._problem.doses[preference.intake] if domains[dose] & preference.time]
