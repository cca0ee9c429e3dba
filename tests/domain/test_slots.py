"""Times of day stand in the order in which a day is lived."""

from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.slots import Slot

A_DAY = [
    "On waking",
    "Before breakfast",
    "With breakfast",
    "Before lunch",
    "With lunch",
    "Afternoon",
    "Before dinner",
    "With dinner",
    "Evening",
    "Bedtime",
]


def test_a_whole_day_in_order_and_in_words() -> None:
    assert [slot.label for slot in Slot.ordered(reversed(Slot))] == A_DAY


def test_plain_text_of_a_row_is_ordered_too() -> None:
    assert Slot.ordered(["bedtime", "on-waking", "before-lunch"]) == [  # type: ignore[list-item]
        Slot.ON_WAKING,
        Slot.BEFORE_LUNCH,
        Slot.BEDTIME,
    ]


@given(st.lists(st.sampled_from(Slot)))
def test_ordering_keeps_every_slot_and_only_rises(slots: list[Slot]) -> None:
    ordered = Slot.ordered(slots)
    assert sorted(ordered) == sorted(slots)
    positions = [A_DAY.index(slot.label) for slot in ordered]
    assert positions == sorted(positions)
