"""How many units of a product one dose is: capsules, millilitres, grams of powder.

A taper looks for the best mixture of strengths (`product.py`); here one unit holds what its label says, and a dose is
a division that must come out even. Exact, never rounded: what cannot be made is a sentence that names the nearest
doses. Salt and element are not turned into each other: a dose counts what its leading ingredient's amount counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from protocols.domain.amount import MAX_DECIMALS, Amount, AmountError, Unit, UnitMismatch
from protocols.domain.taper_error import DocumentError

COUNTED: Final = frozenset({Unit.CAPSULE, Unit.TABLET, Unit.PACKET, Unit.DROP})
"""Units that come as pieces; everything else is measured."""


class DoseCountError(DocumentError):
    """The dose cannot be counted in units of the product."""


class NotEven(DoseCountError):
    """It is no whole number of what can be taken; `below` and `above` are the nearest, in units of the product."""

    def __init__(self, text: str, *, below: Amount | None, above: Amount) -> None:
        super().__init__("not_even", "amount", text)
        self.below = below
        self.above = above


@dataclass(frozen=True, slots=True)
class Holding:
    """What one unit of a product holds of one ingredient. amount None: the label does not say."""

    substance: str
    amount: Amount | None
    is_leading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedProduct:
    """What doses are counted in, and what one of it holds.

    step: the least that a measure shows, for what is measured (0.1 mL); None: nobody said, so every amount can be
    measured. Pieces are whole, or halves where they may be halved; a drop never is.
    """

    unit: Unit
    holds: tuple[Holding, ...] = ()
    may_be_halved: bool = False
    step: Decimal | None = None

    def __post_init__(self) -> None:
        if self.may_be_halved and self.unit not in COUNTED - {Unit.DROP}:
            raise DoseCountError(
                "never_halved", "splittable", f"{self.unit.label} are never halved: say that it is not."
            )
        if self.step is not None and (self.unit in COUNTED or not self.step.is_finite() or self.step <= 0):
            raise DoseCountError(
                "bad_step", "step", "Only what is measured has a step, above 0: leave it empty, or enter, say, 0.1."
            )

    @property
    def leading(self) -> Holding | None:
        """The ingredient that doses are written in: the one that is named so, else the only one."""
        named = [each for each in self.holds if each.is_leading]
        if named or len(self.holds) != 1:
            return named[0] if len(named) == 1 else None
        return self.holds[0]


def units_of_dose(amount: Amount, product: CountedProduct) -> Amount:
    """The dose counted in the product's unit: “1.5 {capsule}”, “5 mL”.

    A dose in the product's own unit is so many of it. Any other is one of its leading ingredient; g, mg and µg
    convert, nothing else does. Raises `NotEven` when it cannot be taken so, and `DoseCountError` when it cannot be
    counted at all.
    """
    if not amount.value:
        raise DoseCountError("not_positive", "amount", "A dose of 0 is no dose: enter how much is taken.")
    units = Fraction(amount.value) if amount.unit is product.unit else _of_ingredient(amount, product)
    if units % _least(product):
        raise _not_even(amount, product, units)
    return _counted(units, product, amount)


def amount_of_units(units: Amount, product: CountedProduct) -> tuple[tuple[str, Amount | None], ...]:
    """What so many units hold of every ingredient; None where the label does not say. For previews and totals.

    Raises `DoseCountError` for a count in another unit than the product's, or one that holds more than can be written.
    """
    if units.unit is not product.unit:
        raise DoseCountError(
            "wrong_unit", "amount", f"{units.display()} is not counted in {product.unit.label}, as the product is."
        )
    try:
        return tuple((each.substance, each.amount and each.amount * units.value) for each in product.holds)
    except AmountError as error:
        raise DoseCountError("too_fine", "amount", str(error)) from error


def _of_ingredient(amount: Amount, product: CountedProduct) -> Fraction:
    leading = product.leading
    own = product.unit.label
    if leading is None or leading.amount is None:
        why = "holds several ingredients" if len(product.holds) > 1 else "does not say what it holds"
        raise DoseCountError("no_leading", "amount", f"The product {why}: write the dose in {own}.")
    if not leading.amount.value:
        raise DoseCountError("not_positive", "amount", f"One unit holds 0 of {leading.substance}: check the label.")
    try:
        held = leading.amount.to(amount.unit)
    except UnitMismatch as error:
        raise DoseCountError(
            "wrong_unit",
            "amount",
            f"{amount.display()} cannot be counted: write the dose in {own}, "
            f"or in {leading.amount.unit.label} of {leading.substance}.",
        ) from error
    except AmountError as error:
        raise DoseCountError(
            "too_fine", "amount", f"Write the dose of {leading.substance} in {leading.amount.unit.label}: {error}"
        ) from error
    if product.unit in {Unit.G, Unit.MG, Unit.UG} and leading.amount != Amount(Decimal(1), product.unit):
        # 500 mg of a powder that is 80 percent of something: of the powder, or of what is in it?
        raise DoseCountError(
            "ambiguous",
            "amount",
            f"{amount.display()} may mean the powder or the {leading.substance} in it: write the dose in {own}, "
            "and it means the powder.",
        )
    return Fraction(amount.value) / Fraction(held.value)


def _least(product: CountedProduct) -> Fraction:
    """What every dose must be a whole number of."""
    if product.unit in COUNTED:
        return Fraction(1, 2) if product.may_be_halved else Fraction(1)
    return Fraction(product.step) if product.step is not None else Fraction(1, 10**MAX_DECIMALS)


def _counted(units: Fraction, product: CountedProduct, amount: Amount) -> Amount:
    scaled = units * 10**MAX_DECIMALS
    try:
        return Amount(Decimal(int(scaled)).scaleb(-MAX_DECIMALS), product.unit)
    except AmountError as error:
        raise DoseCountError(
            "too_large", "amount", f"{amount.display()} is more units than can be written: check the unit."
        ) from error


def _not_even(amount: Amount, product: CountedProduct, units: Fraction) -> NotEven:
    least = _least(product)
    whole = units // least
    below = _counted(whole * least, product, amount) if whole else None
    above = _counted((whole + 1) * least, product, amount)
    names = " and ".join(_named(each, product, amount) for each in (below, above) if each is not None)
    nearest = f"the nearest doses are {names}" if below is not None else f"the smallest dose is {names}"
    return NotEven(f"{amount.display()} cannot be taken in {_in_words(product)}: {nearest}.", below=below, above=above)


def _named(units: Amount, product: CountedProduct, amount: Amount) -> str:
    """“1 capsule (150 mg)”; the count alone for a dose in the product's own unit."""
    leading = product.leading
    if amount.unit is product.unit or leading is None or leading.amount is None:
        return units.display()
    try:
        return f"{units.display()} ({(leading.amount.to(amount.unit) * units.value).display()})"
    except AmountError:
        return units.display()


def _in_words(product: CountedProduct) -> str:
    if product.unit in COUNTED:
        return f"whole {product.unit.label}" + (" and halves" if product.may_be_halved else "")
    if product.step is None:
        return f"{product.unit.label}, with at most {MAX_DECIMALS} decimals"
    return f"{product.unit.label}, measured by {product.step:f} {product.unit.label}"
