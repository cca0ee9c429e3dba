"""Slots: the times of day at which something is taken, named by meals and sleep as people live them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Slot(StrEnum):
    """A time of day. The members stand in the order of a day.

    `<` compares the text, not the time, as for any string: sort with `Slot.ordered`.
    """

    ON_WAKING = "on-waking"
    BEFORE_BREAKFAST = "before-breakfast"
    WITH_BREAKFAST = "with-breakfast"
    BEFORE_LUNCH = "before-lunch"
    WITH_LUNCH = "with-lunch"
    AFTERNOON = "afternoon"
    BEFORE_DINNER = "before-dinner"
    WITH_DINNER = "with-dinner"
    EVENING = "evening"
    BEDTIME = "bedtime"

    @property
    def label(self) -> str:
        """The time of day in words: "Before breakfast"."""
        return self.value.replace("-", " ").capitalize()

    @property
    def position(self) -> int:
        """Where it stands in the day, from 0."""
        return list(Slot).index(self)

    @staticmethod
    def ordered(slots: Iterable[Slot]) -> list[Slot]:
        """The same times of day, from waking to bedtime."""
        return sorted((Slot(slot) for slot in slots), key=lambda slot: slot.position)
