"""What is taken in one person’s day, the hours that lie between two things, and where each dose was placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Protocol

from protocols.domain.day_places import slot_of
from protocols.domain.dose_form import FoodRule
from protocols.domain.slots import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Something with times of day. code: the caller’s name for it; name: as it is said in a sentence.

    written: its times of day as they were written, each once. is_fixed: they never move. food and minutes_before: of
    the product, as the catalogue knows them.
    """

    code: str
    name: str
    written: tuple[str, ...]
    is_fixed: bool
    food: FoodRule = FoodRule.UNKNOWN
    minutes_before: int | None = None


class Apart(Protocol):
    """Hours that lie between two things: each time of a’s at least `before_hours` before or `after_hours` after b’s.

    A side that is None is never good enough.
    """

    @property
    def a_codes(self) -> tuple[str, ...]: ...
    @property
    def b_codes(self) -> tuple[str, ...]: ...
    @property
    def before_hours(self) -> Decimal | None: ...
    @property
    def after_hours(self) -> Decimal | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One dose at its time. written_minute: where its words would put it. why: why it lies elsewhere; else empty."""

    code: str
    written: str
    minute: int
    written_minute: int
    why: str = ""

    @property
    def is_moved(self) -> bool:
        return bool(self.why)


@dataclass(frozen=True, slots=True)
class Clash:
    """Something that this day cannot keep. codes: whose; text: a sentence for whoever reads the day.

    is_of_meals: it follows from when meals are alone, so it is as sure as these times.
    """

    codes: tuple[str, ...]
    text: str
    is_of_meals: bool = False


@dataclass(frozen=True, slots=True)
class Placing:
    """placed: dose by dose, from waking to bed. unplaced: (code, as written) without a place on the clock.

    is_proven: everything was tried; if not, there may be a day that keeps more, or one with fewer times.
    """

    placed: tuple[Placed, ...]
    unplaced: tuple[tuple[str, str], ...]
    clashes: tuple[Clash, ...]
    is_proven: bool = True

    def minutes_of(self, code: str) -> tuple[int, ...]:
        return tuple(each.minute for each in self.placed if each.code == code)


def is_kept(apart: Apart, placing: Placing) -> bool | None:
    """Whether these hours lie between all times of both; None where one of the two has no time in this day.

    A side may name what is taken on other days: only what has a time on this one counts. What stands on both sides
    holds both: it lies apart from others, and never from itself.
    """
    first = [code for code in apart.a_codes if placing.minutes_of(code)]
    second = [code for code in apart.b_codes if placing.minutes_of(code)]
    pairs = [(a, b) for a, b in product(first, second) if a != b]
    if not pairs:
        return None
    return all(lies_apart(apart, placing.minutes_of(a), placing.minutes_of(b)) for a, b in pairs)


def slots_of(thing: Taken) -> list[tuple[str, Slot]]:
    """Each time as it was written with the time of day it names, from waking to bed."""
    named = [(written, slot) for written in thing.written if (slot := slot_of(written)) is not None]
    return sorted(named, key=lambda each: each[1].position)


def lies_apart(entry: Apart, a: Sequence[int], b: Sequence[int]) -> bool:
    return all(_far_enough(entry, x, y) for x, y in product(a, b))


def _far_enough(entry: Apart, x: int, y: int) -> bool:
    before, after = entry.before_hours, entry.after_hours
    return (before is not None and y - x >= before * 60) or (after is not None and x - y >= after * 60)
