"""The fewest pieces that make a sum: whole numbers only, exact, with a bound on the work.

Strengths become whole numbers of a common measure, and making a dose becomes making change. Only the part that
matters is tabulated: with a highest piece of `a` measures, the fewest pieces never hold `a` or more others. (Among
any `a` of them some add up to a multiple of `a`, and fewer of the highest would make the same.)
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd
from typing import Final

MOST_WORK: Final = 1_500_000
"""Sums looked at, times kinds of pieces: a fraction of a second."""

_PIECE: Final = 1 << 32
_IMPOSSIBLE: Final = 1 << 62


class TooMuchWork(Exception):
    """These pieces have so small a common measure that the sum would take too long to look for."""


class FewestPieces:
    """Sums of whole pieces and, where they may be halved, of halves; every number in one small unit.

    `wholes` are different numbers, highest first; all even if `halves` is true.
    """

    def __init__(self, wholes: Sequence[int], *, halves: bool) -> None:
        kinds = [(whole, index, 2) for index, whole in enumerate(wholes)]
        if halves:
            # A half that is as much as a whole piece is never taken: ties go to fewer halves.
            kinds += [(whole // 2, index, 1) for index, whole in enumerate(wholes) if whole // 2 not in wholes]
        self.measure: Final = gcd(*(value for value, _, _ in kinds))
        # In the order in which ties are settled: the highest strength first, its wholes before its half.
        self._kinds: Final = [
            (value // self.measure, index, size)
            for value, index, size in sorted(kinds, key=lambda kind: (kind[1], -kind[2]))
        ]
        self._highest: Final = wholes[0] // self.measure
        others = [value for value, _, _ in self._kinds[1:]]
        self._others_at_most: Final = (self._highest - 1) * max(others, default=0)
        # By sum: pieces and halves in one number (impossible ones above all), and the greatest possible sum up to it.
        self._cost = [0]
        self._possible_below = [0]

    def below(self, measures: int) -> int:
        """The greatest sum up to so many measures that can be made; 0 can."""
        taken_off = self._sure_highest(measures)
        rest = measures - taken_off * self._highest
        self._tabulate(rest)
        return self._possible_below[rest] + taken_off * self._highest

    def above(self, measures: int) -> int | None:
        """The least sum above so many measures that can be made; None if it lies too far off to look for."""
        for sum_ in range(measures + 1, measures + self._highest + 1):
            try:
                if self.below(sum_) == sum_:
                    return sum_
            except TooMuchWork:
                return None
        raise AssertionError("A multiple of the highest piece was passed over.")  # pragma: no cover

    def make(self, measures: int) -> list[tuple[int, int]]:
        """Index of each strength in use with its count in halves, for a sum that can be made.

        Fewest pieces, a half counting as one; then fewest halves; then most of the highest strength.
        """
        taken_off = self._sure_highest(measures)
        rest = measures - taken_off * self._highest
        self._tabulate(rest)
        counts = {0: 2 * taken_off}
        for value, index, size in self._kinds:
            count = self._most_of(value, _cost_of(size), rest)
            counts[index] = counts.get(index, 0) + count * size
            rest -= count * value
        return [(index, count) for index, count in sorted(counts.items()) if count]

    def _most_of(self, value: int, cost: int, rest: int) -> int:
        """How many pieces of one kind the fewest pieces for `rest` may hold at most.

        If so many may be among them, so may fewer: the number is found by halving.
        """
        few, many = 0, rest // value + 1
        while many - few > 1:
            middle = (few + many) // 2
            if self._cost[rest - middle * value] + middle * cost == self._cost[rest]:
                few = middle
            else:
                many = middle
        return few

    def _sure_highest(self, measures: int) -> int:
        """How many of the highest piece every best way holds, and every way for the sums just below it."""
        return max(0, (measures - self._others_at_most) // self._highest - 1)

    def _tabulate(self, through: int) -> None:
        if through * len(self._kinds) > MOST_WORK:
            raise TooMuchWork
        cost, possible = self._cost, self._possible_below
        kinds = [(value, _cost_of(size)) for value, _, size in self._kinds]
        for sum_ in range(len(cost), through + 1):
            best = _IMPOSSIBLE
            for value, price in kinds:
                if value <= sum_ and (with_one := cost[sum_ - value] + price) < best:
                    best = with_one
            cost.append(best)
            possible.append(sum_ if best < _IMPOSSIBLE else possible[-1])


def _cost_of(size: int) -> int:
    """A piece, and one more if it is a half: what has fewer pieces costs less, however many are halves."""
    return _PIECE + (size == 1)
