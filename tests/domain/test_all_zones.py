"""Every zone there is, on sampled dates and around its own clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clinics.domain.instants import (
    QuietHours,
    allowed_instant,
    civil_date,
    day_begins,
    day_ends,
    instant,
    next_allowed,
    zone,
    zone_names,
)
from tests.domain.test_instants import assert_bounds
from tests.domain.zones import clock_changes

NIGHT = QuietHours(time(22), time(7))
SAMPLED = [date(1985, 3, 31), date(2011, 12, 30), date(2025, 1, 1), date(2028, 2, 29)]


def _distinct_zones() -> list[ZoneInfo]:
    """One zone of each set that shows the same time in 2011 and 2025: links and twins add nothing."""
    noons = [
        datetime(year, month, 1, 12, tzinfo=UTC) for year in (1985, 2011, 2012, 2025) for month in (1, 3, 4, 7, 10)
    ]
    seen: dict[tuple[timedelta | None, ...], ZoneInfo] = {}
    for name in sorted(zone_names()):
        place = zone(name)
        seen.setdefault(tuple(noon.astimezone(place).utcoffset() for noon in noons), place)
    return list(seen.values())


def test_every_zone_knows_its_dates_and_keeps_its_nights() -> None:
    for name in sorted(zone_names()):
        place = zone(name)
        for on in SAMPLED:
            begins, ends = day_begins(on, place), day_ends(on, place)
            if begins == ends:
                assert on == date(2011, 12, 30), name
                continue
            assert civil_date(begins, place) == on == civil_date(ends - timedelta(microseconds=1), place), name
            moved = allowed_instant(on, time(23, 30), place, NIGHT)
            assert moved == instant(on, time(21, 59), place), name
            assert next_allowed(moved + timedelta(minutes=1), place, NIGHT) > ends - timedelta(hours=2), name


def test_dates_around_every_clock_change_of_two_years() -> None:
    places = _distinct_zones()
    change_count = 0
    for place in places:
        for noon in clock_changes(place, date(2024, 6, 1), date(2026, 6, 1)):
            change_count += 1
            for days in (-1, 0, 1, 2):
                on = noon.date() + timedelta(days=days)
                assert_bounds(on, place)
                assert day_ends(on, place) >= day_begins(on + timedelta(days=1), place)
                for preferred in (time(0, 30), time(2, 30), time(23, 30)):
                    found = allowed_instant(on, preferred, place, NIGHT)
                    assert civil_date(found, place) == on
                    assert not NIGHT.is_quiet(found, place)
    # Both hemispheres change their clocks, so there must have been many.
    assert len(places) > 100
    assert change_count > 100
