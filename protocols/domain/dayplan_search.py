"""Whether the doses of a day find places at no more than so many different times: one exact question.

The doses that spacings concern are given a time one after another, the tightest first. Then times are opened or closed
until every other dose has an open one (a hitting set). At the open times the doses are placed group by group, as groups
share nothing but times. Every step narrows the domains as far as distances do, and is bounded by doses that can never
share a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from protocols.domain.dayplan_network import Domains, Network
from protocols.domain.dayplan_room import Room
from protocols.domain.dayplan_work import Work


class Search:
    """Questions about one network. Each may raise `WorkSpent`."""

    def __init__(self, network: Network, work: Work) -> None:
        self._network: Final = network
        self._work: Final = work
        self._room: Final = Room(network)
        self._weights: Final = [1] * len(network.arcs)
        """How often each dose had part in a dead end: where it is tightest is tried first."""

    def place(self, domains: Domains, *, open_: int = 0, most_times: int) -> Domains | None:
        """A time (a set of one) for each dose, from its domain; None if there is no way.

        open_: times (a set) that count as used. most_times: different times at most, the open ones included.
        """
        found = list(domains)
        return self._assign(found, open_, most_times) if self.narrow(found, range(len(found))) else None

    def narrow(self, domains: Domains, changed: Iterable[int]) -> bool:
        """Take away, in place, what no distance allows after some domains changed. False if a dose has no time left."""
        waiting = list(changed)
        if not all(domains[dose] for dose in waiting):
            return False
        queued = set(waiting)
        self._work.step(len(waiting))
        arcs = self._network.arcs
        while waiting:
            dose = waiting.pop()
            queued.discard(dose)
            domain = domains[dose]
            first, last = (domain & -domain).bit_length() - 1, domain.bit_length() - 1
            for other, above, below in arcs[dose]:
                before = domains[other]
                after = before & ~(above[last] & below[first])
                if after != before:
                    if not after:
                        self._weights[other] += 1
                        self._weights[dose] += 1
                        return False
                    domains[other] = after
                    if other not in queued:
                        queued.add(other)
                        waiting.append(other)
                        self._work.step(1)
        return True

    def without(self, domains: Domains, time: int, doses: Iterable[int]) -> bool:
        """Take a time away from some doses, in place. False if one has no time left."""
        changed = [dose for dose in doses if domains[dose] & time]
        for dose in changed:
            domains[dose] &= ~time
        return self.narrow(domains, changed)

    def bounded(self, domains: Domains, open_: int, most: int) -> int | None:
        """Narrow by the number of times until nothing changes.

        Returns the times that are open for sure, or None if this can lead nowhere.
        """
        while True:
            self._work.step(len(domains))
            for domain in domains:
                if not domain & (domain - 1):
                    open_ |= domain
            left = most - open_.bit_count()
            if left < 0:
                return None
            allowed = open_ if left == 0 else self._allowed(domains, open_, left)
            if allowed is None:
                return None
            changed = [dose for dose, domain in enumerate(domains) if domain & ~allowed]
            if not changed:
                return open_
            for dose in changed:
                domains[dose] &= allowed
            if not self.narrow(domains, changed):
                return None

    def _assign(self, domains: Domains, open_: int, most: int) -> Domains | None:
        """Give each dose that spacings concern a time, the tightest first; then open times for the others."""
        while True:
            bounded = self.bounded(domains, open_, most)
            if bounded is None or not self._room.is_enough(domains):
                return None
            open_ = bounded
            if open_.bit_count() == most:
                return self._settle(domains)[0]
            choice = self._tightest(domains, range(len(domains)))
            if choice is None:
                return self._open_times(domains, open_, most)
            wanted = domains[choice] & open_ or domains[choice]
            time = wanted & -wanted
            tried = list(domains)
            tried[choice] = time
            if self.narrow(tried, [choice]):
                placed = self._assign(tried, open_, most)
                if placed is not None:
                    return placed
            if not self.without(domains, time, [choice]):
                return None

    def _tightest(self, domains: Domains, doses: Iterable[int]) -> int | None:
        """The dose of an intake with spacings that has fewest times left for its distances and past dead ends."""
        return min(
            (dose for dose in doses if domains[dose] & (domains[dose] - 1) and self._network.has_spacing[dose]),
            key=lambda dose: domains[dose].bit_count() / (self._weights[dose] * len(self._network.arcs[dose])),
            default=None,
        )

    def _open_times(self, domains: Domains, open_: int, most: int) -> Domains | None:
        while True:
            bounded = self.bounded(domains, open_, most)
            if bounded is None:
                return None
            open_ = bounded
            if open_.bit_count() == most:
                return self._settle(domains)[0]
            needy = [domain for domain in domains if not domain & open_]
            if needy:
                choices = min(needy, key=lambda domain: (domain.bit_count(), domain))
            else:
                placed, choices = self._settle_within(domains, open_)
                if placed is not None or not choices:
                    return placed
            # What serves most of those without an open time, and the earlier of equals.
            time = max(single(choices), key=lambda time: (sum(1 for domain in needy if domain & time), -time))
            placed = self._open_times(list(domains), open_ | time, most)
            if placed is not None:
                return placed
            if not self.without(domains, time, range(len(domains))):
                return None

    def _allowed(self, domains: Domains, open_: int, left: int) -> int | None:
        """Every time that may be used, if doses that each need a further time of their own need all that are left.

        -1 (any time) if they do not; None if they need more.
        """
        needy = sorted((domain.bit_count(), dose) for dose, domain in enumerate(domains) if not domain & open_)
        chosen: list[int] = []
        used = 0
        for _, dose in needy:
            domain = domains[dose]
            if domain & used:
                apart = self._network.apart[dose]
                if any(domains[other] & domain and not apart >> other & 1 for other in chosen):
                    continue
            chosen.append(dose)
            used |= domain
            if len(chosen) > left:
                return None
        return open_ | used if len(chosen) == left else -1

    def _settle_within(self, domains: Domains, open_: int) -> tuple[Domains | None, int]:
        """Place everything at the open times alone; if that fails, one more of these further times must be opened."""
        tried = [domain & open_ for domain in domains]
        failed: Iterable[int] = range(len(domains))
        if self.narrow(tried, failed):
            placed, group = self._settle(tried)
            if placed is not None:
                return placed, 0
            failed = self._network.groups[group]
        return None, union(domains[dose] for dose in failed) & ~open_

    def _settle(self, domains: Domains) -> tuple[Domains | None, int]:
        """Place the doses where every time counts as open; or the group (its number) that finds no way."""
        for number, group in enumerate(self._network.groups):
            placed = self._place_group(domains, group)
            if placed is None:
                return None, number
            domains = placed
        return domains, -1

    def _place_group(self, domains: Domains, group: list[int]) -> Domains | None:
        domains = list(domains)
        while True:
            self._work.step(len(group))
            if not self._room.is_enough(domains):
                return None
            choice = self._tightest(domains, group)
            if choice is None:
                # What keeps a distance from its own kind alone: the first time of each domain is right.
                for dose in group:
                    domains[dose] &= -domains[dose]
                return domains
            tried = list(domains)
            time = tried[choice] = tried[choice] & -tried[choice]
            if self.narrow(tried, [choice]):
                placed = self._place_group(tried, group)
                if placed is not None:
                    return placed
            if not self.without(domains, time, [choice]):
                return None


def single(times: int) -> Iterator[int]:
    """Each time of a set alone, the earliest first."""
    while times:
        first = times & -times
        yield first
        times ^= first


def union(domains: Iterable[int]) -> int:
    """All times that occur in any of these sets."""
    found = 0
    for domain in domains:
        found |= domain
    return found
