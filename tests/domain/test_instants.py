"""A civil date and a wall time become an instant, and dates begin and end, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinics.domain.instants import UnknownZone, civil_date, day_begins, day_ends, instant, zone, zone_names
from tests.domain.zones import NEVER_WERE, ODD_DATES, minutes_that_exist

BERLIN = ZoneInfo("Europe/Berlin")
MOMENT = timedelta(microseconds=1)

zones = st.sampled_from(sorted(zone_names())).map(ZoneInfo)
dates = st.dates(min_value=date(1840, 1, 1), max_value=date(2100, 1, 1))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_listed_zone_is_found() -> None:
    assert zone("Europe/Berlin") == BERLIN
    assert zone("UTC").key == "UTC"
    assert len(zone_names()) > 400
    assert zone_names() <= available_timezones()


@pytest.mark.parametrize(
    "name",
    ["", " ", "Europe/Berlín", "europe/berlin", "Europe/Berlin ", "Europe", "Mars/Olympus",
     "../../etc/passwd", "/etc/localtime", "Europe/../Europe/Berlin", "localtime", "Factory", "posixrules",
     "right/UTC", "UTC\x00", "CEST", "+02:00", "zone.tab", "tzdata.zi"],
)  # fmt: skip
def test_a_zone_that_does_not_exist_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(UnknownZone, match=r"is not a time zone\. .*\.$"):
        zone(name)


def test_no_zone_at_all_is_refused_too() -> None:
    with pytest.raises(UnknownZone):
        zone(None)  # type: ignore[arg-type]


@given(st.text())
def test_any_other_text_is_no_zone(name: str) -> None:
    if name not in zone_names():
        with pytest.raises(UnknownZone):
            zone(name)


@pytest.mark.parametrize(
    ("zone_name", "on", "wall", "at"),
    [
        ("Europe/Berlin", date(2025, 1, 15), time(8), "2025-01-15T07:00"),
        ("Europe/Berlin", date(2025, 7, 15), time(8), "2025-07-15T06:00"),
        ("Europe/Berlin", date(2025, 3, 30), time(1, 59), "2025-03-30T00:59"),
        ("Europe/Berlin", date(2025, 3, 30), time(2, 30), "2025-03-30T01:30"),  # skipped: shown as 03:30
        ("Europe/Berlin", date(2025, 3, 30), time(3, 30), "2025-03-30T01:30"),
        ("Europe/Berlin", date(2025, 10, 26), time(2, 30), "2025-10-26T00:30"),  # twice: the first
        ("Europe/Berlin", date(2025, 10, 26), time(2, 30, fold=1), "2025-10-26T00:30"),
        (
            "Australia/Lord_Howe",
            date(2025, 10, 5),
            time(2, 15),
            "2025-10-04T15:45",
        ),  # skipped: shown as 02:45
        ("Australia/Lord_Howe", date(2025, 4, 6), time(1, 45), "2025-04-05T14:45"),  # twice: the first
        ("America/Havana", date(2025, 3, 9), time(0), "2025-03-09T05:00"),  # skipped: shown as 01:00
        ("Asia/Kathmandu", date(2025, 5, 1), time(6), "2025-05-01T00:15"),
        ("Pacific/Kiritimati", date(2025, 5, 1), time(8), "2025-04-30T18:00"),
        ("Pacific/Pago_Pago", date(2025, 5, 1), time(23), "2025-05-02T10:00"),
        ("Pacific/Apia", date(2011, 12, 30), time(8), "2011-12-30T18:00"),  # skipped: 08:00 on the 31st
    ],
)
def test_instants_by_hand(zone_name: str, on: date, wall: time, at: str) -> None:
    found = instant(on, wall, ZoneInfo(zone_name))
    assert found == utc(at)
    assert found.tzinfo is UTC


def test_a_wall_time_with_a_zone_and_an_instant_without_one_are_refused() -> None:
    with pytest.raises(ValueError, match="no zone of its own"):
        instant(date(2025, 1, 1), time(8, tzinfo=UTC), BERLIN)
    with pytest.raises(ValueError, match="aware"):
        civil_date(datetime(2025, 1, 1, 8), BERLIN)  # noqa: DTZ001


def test_one_instant_is_two_dates_on_both_sides_of_the_date_line() -> None:
    at = utc("2025-05-01T10:30")
    assert civil_date(at, ZoneInfo("Pacific/Kiritimati")) == date(2025, 5, 2)
    assert civil_date(at, ZoneInfo("Pacific/Pago_Pago")) == date(2025, 4, 30)


@pytest.mark.parametrize(
    ("zone_name", "on", "begins", "ends"),
    [
        ("Europe/Berlin", date(2025, 3, 30), "2025-03-29T23:00", "2025-03-30T22:00"),  # 23 hours
        ("Europe/Berlin", date(2025, 10, 26), "2025-10-25T22:00", "2025-10-26T23:00"),  # 25 hours
        ("Australia/Lord_Howe", date(2025, 4, 6), "2025-04-05T13:00", "2025-04-06T13:30"),  # 24½ hours
        ("America/Havana", date(2025, 3, 9), "2025-03-09T05:00", "2025-03-10T04:00"),  # begins at 01:00
        (
            "America/Havana",
            date(2025, 11, 2),
            "2025-11-02T04:00",
            "2025-11-03T05:00",
        ),  # at the first midnight
        ("America/Sao_Paulo", date(2019, 2, 16), "2019-02-16T02:00", "2019-02-17T03:00"),  # 23 to 24 twice
        ("America/Toronto", date(1919, 3, 31), "1919-03-31T04:30", "1919-04-01T04:00"),  # begins at 00:30
        ("America/St_Johns", date(2009, 10, 31), "2009-10-31T02:30", "2009-11-01T03:30"),
        ("America/St_Johns", date(2009, 11, 1), "2009-11-01T02:30", "2009-11-02T03:30"),
        ("Pacific/Apia", date(2011, 12, 29), "2011-12-29T10:00", "2011-12-30T10:00"),
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00", "2011-12-30T10:00"),  # never was
        ("Pacific/Apia", date(2011, 12, 31), "2011-12-30T10:00", "2011-12-31T10:00"),
        ("Africa/Monrovia", date(1972, 1, 7), "1972-01-07T00:44:30", "1972-01-08T00:00"),
    ],
)
def test_dates_begin_and_end_by_hand(zone_name: str, on: date, begins: str, ends: str) -> None:
    assert day_begins(on, ZoneInfo(zone_name)) == utc(begins)
    assert day_ends(on, ZoneInfo(zone_name)) == utc(ends)


@pytest.mark.parametrize(("zone_name", "on"), ODD_DATES)
def test_a_date_holds_exactly_the_minutes_its_clocks_show(zone_name: str, on: date) -> None:
    place = ZoneInfo(zone_name)
    minutes = minutes_that_exist(on, place)
    begins, ends = day_begins(on, place), day_ends(on, place)
    if (zone_name, on) in NEVER_WERE:
        assert minutes == []
        assert begins == ends
        return
    minute = timedelta(minutes=1)
    assert begins <= minutes[0] < begins + minute
    assert minutes[-1] < ends <= minutes[-1] + minute


def assert_bounds(on: date, place: ZoneInfo) -> None:
    """What must be true of the first and last instant of any date anywhere."""
    begins, ends = day_begins(on, place), day_ends(on, place)
    assert begins.tzinfo is ends.tzinfo is UTC
    assert begins <= ends
    assert civil_date(begins, place) >= on
    assert civil_date(ends - MOMENT, place) <= on
    for away in (MOMENT, timedelta(minutes=1), timedelta(minutes=59), timedelta(hours=1), timedelta(hours=3)):
        assert civil_date(begins - away, place) < on
        assert civil_date(ends - MOMENT + away, place) > on
    assert day_begins(on + timedelta(days=1), place) <= ends


@given(zones, dates)
def test_a_date_is_neither_before_its_beginning_nor_after_its_end(place: ZoneInfo, on: date) -> None:
    assert_bounds(on, place)


@given(zones, dates, st.times())
def test_an_instant_shows_its_wall_time_or_one_the_clocks_skipped(place: ZoneInfo, on: date, wall: time) -> None:
    at = instant(on, wall, place)
    shown = at.astimezone(place).replace(tzinfo=None, fold=0)
    wanted = datetime.combine(on, wall)
    assert shown >= wanted
    if shown != wanted:
        # Moved by exactly what the clocks skip between the two offsets, and no such time exists at all.
        before, after = (at - timedelta(days=1)).astimezone(place), at.astimezone(place)
        assert shown - wanted == (after.utcoffset() or timedelta()) - (before.utcoffset() or timedelta())
        assert all(
            datetime.combine(on, wall.replace(fold=fold), tzinfo=place)
            .astimezone(UTC)
            .astimezone(place)
            .replace(tzinfo=None, fold=0)
            != wanted
            for fold in (0, 1)
        )


@given(zones, st.datetimes(min_value=datetime(1840, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_every_instant_lies_within_its_own_date(place: ZoneInfo, wall: datetime) -> None:
    at = wall.replace(tzinfo=UTC)
    on = civil_date(at, place)
    assert day_begins(on, place) <= at < day_ends(on, place)
