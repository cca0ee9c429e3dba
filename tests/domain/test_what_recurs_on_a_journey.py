"""What comes back each day, for somebody who moves from zone to zone and changes her hours on the way.

A sweep is played as it moves the cursor; what it sent is judged by the minutes that she lived, each as the clock on her
wall showed it: no date twice, none at night, none on another day, and each date that she lived through in one place
exactly once, at the minute nearest to what she wanted.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from clinics.domain.instants import next_allowed
from clinics.domain.quiet import QuietHours
from clinics.domain.recurring import Daily
from tests.domain.test_what_recurs import (
    DAY,
    HOUR,
    MINUTE,
    NAMES,
    allowed_minutes,
    daily,
    distance,
    is_quiet,
    minutes_of,
    nights,
    walls,
)
from tests.domain.zones import ODD_DATES

SPARE = 10 * MINUTE
"""What falls due as its day ends may go a little longer."""
NIGHT = QuietHours(time(21), time(8))


@dataclass(frozen=True, slots=True)
class Stay:
    """So long she lives there, by these hours."""

    begins: datetime
    ends: datetime
    home: Daily


@dataclass(frozen=True, slots=True)
class Sent:
    on: date
    at: datetime
    stay: Stay


def lived_through(stays: list[Stay], *, first: date) -> list[Sent]:
    """What sweeps send: the cursor is dated anew at each move, and moves on with each date that it deals with."""
    on, sent = first, []
    for stay in stays:
        coming = stay.home.next(not_before=on, at=stay.begins)
        while coming.at < stay.ends:
            at = max(coming.at, stay.begins)
            # What is made in her night waits in its envelope for the morning, or is missed.
            goes_at = next_allowed(at, stay.home.zone, stay.home.quiet)
            if goes_at < min(coming.too_late_at, stay.ends):
                sent.append(Sent(coming.on, goes_at, stay))
            coming = stay.home.next(not_before=coming.on + DAY, at=at)
        on = coming.on
    return sent


def shown(at: datetime, stay: Stay) -> datetime:
    return at.astimezone(stay.home.zone)


def whole_dates(stays: list[Stay]) -> dict[date, Stay]:
    """The dates of which she lived every minute in one stay, and none of which, nor of a later one, before it."""
    found: dict[date, Stay] = {}
    latest = date.min
    for stay in stays:
        on, last = shown(stay.begins, stay).date(), shown(stay.ends - MINUTE, stay).date()
        while on <= last:
            minutes = minutes_of(stay.home.zone.key, on)
            is_whole = minutes and min(minutes) >= stay.begins and max(minutes) < stay.ends
            if is_whole and on > latest and allowed_minutes(stay.home, on):
                found[on] = stay
            on += DAY
        latest = max(latest, last)
    return found


def judge(stays: list[Stay]) -> None:
    begins = stays[0].begins
    sent = lived_through(stays, first=begins.date() - 2 * DAY)
    dates = [each.on for each in sent]
    assert dates == sorted(set(dates)), (dates, stays)
    for each in sent:
        home, wall = each.stay.home, shown(each.at, each.stay)
        assert not is_quiet(wall.time(), home.quiet), each
        assert each.on in {wall.date(), shown(each.at - SPARE, each.stay).date()}, each
    by_date = {each.on: each for each in sent}
    for on, stay in whole_dates(stays).items():
        assert on in by_date, (on, stays)
        each = by_date[on]
        nearest = min(distance(stay.home, on, minute) for minute in allowed_minutes(stay.home, on))
        assert distance(stay.home, on, each.at) <= nearest + MINUTE, each


def journey(begins: datetime, *legs: tuple[timedelta, Daily]) -> list[Stay]:
    stays, at = [], begins
    for length, home in legs:
        stays.append(Stay(at, at + length, home))
        at += length
    return stays


@st.composite
def journeys(draw: st.DrawFn) -> list[Stay]:
    """Around an odd date of one of the zones, or anywhere and any time; each leg by other hours."""
    place, on = draw(st.sampled_from(ODD_DATES))
    if on.year < 1975 or draw(st.booleans()):
        place, on = draw(st.sampled_from(NAMES)), draw(st.dates(date(1975, 1, 1), date(2037, 1, 1)))
    places = [place, *draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3))]
    places = draw(st.permutations(places))
    begins = datetime.combine(on, time(), UTC) - draw(st.integers(24, 72)) * HOUR
    legs = [(draw(st.integers(1, 72 * 60)) * MINUTE, daily(there, draw(walls), draw(nights()))) for there in places]
    return journey(begins, *legs)


APIA = datetime(2011, 12, 28, tzinfo=UTC)
HOWE = datetime(2025, 10, 3, tzinfo=UTC)


@settings(max_examples=80)
@given(journeys())
# Stays where a date never was; flies over the date line and back; lives through half an hour that is skipped.
@example(journey(APIA, (96 * HOUR, daily("Pacific/Apia", time(8), NIGHT))))
@example(
    journey(
        APIA,
        (30 * HOUR, daily("Pacific/Apia", time(8), NIGHT)),
        (20 * HOUR, daily("Pacific/Kiritimati", time(8), NIGHT)),
        (70 * HOUR, daily("Pacific/Pago_Pago", time(8), NIGHT)),
    )
)
@example(
    journey(
        HOWE,
        (60 * HOUR, daily("Australia/Lord_Howe", time(2, 15))),
        (60 * HOUR, daily("Europe/Berlin", time(2, 15))),
    )
)
def test_wherever_she_goes_each_date_is_reminded_of_once_and_never_at_night(stays: list[Stay]) -> None:
    judge(stays)


def test_a_journey_there_and_back_again_by_hand() -> None:
    """From Kiritimati, where it is the 2nd, to Pago Pago, where it is still the 1st; and back on the day after.

    The 1st and the 2nd were dealt with before she left; where they come again, nothing goes again. As she is back, it
    is two in the afternoon of the 4th, whose nine o’clock is over.
    """
    far, back = daily("Pacific/Kiritimati", time(9)), daily("Pacific/Pago_Pago", time(9))
    stays = journey(datetime(2027, 2, 28, 12, tzinfo=UTC), (36 * HOUR, far), (48 * HOUR, back), (24 * HOUR, far))
    judge(stays)
    sent = [(each.on.day, each.at.strftime("%d %H:%M")) for each in lived_through(stays, first=date(2027, 3, 1))]
    assert sent == [(1, "28 19:00"), (2, "01 19:00"), (3, "03 20:00"), (5, "04 19:00")]
