"""Whether somebody reads at an instant, and when the next staffed stretch begins."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinics.domain.staffed import (
    Reading,
    StaffedTimes,
    StaffedTimesError,
    StaffedWeek,
    reading_at,
    staffed_on,
    times_in_words,
    times_typed,
)

BERLIN = ZoneInfo("Europe/Berlin")
WEEKDAYS = StaffedWeek({day: times_typed("9–12:30, 14–17") for day in range(5)})


def at(text: str) -> datetime:
    """Wall time in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def every_day(text: str) -> StaffedWeek:
    return StaffedWeek({day: times_typed(text) for day in range(7)})


def test_what_nobody_has_set_is_unknown() -> None:
    assert reading_at(StaffedWeek(), at("2027-01-04 12:00"), BERLIN) == Reading(is_read=None)
    only_a_holiday = StaffedWeek({}, {date(2027, 1, 6): ()})
    assert reading_at(only_a_holiday, at("2027-01-04 12:00"), BERLIN).is_read is None


@pytest.mark.parametrize(
    ("now", "is_read", "until", "next_from"),
    [
        ("2027-01-04 08:59", False, None, "2027-01-04 09:00"),
        ("2027-01-04 09:00", True, "2027-01-04 12:30", None),
        ("2027-01-04 12:29", True, "2027-01-04 12:30", None),
        ("2027-01-04 12:30", False, None, "2027-01-04 14:00"),
        ("2027-01-04 16:59", True, "2027-01-04 17:00", None),
        ("2027-01-04 17:00", False, None, "2027-01-05 09:00"),
        ("2027-01-08 17:00", False, None, "2027-01-11 09:00"),
        ("2027-01-10 03:00", False, None, "2027-01-11 09:00"),
    ],
)
def test_it_reads_from_the_first_minute_up_to_the_last(
    now: str, is_read: bool, until: str | None, next_from: str | None
) -> None:
    reading = reading_at(WEEKDAYS, at(now), BERLIN)
    assert reading == Reading(is_read, until and at(until), next_from and at(next_from))


def test_a_date_of_its_own_stands_in_for_its_weekday() -> None:
    week = StaffedWeek(WEEKDAYS.weekly, {date(2027, 1, 6): (), date(2027, 1, 9): times_typed("10-11")})
    assert reading_at(week, at("2027-01-06 10:00"), BERLIN) == Reading(False, None, at("2027-01-07 09:00"))
    assert reading_at(week, at("2027-01-09 10:30"), BERLIN) == Reading(True, at("2027-01-09 11:00"))


def test_closed_for_longer_than_is_looked_ahead_is_not_known_again() -> None:
    closed = {date(2027, 1, 4) + timedelta(days=day): () for day in range(90)}
    assert reading_at(StaffedWeek(WEEKDAYS.weekly, closed), at("2027-01-04 10:00"), BERLIN) == Reading(False)


def test_stretches_that_meet_are_one_also_over_midnight() -> None:
    night = every_day("0–6, 18–24")
    assert reading_at(night, at("2027-01-04 20:00"), BERLIN).until == at("2027-01-05 06:00")
    assert reading_at(every_day("9–12, 12–15"), at("2027-01-04 10:00"), BERLIN).until == at("2027-01-04 15:00")


def test_around_the_clock_has_no_end() -> None:
    assert reading_at(every_day("0–24"), at("2027-03-28 02:59"), BERLIN) == Reading(is_read=True)


def test_hours_that_the_clocks_skip_are_no_hours() -> None:
    """On 28 March 2027 the clocks of Berlin go from 02:00 to 03:00."""
    assert staffed_on(every_day("2–2:30"), date(2027, 3, 28), BERLIN) == []
    assert staffed_on(every_day("2:30–4"), date(2027, 3, 28), BERLIN) == [
        (datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 3, 28, 2, tzinfo=UTC))
    ]


def test_hours_that_come_twice_count_once() -> None:
    """On 31 October 2027 the hour from 02:00 comes twice; who goes home at 02:30 does so the first time."""
    fall = date(2027, 10, 31)
    assert staffed_on(every_day("1–2:30"), fall, BERLIN) == [
        (datetime(2027, 10, 30, 23, tzinfo=UTC), datetime(2027, 10, 31, 0, 30, tzinfo=UTC))
    ]
    assert staffed_on(every_day("1–4"), fall, BERLIN) == [
        (datetime(2027, 10, 30, 23, tzinfo=UTC), datetime(2027, 10, 31, 3, tzinfo=UTC))
    ]


def test_a_date_that_a_zone_skips_has_no_hours() -> None:
    assert staffed_on(every_day("9–17"), date(2011, 12, 30), ZoneInfo("Pacific/Apia")) == []
    assert staffed_on(every_day("0–24"), date(2011, 12, 30), ZoneInfo("Pacific/Apia")) == []


@given(
    hours=st.floats(0, 2 * 365 * 24),
    zone=st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu"]),
    begins=st.integers(0, 23 * 60),
    minutes=st.integers(1, 59),
)
def test_nobody_reads_unless_the_clock_of_the_clinic_shows_those_hours(
    hours: float, zone: str, begins: int, minutes: int
) -> None:
    """Reckoned apart: whoever is said to read does so at a wall time within the stretch of that date."""
    where = ZoneInfo(zone)
    times = StaffedTimes(time(begins // 60, begins % 60), time((begins + minutes) // 60, (begins + minutes) % 60))
    week = StaffedWeek(dict.fromkeys(range(7), (times,)))
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    reading = reading_at(week, now, where)
    if reading.is_read:
        assert times.begins <= now.astimezone(where).time() < times.ends
        assert reading.until is not None
        assert now < reading.until <= now + timedelta(minutes=minutes)
    else:
        assert reading.next_from is not None
        assert now < reading.next_from <= now + timedelta(days=2, hours=2)
        assert reading_at(week, reading.next_from, where).is_read


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", ""),
        ("9-17", "09:00–17:00"),
        ("14.00 – 17.30; 9–12", "09:00–12:00, 14:00–17:30"),
        ("8–12 and 13–24", "08:00–12:00, 13:00–24:00"),
        ("0–24", "00:00–24:00"),
    ],
)
def test_times_are_typed_as_people_write_them(typed: str, words: str) -> None:
    assert times_in_words(times_typed(typed)) == words
    assert times_typed(words) == times_typed(typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nine to five", "is no stretch of time"),
        ("25–26", "is no stretch of time"),
        ("9:75–10", "is no stretch of time"),
        ("17–9", "ends later than it begins"),
        ("9–9", "ends later than it begins"),
        ("9–12, 11–13", "overlap"),
        ("0–24, 9–10", "overlap"),
        ("24–3", "begins before midnight"),
        ("20–0", "write the end of a day as 24:00"),
        ("20–24:30", "ends at 24:00"),
    ],
)
def test_times_that_cannot_be_are_refused_in_a_sentence(typed: str, said: str) -> None:
    with pytest.raises(StaffedTimesError, match=said):
        times_typed(typed)
