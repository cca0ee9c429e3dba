"""The smallest set that shares something with each of several sets, compared with trying all of them."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.dayplan_work import Work, WorkSpent
from protocols.domain.hitting_set import smallest_hitting_set


def numbers(mask: int) -> list[int]:
    return [number for number in range(mask.bit_length()) if mask >> number & 1]


def first_of_all(sets: list[set[int]]) -> list[int]:
    """Combinations come by size, and of one size in the order that is asked for."""
    return next(
        list(chosen)
        for size in range(9)
        for chosen in combinations(range(8), size)
        if all(each & set(chosen) for each in sets)
    )


def test_nothing_needs_nothing() -> None:
    assert smallest_hitting_set([], Work(1)) == 0


@given(st.lists(st.sets(st.integers(0, 7), min_size=1), max_size=12))
def test_it_is_the_first_of_the_smallest(sets: list[set[int]]) -> None:
    masks = [sum(1 << number for number in each) for each in sets]
    assert numbers(smallest_hitting_set(masks, Work(100_000))) == first_of_all(sets)


def test_it_ends_once_its_work_is_spent() -> None:
    with pytest.raises(WorkSpent):
        smallest_hitting_set([0b0011, 0b1100, 0b1010], Work(1))
