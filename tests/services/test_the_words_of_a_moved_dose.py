"""A dose that was moved may carry instructions that say another time: the calendar too tells which of them counts."""

from dataclasses import replace

from patients.models import Order
from patients.services.day.calendar_events import _description
from patients.services.day.things import Kind, Thing
from patients.services.day.timetable import DayItem, DayTime, which_counts

COUNTS = " This time counts, whatever its instructions say of meals."
CALCIUM = DayItem(
    thing=Thing(
        kind=Kind.ORDER, code="c", name="Calcium", order=Order(instructions="Take it with breakfast, never later.")
    ),
    written="with-breakfast",
    where="at bedtime",
    why="four hours from levothyroxine",
)


def described(item: DayItem) -> str:
    return _description(DayTime(minute=1350, clock="22:30", name="bedtime", items=(item,))).splitlines()[0]


def test_the_calendar_says_that_the_time_counts() -> None:
    assert described(CALCIUM) == f"Calcium: Take it with breakfast, never later.{COUNTS}"


def test_where_nothing_was_moved_the_instructions_stand_alone() -> None:
    assert described(replace(CALCIUM, why="")) == "Calcium: Take it with breakfast, never later."


def test_where_the_move_breaks_what_it_needs_of_meals_nothing_is_waved_aside() -> None:
    assert which_counts(CALCIUM) == COUNTS
    assert which_counts(replace(CALCIUM, is_against_meals=True)) == ""
