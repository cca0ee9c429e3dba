"""Wall clocks and civil dates, with nothing but `zoneinfo`."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from gutclinic.simulator.evidence import PersonState

MINUTE = timedelta(minutes=1)


def local(at: datetime, zone: str) -> datetime:
    """What clock and calendar show there, as a naive datetime."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@cache
def day_begins(day: date, zone: str) -> datetime:
    """The first instant of that date. Of a midnight that is skipped, zoneinfo takes the offset before the change,
    which leads to the instant of the change itself."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def is_quiet(at: datetime, person: PersonState) -> bool:
    wall = local(at, person.zone).time()
    if person.quiet_starts < person.quiet_ends:
        return person.quiet_starts <= wall < person.quiet_ends
    return wall >= person.quiet_starts or wall < person.quiet_ends


def next_awake(at: datetime, person: PersonState) -> datetime:
    """This instant, or the first whole minute after it that is not quiet."""
    if not is_quiet(at, person):
        return at
    at = at.replace(second=0, microsecond=0) + MINUTE
    while is_quiet(at, person):
        at += MINUTE
    return at


def next_preferred(at: datetime, person: PersonState) -> datetime:
    """The first hour at which this person wants messages that has not gone by."""
    today = local(at, person.zone).date()
    instants = (preferred_instant(today + timedelta(days=days), person) for days in range(3))
    return next(instant for instant in instants if instant >= at)


@cache
def preferred_instant(day: date, person: PersonState) -> datetime:
    """When a message for that date should go to this person.

    At the preferred time; if that is quiet or was moved out of the date, at the nearest whole minute of the date that
    is not quiet, the earlier of two. Found by trying every minute.
    """
    wanted = datetime.combine(day, person.message_time, ZoneInfo(person.zone)).astimezone(UTC)
    if local(wanted, person.zone).date() == day and not is_quiet(wanted, person):
        return wanted
    around = (wanted + MINUTE * minutes for minutes in range(-26 * 60, 26 * 60))
    minutes = [at for at in around if local(at, person.zone).date() == day and not is_quiet(at, person)]
    if not minutes:
        return next_awake(wanted, person)
    return min(minutes, key=lambda at: (abs(at - wanted), at))
