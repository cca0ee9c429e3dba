"""A step of a taper, undated: what a prescriber signs."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Any, Final, TypeVar

from protocols.domain.amount import Amount
from protocols.domain.pattern import Pattern, PatternError
from protocols.domain.product import Units
from protocols.domain.taper_error import TaperError

T = TypeVar("T")

LONGEST_SLOT: Final = 60
"""Characters in the name of a time of day."""

# Control characters, halves of characters, and line ends: none of them belongs on a label.
_UNWRITABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Dose:
    """What is taken at one time of day. `slot` is kept as it was typed."""

    slot: str
    units: tuple[Units, ...]

    def __post_init__(self) -> None:
        check_slot(self.slot)
        if not self.units:
            raise TaperError("no_units", "", f"Nothing is taken {self.slot}: leave that time of day out.")

    @property
    def amount(self) -> Amount:
        return reduce(add, (units.amount for units in self.units))


@dataclass(frozen=True, slots=True)
class Step:
    """One dose in one pattern for so many days."""

    doses: tuple[Dose, ...]
    pattern: Pattern
    days: int
    """Days still to live in it; days on hold are not among them."""
    lived_days: int = 0
    """Dates of this step that went by under an earlier version, those on hold too: “every 2 days” goes on
    counting from the step's real first day."""

    def __post_init__(self) -> None:
        if not self.doses:
            raise TaperError("no_doses", "", "A step takes something: stopping needs no step.")
        check_slots(dose.slot for dose in self.doses)
        if type(self.days) is not int or type(self.lived_days) is not int:
            raise TypeError("Days are whole numbers.")
        if self.days < 1 or self.lived_days < 0:
            raise TaperError("days_out_of_range", "", "A step lasts at least one day.")

    @property
    def amount_per_dose_day(self) -> Amount:
        return reduce(add, (dose.amount for dose in self.doses))

    @property
    def average_per_day(self) -> Fraction:
        """The nominal daily average, in the doses' unit; by it steps are compared. As needed counts 0."""
        return Fraction(self.amount_per_dose_day.value) * share_of_days(self.pattern)


def share_of_days(pattern: Pattern) -> Fraction:
    """Which part of all days are dose days: 1, 1/N, weekdays/7, or 0 for as needed."""
    if pattern.is_as_needed:
        return Fraction(0)
    if pattern.interval_days is not None:
        return Fraction(1, pattern.interval_days)
    return Fraction(len(pattern.weekdays) or 7, 7)


def same_slot(one: str, other: str) -> bool:
    """Whether two names mean one time of day: capitals and spacing do not tell them apart."""
    return _folded(one) == _folded(other)


def check_slot(slot: str) -> None:
    """Raise `TaperError` unless it can name a time of day."""
    if not slot.strip():
        raise TaperError("no_slot", "", "A time of day has a name: write, say, “before breakfast”.")
    if len(slot) > LONGEST_SLOT:
        raise TaperError("slot_too_long", "", f"The name of a time of day has at most {LONGEST_SLOT} characters.")
    if any(unicodedata.category(character) in _UNWRITABLE for character in slot):
        raise TaperError("slot_unwritable", "", "The name of a time of day is one line of plain text.")


def check_slots(slots: Iterable[str]) -> None:
    """Raise `TaperError` where a time of day is named twice."""
    seen = set()
    for slot in slots:
        if _folded(slot) in seen:
            raise TaperError("slot_twice", "", f"“{slot}” is named twice: name each time of day once.")
        seen.add(_folded(slot))


def dose_as_json(dose: Dose) -> dict[str, Any]:
    """{"slot", "units": [{"strength", "count"}]}: text alone, in one canonical form, so that it can be signed."""
    return {"slot": dose.slot, "units": [units.as_json() for units in dose.units]}


def dose_from_json(document: dict[str, Any]) -> Dose:
    """Read back what `dose_as_json` wrote, exactly; `TaperError` for anything else."""
    return _read(_dose, document, dose_as_json)


def step_as_json(step: Step) -> dict[str, Any]:
    """{"take": [doses], "pattern", "days", "lived_days"}: the same step gives the same document always."""
    return {
        "take": [dose_as_json(dose) for dose in step.doses],
        "pattern": str(step.pattern),
        "days": step.days,
        "lived_days": step.lived_days,
    }


def step_from_json(document: dict[str, Any]) -> Step:
    """Read back what `step_as_json` wrote, exactly; `TaperError` for anything else."""
    return _read(_step, document, step_as_json)


def _read(read: Callable[[dict[str, Any]], T], document: dict[str, Any], write: Callable[[T], dict[str, Any]]) -> T:
    """What was read, if writing it gives the document again: two ways to write one step would be two signatures."""
    try:
        found = read(document)
    except (AttributeError, KeyError, TypeError, ValueError, InvalidOperation, PatternError) as error:
        raise TaperError("not_a_step", "", "These are not the steps of a taper as gutclinic writes them.") from error
    if write(found) != document:
        raise TaperError("not_a_step", "", "These are not the steps of a taper as gutclinic writes them.")
    return found


def _step(document: dict[str, Any]) -> Step:
    doses = tuple(_dose(dose) for dose in document["take"])
    return Step(doses, Pattern.parse(document["pattern"]), document["days"], document["lived_days"])


def _dose(document: dict[str, Any]) -> Dose:
    return Dose(document["slot"], tuple(_units(units) for units in document["units"]))


def _units(document: dict[str, str]) -> Units:
    strength = Amount.parse(document["strength"].removesuffix("/mL"))
    return Units(strength, Decimal(document["count"]), per_ml="unit" in document, form=document.get("form", ""))


def _folded(slot: str) -> str:
    return " ".join(slot.casefold().split())
