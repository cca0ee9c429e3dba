"""A day as doses that each need a candidate time, and pairs of doses that must not lie too close.

Each dose has a domain: the set of the times it may still have. Both kinds of distance are one kind of the network:
- spacing of `a` (x) and `b` (y): its two sides;
- the doses of one intake in order: the later one (y) never lies less than the gap after the earlier (x).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from itertools import combinations, pairwise
from math import inf
from typing import Final, NamedTuple

from protocols.domain.dayplan_network import Domains, Network
from protocols.domain.dayplan_room import all_apart
from protocols.domain.dayplan_terms import DayIntake, Requirement, Rule, Spacing
from protocols.domain.dayplan_times import DayTimes

Sides = tuple[int | None, int | None]
"""Minutes after and minutes before; None is without end."""


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
        self.network: Final = Network(times, len(self.domains))
        self.gaps: Final = [
            1 if intake.fixed or (Rule.GAP, position) in gone else max(1, minutes_of(intake.min_gap_hours))
            for position, intake in enumerate(intakes)
        ]
        """By intake: the minutes from each of its doses to the next, at least. They never share a time."""
        for doses, gap in zip(self.doses, self.gaps, strict=True):
            for earlier, later in pairwise(doses):
                self.network.keep(earlier, later, None, gap)
            for earlier, later in combinations(doses, 2):
                self.network.lie_apart(earlier, later, gap * (later - earlier))
        self._positions: Final = {intake.id: position for position, intake in enumerate(intakes)}
        self.spacings_in_force: Final = [
            entry for position, entry in enumerate(spacing) if (Rule.SPACING, position) not in gone
        ]
        self.neighbours: Final[list[dict[int, list[Sides]]]] = [{} for _ in intakes]
        """By intake and other intake: the sides of each spacing of the two, as the first has them."""
        for entry in self.spacings_in_force:
            self._keep_apart(self.position_of(entry.a), self.position_of(entry.b), entry)
        self.preferences: Final = [
            Preference(position, name, times.bit(times.place(name)))
            for position, intake in enumerate(intakes)
            for name in intake.prefer
        ]
        for position, doses in enumerate(self.doses):
            for dose in doses:
                self.network.has_spacing[dose] = bool(self.neighbours[position])
        self.network.groups = self._connected()
        self.network.together = all_apart(self.network)

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

    def _keep_apart(self, a: int, b: int, entry: Spacing) -> None:
        before = None if entry.before_hours is None else minutes_of(entry.before_hours)
        after = None if entry.after_hours is None else minutes_of(entry.after_hours)
        self.neighbours[a].setdefault(b, []).append((after, before))
        self.neighbours[b].setdefault(a, []).append((before, after))
        for x in self.doses[a]:
            for y in self.doses[b]:
                self.network.keep(x, y, after, before)

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
