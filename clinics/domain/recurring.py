"""What comes back each civil day at a wall time: when it goes on a date, until when, and which date is the next one.

One date has one occurrence or none: none if the zone skips that date, or if all of what is left of it is quiet. Nothing
is moved to another date, where it would stand beside the occurrence of that one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from clinics.domain.instants import allowed_instant, civil_date, day_ends
from clinics.domain.quiet import QuietHours

_DAY: Final = timedelta(days=1)
_AT_LEAST: Final = timedelta(minutes=10)
"""So long something may go, however late in its day it falls due: a sweep and a worker need a while."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What goes on one civil date. at: when, in UTC. too_late_at: from then on it is missed, not sent late."""

    on: date
    at: datetime
    too_late_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """Each civil day at `wall` where somebody lives, moved out of the quiet hours.

    late: how long after its instant it may still go; it is over with its day in any case.
    """

    wall: time
    zone: ZoneInfo
    quiet: QuietHours | None
    late: timedelta

    def on(self, on: date) -> Occurrence | None:
        """The one of that date; None where the zone skips the date, or it is quiet throughout."""
        at = allowed_instant(on, self.wall, self.zone, self.quiet)
        if civil_date(at, self.zone) != on:
            return None
        return Occurrence(on, at, max(at + _AT_LEAST, min(at + self.late, day_ends(on, self.zone))))

    def next(self, *, not_before: date, at: datetime) -> Occurrence:
        """The first on that date or later that is not too late at `at`; it may have fallen due already."""
        # No occurrence outlives its date by a day: what lies further back is over, however long nobody looked.
        on = max(not_before, civil_date(at, self.zone) - _DAY)
        while (found := self.on(on)) is None or found.too_late_at <= at:
            on += _DAY
        return found

    def next_after(self, at: datetime, *, not_before: date) -> Occurrence:
        """The first on that date or later whose instant is not past at `at`."""
        found = self.next(not_before=not_before, at=at)
        while found.at < at:
            found = self.next(not_before=found.on + _DAY, at=at)
        return found
