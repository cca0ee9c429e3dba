"""Day n counts the days lived, not those on hold; checked against a calendar ticked off day by day."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.layout import (
    COMING_BEFORE_DAYS,
    OVERDUE_AFTER_DAYS,
    LayoutError,
    Window,
    held_days,
    is_overdue,
    last_day,
    lived_days,
)

FIRST = date(2025, 2, 20)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def hold(first: int, length: int | None) -> Window:
    return Window(day(first), None if length is None else day(first + length))


closed_holds = st.lists(
    st.builds(hold, st.integers(min_value=-20, max_value=60), st.integers(min_value=0, max_value=15)),
    max_size=5,
)
any_holds = st.lists(
    st.builds(
        hold,
        st.integers(min_value=-20, max_value=60),
        st.one_of(st.none(), st.integers(min_value=0, max_value=15)),
    ),
    max_size=5,
)


def ticked_off(holds: Iterable[Window], through: int) -> list[bool]:
    """For day 0 to `through`: whether it was lived, looking every hold up again for every day."""
    lived = []
    for number in range(through + 1):
        on_hold = False
        for one in holds:
            begun = one.first <= day(number)
            over = one.last is not None and one.last < day(number)
            on_hold = on_hold or (begun and not over)
        lived.append(not on_hold)
    return lived


def test_the_first_day_is_day_one() -> None:
    assert lived_days(FIRST, today=FIRST) == 1
    assert lived_days(FIRST, today=day(8)) == 9


def test_before_the_first_day_nothing_is_lived() -> None:
    assert lived_days(FIRST, today=day(-1)) == 0
    assert lived_days(FIRST, today=day(-400), holds=[hold(-500, None)]) == 0


def test_held_days_are_not_lived() -> None:
    four_days_off = [hold(3, 3)]
    assert [lived_days(FIRST, today=day(n), holds=four_days_off) for n in range(9)] == [
        1,
        2,
        3,
        3,
        3,
        3,
        3,
        4,
        5,
    ]


def test_a_hold_that_is_still_on_stops_the_count() -> None:
    assert [lived_days(FIRST, today=day(n), holds=[hold(2, None)]) for n in (1, 2, 3, 300)] == [2, 2, 2, 2]


def test_two_holds_of_the_same_days_count_once() -> None:
    assert held_days(FIRST, day(20), [hold(3, 4), hold(3, 4), hold(5, 5), hold(1, 0)]) == 9


def test_a_day_span_turned_round_holds_nothing() -> None:
    assert held_days(day(5), day(4), [hold(0, None)]) == 0


def test_the_last_day_of_twenty_eight_by_hand() -> None:
    assert last_day(FIRST, duration_days=28) == date(2025, 3, 19)
    assert last_day(FIRST, duration_days=1) == FIRST
    assert last_day(FIRST, duration_days=28, holds=[hold(3, 3)]) == date(2025, 3, 23)


def test_a_hold_right_after_the_last_day_moves_nothing_and_one_on_it_does() -> None:
    assert last_day(FIRST, duration_days=10, holds=[hold(10, 4)]) == day(9)
    assert last_day(FIRST, duration_days=10, holds=[hold(9, 4)]) == day(14)


def test_a_hold_reached_only_because_of_another_moves_the_end_too() -> None:
    assert last_day(FIRST, duration_days=10, holds=[hold(12, 1), hold(5, 4)]) == day(16)


def test_a_hold_that_is_still_on_moves_the_last_day_only_when_it_ends() -> None:
    assert last_day(FIRST, duration_days=10, holds=[hold(5, None)]) == day(9)
    assert last_day(FIRST, duration_days=10, holds=[hold(5, None), hold(2, 0)]) == day(10)


@pytest.mark.parametrize("days", [0, -3])
def test_a_duration_of_no_days_is_refused(days: int) -> None:
    with pytest.raises(LayoutError, match=r"at least one day.*\.$") as error:
        last_day(FIRST, duration_days=days)
    assert error.value.field == "duration_days"


@given(any_holds, st.integers(min_value=-5, max_value=90))
def test_lived_and_held_days_are_those_ticked_off(holds: list[Window], today: int) -> None:
    calendar = ticked_off(holds, today)
    assert lived_days(FIRST, today=day(today), holds=holds) == calendar.count(True)
    assert held_days(FIRST, day(today), holds) == calendar.count(False)


@given(any_holds, st.integers(min_value=1, max_value=60))
def test_the_last_day_is_the_one_ticked_off_last(holds: list[Window], duration: int) -> None:
    closed = [one for one in holds if one.last is not None]
    calendar = ticked_off(closed, 250)
    lived = [number for number, was_lived in enumerate(calendar) if was_lived]
    assert last_day(FIRST, duration_days=duration, holds=holds) == day(lived[duration - 1])


@given(closed_holds, st.integers(min_value=1, max_value=60))
def test_the_last_day_is_day_n_of_n(holds: list[Window], duration: int) -> None:
    last = last_day(FIRST, duration_days=duration, holds=holds)
    assert lived_days(FIRST, today=last, holds=holds) == duration
    assert lived_days(FIRST, today=last - timedelta(days=1), holds=holds) == duration - 1


@given(closed_holds, st.integers(min_value=1, max_value=60))
def test_holds_come_in_any_order_and_from_any_iterable(holds: list[Window], duration: int) -> None:
    last = last_day(FIRST, duration_days=duration, holds=holds)
    assert last_day(FIRST, duration_days=duration, holds=iter(holds[::-1])) == last


def test_a_phase_is_overdue_three_days_after_its_last_day() -> None:
    assert OVERDUE_AFTER_DAYS == COMING_BEFORE_DAYS == 3
    last = date(2025, 3, 30)
    overdue = [is_overdue(last, today=last + timedelta(days=n)) for n in range(-1, 6)]
    assert overdue == [False, False, False, False, True, True, True]


def test_a_phase_without_a_fixed_end_is_never_overdue() -> None:
    assert not is_overdue(None, today=date.max)
