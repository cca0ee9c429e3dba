"""A window holds both its days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.layout import LayoutError, Window
from protocols.domain.window import held_days

ORIGIN = date(2025, 1, 1)
FAR = 60


def window(first: int, length: int | None) -> Window:
    begins = ORIGIN + timedelta(days=first)
    return Window(begins, None if length is None else begins + timedelta(days=length))


windows = st.builds(
    window,
    st.integers(min_value=0, max_value=30),
    st.one_of(st.none(), st.integers(min_value=0, max_value=20)),
)


def dates_in(one: Window) -> set[date]:
    """Every date of the window within two months, walked one by one."""
    days = (ORIGIN + timedelta(days=n) for n in range(FAR))
    return {day for day in days if not day < one.first and not (one.last and day > one.last)}


def test_one_day_is_a_window() -> None:
    assert Window(ORIGIN, ORIGIN).days == 1


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(LayoutError, match=r"comes before the first.*\.$"):
        Window(ORIGIN, ORIGIN - timedelta(days=1))


@given(windows)
def test_it_contains_its_dates_and_counts_them(one: Window) -> None:
    dates = dates_in(one)
    assert {ORIGIN + timedelta(days=n) for n in range(FAR) if one.contains(ORIGIN + timedelta(days=n))} == dates
    assert one.days == (None if one.last is None else len(dates))


def test_days_on_hold_end_the_day_before_it_was_resumed() -> None:
    monday, thursday = date(2027, 1, 4), date(2027, 1, 7)
    assert held_days(monday, None) == Window(monday, None)
    assert held_days(monday, thursday) == Window(monday, date(2027, 1, 6))
    assert held_days(monday, monday) is None
