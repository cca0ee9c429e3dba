"""What one dose of a product holds of each of its ingredients, exactly.

A dose is written in what the product is counted in (2 capsules, 5 g of a powder, 10 mL, 3 drops) or in its leading
ingredient (37.5 mg, 10 billion CFU). An amount that nobody knows stays None, whatever the dose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from protocols.domain.amount import MAX_DECIMALS, MAX_DIGITS, Amount, Unit
from protocols.domain.dose_form import DoseForm
from protocols.domain.substances import Basis

MASSES: Final = frozenset({Unit.UG, Unit.MG, Unit.G})
COUNTED: Final = frozenset({Unit.CAPSULE, Unit.TABLET, Unit.PACKET, Unit.DROP, Unit.ML})
"""What says nothing of how much is in it."""

COUNTED_AS: Final = {
    DoseForm.CAPSULE: Unit.CAPSULE,
    DoseForm.SPRINKLE_CAPSULE: Unit.CAPSULE,
    DoseForm.SOFTGEL: Unit.CAPSULE,
    DoseForm.TABLET: Unit.TABLET,
    DoseForm.CHEWABLE_TABLET: Unit.TABLET,
    DoseForm.ORALLY_DISINTEGRATING_TABLET: Unit.TABLET,
    DoseForm.PACKET: Unit.PACKET,
    DoseForm.LIQUID: Unit.ML,
    DoseForm.DROPS: Unit.DROP,
}
"""What one unit of a form is called when doses are counted; a powder alone has none: it is weighed."""


class ContentsError(ValueError):
    """The dose does not fit the product, or the product contradicts itself: a sentence that says what to write."""


@dataclass(frozen=True, slots=True)
class Content:
    """One ingredient of one dose, or of one unit. amount: None: nobody knows. basis: None: it makes no difference."""

    substance: str
    amount: Amount | None
    basis: Basis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductContents:
    """What a product is counted in, and what one such unit holds.

    counted_in: None for a medicine of several strengths, or of none that is known: then a dose is an amount of
    `leading`, whatever it is made of. leading: the substance that doses may be written in; None: only counted doses.
    written_in: the unit of its strengths, where that is known of a product without one unit.
    Raises `ContentsError` for what cannot be.
    """

    name: str
    counted_in: Unit | None
    holds: tuple[Content, ...]
    leading: str | None = None
    written_in: Unit | None = None

    def __post_init__(self) -> None:
        if self.leading is not None and self.leading not in {content.substance for content in self.holds}:
            raise ContentsError(f"Doses of {self.name} are written in {self.leading}, which is not in it: correct one.")
        lead = self.lead
        if self.counted_in is None or lead is None or lead.amount is None or not is_ambiguous(self.counted_in, lead):
            return
        raise ContentsError(
            f"{self.name} is weighed in {self.counted_in.label} and its {lead.substance} too, so nobody could tell "
            f"which of the two a dose means: do not write doses in {lead.substance}."
        )

    @property
    def lead(self) -> Content | None:
        return next((content for content in self.holds if content.substance == self.leading), None)

    @property
    def dose_units(self) -> tuple[Unit, ...]:
        """What a dose may be written in, the counted unit first. Empty: any measured unit."""
        lead = self.lead
        units = [self.counted_in, lead.amount.unit if lead and lead.amount else self.written_in]
        return tuple(dict.fromkeys(unit for unit in units if unit is not None))


def is_ambiguous(counted_in: Unit, lead: Content) -> bool:
    """Whether “5 g” could mean the powder and its leading ingredient, and these are not the same."""
    amount = lead.amount
    if amount is None or amount.unit not in MASSES or counted_in not in MASSES:
        return False
    return amount.to(counted_in) != Amount(Decimal(1), counted_in)


def contents_of_dose(product: ProductContents, dose: Amount) -> tuple[Content, ...]:
    """What one dose holds, in the order of the label. Raises `ContentsError` for a unit that does not fit.

    Also for amounts that come out finer than an amount can be written: nothing is rounded.
    """
    if product.counted_in is not None:
        count = _count(product, dose)
        return tuple(_times(content, count, product, dose) for content in product.holds)
    _check_measured(product, dose)
    # How many units these are is not said, so nothing else in them can be reckoned.
    return tuple(
        Content(content.substance, _stated(product, dose) if content.substance == product.leading else None)
        for content in product.holds
    )


def units_of_dose(product: ProductContents, dose: Amount) -> Amount | None:
    """How many counted units make the dose: “2 capsules”, “5 g”; None where the product has no one unit.

    Raises `ContentsError` for a unit that does not fit, and for a count that cannot be written: a third of a capsule.
    """
    if product.counted_in is None:
        _check_measured(product, dose)
        return None
    return Amount(_exact(_count(product, dose), dose, product), product.counted_in)


def count_of_dose(product: ProductContents, dose: Amount) -> Fraction | None:
    """As `units_of_dose`, before it is written: a third of a capsule is a third."""
    if product.counted_in is None:
        _check_measured(product, dose)
        return None
    return _count(product, dose)


def _count(product: ProductContents, dose: Amount) -> Fraction:
    _check_not_zero(dose)
    counted_in, lead = product.counted_in, product.lead
    assert counted_in is not None  # asked by the callers
    if dose.unit is counted_in:
        return Fraction(dose.value)
    if lead is not None and lead.amount is not None and fits(dose.unit, lead.amount.unit):
        return number_in(dose, lead.amount.unit) / Fraction(lead.amount.value)
    if lead is None and fits(dose.unit, counted_in):
        return number_in(dose, counted_in)
    raise _wrong_unit(product, dose)


def _check_measured(product: ProductContents, dose: Amount) -> None:
    _check_not_zero(dose)
    if dose.unit in COUNTED or (product.written_in is not None and not fits(dose.unit, product.written_in)):
        raise _wrong_unit(product, dose)


def _stated(product: ProductContents, dose: Amount) -> Amount:
    unit = dose.unit if product.written_in is None else product.written_in
    return Amount(_exact(number_in(dose, unit), dose, product), unit)


def number_in(dose: Amount, unit: Unit) -> Fraction:
    """The dose in this unit of mass, or in its own; as a fraction it may be finer than an amount."""
    if dose.unit is unit:
        return Fraction(dose.value)
    return Fraction(dose.value) * Fraction(Amount(Decimal(1), dose.unit).to(unit).value)


def fits(unit: Unit, other: Unit) -> bool:
    return unit is other or (unit in MASSES and other in MASSES)


def _times(content: Content, count: Fraction, product: ProductContents, dose: Amount) -> Content:
    if content.amount is None:
        return content
    value = _exact(count * Fraction(content.amount.value), dose, product)
    return Content(content.substance, Amount(value, content.amount.unit), content.basis)


def _exact(number: Fraction, dose: Amount, product: ProductContents) -> Decimal:
    scaled = number * 10**MAX_DECIMALS
    if scaled.denominator != 1 or number >= 10 ** (MAX_DIGITS - MAX_DECIMALS):
        unit = product.counted_in or product.written_in or dose.unit
        raise ContentsError(
            f"What is in {dose.display()} of {product.name} cannot be written exactly: write a plainer dose, in "
            f"{unit.label}."
        )
    return Decimal(scaled.numerator).scaleb(-MAX_DECIMALS)


def _check_not_zero(dose: Amount) -> None:
    if not dose.value:
        raise ContentsError("A dose of 0 is no dose: leave the order out, or stop it.")


def _wrong_unit(product: ProductContents, dose: Amount) -> ContentsError:
    units = product.dose_units
    if not units:
        return ContentsError(
            f"How much one of {product.name} holds is not known: write the dose as an amount, as in “20 mg”."
        )
    return ContentsError(f"{dose.display()} does not fit {product.name}: write the dose in {_either(units)}.")


def _either(units: Sequence[Unit]) -> str:
    return " or ".join(unit.label for unit in units)
