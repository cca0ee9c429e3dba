"""Quiet hours, and the nearest allowed instant of the same date, over every clock change."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinics.domain.instants import (
    QuietHours,
    QuietHoursError,
    allowed_instant,
    civil_date,
    day_begins,
    day_ends,
    instant,
    next_allowed,
    next_quiet,
    zone_names,
)
from tests.domain.zones import NEVER_WERE, ODD_DATES, minutes_that_exist

NIGHT = QuietHours(time(22), time(7))
NOON_REST = QuietHours(time(12), time(14))
LONGEST = QuietHours(time(20), time(10))
EARLY = QuietHours(time(0), time(2, 30))
LATE = QuietHours(time(23, 15), time(0))
ALL_QUIET = [NIGHT, NOON_REST, LONGEST, EARLY, LATE]
BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2025, 6, 10)

zones = st.sampled_from(sorted(zone_names())).map(ZoneInfo)
dates = st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 1, 1))
odd_places = st.sampled_from(ODD_DATES).map(lambda odd: (ZoneInfo(odd[0]), odd[1]))
places = st.one_of(odd_places, st.tuples(zones, dates))
whole_minutes = st.integers(min_value=0, max_value=24 * 60 - 1).map(lambda m: time(m // 60, m % 60))


@st.composite
def quiet_hours(draw: st.DrawFn) -> QuietHours:
    starts = draw(st.integers(min_value=0, max_value=24 * 60 - 1))
    ends = (starts + draw(st.integers(min_value=1, max_value=14 * 60))) % (24 * 60)
    return QuietHours(time(starts // 60, starts % 60), time(ends // 60, ends % 60))


@cache
def quiet_minutes(quiet: QuietHours) -> set[int]:
    """The quiet minutes of a day, found by walking a wall clock from the start of the quiet hours."""
    minutes = set()
    minute = quiet.starts.hour * 60 + quiet.starts.minute
    end = quiet.ends.hour * 60 + quiet.ends.minute
    while minute != end:
        minutes.add(minute)
        minute = (minute + 1) % (24 * 60)
    return minutes


def quiet_by_the_minute(quiet: QuietHours, at: datetime, place: ZoneInfo) -> bool:
    shown = at.astimezone(place)
    return shown.hour * 60 + shown.minute in quiet_minutes(quiet)


def nearest_by_the_minute(on: date, wanted: datetime, place: ZoneInfo, quiet: QuietHours) -> datetime | None:
    """The allowed whole minute of that date nearest to `wanted`, the earlier of two; None without any."""
    allowed = [at for at in minutes_that_exist(on, place) if not quiet_by_the_minute(quiet, at, place)]
    return min(allowed, key=lambda at: (abs(at - wanted), at), default=None)


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (time(22), time(22)),  # none at all, or a whole day
        (time(22), time(12, 1)),  # fourteen hours and a minute
        (time(7), time(21, 1)),
        (time(0), time(23, 59)),
        (time(22, 0, 1), time(7)),
        (time(22), time(7, 0, 0, 1)),
        (time(22, tzinfo=UTC), time(7, tzinfo=UTC)),
    ],
)
def test_quiet_hours_that_cannot_be_are_refused_with_a_sentence(starts: time, ends: time) -> None:
    with pytest.raises(QuietHoursError, match=r"\.$"):
        QuietHours(starts, ends)


@pytest.mark.parametrize(
    ("starts", "ends"),
    [(time(22), time(12)), (time(0), time(14)), (time(10), time(0)), (time(23, 59), time(0))],
)
def test_quiet_hours_of_a_minute_and_of_fourteen_hours_are_kept(starts: time, ends: time) -> None:
    quiet = QuietHours(starts, ends)
    assert (quiet.starts, quiet.ends) == (starts, ends)


def test_the_fold_of_a_time_makes_no_difference() -> None:
    assert QuietHours(time(22, fold=1), time(7)) == NIGHT
    assert hash(QuietHours(time(22, fold=1), time(7))) == hash(NIGHT)
    with pytest.raises(QuietHoursError):
        QuietHours(time(22, fold=1), time(22))


@pytest.mark.parametrize(
    ("quiet", "wall", "is_quiet"),
    [
        (NIGHT, time(21, 59, 59), False),
        (NIGHT, time(22), True),
        (NIGHT, time(23, 59), True),
        (NIGHT, time(0), True),
        (NIGHT, time(6, 59, 59), True),
        (NIGHT, time(7), False),
        (NOON_REST, time(11, 59), False),
        (NOON_REST, time(12), True),
        (NOON_REST, time(14), False),
        (LATE, time(23, 15), True),
        (LATE, time(0), False),
        (EARLY, time(0), True),
    ],
)
def test_quiet_hours_include_their_start_and_not_their_end(quiet: QuietHours, wall: time, is_quiet: bool) -> None:
    assert quiet.is_quiet(instant(DAY, wall, BERLIN), BERLIN) is is_quiet


@pytest.mark.parametrize(
    ("quiet", "preferred", "wall"),
    [
        (None, time(3), time(3)),
        (NIGHT, time(8), time(8)),
        (NIGHT, time(7), time(7)),
        (NIGHT, time(3), time(7)),
        (NIGHT, time(0), time(7)),
        (NIGHT, time(22), time(21, 59)),
        (NIGHT, time(23, 30), time(21, 59)),
        (NOON_REST, time(12, 30), time(11, 59)),
        (NOON_REST, time(13, 30), time(14)),
        (QuietHours(time(12), time(13, 1)), time(12, 30), time(11, 59)),  # 31 minutes either way: the earlier
        (QuietHours(time(12), time(13)), time(12, 30), time(13)),  # 31 before, 30 after
        (EARLY, time(0), time(2, 30)),
        (LATE, time(23, 59), time(23, 14)),
    ],
)
def test_a_preferred_time_moves_to_the_nearest_allowed_one(
    quiet: QuietHours | None, preferred: time, wall: time
) -> None:
    assert allowed_instant(DAY, preferred, BERLIN, quiet) == instant(DAY, wall, BERLIN)


@pytest.mark.parametrize(
    ("zone_name", "on", "preferred", "quiet", "at"),
    [
        # Quiet until a wall time that the clocks skip: allowed at once when they have.
        (
            "Europe/Berlin",
            date(2025, 3, 30),
            time(1, 50),
            QuietHours(time(22), time(2, 30)),
            "2025-03-30T01:00",
        ),
        # 02:00 to 03:00 comes twice, and 02:00 to 02:30 is quiet both times: the first 02:30 is nearest.
        (
            "Europe/Berlin",
            date(2025, 10, 26),
            time(2, 10),
            QuietHours(time(22), time(2, 30)),
            "2025-10-26T00:30",
        ),
        # 23:45 was skipped and would fall into the next day.
        ("America/Toronto", date(1919, 3, 30), time(23, 45), None, "1919-03-31T04:29"),
        ("America/Toronto", date(1919, 3, 30), time(23, 45), NIGHT, "1919-03-31T02:59"),
        # Clocks with seconds, until a standard time was kept: the first or last whole minute they showed.
        (
            "America/Havana",
            date(1925, 7, 19),
            time(11, 50),
            QuietHours(time(4), time(12, 10)),
            "1925-07-19T17:30",
        ),
        (
            "America/Phoenix",
            date(1883, 11, 18),
            time(12, 10),
            QuietHours(time(12), time(14)),
            "1883-11-18T18:59:18",
        ),
        # The date never was: the same time on the day after, or when its quiet hours end.
        ("Pacific/Apia", date(2011, 12, 30), time(8), NIGHT, "2011-12-30T18:00"),
        ("Pacific/Apia", date(2011, 12, 30), time(3), NIGHT, "2011-12-30T17:00"),
        ("Pacific/Apia", date(2011, 12, 30), time(8), None, "2011-12-30T18:00"),
    ],
)
def test_allowed_instants_at_clock_changes_by_hand(
    zone_name: str, on: date, preferred: time, quiet: QuietHours | None, at: str
) -> None:
    assert allowed_instant(on, preferred, ZoneInfo(zone_name), quiet) == datetime.fromisoformat(at + "+00:00")


def check_allowed(on: date, preferred: time, place: ZoneInfo, quiet: QuietHours) -> None:
    found = allowed_instant(on, preferred, place, quiet)
    assert found.tzinfo is UTC
    assert not quiet_by_the_minute(quiet, found, place)
    wanted = instant(on, preferred, place)
    nearest = nearest_by_the_minute(on, wanted, place, quiet)
    if civil_date(wanted, place) == on and not quiet_by_the_minute(quiet, wanted, place):
        assert found == wanted
    elif nearest is not None:
        assert found == nearest
        assert civil_date(found, place) == on
    else:
        assert day_begins(on, place) == day_ends(on, place)
        assert found >= wanted


@pytest.mark.parametrize(("zone_name", "on"), ODD_DATES)
def test_odd_dates_by_the_minute(zone_name: str, on: date) -> None:
    place = ZoneInfo(zone_name)
    for quiet, preferred in zip(ALL_QUIET, [time(23, 40), time(13), time(2, 15), time(1), time(23, 59)], strict=True):
        check_allowed(on, preferred, place, quiet)
    assert (minutes_that_exist(on, place) == []) is ((zone_name, on) in NEVER_WERE)


@given(places, st.one_of(whole_minutes, st.times()), quiet_hours())
def test_any_date_and_quiet_hours_by_the_minute(
    place_and_date: tuple[ZoneInfo, date], preferred: time, quiet: QuietHours
) -> None:
    place, on = place_and_date
    check_allowed(on, preferred, place, quiet)


@given(places, st.times())
def test_without_quiet_hours_the_date_is_kept_wherever_it_exists(
    place_and_date: tuple[ZoneInfo, date], preferred: time
) -> None:
    place, on = place_and_date
    found = allowed_instant(on, preferred, place, None)
    assert civil_date(found, place) == on or day_begins(on, place) == day_ends(on, place)


@pytest.mark.parametrize(
    ("at", "allowed_at"),
    [
        ("2025-06-10T10:00:00.5", "2025-06-10T10:00:00.5"),  # midday in Berlin: as it is
        ("2025-06-10T20:00", "2025-06-11T05:00"),  # 22:00 → 07:00
        ("2025-06-10T19:59:59", "2025-06-10T19:59:59"),
        ("2025-06-11T01:23:45", "2025-06-11T05:00"),
        ("2025-03-29T21:30", "2025-03-30T05:00"),  # the short night: 07:00 is summer time
        ("2025-10-25T20:30", "2025-10-26T06:00"),  # the long one: 07:00 is winter time
    ],
)
def test_next_allowed_by_hand(at: str, allowed_at: str) -> None:
    found = next_allowed(datetime.fromisoformat(at + "+00:00"), BERLIN, NIGHT)
    assert found == datetime.fromisoformat(allowed_at + "+00:00")


def test_quiet_hours_that_come_twice_are_kept_twice() -> None:
    until_half_past_two = QuietHours(time(22), time(2, 30))
    second_quarter_past = datetime(2025, 10, 26, 1, 15, tzinfo=UTC)  # 02:15 for the second time
    assert next_allowed(second_quarter_past, BERLIN, until_half_past_two) == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)


def test_a_skipped_end_of_quiet_hours_is_the_clock_change_to_the_second() -> None:
    until_half_past_two = QuietHours(time(22), time(2, 30))
    at = datetime(2025, 3, 29, 21, 30, 0, 1, tzinfo=UTC)  # a microsecond must not blur the change
    assert next_allowed(at, BERLIN, until_half_past_two) == datetime(2025, 3, 30, 1, tzinfo=UTC)


def test_any_moment_is_allowed_without_quiet_hours_and_comes_back_in_utc() -> None:
    at = datetime(2025, 6, 10, 3, tzinfo=BERLIN)
    assert next_allowed(at, BERLIN, None) == at
    assert next_allowed(at, BERLIN, None).tzinfo is UTC


def test_a_naive_instant_is_refused() -> None:
    naive = datetime(2025, 6, 10, 3)  # noqa: DTZ001
    with pytest.raises(ValueError, match="aware"):
        next_allowed(naive, BERLIN, NIGHT)
    with pytest.raises(ValueError, match="aware"):
        NIGHT.is_quiet(naive, BERLIN)


@given(places, st.integers(min_value=-24 * 3600, max_value=48 * 3600), quiet_hours())
def test_next_allowed_is_the_first_moment_that_is_not_quiet(
    place_and_date: tuple[ZoneInfo, date], seconds: int, quiet: QuietHours
) -> None:
    place, on = place_and_date
    at = datetime.combine(on, time(), tzinfo=UTC) + timedelta(seconds=seconds)
    found = next_allowed(at, place, quiet)
    assert found >= at
    assert not quiet_by_the_minute(quiet, found, place)
    # Steps of a minute from `at`, and the last moment before `found`: all quiet.
    before = at
    while before < found:
        assert quiet_by_the_minute(quiet, before, place)
        before += timedelta(minutes=7)
    if found > at:
        assert quiet_by_the_minute(quiet, found - timedelta(seconds=1), place)


@pytest.mark.parametrize(
    ("at", "quiet_at"),
    [
        ("2025-06-10T10:00:00.5", "2025-06-10T20:00"),  # midday in Berlin: 22:00
        ("2025-06-10T20:00", "2025-06-10T20:00"),
        ("2025-06-11T05:00", "2025-06-11T20:00"),  # the minute on which they end
        ("2025-03-29T22:00", "2025-03-29T22:00"),
        ("2025-10-26T10:00", "2025-10-26T21:00"),  # 22:00 is winter time
    ],
)
def test_next_quiet_by_hand(at: str, quiet_at: str) -> None:
    found = next_quiet(datetime.fromisoformat(at + "+00:00"), BERLIN, NIGHT)
    assert found == datetime.fromisoformat(quiet_at + "+00:00")


@given(places, st.integers(min_value=-24 * 3600, max_value=48 * 3600), quiet_hours())
def test_next_quiet_is_the_first_moment_that_is_quiet(
    place_and_date: tuple[ZoneInfo, date], seconds: int, quiet: QuietHours
) -> None:
    place, on = place_and_date
    at = datetime.combine(on, time(), tzinfo=UTC) + timedelta(seconds=seconds)
    found = next_quiet(at, place, quiet)
    assert found >= at
    assert quiet_by_the_minute(quiet, found, place)
    before = at
    while before < found:
        assert not quiet_by_the_minute(quiet, before, place)
        before += timedelta(minutes=1)
