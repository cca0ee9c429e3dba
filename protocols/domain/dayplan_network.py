"""The doses of a day as a network: what each takes from the domains of others, and what can never share a time.

A network knows nothing of intakes. It can be made smaller (doses left out) and stricter (doses put in order).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from protocols.domain.dayplan_times import DayTimes

Domains = list[int]
"""By dose: the times it may still have, as a bit mask."""
NEVER: Final = 1_000_000
"""Minutes: more than any day has."""


Together = tuple[tuple[int, int], ...]
"""Doses that all lie apart: each with the minutes from it to the closest of the others, at least."""


class Arc(NamedTuple):
    """How the domain of one dose narrows that of another: `dose` loses what is in both entries.

    `above` is read at the last time of the other's domain, `below` at its first.
    """

    dose: int
    above: tuple[int, ...]
    below: tuple[int, ...]


class Network:
    """Doses by number, none of which keeps a distance at first."""

    def __init__(self, times: DayTimes, doses: int) -> None:
        self.times: Final = times
        self.arcs: Final[list[list[Arc]]] = [[] for _ in range(doses)]
        self.apart: Final = [0] * doses
        """By dose: the doses (bits) that can never share its time."""
        self.least: Final[list[dict[int, int]]] = [{} for _ in range(doses)]
        """By dose and other dose: the minutes that lie between the two at least, whichever comes first."""
        self.has_spacing: Final = [False] * doses
        """Whether it keeps a distance from anything but its own kind."""
        self.together: list[Together] = []
        """Sets of doses that all lie apart from each other."""
        self.groups: list[list[int]] = []
        """The doses that distances join, group by group; times are what groups share."""

    def keep(self, x: int, y: int, after: int | None, before: int | None) -> None:
        """minutes(y) − minutes(x) is not strictly between −`after` and `before`; None is without end."""
        self.arcs[x].append(Arc(y, *self.times.too_close(after, before)))
        self.arcs[y].append(Arc(x, *self.times.too_close(before, after)))
        self.lie_apart(x, y, min(NEVER if after is None else after, NEVER if before is None else before))

    def lie_apart(self, x: int, y: int, least: int) -> None:
        """So much follows from distances that are kept, whichever of the two comes first."""
        if least > 0:
            self.apart[x] |= 1 << y
            self.apart[y] |= 1 << x
            self.least[x][y] = self.least[y][x] = max(least, self.least[x].get(y, 0))

    def only(self, doses: Sequence[int], ordered: Iterable[tuple[int, int, int]]) -> Network:
        """These doses alone, numbered anew, with further orders: (x, y, minutes from x to y at least)."""
        number = {dose: position for position, dose in enumerate(doses)}
        found = Network(self.times, len(doses))
        for position, dose in enumerate(doses):
            found.arcs[position] = [Arc(number[arc[0]], arc[1], arc[2]) for arc in self.arcs[dose] if arc[0] in number]
            found.least[position] = {number[other]: n for other, n in self.least[dose].items() if other in number}
            found.apart[position] = sum(1 << other for other in found.least[position])
            found.has_spacing[position] = self.has_spacing[dose]
        found.together = [
            tuple((number[dose], minutes) for dose, minutes in each if dose in number) for each in self.together
        ]
        found.groups = [[number[dose] for dose in group if dose in number] for group in self.groups]
        for x, y, minutes in ordered:
            found.keep(number[x], number[y], None, minutes)
        return found
