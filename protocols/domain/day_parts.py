"""The four parts of a day at which somebody may want to be reminded: morning, noon, evening and bed.

A dose belongs to the part in which the timetable of the day puts it; what no timetable has moved, to that of the time
it was written for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import time
from enum import StrEnum
from typing import Final

from protocols.domain.day_places import Places
from protocols.domain.dayplan_times import MINUTES, clock
from protocols.domain.slots import Slot


class DayPart(StrEnum):
    MORNING = "morning"
    NOON = "noon"
    EVENING = "evening"
    BED = "bed"


_USUALLY: Final = {
    DayPart.MORNING: Slot.WITH_BREAKFAST,
    DayPart.NOON: Slot.WITH_LUNCH,
    DayPart.EVENING: Slot.WITH_DINNER,
    DayPart.BED: Slot.BEDTIME,
}
_BESIDE_BED: Final = 30
"""So many minutes before going to bed a time belongs to it."""
LATEST: Final = time(23)
"""No part is reminded of later than this: whoever goes to bed after midnight still takes what belongs to that day."""

_OF_SLOT: Final = {
    Slot.ON_WAKING: DayPart.MORNING,
    Slot.BEFORE_BREAKFAST: DayPart.MORNING,
    Slot.WITH_BREAKFAST: DayPart.MORNING,
    Slot.BEFORE_LUNCH: DayPart.NOON,
    Slot.WITH_LUNCH: DayPart.NOON,
    Slot.AFTERNOON: DayPart.NOON,
    Slot.BEFORE_DINNER: DayPart.EVENING,
    Slot.WITH_DINNER: DayPart.EVENING,
    Slot.EVENING: DayPart.EVENING,
    Slot.BEDTIME: DayPart.BED,
}


def part_of_slot(slot: Slot) -> DayPart:
    """The part of the day that this time of day is named for."""
    return _OF_SLOT[slot]


def part_of_minute(minute: int, places: Places) -> DayPart:
    """The part in which this minute of the waking day lies, by when this person eats and goes to bed."""
    if minute >= places.sleep - _BESIDE_BED:
        return DayPart.BED
    if minute >= places.minute_of(Slot.BEFORE_DINNER):
        return DayPart.EVENING
    return DayPart.NOON if minute >= places.minute_of(Slot.BEFORE_LUNCH) else DayPart.MORNING


def wall_times(minutes: Iterable[tuple[DayPart, int]], places: Places) -> Mapping[DayPart, time]:
    """When each part is reminded of: at the first time at which something is taken in it, else at its meal or at bed.

    minutes: the times of the waking day at which something is taken, each with its part.
    """
    first = {part: places.minute_of(slot) for part, slot in _USUALLY.items()}
    found: dict[DayPart, int] = {}
    for part, minute in minutes:
        found[part] = min(minute, found.get(part, minute))
    return {part: _wall(minute) for part, minute in (first | found).items()}


def _wall(minute: int) -> time:
    return LATEST if minute >= MINUTES else min(clock(minute), LATEST)
