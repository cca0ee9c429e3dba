"""One change at a time: starts, steps of a taper, stops and challenges kept apart, so that a reaction points at its
cause.

Changes that belong together are one: they are not held against each other, and move as one. What was lived, and what a
prescriber signed, never moves. A proposal is only ever a later day, within the window that was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain, combinations
from typing import Final

LEAST_DAYS_APART: Final = 3
"""From one change to the next: as foods are brought back, about three days each."""
MOST_DAYS_LATER: Final = 365
"""A change without a last day of its own moves at most so far."""


class ChangeKind(StrEnum):
    START = "start"
    TAPER_STEP = "taper-step"
    STOP = "stop"
    CHALLENGE = "challenge"
    TITRATION_STEP = "titration-step"

    @property
    def label(self) -> str:
        return self.value.replace("-", " ").capitalize()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedChange:
    """One change on one day.

    code: its own, no two alike. together: changes with the same word here are one change and move by the same days:
    a start with the later steps of its titration, two products that the practitioner marked as one; empty: it stands
    alone. latest: the last day to which it may be moved; None: no limit of its own. A step of a taper never moves,
    whatever `is_movable` says, nor does anything that belongs together with what cannot.
    """

    code: str
    label: str
    kind: ChangeKind
    day: date
    together: str = ""
    is_movable: bool = False
    latest: date | None = None
    is_lived: bool = False


@dataclass(frozen=True, slots=True)
class Shift:
    """A change with the day it has and the day that is proposed; always a later one."""

    code: str
    before: date
    after: date


@dataclass(frozen=True, slots=True)
class Clash:
    """Changes that follow each other too closely.

    codes: all of them, by day. day: of the first. proposed: the days of those that give way. stuck: codes of those that
    may move and find no free day. With neither, none of them may be moved.
    """

    codes: tuple[str, ...]
    day: date
    proposed: tuple[Shift, ...]
    stuck: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """clashes: as it is now. days: every change with its day after all proposals, by code. shifts: what moves, by day.

    stuck: codes of those that may move, find no free day in their windows, and so clash after the proposals too.
    is_whole: after the proposals nothing clashes any more; False also where what may not move clashes.
    """

    clashes: tuple[Clash, ...]
    shifts: tuple[Shift, ...]
    days: Mapping[str, date]
    stuck: tuple[str, ...]
    is_whole: bool


def spread(changes: Iterable[PlannedChange], *, least_days: int = LEAST_DAYS_APART) -> Spread:
    """What clashes, and a schedule in which as little as possible does.

    The earlier change stays and the later one gives way; on one day, the one that comes later in `changes`. The order
    of what moves is kept, save for what finds a free day only before another. Proposing again from the proposed
    days proposes nothing new. Raises `ValueError` for a code that comes twice and for less than one day.
    """
    ordered = list(changes)
    if least_days < 1:
        raise ValueError(f"Changes are at least one day apart: {least_days} days is not possible.")
    if len({change.code for change in ordered}) < len(ordered):
        raise ValueError("Two changes have the same code: give each its own.")
    blocks = _blocks(ordered)
    moved = dict.fromkeys((block.key for block in blocks), 0)
    # Only ever later, and no further than the windows: it comes to rest.
    while (later := _one_pass(blocks, moved, least_days)) != moved:
        moved = later
    before = {change.code: change.day for change in ordered}
    days = {code: before[code] + timedelta(days=moved[block.key]) for block in blocks for code in block.codes}
    shifts = [Shift(code, before[code], after) for code, after in days.items() if after != before[code]]
    shifts.sort(key=lambda shift: shift.after)
    left = _clashing(blocks, days, least_days)
    stuck = _stuck(left)
    return Spread(
        clashes=tuple(_clash(group, shifts, stuck) for group in _groups(_clashing(blocks, before, least_days), before)),
        shifts=tuple(shifts),
        days=days,
        stuck=stuck,
        is_whole=not left,
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """Changes that are one. room: how many days they may move together; None for what never moves."""

    key: str
    changes: tuple[PlannedChange, ...]
    room: int | None

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(change.code for change in self.changes)

    def first(self, by: int) -> date:
        return min(self.days(by))

    def days(self, by: int) -> list[date]:
        """All its days, so many days later than they are written."""
        return [change.day + timedelta(days=by) for change in self.changes]


_Member = tuple[_Block, PlannedChange]


def _blocks(ordered: Sequence[PlannedChange]) -> list[_Block]:
    members: dict[str, list[PlannedChange]] = {}
    for change in ordered:
        # A word and a code may be the same text without meaning each other.
        key = f"together {change.together}" if change.together else f"alone {change.code}"
        members.setdefault(key, []).append(change)
    return [_Block(key, tuple(changes), _room(changes)) for key, changes in members.items()]


def _room(changes: Sequence[PlannedChange]) -> int | None:
    if any(change.is_lived or not change.is_movable or change.kind is ChangeKind.TAPER_STEP for change in changes):
        return None
    rooms = [(change.latest - change.day).days for change in changes if change.latest is not None]
    return max(0, min([*rooms, MOST_DAYS_LATER]))


def _one_pass(blocks: Sequence[_Block], moved: Mapping[str, int], least_days: int) -> dict[str, int]:
    """Every block that may move, by its day as it lies now, to the first free place from there on.

    It looks at nothing but the days as they are now; otherwise proposing again could propose something else.
    """
    taken = [day for block in blocks if block.room is None for day in block.days(0)]

    def free(block: _Block) -> Iterator[int]:
        for by in range(moved[block.key], (block.room or 0) + 1):
            if all(abs((day - other).days) >= least_days for day in block.days(by) for other in taken):
                yield by

    may_move = [block for block in blocks if block.room is not None]
    # What cannot move any further, or could not do it any good, is something for the others to keep away from.
    resting = [block for block in may_move if block.room == moved[block.key] or next(free(block), None) is None]
    taken += [day for block in resting for day in block.days(moved[block.key])]
    placed, after = dict(moved), date.min
    for block in sorted(may_move, key=lambda block: block.first(moved[block.key])):
        if block in resting:
            continue
        in_order = (by for by in free(block) if block.first(by) >= after)
        placed[block.key] = next(chain(in_order, free(block)), moved[block.key])
        taken += block.days(placed[block.key])
        after = max(after, block.first(placed[block.key]))
    return placed


def _clashing(blocks: Sequence[_Block], days: Mapping[str, date], least_days: int) -> list[tuple[_Member, _Member]]:
    """Every two changes of different blocks that are too close, the earlier one first; what is lived is over."""
    members = sorted(
        ((block, change) for block in blocks for change in block.changes), key=lambda member: days[member[1].code]
    )
    return [
        (one, other)
        for one, other in combinations(members, 2)
        if one[0] is not other[0]
        and (days[other[1].code] - days[one[1].code]).days < least_days
        and not (one[1].is_lived and other[1].is_lived)
    ]


def _stuck(left: Iterable[tuple[_Member, _Member]]) -> tuple[str, ...]:
    """Of two that still clash the later one, if it may move at all; else the earlier one, if that may."""
    found: dict[str, None] = {}
    for (earlier, one), (later, other) in left:
        if later.room is not None:
            found[other.code] = None
        elif earlier.room is not None:
            found[one.code] = None
    return tuple(found)


def _groups(pairs: Iterable[tuple[_Member, _Member]], days: Mapping[str, date]) -> list[list[PlannedChange]]:
    """Changes that are connected by clashes: one finding for all of them instead of one for every two."""
    groups: list[list[PlannedChange]] = []
    for (_, one), (_, other) in pairs:
        touched = [group for group in groups if one in group or other in group]
        merged = [change for group in touched for change in group]
        groups = [group for group in groups if group not in touched]
        groups.append(merged + [change for change in (one, other) if change not in merged])
    for group in groups:
        group.sort(key=lambda change: days[change.code])
    return sorted(groups, key=lambda group: days[group[0].code])


def _clash(group: Sequence[PlannedChange], shifts: Iterable[Shift], stuck: Iterable[str]) -> Clash:
    codes = tuple(change.code for change in group)
    return Clash(
        codes=codes,
        day=group[0].day,
        proposed=tuple(shift for shift in shifts if shift.code in codes),
        stuck=tuple(code for code in stuck if code in codes),
    )
