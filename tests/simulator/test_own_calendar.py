"""The judges' own reckoning of days and nights, against days worked out by hand."""

from datetime import UTC, date, datetime, time

import pytest

from gutclinic.simulator.evidence import PersonState
from gutclinic.simulator.invariants.wall import day_begins, is_quiet, next_awake, preferred_instant


def person(zone: str, starts: str, ends: str, at: str) -> PersonState:
    return PersonState(
        zone, time.fromisoformat(starts), time.fromisoformat(ends), time.fromisoformat(at), is_reachable=True
    )


@pytest.mark.parametrize(
    ("day", "zone", "begins"),
    [
        (date(2027, 1, 2), "Pacific/Kiritimati", datetime(2027, 1, 1, 10, tzinfo=UTC)),
        (date(2027, 1, 2), "Pacific/Pago_Pago", datetime(2027, 1, 2, 11, tzinfo=UTC)),
        # The clocks skip the first hour of these days.
        (date(2027, 3, 14), "America/Havana", datetime(2027, 3, 14, 5, tzinfo=UTC)),
        (date(2027, 3, 28), "Asia/Beirut", datetime(2027, 3, 27, 22, tzinfo=UTC)),
        # At the end of 3 April the clocks go back to 23:00.
        (date(2027, 4, 4), "America/Santiago", datetime(2027, 4, 4, 4, tzinfo=UTC)),
    ],
)
def test_a_day_begins_with_its_first_instant(day: date, zone: str, begins: datetime) -> None:
    assert day_begins(day, zone) == begins


@pytest.mark.parametrize(
    ("who", "day", "instant"),
    [
        (person("Europe/Berlin", "21:00", "08:00", "09:00"), date(2027, 1, 18), "2027-01-18T08:00"),
        # Within the night: the nearer edge of it on that date.
        (person("Europe/Berlin", "21:00", "08:00", "07:00"), date(2027, 1, 18), "2027-01-18T07:00"),
        (person("Europe/Berlin", "21:00", "08:00", "22:00"), date(2027, 1, 18), "2027-01-18T19:59"),
        # 02:30 does not exist on 28 March in Berlin.
        (person("Europe/Berlin", "08:00", "16:00", "02:30"), date(2027, 3, 28), "2027-03-28T01:30"),
        (person("Asia/Kathmandu", "21:00", "08:00", "09:00"), date(2027, 1, 18), "2027-01-18T03:15"),
    ],
)
def test_the_preferred_instant_keeps_out_of_the_night(who: PersonState, day: date, instant: str) -> None:
    assert preferred_instant(day, who) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


def test_a_night_over_midnight_has_two_parts() -> None:
    who = person("Europe/Berlin", "21:00", "08:00", "09:00")
    hours = [hour for hour in range(24) if is_quiet(datetime(2027, 1, 18, hour, tzinfo=UTC), who)]
    # In Berlin it is an hour later.
    assert hours == [0, 1, 2, 3, 4, 5, 6, 20, 21, 22, 23]


def test_whoever_sleeps_wakes_at_the_end_of_the_night() -> None:
    who = person("Pacific/Auckland", "22:30", "06:30", "07:00")
    assert next_awake(datetime(2027, 1, 17, 10, 0, tzinfo=UTC), who) == datetime(2027, 1, 17, 17, 30, tzinfo=UTC)
    assert next_awake(datetime(2027, 1, 17, 9, 0, tzinfo=UTC), who) == datetime(2027, 1, 17, 9, 0, tzinfo=UTC)
