"""From one product and its dose to another that holds the same: the equivalent dose, and what else would change.

Equivalent is only what comes out exactly, of the same leading substance, counted in the same way: the whole compound or
the element in it. Nothing is rounded and nothing is guessed: where it does not come out, the error says what does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from protocols.domain.amount import MAX_DECIMALS, Amount, Unit
from protocols.domain.contents import Content, ContentsError, ProductContents, contents_of_dose, fits, number_in
from protocols.domain.dose_words import joined

_IN_PIECES: Final = frozenset({Unit.CAPSULE, Unit.TABLET, Unit.PACKET, Unit.DROP})


class SwapError(ValueError):
    """There is no equivalent dose, in a sentence. below, above: the nearest that the other product can make."""

    def __init__(self, sentence: str, *, below: Amount | None = None, above: Amount | None = None) -> None:
        super().__init__(sentence)
        self.below = below
        self.above = above


@dataclass(frozen=True, slots=True, kw_only=True)
class Swappable:
    """What has to be known of a product before it stands in for another.

    allergens: as its label names them; None: nobody has read it. may_be_halved: its units may be cut in two.
    """

    contents: ProductContents
    allergens: frozenset[str] | None = None
    may_be_halved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """dose: of the other product, each time. differences: what else changes, a sentence each; empty: nothing known."""

    substance: str
    dose: Amount
    differences: tuple[str, ...]


def swap(old: Swappable, dose: Amount, new: Swappable) -> Swap:
    """The dose of `new` that holds as much of the leading substance as this dose of `old`.

    Raises `SwapError` where there is none: another leading substance, an amount that nobody knows, units that do not
    convert, or a count that `new` cannot make.
    """
    try:
        before = contents_of_dose(old.contents, dose)
        wanted = _leading(old.contents, before)
        equal = _equivalent(wanted, old.contents, new)
        after = contents_of_dose(new.contents, equal)
    except ContentsError as error:
        raise SwapError(str(error)) from error
    differences = [*_of_ingredients(before, after), *_of_allergens(old, new)]
    return Swap(substance=wanted.substance, dose=equal, differences=tuple(differences))


def _leading(product: ProductContents, held: Sequence[Content]) -> Content:
    """What a dose is about: the leading substance, or the only one."""
    name = held[0].substance if product.leading is None and len(held) == 1 else product.leading
    found = next((content for content in held if content.substance == name), None)
    if found is None:
        raise SwapError(f"No ingredient of {product.name} leads the others: choose the new dose yourself.")
    return found


def _equivalent(wanted: Content, old: ProductContents, new: Swappable) -> Amount:
    product = new.contents
    one = _leading(product, product.holds)
    if one.substance != wanted.substance:
        raise SwapError(
            f"{old.name} is taken for {wanted.substance} and {product.name} for {one.substance}: one does not stand in "
            "for the other."
        )
    if wanted.amount is None:
        raise SwapError(f"How much {wanted.substance} is in {old.name} is not known: choose the new dose yourself.")
    if product.counted_in is None:
        return wanted.amount
    if one.amount is None:
        raise SwapError(f"How much {one.substance} is in {product.name} is not known: choose the new dose yourself.")
    if one.basis != wanted.basis:
        raise SwapError(
            f"{old.name} and {product.name} do not count {wanted.substance} alike, the whole compound or the nutrient "
            "in it: choose the new dose yourself."
        )
    if not fits(wanted.amount.unit, one.amount.unit):
        raise SwapError(
            f"{wanted.amount.display()} cannot be turned into {one.amount.unit.label}, as {product.name} is labelled: "
            "choose the new dose yourself."
        )
    return _made(number_in(wanted.amount, one.amount.unit) / Fraction(one.amount.value), new)


def _made(count: Fraction, new: Swappable) -> Amount:
    """So many units, if there are such: whole pieces, halves where they may be cut, else any number that is exact."""
    unit = new.contents.counted_in
    assert unit is not None  # asked by the caller
    step = Fraction(1, 2) if new.may_be_halved else Fraction(1)
    if unit not in _IN_PIECES:
        step = Fraction(1, 10**MAX_DECIMALS)
    if (count / step).denominator == 1:
        return _amount(count, unit)
    low = count // step * step
    below, above = (_amount(number, unit) if number else None for number in (low, low + step))
    nearest = [f"{each.display()}, {_holding(new.contents, each)}" for each in (below, above) if each is not None]
    raise SwapError(
        f"{new.contents.name} cannot make the same dose. The nearest: {'; '.join(nearest)}.", below=below, above=above
    )


def _amount(number: Fraction, unit: Unit) -> Amount:
    return Amount(Decimal(int(number * 10**MAX_DECIMALS)).scaleb(-MAX_DECIMALS), unit)


def _holding(product: ProductContents, dose: Amount) -> str:
    amount = _leading(product, contents_of_dose(product, dose)).amount
    return "" if amount is None else f"with {amount.display()}"


def _of_ingredients(before: Sequence[Content], after: Sequence[Content]) -> Iterator[str]:
    """What each dose holds more, less, or for the first time."""
    old = {content.substance: content for content in before}
    new = {content.substance: content for content in after}
    for name in [*old, *(name for name in new if name not in old)]:
        first, then = old.get(name), new.get(name)
        if then is None:
            yield f"Each dose no longer holds {name}{_so_much(first)}."
        elif first is None:
            yield f"Each dose also holds {name}{_so_much(then)}."
        elif first.amount is None or then.amount is None:
            if first.amount is not then.amount:
                yield f"How much {name} each dose holds is known of one product alone."
        elif (first.basis, first.amount) != (then.basis, then.amount) and not _equal(first.amount, then.amount):
            yield f"Each dose holds {then.amount.display()} of {name} instead of {first.amount.display()}."


def _equal(first: Amount, then: Amount) -> bool:
    return fits(first.unit, then.unit) and number_in(first, then.unit) == Fraction(then.value)


def _so_much(content: Content | None) -> str:
    if content is None or content.amount is None:
        return ", how much is not known"
    return f", {content.amount.display()}"


def _of_allergens(old: Swappable, new: Swappable) -> Iterator[str]:
    if new.allergens is None:
        yield "Nobody has read the new label for allergens."
        return
    fresh = sorted(new.allergens - (old.allergens or frozenset()))
    if fresh:
        known = "" if old.allergens is not None else ". Of the old one nobody has read the label"
        yield f"The new label names {joined(fresh)}{known}."
    gone = sorted((old.allergens or frozenset()) - new.allergens)
    if gone:
        yield f"The new label no longer names {joined(gone)}."
