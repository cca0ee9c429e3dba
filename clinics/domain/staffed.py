"""Staffed hours: whether somebody of a clinic reads at an instant, and when the next staffed stretch begins.

Hours are wall times of the clinic’s zone. Over a clock change they are counted so that nobody is believed to read who
does not: a stretch lasts from the first instant at which the clock shows its beginning, or has passed it, to the first
at which it shows its end. So hours that the clocks skip are no hours, and those that come twice count once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from clinics.domain.instants import civil_date
from clinics.domain.stretches import require_aware, stretches

LOOKS_AHEAD_DAYS: Final = 62
"""So far ahead the next staffed stretch is looked for: beyond that, it is not known when somebody reads again."""
AROUND_THE_CLOCK_DAYS: Final = 7
"""Who reads without a break for so long reads around the clock."""
MIDNIGHT: Final = time(0)
_DAY: Final = timedelta(days=1)
_TIME = r"([01]?\d|2[0-4])(?:[:.]([0-5]\d))?"
_TIMES: Final = re.compile(rf"{_TIME}\s*[–—-]\s*{_TIME}")


class StaffedTimesError(ValueError):
    """These times cannot be: the text is a sentence that says what to write instead."""


@dataclass(frozen=True, slots=True, order=True)
class StaffedTimes:
    """From `begins` up to, not including, `ends` of one date, by the wall clock; midnight as the end closes the day."""

    begins: time
    ends: time

    def __post_init__(self) -> None:
        if self.ends != MIDNIGHT and self.ends <= self.begins:
            raise StaffedTimesError(
                f"{self}: a stretch ends later than it begins. Hours over midnight are two stretches: the first until "
                "24:00, the second on the next day from 0:00."
            )

    def __str__(self) -> str:
        ends = "24:00" if self.ends == MIDNIGHT else f"{self.ends:%H:%M}"
        return f"{self.begins:%H:%M}–{ends}"


@dataclass(frozen=True, slots=True)
class StaffedWeek:
    """When somebody reads: by weekday (0 is Monday), and on single dates that are otherwise. Empty: nobody has said so.

    exceptions: what holds on that date in place of its weekday’s times; none at all where nobody reads that day.
    """

    weekly: Mapping[int, tuple[StaffedTimes, ...]] = field(default_factory=dict)
    exceptions: Mapping[date, tuple[StaffedTimes, ...]] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        """Whether anybody has written down when somebody reads."""
        return any(self.weekly.values())

    def on(self, day: date) -> tuple[StaffedTimes, ...]:
        return tuple(sorted(self.exceptions.get(day, self.weekly.get(day.weekday(), ()))))


@dataclass(frozen=True, slots=True)
class Reading:
    """Whether somebody reads at an instant.

    is_read: None where it is not known. until: when the present stretch ends; None around the clock, and while nobody
    reads. next_from: when somebody reads again, while nobody does; None where that is not known.
    """

    is_read: bool | None
    until: datetime | None = None
    next_from: datetime | None = None


def reading_at(week: StaffedWeek, at: datetime, zone: ZoneInfo) -> Reading:
    """Whether somebody reads at this instant, until when, and when again. zone: the clinic’s."""
    require_aware(at)
    if not week.is_known:
        return Reading(is_read=None)
    for begins, ends in _unbroken(week, at, zone):
        if ends <= at:
            continue
        if begins > at:
            return Reading(is_read=False, next_from=begins)
        is_open_ended = ends - at > timedelta(days=AROUND_THE_CLOCK_DAYS)
        return Reading(is_read=True, until=None if is_open_ended else ends)
    return Reading(is_read=False)


def _unbroken(week: StaffedWeek, at: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """The staffed stretches around and after this instant, those that follow without a break as one."""
    first = civil_date(at, zone) - _DAY
    held: tuple[datetime, datetime] | None = None
    for number in range(LOOKS_AHEAD_DAYS):
        for begins, ends in staffed_on(week, first + number * _DAY, zone):
            if held is not None and begins <= held[1]:
                held = (held[0], max(held[1], ends))
                continue
            if held is not None:
                yield held
            held = (begins, ends)
    if held is not None:
        yield held


def staffed_on(week: StaffedWeek, day: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The staffed stretches of this date as UTC instants, each without its end."""
    found = []
    for times in week.on(day):
        ends_on = day + _DAY if times.ends == MIDNIGHT else day
        begins, ends = _first_at(day, times.begins, zone), _first_at(ends_on, times.ends, zone)
        if begins < ends:
            found.append((begins, ends))
    return found


def _first_at(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The first instant at which the clock shows this wall time of this date, or has passed it."""
    wanted = datetime.combine(day, wall)
    around = wanted.replace(tzinfo=UTC)
    # Offsets are less than a day, also where a zone skips one.
    return next(
        max(stretch.begins, stretch.utc(wanted))
        for stretch in stretches(around - 2 * _DAY, around + 2 * _DAY, zone)
        if stretch.wall_ends > wanted
    )


# --- As it is typed -----------------------------------------------------------------------------------------


def times_typed(text: str) -> tuple[StaffedTimes, ...]:
    """“9–12:30, 14–17” as times, in order; empty text is none. Raises StaffedTimesError."""
    parts = [part.strip() for part in re.split(r"[,;]| and ", text) if part.strip()]
    found = sorted(_times_typed(part) for part in parts)
    for earlier, later in pairwise(found):
        if earlier.ends == MIDNIGHT or later.begins < earlier.ends:
            raise StaffedTimesError(f"{earlier} and {later} overlap. Write them as one stretch.")
    return tuple(found)


def _times_typed(part: str) -> StaffedTimes:
    matched = _TIMES.fullmatch(part)
    if matched is None:
        raise StaffedTimesError(f"“{part}” is no stretch of time. Write it like 9:00–12:30, on the 24-hour clock.")
    begins, ends = _wall(matched[1], matched[2]), _wall(matched[3], matched[4])
    if begins is None:
        raise StaffedTimesError(f"“{part}”: a stretch begins before midnight. Write the beginning of a day as 0:00.")
    if ends == MIDNIGHT and matched[3] != "24":
        raise StaffedTimesError(f"“{part}”: write the end of a day as 24:00.")
    return StaffedTimes(begins, MIDNIGHT if ends is None else ends)


def _wall(hour: str, minute: str | None) -> time | None:
    """A wall time; None for 24:00, which is none."""
    if int(hour) < 24:
        return time(int(hour), int(minute or 0))
    if int(minute or 0):
        raise StaffedTimesError("A day ends at 24:00.")
    return None


def times_in_words(times: Iterable[StaffedTimes]) -> str:
    """“09:00–12:30, 14:00–17:00”; empty for none. What `times_typed` reads."""
    return ", ".join(map(str, sorted(times)))
