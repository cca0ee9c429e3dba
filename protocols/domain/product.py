"""A medicine as it is sold: which doses it can make, of how many units of which strength.

A form that must not be split is never split: the smallest step is one intact unit, or a half where the product
allows it, or what the measure of a liquid can show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Final

from protocols.domain.amount import MAX_DECIMALS, Amount, AmountError, Unit
from protocols.domain.fewest_pieces import FewestPieces, TooMuchWork
from protocols.domain.medicines import MedicineClass
from protocols.domain.taper_error import TaperError
from protocols.domain.units import Liquid as Liquid
from protocols.domain.units import Units as Units

MOST_STRENGTHS: Final = 20

# Twice the smallest decimal of an amount: halves of every strength are whole numbers of it.
_PER_UNIT: Final = 2 * 10**MAX_DECIMALS


class NotMakeable(TaperError):
    """A dose that this product cannot make; `below` and `above` are the nearest it can, None where there is none."""

    def __init__(self, text: str, *, below: Amount | None, above: Amount | None) -> None:
        super().__init__("not_makeable", "", text)
        self.below = below
        self.above = above


@dataclass(frozen=True)
class Product:
    """One medicine in one form: its strengths, or the liquid it is. Exactly one of the two.

    Strengths are put in order, highest first. Raises `TaperError` for what cannot be: strengths in different
    units, twice the same, zero, a proton pump inhibitor that may be halved.
    """

    name: str
    medicine_class: MedicineClass
    form: str
    strengths: tuple[Amount, ...] = ()
    liquid: Liquid | None = None
    may_be_halved: bool = False

    def __post_init__(self) -> None:
        if (self.liquid is None) == (not self.strengths):
            raise TaperError("strengths_or_liquid", "strengths", "Give either strengths or a liquid, and one of them.")
        if self.may_be_halved and self.medicine_class is MedicineClass.PPI:
            raise TaperError(
                "never_halved", "splittable", "No form of a proton pump inhibitor is split: write “no” for splittable."
            )
        if self.may_be_halved and self.liquid is not None:
            raise TaperError(
                "never_halved", "splittable", "A liquid is measured, not halved: write “no” for splittable."
            )
        _check_strengths(self.strengths, halves=self.may_be_halved)
        object.__setattr__(self, "strengths", tuple(sorted(self.strengths, reverse=True)))

    @property
    def unit(self) -> Unit:
        """The unit of every dose of it."""
        return self.strengths[0].unit if self.liquid is None else self.liquid.concentration_per_ml.unit

    def describe(self) -> str:
        """What doses are made of, in words: "10 mg and 20 mg", "1 mg and its half", "20 mg/mL, measured by 0.1 mL"."""
        if self.liquid is not None:
            return f"{self.liquid.concentration_per_ml}/mL, measured by {self.liquid.step_ml:f} mL"
        names = [strength.display() for strength in reversed(self.strengths)]
        joined = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
        if not self.may_be_halved:
            return joined
        return f"{joined} and {'their halves' if len(names) > 1 else 'its half'}"

    def make(self, amount: Amount) -> tuple[Units, ...]:
        """The units that make this dose, highest strength first.

        Fewest pieces, a half counting as one; ties: fewer halves, then more of the highest strength. Raises
        `NotMakeable`, naming the nearest doses, and `TaperError` for another unit, for 0, or when the strengths
        have so small a common measure that looking would take too long.
        """
        wanted = self.exactly(amount)
        if not wanted:
            raise TaperError("not_positive", "", "A dose of 0 is no dose: leave it out. Stopping needs no entry.")
        if self.greatest_up_to(wanted) != amount:
            raise self.not_makeable(wanted)
        if self.liquid is not None:
            count = Decimal(int(wanted / self._measure)) * self.liquid.step_ml
            return (Units(self.liquid.concentration_per_ml, count, per_ml=True),)
        made = self._pieces.make(int(wanted / self._measure))
        return tuple(Units(self.strengths[index], Decimal(halves) / 2) for index, halves in made)

    def can_make(self, amount: Amount) -> bool:
        """Whether `make` would answer."""
        return bool(amount.value) and self.round_down(amount) == amount

    def round_down(self, amount: Amount) -> Amount:
        """The greatest dose up to this one that can be made; 0 if there is none."""
        return self.greatest_up_to(self.exactly(amount))

    def greatest_up_to(self, wanted: Fraction) -> Amount:
        """As `round_down`, for a number in this product's unit that need not be an amount: a third of 10 mg."""
        measures = int(wanted / self._measure)
        return self._amount(measures if self.liquid is not None else self._looked_for(measures))

    def not_makeable(self, wanted: Fraction) -> NotMakeable:
        """The error for a dose that cannot be made, in this product's unit, naming the nearest ones."""
        below = self.greatest_up_to(wanted)
        above = self._above(int(wanted / self._measure))
        return NotMakeable(
            f"{self._shown(wanted)} cannot be made of {self.describe()}{_nearest(below, above)}.",
            below=below if below.value else None,
            above=above,
        )

    def exactly(self, amount: Amount) -> Fraction:
        """The number of an amount that is in this product's unit; `TaperError` for every other."""
        if amount.unit is not self.unit:
            raise TaperError(
                "wrong_unit",
                "",
                f"{amount.display()} is not in {self.unit.label}, as {self.name} is: write it in that.",
            )
        return Fraction(amount.value)

    @cached_property
    def _pieces(self) -> FewestPieces:
        wholes = [int(Fraction(strength.value) * _PER_UNIT) for strength in self.strengths]
        return FewestPieces(wholes, halves=self.may_be_halved)

    @cached_property
    def _measure(self) -> Fraction:
        """What every dose is a whole number of."""
        if self.liquid is not None:
            return Fraction(self.liquid.least.value)
        return Fraction(self._pieces.measure, _PER_UNIT)

    def _looked_for(self, measures: int) -> int:
        try:
            return self._pieces.below(measures)
        except TooMuchWork:
            raise TaperError(
                "too_fine",
                "strengths",
                f"Doses of {self.describe()} have too many ways to be made: check the strengths, or leave one out.",
            ) from None

    def _above(self, measures: int) -> Amount | None:
        above = measures + 1 if self.liquid is not None else self._pieces.above(measures)
        try:
            return None if above is None else self._amount(above)
        except AmountError:  # more digits than an amount may have
            return None

    def _amount(self, measures: int) -> Amount:
        """So many measures that can be made: then it has no more decimals than an amount may have."""
        return Amount(Decimal(int(measures * self._measure * 10**MAX_DECIMALS)).scaleb(-MAX_DECIMALS), self.unit)

    def _shown(self, wanted: Fraction) -> str:
        """The dose in words; what an amount cannot be written as is cut off and said to be so."""
        scaled = int(wanted * 10**MAX_DECIMALS)
        amount = Amount(Decimal(scaled).scaleb(-MAX_DECIMALS), self.unit).display()
        return amount if scaled == wanted * 10**MAX_DECIMALS else f"About {amount}"


def _check_strengths(strengths: Sequence[Amount], *, halves: bool) -> None:
    if len(strengths) > MOST_STRENGTHS:
        raise TaperError("too_many_strengths", "strengths", f"Give at most {MOST_STRENGTHS} strengths.")
    for position, strength in enumerate(strengths):
        field = f"strengths[{position}]"
        if not strength.value:
            raise TaperError("not_positive", field, "A strength is above 0: enter what one unit holds.")
        if strength.unit is not strengths[0].unit:
            raise TaperError(
                "wrong_unit",
                field,
                f"{strength.display()} and {strengths[0].display()} are in different units: write all in one.",
            )
        if strength in strengths[:position]:
            raise TaperError("twice", field, f"{strength.display()} is named twice: name each strength once.")
        if halves:
            try:
                _ = strength * Decimal("0.5")
            except AmountError as error:
                raise TaperError(
                    "too_fine", field, f"Half of {strength.display()} is finer than an amount can be written."
                ) from error


def _nearest(below: Amount, above: Amount | None) -> str:
    names = [amount.display() for amount in (below, above) if amount is not None and amount.value]
    if not names:
        return ""
    return f": the nearest doses are {' and '.join(names)}" if len(names) > 1 else f": the nearest is {names[0]}"
