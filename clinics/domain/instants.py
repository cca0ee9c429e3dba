"""From a civil date and a wall clock to an instant, and back, over every clock change.

A date belongs to a person's zone; an instant is UTC. zoneinfo accepts wall times that do not exist and does
arithmetic on the wall clock, so everything here goes through UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from clinics.domain.quiet import QuietHours, QuietHoursError
from clinics.domain.stretches import Stretch, require_aware, stretches

__all__ = [
    "QuietHours",
    "QuietHoursError",
    "UnknownZone",
    "allowed_instant",
    "civil_date",
    "day_begins",
    "day_ends",
    "instant",
    "next_allowed",
    "zone",
    "zone_names",
]

_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)
# Names that mean "whatever this server says" or "not set", which must never be a person's zone.
_NOT_PLACES: Final = frozenset({"localtime", "Factory", "posixrules"})


class UnknownZone(ValueError):
    """There is no such zone: the text is a sentence that shows what one looks like."""


@cache
def zone_names() -> frozenset[str]:
    """The name of every zone a person may live in."""
    return frozenset(available_timezones() - _NOT_PLACES)


def zone(name: str) -> ZoneInfo:
    """The zone of this exact name, or `UnknownZone`; nothing but a listed name reaches the file system."""
    if name not in zone_names():
        raise UnknownZone(f"“{name}” is not a time zone. Choose one by its place, such as Europe/Berlin.")
    return ZoneInfo(name)


def instant(on: date, wall: time, zone: ZoneInfo) -> datetime:
    """The UTC instant at which the clocks of `zone` show `wall` on that date.

    A wall time that the clocks skip is moved later by what they skip (02:30 becomes 03:30; where a zone skips
    a whole day, the same time a day later). Of a wall time that comes twice, the first. `wall` is naive:
    `ValueError`.
    """
    if wall.tzinfo is not None:
        raise ValueError("A wall time has no zone of its own: pass it without one.")
    return datetime.combine(on, wall.replace(fold=0), tzinfo=zone).astimezone(UTC)


def civil_date(at: datetime, zone: ZoneInfo) -> date:
    """The date on the calendar in `zone` at this aware instant."""
    require_aware(at)
    return at.astimezone(zone).date()


def day_begins(on: date, zone: ZoneInfo) -> datetime:
    """The first UTC instant of that date, usually midnight; some zones skip midnight.

    Where a zone skips the whole date (Pacific/Apia, 2011-12-30), the first instant after the skip.
    """
    midnight = datetime.combine(on, time.min)
    # Offsets are less than a day, so the date can begin nowhere else.
    around = midnight.replace(tzinfo=UTC)
    return next(
        max(stretch.begins, stretch.utc(midnight))
        for stretch in stretches(around - _DAY, around + _DAY, zone)
        if stretch.wall_ends > midnight
    )


def day_ends(on: date, zone: ZoneInfo) -> datetime:
    """The first UTC instant after which it is never that date again, nor an earlier one.

    Usually the beginning of the next date. Where clocks go back over midnight the next date has begun before,
    for a moment, and begins again. For a date that a zone skips, the instant of the skip, which is also its
    beginning.
    """
    next_midnight = datetime.combine(on, time.min) + _DAY
    around = next_midnight.replace(tzinfo=UTC)
    last = [
        min(stretch.ends, stretch.utc(next_midnight))
        for stretch in stretches(around - _DAY, around + _DAY, zone)
        if stretch.wall_begins < next_midnight
    ]
    return last[-1]


def allowed_instant(on: date, preferred: time, zone: ZoneInfo, quiet: QuietHours | None) -> datetime:
    """The UTC instant for something wanted at `preferred` on that date: as asked, or the nearest allowed one.

    A preferred time within the quiet hours, or moved out of its date by a clock change, gives way to the
    nearest whole minute of the same date that is not quiet: the minute before the quiet hours start, or the
    one they end on; of two equally near, the earlier. A date that does not exist in the zone, or is quiet
    throughout, has none: then the next allowed instant after the preferred one.
    """
    wanted = instant(on, preferred, zone)
    if civil_date(wanted, zone) == on and not (quiet and quiet.is_quiet(wanted, zone)):
        return wanted
    nearest = min(_edges_of_allowed_time(on, zone, quiet), key=lambda at: (abs(at - wanted), at), default=None)
    return next_allowed(wanted, zone, quiet) if nearest is None else nearest


def next_allowed(at: datetime, zone: ZoneInfo, quiet: QuietHours | None) -> datetime:
    """`at` itself (in UTC) when it is not quiet, else the instant at which the quiet hours end."""
    require_aware(at)
    at = at.astimezone(UTC)
    if quiet is None:
        return at
    # Quiet hours last 14 hours at most, so two days hold an end of them even if the clocks change on both.
    for stretch in stretches(at, at + 2 * _DAY, zone):
        wall = stretch.wall_begins
        if not quiet.covers(wall.time()):
            return stretch.begins
        ends = datetime.combine(wall.date(), quiet.ends)
        ends_at = stretch.utc(ends if ends > wall else ends + _DAY)
        if ends_at < stretch.ends:
            return ends_at
    raise AssertionError(f"Quiet hours without an end: {quiet} in {zone} after {at}.")


def next_quiet(at: datetime, zone: ZoneInfo, quiet: QuietHours) -> datetime:
    """`at` itself (in UTC) when it is quiet, else the first instant after it that is."""
    require_aware(at)
    at = at.astimezone(UTC)
    # They come once in each day, so two days hold a beginning of them even if the clocks change on both.
    for stretch in stretches(at, at + 2 * _DAY, zone):
        wall = stretch.wall_begins
        if quiet.covers(wall.time()):
            return stretch.begins
        starts = datetime.combine(wall.date(), quiet.starts)
        starts_at = stretch.utc(starts if starts > wall else starts + _DAY)
        if starts_at < stretch.ends:
            return starts_at
    raise AssertionError(f"Quiet hours without a beginning: {quiet} in {zone} after {at}.")


def _edges_of_allowed_time(on: date, zone: ZoneInfo, quiet: QuietHours | None) -> Iterator[datetime]:
    """The first and last whole minute of every unbroken part of that date that is not quiet."""
    midnight = datetime.combine(on, time.min)
    whole_day = [(midnight, midnight + _DAY)]
    for stretch in _stretches_of_date(on, zone):
        for begins, ends in whole_day if quiet is None else quiet.allowed_parts(on):
            first = _up_to_minute(max(begins, stretch.wall_begins))
            last = _up_to_minute(min(ends, stretch.wall_ends)) - _MINUTE
            if first <= last:
                yield stretch.utc(first)
                yield stretch.utc(last)


def _stretches_of_date(on: date, zone: ZoneInfo) -> Iterator[Stretch]:
    begins, ends = day_begins(on, zone), day_ends(on, zone)
    return stretches(begins, ends, zone)


def _up_to_minute(wall: datetime) -> datetime:
    """This naive wall time, or the next whole minute when it is not one."""
    whole = wall.replace(second=0, microsecond=0)
    return whole if whole == wall else whole + _MINUTE
