"""Quiet hours: the hours of a person's night in which nothing routine is sent to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from clinics.domain.stretches import require_aware

LONGEST_QUIET: Final = timedelta(hours=14)
_DAY: Final = timedelta(days=1)


class QuietHoursError(ValueError):
    """The quiet hours cannot be: the text is a sentence that says what to enter."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `starts` up to, not including, `ends` by the wall clock, over midnight when `ends` is the earlier
    one.

    Whole minutes, at least one, and at most 14 hours, so that every ordinary day leaves time to reach a
    person.
    """

    starts: time
    ends: time

    def __post_init__(self) -> None:
        if any(wall.second or wall.microsecond or wall.tzinfo for wall in (self.starts, self.ends)):
            raise QuietHoursError("Quiet hours start and end on a whole minute of the person's own clock.")
        if self.starts == self.ends:
            raise QuietHoursError("Quiet hours that end when they start last no time: change one, or switch them off.")
        length = (datetime.combine(date.min, self.ends) - datetime.combine(date.min, self.starts)) % _DAY
        if length > LONGEST_QUIET:
            raise QuietHoursError("Quiet hours last at most 14 hours: choose a later start or an earlier end.")

    def covers(self, wall: time) -> bool:
        """Whether this time on the wall clock is quiet."""
        if self.starts < self.ends:
            return self.starts <= wall < self.ends
        return wall >= self.starts or wall < self.ends

    def is_quiet(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether this aware instant is quiet for somebody in `zone`."""
        require_aware(at)
        return self.covers(at.astimezone(zone).time())

    def allowed_parts(self, on: date) -> Iterator[tuple[datetime, datetime]]:
        """The parts of a date's wall clock that are not quiet, in order: naive, each without its own end."""
        midnight = datetime.combine(on, time.min)
        starts, ends = datetime.combine(on, self.starts), datetime.combine(on, self.ends)
        if starts < ends:
            yield midnight, starts
            yield ends, midnight + _DAY
        else:
            yield ends, starts
