"""Stretches of time in which a zone's clocks run steadily, so wall time and UTC differ by one constant.

Every question about "that day" or "those hours" is simple arithmetic within a stretch; clock changes are only
the borders between stretches. zoneinfo does not list a zone's changes, so they are found by looking.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

# Two changes between one look and the next would go unseen. The nearest two of one zone in the tz database
# lie four days apart (Africa/Freetown, September 1939); a test looks again at whatever database is installed.
LOOK_EVERY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `begins` up to, not including, `ends` (UTC), the zone's wall clock shows UTC + `offset`."""

    begins: datetime
    ends: datetime
    offset: timedelta

    @property
    def wall_begins(self) -> datetime:
        """The naive wall time at `begins`."""
        return self.wall(self.begins)

    @property
    def wall_ends(self) -> datetime:
        """The naive wall time just before `ends`, as the bound it does not reach."""
        return self.wall(self.ends)

    def wall(self, at: datetime) -> datetime:
        """The naive wall time at this UTC instant."""
        return at.replace(tzinfo=None) + self.offset

    def utc(self, wall: datetime) -> datetime:
        """The UTC instant at which this stretch's clock shows the naive `wall`."""
        return (wall - self.offset).replace(tzinfo=UTC)


def require_aware(at: datetime) -> None:
    """Refuse a naive datetime (`ValueError`): Python would take it to be in the server's own zone."""
    if at.tzinfo is None:
        raise ValueError("An instant has a zone: pass an aware datetime.")


def stretches(begins: datetime, ends: datetime, zone: ZoneInfo) -> Iterator[Stretch]:
    """Every stretch of `zone` between two UTC instants, in order, without a gap."""
    stretch_begins, seen = begins, begins
    while seen < ends:
        ahead = min(seen + LOOK_EVERY, ends)
        offset = _offset(stretch_begins, zone)
        if _offset(ahead, zone) != offset:
            changes = _first_instant_off(offset, seen, ahead, zone)
            yield Stretch(stretch_begins, changes, offset)
            stretch_begins, ahead = changes, changes
        seen = ahead
    if stretch_begins < ends:
        yield Stretch(stretch_begins, ends, _offset(stretch_begins, zone))


def _first_instant_off(offset: timedelta, before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the zone leaves `offset`, which it has at `before` and has no more at `after`."""
    while (gap := (after - before)) > timedelta(seconds=1):
        middle = before + timedelta(seconds=gap // timedelta(seconds=2))
        if _offset(middle, zone) == offset:
            before = middle
        else:
            after = middle
    # Zones change on whole seconds, and there is one between the two.
    return after.replace(microsecond=0)


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None  # a ZoneInfo knows the offset of every instant
    return offset
