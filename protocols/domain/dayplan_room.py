"""Whether the waking day is long enough for doses that must all lie apart from each other.

Whatever the order of such doses, each but one has a neighbour before it, and at least its own least distance lies
between the two. So from the first to the last of them it takes at least the sum of these distances but the smallest
one. What may lie only between two times of the day must find that much room there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocols.domain.dayplan_network import Domains, Network, Together

FEWEST_DOSES: Final = 3
"""Two that exclude each other are told apart by narrowing alone."""


class Room:
    """The sets of doses of one network that all lie apart, that take most of the day."""

    def __init__(self, network: Network) -> None:
        self._minutes: Final = network.times.minutes
        day = self._minutes[-1] - self._minutes[0] if self._minutes else 0
        self._together: Final = [each for each in network.together if 4 * _needed(each) > 3 * day]

    def is_enough(self, domains: Domains) -> bool:
        """False only where these domains leave no placing."""
        return all(self._suffices_for(together, domains) for together in self._together)

    def _suffices_for(self, together: Together, domains: Domains) -> bool:
        spans = []
        for dose, distance in together:
            domain = domains[dose]
            first, last = (domain & -domain).bit_length() - 1, domain.bit_length() - 1
            spans.append((self._minutes[last], self._minutes[first], distance))
        spans.sort()
        for start in {first for _, first, _ in spans}:
            needed, smallest = 0, spans[0][2]
            for last, first, distance in spans:
                if first >= start:
                    smallest = min(smallest, distance) if needed else distance
                    needed += distance
                    if needed - smallest > last - start:
                        return False
        return True


def _needed(together: Together) -> int:
    """The minutes from the first to the last, at least."""
    distances = [distance for _, distance in together]
    return sum(distances) - min(distances, default=0)


def all_apart(network: Network) -> list[Together]:
    """Large sets of doses that lie apart, each grown from one that is in none: always by what has most in common."""
    found: list[Together] = []
    seen: set[int] = set()
    for seed, others in enumerate(network.apart):
        if seed in seen:
            continue
        chosen = [seed]
        while others:
            closest = max(_numbers(others), key=lambda dose: ((others & network.apart[dose]).bit_count(), -dose))
            chosen.append(closest)
            others &= network.apart[closest]
        seen.update(chosen)
        if len(chosen) >= FEWEST_DOSES:
            found.append(
                tuple((dose, min(network.least[dose][other] for other in chosen if other != dose)) for dose in chosen)
            )
    return found


def _numbers(set_: int) -> Iterator[int]:
    return (number for number in range(set_.bit_length()) if set_ >> number & 1)
