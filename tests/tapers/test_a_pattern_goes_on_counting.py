"""“Every 2 days” goes on from the dose day that was lived last, whenever a later version is signed or shifted."""

import pytest

from patients.services.tapers.request_page import request_content
from patients.services.tapers.revising import Extension
from tests.fixtures.lives import Life, day


@pytest.fixture
def told(life: Life) -> Life:
    """Day 57 is the first day of 10 mg every 2 days."""
    life.changes(1, 29, 57)
    return life


@pytest.mark.parametrize("first", [66, 67])
@pytest.mark.parametrize("late", [0, 1])
def test_signed_late_no_dose_day_is_added_or_lost(told: Life, first: int, late: int) -> None:
    told.revise(Extension(6), first=first, on=60, signed=first + late if late else first)
    taken = told.all_mg(range(57, 91))
    assert taken == [10 if n % 2 else 0 for n in range(57, 91)]


def test_begun_on_the_first_day_of_the_step_and_signed_that_day(told: Life) -> None:
    """Day 57 is lived under the first version, and day 58 is the first of the second."""
    told.revise(Extension(6), first=57, on=50, signed=57)
    assert told.all_mg(range(57, 65)) == [10, 0] * 4


@pytest.mark.parametrize("held", [1, 2, 3])
def test_a_hold_before_it_begins_keeps_the_rhythm(told: Life, held: int) -> None:
    told.revise(Extension(6), first=66, on=60)
    told.hold(62)
    told.resume(62 + held)
    ends = 84 + 6 + held
    assert told.all_mg(range(57, ends + 1)) == [10 if n % 2 else 0 for n in range(57, ends + 1)]
    assert str(told.course.on(day(ends)).step.pattern) == "every 2 days"  # type: ignore[union-attr]


def test_what_is_read_afterwards_counts_the_same_days(told: Life) -> None:
    told.revise(Extension(6), first=67, on=60, signed=67)
    content = request_content(told.taper.versions.get(number=2), today=day(68))
    first = content.steps[0]
    taken = [n for n in range(68, 68 + first.days) if told.mg(n)]
    assert first.dose_days == len(taken)
