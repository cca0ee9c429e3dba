"""How many units of a product are taken for one dose: capsules, millilitres, grams of powder.

`contents` says what a dose comes to; here it must also be possible to take it: whole pieces, halves where they may be
halved, what a measure shows. Exact, never rounded: what cannot be taken is a sentence that names the nearest doses.
A taper looks for the best mixture of strengths instead (`product.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from protocols.domain.amount import MAX_DECIMALS, Amount, AmountError, Unit
from protocols.domain.contents import ContentsError, ProductContents, count_of_dose
from protocols.domain.taper_error import DocumentError

PIECES: Final = frozenset({Unit.CAPSULE, Unit.TABLET, Unit.PACKET, Unit.DROP})
"""Units that come as pieces; everything else is measured."""


class DoseCountError(DocumentError):
    """The dose cannot be counted in units of the product."""


class NotEven(DoseCountError):
    """It is no whole number of what can be taken; `below` and `above` are the nearest, in units of the product."""

    def __init__(self, text: str, *, below: Amount | None, above: Amount) -> None:
        super().__init__("not_even", "amount", text)
        self.below = below
        self.above = above


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedProduct:
    """A product with what decides how finely it can be taken.

    step: the least that a measure shows, for what is measured (0.1 mL); None: nobody said, so every amount can be
    measured. Pieces are whole, or halves where they may be halved; a drop never is. Raises `DoseCountError` for what
    cannot be.
    """

    contents: ProductContents
    may_be_halved: bool = False
    step: Decimal | None = None

    def __post_init__(self) -> None:
        unit = self.contents.counted_in
        if self.may_be_halved and unit is not None and unit not in PIECES - {Unit.DROP}:
            raise DoseCountError("never_halved", "splittable", f"{unit.label} are never halved: say that it is not.")
        if self.step is not None and (unit in PIECES or not self.step.is_finite() or self.step <= 0):
            raise DoseCountError(
                "bad_step", "step", "Only what is measured has a step, above 0: leave it empty, or enter, say, 0.1."
            )

    @property
    def least(self) -> Fraction:
        """What every dose is a whole number of, in units."""
        if self.contents.counted_in in PIECES:
            return Fraction(1, 2) if self.may_be_halved else Fraction(1)
        return Fraction(1, 10**MAX_DECIMALS) if self.step is None else Fraction(self.step)

    def describe(self) -> str:
        """“whole capsules”, “whole tablets and halves”, “mL, measured by 0.5 mL”."""
        unit = self.contents.counted_in
        assert unit is not None  # asked by the callers
        if unit in PIECES:
            return f"whole {unit.label}" + (" and halves" if self.may_be_halved else "")
        if self.step is None:
            return f"{unit.label}, with at most {MAX_DECIMALS} decimals"
        return f"{unit.label}, measured by {self.step:f} {unit.label}"


def units_to_take(dose: Amount, product: CountedProduct) -> Amount:
    """The dose counted in the product's unit: “1.5 {tablet}”, “5 mL”.

    Raises `NotEven` when it cannot be taken so, and `DoseCountError` when it cannot be counted at all: a unit that does
    not fit, or a medicine in several strengths.
    """
    unit = product.contents.counted_in
    try:
        count = count_of_dose(product.contents, dose)
    except ContentsError as error:
        raise DoseCountError("not_countable", "amount", str(error)) from error
    if count is None or unit is None:
        raise DoseCountError(
            "no_one_unit",
            "amount",
            f"How many units of {product.contents.name} make {dose.display()} is not known: "
            "choose one strength of it in the catalogue.",
        )
    if count % product.least:
        raise _not_even(dose, product, unit, count)
    return _written(count, unit, dose)


def _written(count: Fraction, unit: Unit, dose: Amount) -> Amount:
    try:
        return Amount(Decimal(int(count * 10**MAX_DECIMALS)).scaleb(-MAX_DECIMALS), unit)
    except AmountError as error:
        raise DoseCountError(
            "too_large", "amount", f"{dose.display()} is more units than can be written: check the unit."
        ) from error


def _not_even(dose: Amount, product: CountedProduct, unit: Unit, count: Fraction) -> NotEven:
    whole = count // product.least
    below = _written(whole * product.least, unit, dose) if whole else None
    above = _written((whole + 1) * product.least, unit, dose)
    names = " and ".join(_named(each, product, dose) for each in (below, above) if each is not None)
    nearest = f"the nearest doses are {names}" if below is not None else f"the smallest dose is {names}"
    return NotEven(f"{dose.display()} cannot be taken in {product.describe()}: {nearest}.", below=below, above=above)


def _named(units: Amount, product: CountedProduct, dose: Amount) -> str:
    """“1 capsule (150 mg)”; the count alone for a dose in the product's own unit."""
    lead = product.contents.lead
    if dose.unit is product.contents.counted_in or lead is None or lead.amount is None:
        return units.display()
    try:
        return f"{units.display()} ({(lead.amount.to(dose.unit) * units.value).display()})"
    except AmountError:
        return units.display()
