"""What may stand in for a dose that was signed: the same molecule, the same release and the same dose, of other
strengths, such as 2 × 10 mg for 1 × 20 mg.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from protocols.domain.amount import Amount
from protocols.domain.dose_form import Release
from protocols.domain.product import Product, Units
from protocols.domain.taper_error import TaperError

MOST_PIECES: Final = 8
"""A swap of more pieces for one dose is not offered: our own choice."""


@dataclass(frozen=True)
class Preparation:
    """A product with its molecule and its release. release None: nobody has said it."""

    substance: str
    release: Release | None
    product: Product

    def may_stand_in_for(self, other: Preparation) -> bool:
        """Whether doses of it count as doses of the other. A release that is not known is like no other."""
        if self == other:
            return True
        return (
            self.substance == other.substance
            and self.release is not None
            and self.release is other.release
            and self.product.medicine_class is other.product.medicine_class
            and self.product.unit is other.product.unit
        )


@dataclass(frozen=True)
class Swap:
    """The same dose in other units. pieces: how many are taken, a half counting as one; 0 for a liquid."""

    preparation: Preparation
    units: tuple[Units, ...]

    @property
    def pieces(self) -> int:
        return sum(_pieces(unit) for unit in self.units)


def swaps(units: Sequence[Units], *, of: Preparation, among: Iterable[Preparation]) -> list[Swap]:
    """Every other way to take this one dose that is worth offering, fewest pieces first.

    among: what can be had; only what may stand in for `of` counts, and `of` itself counts only if it is there.
    From each comes the dose made of each single strength, made without all and without each of the strengths of
    `units`, and made of as few pieces as possible. Raises `TaperError` if `units` are not units of `of`.
    """
    amount = dose_of(units, of=of)
    found: dict[tuple[Preparation, tuple[Units, ...]], Swap] = {}
    for preparation in among:
        if not preparation.may_stand_in_for(of):
            continue
        for product in _narrowed(preparation.product, without={unit.strength for unit in units}):
            made = _made(amount, product)
            if made and not (preparation == of and set(made) == set(units)):
                swap = Swap(preparation, made)
                if swap.pieces <= MOST_PIECES:
                    found.setdefault((preparation, made), swap)
    return sorted(found.values(), key=lambda swap: (swap.pieces, len(swap.units)))


def is_swap(given: Sequence[Units], *, of: Preparation, instead_of: Sequence[Units], signed: Preparation) -> bool:
    """Whether `given` is the same dose of something that may stand in for what was signed."""
    return of.may_stand_in_for(signed) and dose_of(given, of=of) == dose_of(instead_of, of=signed)


def dose_of(units: Sequence[Units], *, of: Preparation) -> Amount:
    """What these units hold together. Raises `TaperError` for none, or for what this preparation does not come in."""
    if not units:
        raise TaperError("no_units", "", "These are no units at all: say how many are taken of which strength.")
    for unit in units:
        _require_unit_of(of.product, unit)
    total = units[0].amount
    for unit in units[1:]:
        total = total + unit.amount
    return total


def _require_unit_of(product: Product, unit: Units) -> None:
    if product.liquid is not None:
        exists = unit.per_ml and unit.strength == product.liquid.concentration_per_ml
        whole = not unit.count % product.liquid.step_ml
    else:
        exists = not unit.per_ml and unit.strength in product.strengths
        whole = not (unit.count * (2 if product.may_be_halved else 1)) % 1
    if not exists:
        raise TaperError(
            "no_such_strength",
            "",
            f"There is no {product.name} of {unit.strength_text}: it comes as {product.describe()}.",
        )
    if not whole:
        raise TaperError(
            "not_makeable",
            "",
            f"{unit.count:f} × {unit.strength_text} cannot be taken: {product.name} comes as {product.describe()}.",
        )


def _narrowed(product: Product, *, without: set[Amount]) -> Iterator[Product]:
    """The product as it is, of each single strength, and short of what is not to be had."""
    yield product
    if product.liquid is not None:
        return
    choices: list[tuple[Amount, ...]] = [(strength,) for strength in product.strengths]
    choices.append(tuple(strength for strength in product.strengths if strength not in without))
    choices += [tuple(strength for strength in product.strengths if strength != missing) for missing in without]
    for strengths in choices:
        if strengths:
            yield replace(product, strengths=strengths)


def _made(amount: Amount, product: Product) -> tuple[Units, ...]:
    try:
        return product.make(amount)
    except TaperError:
        return ()


def _pieces(unit: Units) -> int:
    if unit.per_ml:
        return 0
    return int(unit.count) + (1 if unit.count % 1 else 0)
