"""The smallest set that shares something with each of several sets: exact, and the first of equals.

Sets of whole numbers are bit masks. Of two smallest sets the one with the lower first number comes first, and so on.
"""

from __future__ import annotations

from collections.abc import Sequence

from protocols.domain.dayplan_work import Work


def smallest_hitting_set(sets: Sequence[int], work: Work) -> int:
    """The first of the smallest sets that hit all of them. Each must have something in it. May raise `WorkSpent`."""
    wanted = sorted(set(sets), key=lambda each: (each.bit_count(), each))
    size = _disjoint(wanted)
    while True:
        found = _first(wanted, size, work)
        if found is not None:
            return found
        size += 1


def _first(sets: Sequence[int], size: int, work: Work) -> int | None:
    """The first set of at most so many numbers; numbers that were passed over are taken out of `sets` before."""
    work.step(1 + len(sets))
    if not sets:
        return 0
    if _disjoint(sets) > size:
        return None
    # Whatever is chosen first must not lie beyond the last number of any set.
    last = min(each.bit_length() for each in sets)
    below = 0
    for number in range(last):
        bit = 1 << number
        if any(each & bit for each in sets):
            rest = _first([each & ~below for each in sets if not each & bit], size - 1, work)
            if rest is not None:
                return rest | bit
        below |= bit
    return None


def _disjoint(sets: Sequence[int]) -> int:
    """How many numbers are needed at least: one for each of some sets that share nothing."""
    count = taken = 0
    for each in sorted(sets, key=int.bit_count):
        if not each & taken:
            taken |= each
            count += 1
    return count
