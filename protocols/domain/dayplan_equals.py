"""The smallest contradiction among intakes that all keep the same distance, found without trying.

Where a day holds k times that lie so far apart, placing such intakes is colouring a graph with k colours: the intakes
are its points, the spacings its lines. Of what cannot be coloured, but could without any one of its lines, each point
has at least k lines. So there are at least k + 1 points and k (k + 1) / 2 lines, and exactly so many only where k + 1
points are all joined.
"""

from __future__ import annotations

from collections.abc import Sequence

from protocols.domain.dayplan_work import Work

Pair = tuple[int, int]


def times_apart(minutes: Sequence[int], distance: int) -> int:
    """How many of these times, in order, can be chosen so that they all lie so far apart."""
    count, latest = 0, -distance
    for minute in minutes:
        if count == 0 or minute - latest >= distance:
            count, latest = count + 1, minute
    return count


def first_all_joined(points: int, pairs: Sequence[Pair], work: Work) -> list[int] | None:
    """The first numbers of pairs that join so many points each with each other; None if nowhere. May raise `WorkSpent`.

    Of two such lists that one is first whose lowest number is lower, and so on.
    """
    joined: dict[int, set[int]] = {}
    for a, b in pairs:
        joined.setdefault(a, set()).add(b)
        joined.setdefault(b, set()).add(a)
    if not _is_among(points, joined, set(joined), work):
        return None
    chosen: list[int] = []
    within: set[int] = set()
    for number, (a, b) in enumerate(pairs):
        if b not in joined[a]:
            continue  # The same pair once more, and the first was passed over.
        both = within | {a, b}
        beside = set(joined).intersection(*(joined[point] for point in both))
        are_joined = all(both - {point} <= joined[point] for point in both)
        if are_joined and _is_among(points - len(both), joined, beside, work):
            chosen.append(number)
            within = both
        else:
            joined[a].discard(b)
            joined[b].discard(a)
    return _once(chosen, pairs)


def _is_among(points: int, joined: dict[int, set[int]], among: set[int], work: Work) -> bool:
    """Whether so many of these points are all joined."""
    work.step(1 + len(among))
    if points <= 0:
        return points == 0
    if len(among) < points:
        return False
    others = set(among)
    for point in sorted(among):
        others.discard(point)
        if _is_among(points - 1, joined, others & joined[point], work):
            return True
    return False


def _once(chosen: list[int], pairs: Sequence[Pair]) -> list[int]:
    """Without what joins the same two points again."""
    first: dict[frozenset[int], int] = {}
    for number in chosen:
        first.setdefault(frozenset(pairs[number]), number)
    return sorted(first.values())
