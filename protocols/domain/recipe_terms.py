"""A recipe: how a taper is to go down, as a person writes it. Field by field, before any dose is worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from protocols.domain.amount import Amount
from protocols.domain.pattern import Pattern
from protocols.domain.taper_error import TaperError, at
from protocols.domain.taper_steps import check_slot, check_slots, same_slot

LONGEST_STEP_DAYS: Final = 730
MOST_STEPS: Final = 200
MOST_SLOTS: Final = 12
MOST_PERCENT_DECIMALS: Final = 6


class Method(StrEnum):
    STRENGTH_LADDER = "strength_ladder"
    FIXED_AMOUNT = "fixed_amount"
    PERCENT_OF_START = "percent_of_start"
    PERCENT_OF_CURRENT = "percent_of_current"
    EXPLICIT = "explicit"


class Rounding(StrEnum):
    """What becomes of a dose that cannot be made: an error, or the next lower one that can."""

    NONE = "none"
    DOWN = "down"


EVERY_METHOD: Final = frozenset({"method", "hold_start_days", "round", "tail"})
_REDUCING: Final = frozenset({"days_per_step", "first_drop", "floor"})
OWN_KEYS: Final = {
    Method.STRENGTH_LADDER: _REDUCING,
    Method.FIXED_AMOUNT: _REDUCING | {"amount"},
    Method.PERCENT_OF_START: _REDUCING | {"percent"},
    Method.PERCENT_OF_CURRENT: _REDUCING | {"percent"},
    Method.EXPLICIT: frozenset({"steps"}),
}
"""What each method alone is told, beside `EVERY_METHOD`."""
_MAY_BE_LEFT_OUT: Final = frozenset({"first_drop", "floor"})


@dataclass(frozen=True, slots=True)
class SlotAmount:
    """How much is taken at one time of day."""

    slot: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class Entry:
    """One step that is written out: of the explicit method, or of the tail.

    `amount` is that of a dose day; `take` shares it among times of day, and then `amount` may be None.
    """

    days: int
    pattern: Pattern
    amount: Amount | None = None
    take: tuple[SlotAmount, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to go down from what is taken now. Raises `TaperError` with the path of what cannot be.

    days_per_step, first_drop, floor: not with the explicit method. amount: of `FIXED_AMOUNT` alone, off the daily
    dose per step. percent: of the two percentages. steps: of the explicit method. floor: per day.
    """

    method: Method
    days_per_step: int | None = None
    amount: Amount | None = None
    percent: Decimal | None = None
    steps: tuple[Entry, ...] = ()
    hold_start_days: int = 0
    first_drop: tuple[str, ...] = ()
    floor: Amount | None = None
    round: Rounding = Rounding.NONE
    tail: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        self._check_keys()
        if self.days_per_step is not None:
            check_days(self.days_per_step, "recipe.days_per_step")
        if self.hold_start_days:
            check_days(self.hold_start_days, "recipe.hold_start_days")
        if self.percent is not None:
            _check_percent(self.percent)
        for key in ("amount", "floor"):
            _check_above_zero(getattr(self, key), f"recipe.{key}")
        for key in ("steps", "tail"):
            _check_entries(getattr(self, key), f"recipe.{key}")

    def _check_keys(self) -> None:
        own = OWN_KEYS[self.method]
        for key in sorted(frozenset().union(*OWN_KEYS.values())):
            given = getattr(self, key) not in (None, ())
            if given and key not in own:
                raise TaperError(
                    "key_of_another_method", f"recipe.{key}", f"“{key}” does not belong to {self.method}: leave it out."
                )
            if key in own and not given and key not in _MAY_BE_LEFT_OUT:
                raise TaperError("missing", f"recipe.{key}", f"The method {self.method} needs “{key}”: add it.")


def check_start(start: Sequence[SlotAmount], first_drop: Sequence[str]) -> None:
    """Raise `TaperError` unless these can be taken now, and these of them dropped first."""
    if not start:
        raise TaperError("missing", "start", "Say what is taken now: at least one time of day with its amount.")
    if len(start) > MOST_SLOTS:
        raise TaperError("too_many_slots", "start", f"At most {MOST_SLOTS} times of day can be given.")
    _check_slots(start, "start")
    for position, slot in enumerate(first_drop):
        field = f"recipe.first_drop[{position}]"
        if not any(same_slot(slot, taken.slot) for taken in start):
            raise TaperError(
                "unknown_slot", field, f"Nothing is taken “{slot}”: name one of the times of day in start."
            )
        if any(same_slot(slot, other) for other in first_drop[:position]):
            raise TaperError("slot_twice", field, f"“{slot}” is dropped twice: name it once.")
    if len(first_drop) == len(start):
        raise TaperError("nothing_left", "recipe.first_drop", "At least one time of day stays: drop one fewer.")


def check_days(days: int, field: str) -> None:
    """Raise `TaperError` unless a step may last so long."""
    if not 1 <= days <= LONGEST_STEP_DAYS:
        raise TaperError(
            "days_out_of_range", field, f"A step lasts 1 to {LONGEST_STEP_DAYS} days: {days} is not possible."
        )


def _check_entries(entries: Sequence[Entry], field: str) -> None:
    if len(entries) > MOST_STEPS:
        raise TaperError("too_many_steps", field, f"A schedule has at most {MOST_STEPS} steps: leave some out.")
    for position, entry in enumerate(entries):
        path = f"{field}[{position}]"
        check_days(entry.days, f"{path}.days")
        _check_above_zero(entry.amount, f"{path}.amount")
        if entry.amount is None and not entry.take:
            raise TaperError("missing", f"{path}.amount", "Say how much is taken on a dose day: add “amount”.")
        if len(entry.take) > MOST_SLOTS:
            raise TaperError("too_many_slots", f"{path}.take", f"At most {MOST_SLOTS} times of day can be given.")
        _check_slots(entry.take, f"{path}.take")


def _check_slots(taken: Sequence[SlotAmount], field: str) -> None:
    for position, one in enumerate(taken):
        with at(f"{field}[{position}].slot"):
            check_slot(one.slot)
            check_slots(other.slot for other in taken[: position + 1])
        _check_above_zero(one.amount, f"{field}[{position}].amount")


def _check_above_zero(amount: Amount | None, field: str) -> None:
    if amount is not None and not amount.value:
        raise TaperError(
            "not_positive", field, "An amount here is above 0. To stop, end the schedule: it needs no entry."
        )


def _check_percent(percent: Decimal) -> None:
    if not percent.is_finite() or not 0 < percent < 100:
        raise TaperError("percent_out_of_range", "recipe.percent", "A cut is more than 0 and less than 100 percent.")
    exponent = percent.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -MOST_PERCENT_DECIMALS:
        raise TaperError(
            "percent_too_fine",
            "recipe.percent",
            f"A percentage has at most {MOST_PERCENT_DECIMALS} decimals: round it.",
        )
