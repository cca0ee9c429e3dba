"""What a prescriber can write on a prescription: per strength the directions, the quantity and the days’ supply.

Everything is counted from the schedule without days on hold; the quantity is what `Schedule.dispense` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from protocols.domain.amount import Amount
from protocols.domain.dose_words import counted, joined, pattern_in_words, slot_in_words, strength_in_words
from protocols.domain.pattern import PatternKind
from protocols.domain.product import Units
from protocols.domain.taper import DatedStep, Dispensed, Dose, Schedule
from protocols.domain.terms import SignedMedicine

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription:
    """One strength.

    product: “Omeprazole 20 mg delayed-release capsule”. directions: whole sentences. quantity: units to hand out, or
    mL; None where it is taken as needed alone, so that only the prescriber can say how many. taken: the exact number,
    where halves make it fractional; else None. supply: quantity and days’ supply in words. first_day, last_day:
    planned dates of its first and last step.
    """

    product: str
    strength: str
    directions: str
    quantity: str | None
    taken: str | None
    days_supply: int
    supply: str
    first_day: date
    last_day: date

    @property
    def text(self) -> str:
        """The whole, as one line: “… Take 1 capsule before breakfast for 28 days. Quantity 28. Days’ supply 28.”"""
        return f"{self.product}. {self.directions} {self.supply}"


def prescriptions(schedule: Schedule, medicine: SignedMedicine) -> tuple[Prescription, ...]:
    """One for each strength that the steps take, highest first. The schedule has no open hold: `ValueError`."""
    dispensed = schedule.dispense()
    if dispensed is None:
        raise ValueError("While a hold is on nobody knows how much is taken.")
    quantities = {_key(each.units): each for each in dispensed}
    taken = {_key(units): units for step in schedule.steps for dose in step.step.doses for units in dose.units}
    ordered = sorted(taken, key=lambda key: key[0], reverse=True)
    return tuple(_prescription(taken[key], quantities.get(key), schedule, medicine) for key in ordered)


def _prescription(
    strength: Units, dispensed: Dispensed | None, schedule: Schedule, medicine: SignedMedicine
) -> Prescription:
    steps = [step for step in schedule.steps if any(_of(dose, strength) for dose in step.step.doses)]
    name = medicine.name[:1].upper() + medicine.name[1:]
    quantity = None if dispensed is None else _quantity(dispensed)
    days = sum(_days(step) for step in steps)
    return Prescription(
        product=" ".join(word for word in (name, strength_in_words(strength), medicine.form) if word),
        strength=strength_in_words(strength),
        directions=" ".join(_sentences(strength, steps, schedule, medicine.form)),
        quantity=quantity,
        taken=None if dispensed is None or dispensed.whole is None else f"{dispensed.units.count:f}",
        days_supply=days,
        supply=f"Quantity {quantity or 'as the prescriber decides'}. Days’ supply {days}.",
        first_day=steps[0].first,
        last_day=_last(steps[-1]),
    )


def _sentences(strength: Units, steps: list[DatedStep], schedule: Schedule, form: str) -> Iterator[str]:
    if steps[0].first > schedule.first_day:
        yield f"Begin on day {(steps[0].first - schedule.first_day).days + 1} of these steps."
    parts: list[str] = []
    before: DatedStep | None = None
    for step in steps:
        if before is not None and step.first > _last(before) + _ONE_DAY:
            parts.append(f"none of this strength for {_for_days((step.first - _last(before)).days - 1)}")
        parts.append(_part(strength, step, form))
        before = step
    yield f"Take {', then '.join(parts)}."


def _part(strength: Units, step: DatedStep, form: str) -> str:
    """“1 capsule before breakfast every 2 days for 28 days”."""
    taken = joined(
        f"{_counted(units, form)}{_beside(units, dose)} {slot_in_words(dose.slot)}"
        for dose in step.step.doses
        for units in _of(dose, strength)
    )
    pattern = step.step.pattern
    often = "" if pattern.kind is PatternKind.DAILY else f" {pattern_in_words(pattern)}"
    return f"{taken}{often} for {_for_days(_days(step))}"


def _beside(units: Units, dose: Dose) -> str:
    """What else belongs to the same dose: a strength alone would be read as the whole of it."""
    others = [strength_in_words(other) for other in dose.units if _key(other) != _key(units)]
    return f" (with the {joined(others)})" if others else ""


def _counted(units: Units, form: str) -> str:
    return f"{units.count:f} mL" if units.per_ml else counted(units.count, form)


def _quantity(dispensed: Dispensed) -> str:
    count = dispensed.whole or dispensed.units.count
    return f"{count:f} mL" if dispensed.units.per_ml else f"{count:f}"


def _for_days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _key(units: Units) -> tuple[Amount, bool]:
    return units.strength, units.per_ml


def _of(dose: Dose, strength: Units) -> list[Units]:
    return [units for units in dose.units if _key(units) == _key(strength)]


def _last(step: DatedStep) -> date:
    assert step.last is not None  # no open hold: checked before
    return step.last


def _days(step: DatedStep) -> int:
    return (_last(step) - step.first).days + 1
