"""Days are hers: on both sides of the date line, through clock changes, and when she moves."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinics.actor import for_system
from patients.models import Patient, UseKind
from patients.services.people import save_patient
from patients.services.tapers import holding, looking_after, using
from tests.fixtures.lives import Life, day
from tests.fixtures.tapers import on_day

FAR_EAST, FAR_WEST = "Pacific/Kiritimati", "Pacific/Honolulu"
"""UTC+14 and UTC−10: 24 hours apart."""


def lives_in(life: Life, zone: str, *, at: datetime) -> None:
    """She moves, and the clinic writes it down."""
    patient = Patient.objects.select_related("clinic").get(pk=life.taper.plan.patient_id)
    patient.zone = zone
    save_patient(patient, by=life.cho, at=at)


def wall(zone: str, on: date, hour: int = 12, minute: int = 0) -> datetime:
    return datetime.combine(on, time(hour, minute), tzinfo=ZoneInfo(zone))


def sweep(at: datetime) -> int:
    return looking_after.look_after_tapers(by=for_system(), at=at)


@pytest.mark.parametrize("zone", [FAR_EAST, FAR_WEST, "Asia/Kathmandu"])
def test_the_last_day_of_a_step_begins_at_her_midnight(life: Life, zone: str) -> None:
    lives_in(life, zone, at=on_day(-6))
    sweep(wall(zone, day(0)))
    assert life.taper.looks_at == wall(zone, day(28), 0)
    assert sweep(wall(zone, day(27), 23, 59)) == 0
    assert sweep(wall(zone, day(28), 0)) == 1
    assert (life.status, life.hold_that_is_on.first_day) == ("held", day(28))


def test_half_an_hour_after_her_midnight_it_is_her_next_day(life: Life) -> None:
    """In UTC it is still the day before."""
    lives_in(life, FAR_EAST, at=on_day(-6))
    at = wall(FAR_EAST, day(30), 0, 30)
    assert at.astimezone(ZoneInfo("UTC")).date() == day(29)
    holding.hold(life.taper, reason="Travelling", by=life.cho, at=at, revision=life.taper.revision)
    assert life.hold_that_is_on.first_day == day(30)
    assert using.write_diary(life.taper, on=day(30), symptoms=1, rescue_doses=None, by=life.angela, at=at).on == day(30)


def test_moved_east_over_the_date_line_on_the_last_day_it_still_waits(life: Life) -> None:
    """The old midnight would come after that day is over where she lives now."""
    lives_in(life, FAR_WEST, at=on_day(-6))
    sweep(wall(FAR_WEST, day(0)))
    moved_at = wall(FAR_WEST, day(27), 13)
    lives_in(life, FAR_EAST, at=moved_at)
    # Where she lives now it is one o’clock in the afternoon of day 28.
    assert sweep(moved_at + timedelta(minutes=1)) == 1
    assert (life.status, life.hold_that_is_on.first_day) == ("held", day(28))


def test_moved_west_over_the_date_line_it_waits_for_her_day(life: Life) -> None:
    lives_in(life, FAR_EAST, at=on_day(-6))
    sweep(wall(FAR_EAST, day(0)))
    moved_at = wall(FAR_EAST, day(27), 13)
    lives_in(life, FAR_WEST, at=moved_at)
    # Where she lives now it is one o’clock in the afternoon of day 26.
    assert life.taper.looks_at == wall(FAR_WEST, day(28), 0)
    assert sweep(wall(FAR_EAST, day(28), 0, 1)) == 0
    assert sweep(wall(FAR_WEST, day(28), 0, 1)) == 1
    assert life.status == "held"


def test_moving_rewrites_no_date(life: Life) -> None:
    before = life.all_mg(range(1, 113))
    lives_in(life, FAR_EAST, at=on_day(10))
    lives_in(life, FAR_WEST, at=on_day(12))
    assert (life.all_mg(range(1, 113)), life.status) == (before, "active")


def test_held_in_the_east_and_resumed_in_the_west_it_lasted_no_day_less_than_none(life: Life) -> None:
    """Her date goes back a day between the two."""
    lives_in(life, FAR_EAST, at=on_day(9))
    at = wall(FAR_EAST, day(10), 8)
    holding.hold(life.taper, reason="Travelling", by=life.cho, at=at, revision=life.taper.revision)
    lives_in(life, FAR_WEST, at=at + timedelta(minutes=1))
    later = at + timedelta(minutes=2)
    assert later.astimezone(ZoneInfo(FAR_WEST)).date() == day(9)
    holding.resume(life.taper, by=life.cho, at=later, revision=life.taper.revision)
    assert (life.status, life.ends_on) == ("active", 112)


@pytest.mark.parametrize(
    ("zone", "first_of_summer", "midnight"),
    [
        # Clocks go forward at two in the morning; in Beirut at midnight, so that the day begins at one.
        ("Europe/Berlin", date(2027, 3, 28), 0),
        ("Asia/Beirut", date(2027, 3, 28), 1),
        ("America/New_York", date(2027, 3, 14), 0),
    ],
)
def test_a_day_on_which_the_clocks_change_begins_when_it_begins(
    life: Life, zone: str, first_of_summer: date, midnight: int
) -> None:
    """Held so long that a step’s last day falls on it."""
    lives_in(life, zone, at=on_day(-6))
    life.changes(1, 29)
    sweep(wall(zone, day(28)))
    last = (first_of_summer - day(1)).days + 1
    held = last - 56
    life.hold(40)
    holding.resume(life.taper, by=life.cho, at=wall(zone, day(40 + held)), revision=life.taper.revision)
    assert life.taper.looks_at == wall(zone, first_of_summer, midnight)
    sweep(wall(zone, first_of_summer, midnight))
    assert life.course.on(first_of_summer) is not None


def test_through_a_clock_change_no_day_is_lost(life: Life) -> None:
    """28 March 2027 has 23 hours in Berlin: day 77."""
    life.changes(1, 29, 57)
    life.sweeps(56, 84)
    assert life.course.on(date(2027, 3, 28)) == life.course.on(date(2027, 3, 27))
    assert life.ends_on == 112


def test_her_answer_late_at_night_counts_for_her_day(life: Life) -> None:
    lives_in(life, FAR_WEST, at=on_day(-6))
    using.report_use(life.taper, kind=UseKind.CHANGED, by=life.angela, at=wall(FAR_WEST, day(29), 23, 50))
    assert life.taper.use_reports.get().since == day(29)
    assert life.taper.use_unknown_at == wall(FAR_WEST, day(60), 0)
