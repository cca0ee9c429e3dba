"""What comes back each day: once on every date there is, on that date where she lives, never at night, in every zone.

It is checked against a reckoning of its own, which walks through the minutes as a clock on the wall shows them.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinics.domain.instants import zone, zone_names
from clinics.domain.quiet import LONGEST_QUIET, QuietHours
from clinics.domain.recurring import Daily
from tests.domain.zones import NEVER_WERE, ODD_DATES, clock_changes

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LATE = timedelta(hours=2)
NAMES = sorted(zone_names())


def daily(place: str, wall: time, quiet: QuietHours | None = None, *, late: timedelta = LATE) -> Daily:
    return Daily(wall=wall, zone=zone(place), quiet=quiet, late=late)


def every_instant(one: Daily, first: date, days: int) -> list[datetime]:
    """What a sweep would live through: each occurrence in turn, the next one asked for as one falls due."""
    found, on = [], first
    at = datetime.combine(first, time(), UTC) - 2 * DAY
    until = first + days * DAY
    while (coming := one.next(not_before=on, at=at)).on < until:
        found.append(coming.at)
        on, at = coming.on + DAY, coming.at
    return found


# --- A reckoning of its own ---------------------------------------------------------------------------------------


@cache
def minutes_of(place: str, on: date) -> dict[datetime, datetime]:
    """Each UTC minute of that date in that zone, with what the clock on the wall shows. A date may have none."""
    home = ZoneInfo(place)
    around = datetime.combine(on, time(), UTC)
    minutes = (around + number * MINUTE for number in range(-16 * 60, 40 * 60))
    shown = {at: at.astimezone(home).replace(tzinfo=None) for at in minutes}
    return {at: wall for at, wall in shown.items() if wall.date() == on}


def is_quiet(wall: time, quiet: QuietHours | None) -> bool:
    if quiet is None:
        return False
    if quiet.starts < quiet.ends:
        return quiet.starts <= wall < quiet.ends
    return not quiet.ends <= wall < quiet.starts


def allowed_minutes(one: Daily, on: date) -> list[datetime]:
    return [at for at, wall in minutes_of(one.zone.key, on).items() if not is_quiet(wall.time(), one.quiet)]


def distance(one: Daily, on: date, at: datetime) -> timedelta:
    """How far this instant lies from when her clock would show the time she wants, if it shows it that day."""
    home = one.zone
    wanted = datetime.combine(on, one.wall, home).astimezone(UTC)
    return abs(at - wanted)


# --- Properties ---------------------------------------------------------------------------------------------------

walls = st.builds(time, st.integers(0, 23), st.integers(0, 59))


@st.composite
def nights(draw: st.DrawFn) -> QuietHours | None:
    if draw(st.integers(0, 9)) == 0:
        return None
    starts = draw(walls)
    length = draw(st.integers(1, LONGEST_QUIET // MINUTE))
    return QuietHours(starts, (datetime.combine(date(2025, 1, 1), starts) + length * MINUTE).time())


def assert_one_a_date(one: Daily, first: date, days: int) -> None:
    """On each date that has an allowed minute exactly one, among its minutes, and at the nearest to what was wanted."""
    found = every_instant(one, first, days)
    dates = [at.astimezone(one.zone).date() for at in found]
    whole = [first + number * DAY for number in range(days)]
    assert dates == [on for on in whole if allowed_minutes(one, on)], (one, first)
    for on, at in zip(dates, found, strict=True):
        minutes = allowed_minutes(one, on)
        assert not is_quiet(at.astimezone(one.zone).time(), one.quiet), (one, at)
        nearest = min(distance(one, on, minute) for minute in minutes)
        # Zones of old lie by seconds beside the minute: the nearest whole one may be another’s second.
        assert distance(one, on, at) <= nearest + MINUTE, (one, on, at)


@settings(max_examples=40)
@given(st.sampled_from(NAMES), walls, nights(), st.dates(date(1975, 1, 1), date(2037, 1, 1)))
def test_any_zone_any_time_any_night(place: str, wall: time, quiet: QuietHours | None, first: date) -> None:
    assert_one_a_date(daily(place, wall, quiet), first, 5)


@settings(max_examples=60)
@given(st.sampled_from(ODD_DATES), walls, nights())
def test_around_every_odd_date(odd: tuple[str, date], wall: time, quiet: QuietHours | None) -> None:
    """Both hemispheres, midnights that are skipped or come twice, half an hour, and dates that never were."""
    place, on = odd
    assert_one_a_date(daily(place, wall, quiet), on - 2 * DAY, 5)


@cache
def places_of_2025() -> list[str]:
    """Every zone there is; of those whose clocks showed the same all that year one, since the others add nothing."""
    noons = [datetime(2025, 1, 1, 12, tzinfo=UTC) + number * DAY for number in range(365)]
    seen: dict[tuple[timedelta | None, ...], str] = {}
    for place in NAMES:
        seen.setdefault(tuple(noon.astimezone(ZoneInfo(place)).utcoffset() for noon in noons), place)
    return list(seen.values())


@cache
def changes_of_2025() -> list[tuple[str, date]]:
    first, last = date(2025, 1, 1), date(2026, 1, 1)
    return [(place, at.date()) for place in places_of_2025() for at in clock_changes(zone(place), first, last)]


@settings(max_examples=60)
@given(st.data(), walls, nights())
def test_around_every_clock_change_of_a_year(data: st.DataObject, wall: time, quiet: QuietHours | None) -> None:
    place, on = data.draw(st.sampled_from(changes_of_2025()))
    assert_one_a_date(daily(place, wall, quiet), on - 2 * DAY, 5)


def test_every_zone_there_is_has_one_a_day_through_a_year_of_clock_changes() -> None:
    """By what calendar and wall clock show, without walking through its minutes."""
    night = QuietHours(time(21), time(8))
    assert len(NAMES) > 400
    assert len(places_of_2025()) > 40
    for place in places_of_2025():
        for one in (daily(place, time(7)), daily(place, time(22, 30), night), daily(place, time(2, 15))):
            found = every_instant(one, date(2025, 1, 1), 365)
            shown = [at.astimezone(one.zone) for at in found]
            assert [at.date() for at in shown] == [date(2025, 1, 1) + n * DAY for n in range(365)], place
            assert not any(is_quiet(at.time(), one.quiet) for at in shown), place


# --- By hand ------------------------------------------------------------------------------------------------------


def at_of(one: Daily, on: date) -> str | None:
    found = one.on(on)
    return None if found is None else found.at.strftime("%d %H:%M")


def test_a_day_that_a_zone_skipped_has_none_and_its_neighbours_have_one_each() -> None:
    """Apia went from 29 to 31 December 2011, and from UTC−10 to UTC+14."""
    one = daily("Pacific/Apia", time(8))
    assert [at_of(one, date(2011, 12, day)) for day in (29, 30, 31)] == ["29 18:00", None, "30 18:00"]
    coming = one.next(not_before=date(2011, 12, 30), at=datetime(2011, 12, 29, 19, tzinfo=UTC))
    assert coming.on == date(2011, 12, 31)


@pytest.mark.parametrize(("place", "on"), sorted(NEVER_WERE))
def test_no_date_that_never_was_has_one(place: str, on: date) -> None:
    assert all(daily(place, time(hour)).on(on) is None for hour in range(24))


def test_half_an_hour_that_lord_howe_skips_and_repeats() -> None:
    """02:00 → 02:30 on 5 October: 02:15 is shown as 02:45. 02:00 → 01:30 on 6 April: of two 01:45 the first."""
    one = daily("Australia/Lord_Howe", time(2, 15))
    assert at_of(one, date(2025, 10, 5)) == "04 15:45"
    assert at_of(one, date(2025, 10, 6)) == "05 15:15"
    assert at_of(daily("Australia/Lord_Howe", time(1, 45)), date(2025, 4, 6)) == "05 14:45"


def test_a_time_in_the_night_gives_way_within_its_date() -> None:
    night = QuietHours(time(21), time(8))
    assert at_of(daily("Europe/Berlin", time(22, 30), night), date(2025, 6, 1)) == "01 18:59"
    assert at_of(daily("Europe/Berlin", time(7), night), date(2025, 6, 1)) == "01 06:00"


# --- Too late, and long asleep ------------------------------------------------------------------------------------


def test_it_is_too_late_after_two_hours_and_with_the_end_of_its_day() -> None:
    noon = daily("Europe/Berlin", time(12, 30)).on(date(2025, 1, 15))
    late = daily("Europe/Berlin", time(23)).on(date(2025, 1, 15))
    last = daily("Europe/Berlin", time(23, 59)).on(date(2025, 1, 15))
    lasts = [found.too_late_at - found.at for found in (noon, late, last) if found is not None]
    assert lasts == [LATE, HOUR, 10 * MINUTE], "a sweep and a worker need a while"


def test_after_a_year_asleep_the_next_one_is_found_at_once() -> None:
    one = daily("Europe/Berlin", time(12, 30))
    at = datetime(2026, 1, 15, 12, tzinfo=UTC)
    assert one.next(not_before=date(2025, 1, 1), at=at).on == date(2026, 1, 15), "fallen due, and not too late"
    assert one.next(not_before=date(2025, 1, 1), at=at + 2 * HOUR).on == date(2026, 1, 16)
    assert one.next(not_before=date(2026, 3, 1), at=at).on == date(2026, 3, 1), "it never goes back"
    assert one.next_after(at, not_before=date(2025, 1, 1)).on == date(2026, 1, 16), "what is past is not begun with"


def test_what_is_not_over_is_never_passed_over() -> None:
    """Asked at every minute around midnight: the one of a date stays the next one until it is too late."""
    one = daily("America/St_Johns", time(23, 55))
    for on in dates_of(date(2009, 10, 30), 4):
        found = one.on(on)
        assert found is not None
        for minutes in range(-90, 20):
            at = found.at + minutes * MINUTE
            assert one.next(not_before=on, at=at) == found if at < found.too_late_at else True


def dates_of(first: date, days: int) -> Iterator[date]:
    return (first + number * DAY for number in range(days))
