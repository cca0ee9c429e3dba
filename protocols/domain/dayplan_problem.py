"""A day as doses that each need a candidate time, and pairs of doses that must not lie too close.

Each dose has a domain: the set (bit mask) of the times it may still have. Both kinds of distance have one form. Of two
doses x and y, minutes(y) − minutes(x) must not lie strictly between −`after` and `before`, where None is without end:
- spacing of `a` (x) and `b` (y): its two sides;
- the doses of one intake in order: the later one (y) never lies less than the gap after the earlier (x).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from math import inf
from typing import Final, NamedTuple

from protocols.domain.dayplan_terms import DayIntake, Requirement, Rule, Spacing
from protocols.domain.dayplan_times import DayTimes

Domains = list[int]
"""By dose: the times it may still have."""


class Arc(NamedTuple):
    """How the domain of one dose narrows that of another: `dose` loses what is in both entries.

    `above` is read at the last time of the other's domain, `below` at its first.
    """

    dose: int
    above: tuple[int, ...]
    below: tuple[int, ...]


class Preference(NamedTuple):
    """One place that one intake would like to have: the intake's position, and the set of that one time."""

    intake: int
    name: str
    time: int


class Problem:
    """A day without the requirements that were taken away."""

    def __init__(
        self,
        times: DayTimes,
        intakes: Sequence[DayIntake],
        spacing: Sequence[Spacing],
        *,
        without: Collection[Requirement] = (),
    ) -> None:
        self.times: Final = times
        self.intakes: Final = intakes
        self.spacing: Final = spacing
        gone = {(each.rule, each.position) for each in without}
        self.doses: Final[list[range]] = []
        self.domains: Final[Domains] = []
        for position, intake in enumerate(intakes):
            first = len(self.domains)
            self.domains.extend(self._domains_of(intake, food=(Rule.FOOD, position) not in gone))
            self.doses.append(range(first, len(self.domains)))
        self.arcs: Final[list[list[Arc]]] = [[] for _ in self.domains]
        self.apart: Final = [0] * len(self.domains)
        """By dose: the doses (bits) that can never share its time."""
        for position, intake in enumerate(intakes):
            is_free = bool(intake.fixed) or (Rule.GAP, position) in gone
            self._keep_order(self.doses[position], 0 if is_free else minutes_of(intake.min_gap_hours))
        self._positions: Final = {intake.id: position for position, intake in enumerate(intakes)}
        self.spacings_in_force: Final = [
            entry for position, entry in enumerate(spacing) if (Rule.SPACING, position) not in gone
        ]
        self.neighbours: Final[list[dict[int, list[tuple[int | None, int | None]]]]] = [{} for _ in intakes]
        for entry in self.spacings_in_force:
            self._keep_apart(self.position_of(entry.a), self.position_of(entry.b), entry)
        self.preferences: Final = [
            Preference(position, name, times.bit(times.place(name)))
            for position, intake in enumerate(intakes)
            for name in intake.prefer
        ]
        self.groups: Final = self._connected()

    def position_of(self, id_: str) -> int:
        """The position of an intake."""
        return self._positions[id_]

    def minutes(self, placing: Sequence[int], intake: int) -> list[int]:
        """The minutes at which a placing (a set of one time for each dose) has an intake."""
        return [self.times.minutes[placing[dose].bit_length() - 1] for dose in self.doses[intake]]

    def _domains_of(self, intake: DayIntake, *, food: bool) -> Domains:
        if intake.fixed:
            return [self.times.bit(minute) for minute in sorted(self.times.around(at) for at in intake.fixed)]
        return [self.times.suits_food(intake) if food else self.times.awake] * intake.times_per_day

    def _keep_order(self, doses: range, gap: int) -> None:
        """One dose after the other, and never two at one time."""
        for earlier, later in pairwise(doses):
            self._distance(earlier, later, None, max(gap, 1))
        for dose in doses:
            self.apart[dose] |= sum(1 << other for other in doses if other != dose)

    def _keep_apart(self, a: int, b: int, entry: Spacing) -> None:
        before = None if entry.before_hours is None else minutes_of(entry.before_hours)
        after = None if entry.after_hours is None else minutes_of(entry.after_hours)
        self.neighbours[a].setdefault(b, []).append((after, before))
        self.neighbours[b].setdefault(a, []).append((before, after))
        is_never_together = before != 0 and after != 0
        for x in self.doses[a]:
            for y in self.doses[b]:
                self._distance(x, y, after, before)
                if is_never_together:
                    self.apart[x] |= 1 << y
                    self.apart[y] |= 1 << x

    def _distance(self, x: int, y: int, after: int | None, before: int | None) -> None:
        self.arcs[x].append(Arc(y, *self.times.too_close(after, before)))
        self.arcs[y].append(Arc(x, *self.times.too_close(before, after)))

    def _connected(self) -> list[list[int]]:
        """The doses (positions) of intakes that spacings join, group by group; times are what groups share."""
        seen: set[int] = set()
        groups = []
        for start in range(len(self.intakes)):
            if start in seen:
                continue
            seen.add(start)
            members = [start]
            for member in members:
                members += [other for other in self.neighbours[member] if other not in seen]
                seen.update(self.neighbours[member])
            groups.append([dose for member in sorted(members) for dose in self.doses[member]])
        return groups


def are_apart(of_a: Iterable[int], of_b: Sequence[int], spacing: Spacing) -> bool:
    """Whether the minutes of two intakes lie as far apart as this asks."""
    before = inf if spacing.before_hours is None else minutes_of(spacing.before_hours)
    after = inf if spacing.after_hours is None else minutes_of(spacing.after_hours)
    return all(b - a >= before or a - b >= after for a in of_a for b in of_b)


def minutes_of(hours: Decimal) -> int:
    """Whole minutes: hours that are none are refused where a day is checked."""
    return int(hours * 60)
