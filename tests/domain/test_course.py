"""The course of a taper: what is taken on which day, over versions and days on hold, counted apart day by day."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.amount import Amount
from protocols.domain.course import Course, Leg, Substituted, steps_that_come
from protocols.domain.pattern import Pattern
from protocols.domain.product import Units
from protocols.domain.taper import Dose, Schedule, Step, schedule
from protocols.domain.window import Window

FIRST = date(2027, 1, 11)


def mg(text: str) -> Amount:
    return Amount.parse(f"{text} mg")


def step(amount: str, days: int, pattern: str = "daily") -> Step:
    return Step((Dose("before-breakfast", (Units(mg(amount), Decimal(1)),)),), Pattern.parse(pattern), days)


def taken(course: Course, first: date, days: int) -> list[str]:
    """What is taken on each day, as text: "20", "" on an off day."""
    lines = []
    for number in range(days):
        doses = course.doses_on(first + timedelta(days=number))
        lines.append("+".join(f"{units.count:f}x{units.strength.value:f}" for dose in doses for units in dose.units))
    return lines


def test_without_a_signed_version_nothing_is_known() -> None:
    course = Course(())
    assert (course.steps, course.first_day, course.ends_on, course.last_dose_on) == ((), None, None, None)
    assert course.on(FIRST) is None
    assert course.doses_on(FIRST) == ()


def test_a_later_version_takes_over_on_its_first_day() -> None:
    one = schedule([step("20", 4), step("10", 4)], first_day=FIRST)
    two = schedule([step("20", 3)], first_day=FIRST + timedelta(days=5))
    course = Course((Leg(1, one, last_day=FIRST + timedelta(days=4)), Leg(2, two)))
    assert taken(course, FIRST, 9) == ["1x20"] * 4 + ["1x10"] + ["1x20"] * 3 + [""]
    assert [(each.version, each.number, each.first, each.last) for each in course.steps] == [
        (1, 1, FIRST, FIRST + timedelta(days=3)),
        (1, 2, FIRST + timedelta(days=4), FIRST + timedelta(days=4)),
        (2, 1, FIRST + timedelta(days=5), FIRST + timedelta(days=7)),
    ]
    assert course.ends_on == FIRST + timedelta(days=7)


def test_days_before_and_after_belong_to_no_step() -> None:
    course = Course((Leg(1, schedule([step("20", 2)], first_day=FIRST)),))
    assert course.on(FIRST - timedelta(days=1)) is None
    assert course.on(FIRST + timedelta(days=2)) is None


def test_while_a_hold_is_on_the_rest_has_no_date() -> None:
    held = schedule([step("20", 4), step("10", 4)], first_day=FIRST, holds=[Window(FIRST + timedelta(days=2), None)])
    course = Course((Leg(1, held),))
    assert course.ends_on is None
    assert course.last_dose_on is None
    assert [each.days for each in course.waiting] == [4]
    assert taken(course, FIRST + timedelta(days=300), 1) == ["1x20"]
    assert [each.first for each in course.steps] == [FIRST]


def test_the_last_dose_is_not_the_last_day() -> None:
    course = Course((Leg(1, schedule([step("10", 28, "weekdays mon,thu")], first_day=FIRST)),))
    assert course.ends_on == FIRST + timedelta(days=27)
    assert course.last_dose_on == FIRST + timedelta(days=24)


def test_a_step_that_goes_on_in_another_version_keeps_its_pattern() -> None:
    one = schedule([step("10", 28, "every 2 days")], first_day=FIRST)
    longer = Step(step("10", 1).doses, Pattern.every(2), 10, lived_days=5)
    course = Course(
        (
            Leg(1, one, last_day=FIRST + timedelta(days=4)),
            Leg(2, schedule([longer], first_day=FIRST + timedelta(days=5))),
        )
    )
    assert [bool(line) for line in taken(course, FIRST, 15)] == [number % 2 == 0 for number in range(15)]


def test_another_strength_stands_in_for_the_days_it_is_missing() -> None:
    swap = Substituted(mg("20"), (Units(mg("10"), Decimal(2)),), FIRST + timedelta(days=1), FIRST + timedelta(days=2))
    course = Course((Leg(1, schedule([step("20", 4)], first_day=FIRST), substituted=(swap,)),))
    assert taken(course, FIRST, 4) == ["1x20", "2x10", "2x10", "1x20"]


def test_what_stands_in_is_counted_together_with_what_is_there() -> None:
    both = Step(
        (Dose("before-breakfast", (Units(mg("20"), Decimal(1)), Units(mg("10"), Decimal(1)))),), Pattern.daily(), 1
    )
    swap = Substituted(mg("20"), (Units(mg("10"), Decimal(2)),), FIRST)
    course = Course((Leg(1, schedule([both], first_day=FIRST), substituted=(swap,)),))
    assert taken(course, FIRST, 1) == ["3x10"]


@given(
    days=st.lists(st.integers(1, 9), min_size=1, max_size=5),
    cuts=st.lists(st.integers(0, 40), max_size=3, unique=True),
)
def test_every_day_from_first_to_last_lies_in_exactly_one_step(days: list[int], cuts: list[int]) -> None:
    """Each later version begins on one of the days; a walk over all days finds one step on each."""
    legs = []
    starts = [0, *sorted(cut for cut in cuts if cut > 0)]
    for number, start in enumerate(starts, start=1):
        last = FIRST + timedelta(days=starts[number] - 1) if number < len(starts) else None
        first = FIRST + timedelta(days=start)
        legs.append(Leg(number, schedule([step("10", length) for length in days], first_day=first), last_day=last))
    course = Course(tuple(legs))
    assert course.ends_on is not None
    for offset in range((course.ends_on - FIRST).days + 1):
        day = FIRST + timedelta(days=offset)
        inside = [each for each in course.steps if each.contains(day)]
        owner = max(start for start in starts if start <= offset)
        if offset - owner < sum(days):
            assert len(inside) == 1
            assert inside[0].version == starts.index(owner) + 1
        else:
            assert inside == []


def days_of(steps: Sequence[Step]) -> list[int]:
    return [each.days for each in steps]


@pytest.mark.parametrize(
    ("last_day", "held", "come"),
    [
        (None, None, [4, 5, 6]),
        (0, None, [4]),
        (3, None, [4]),
        (4, None, [4, 5]),
        (8, None, [4, 5]),
        (9, None, [4, 5, 6]),
        # Three days on hold in the first step: the second begins on day 7, the third on day 12.
        (6, (1, 3), [4]),
        (7, (1, 3), [4, 5]),
        (11, (1, 3), [4, 5]),
        (12, (1, 3), [4, 5, 6]),
    ],
)
def test_what_a_later_version_replaces_never_comes(
    last_day: int | None, held: tuple[int, int] | None, come: list[int]
) -> None:
    """Steps of 4, 5 and 6 days; days are counted from 0 on."""
    steps = [step("30", 4), step("20", 5), step("10", 6)]
    holds = [] if held is None else [Window(FIRST + timedelta(days=held[0]), FIRST + timedelta(days=held[1]))]
    last = None if last_day is None else FIRST + timedelta(days=last_day)
    assert days_of(steps_that_come(steps, first_day=FIRST, holds=holds, last_day=last)) == come


def test_while_it_is_held_only_what_may_still_come_waits() -> None:
    """Held on its third day, and replaced after its seventh: its third step would begin on the tenth."""
    steps = [step("30", 4), step("20", 5), step("10", 6)]
    held = schedule(steps, first_day=FIRST, holds=[Window(FIRST + timedelta(days=2), None)])
    later = Schedule(FIRST + timedelta(days=7), (), (step("20", 7),))
    assert days_of(Course((Leg(1, held, replaced=1), Leg(2, later))).waiting) == [5, 7]


def test_before_its_first_day_what_is_replaced_does_not_wait_either() -> None:
    waiting = Schedule(FIRST, (), (step("30", 4), step("20", 5), step("10", 6)))
    assert [days_of(Leg(1, waiting, replaced=replaced).waiting) for replaced in (0, 1, 3)] == [[4, 5, 6], [4, 5], []]
