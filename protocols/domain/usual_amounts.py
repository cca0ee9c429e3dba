"""“Did you mean mg?”: an amount a thousand times the usual, or a thousandth of it, is probably in another unit.

Soft: nothing is refused and nothing is changed; whoever entered it is asked. A substance of which no usual amount was
read is never asked about.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from protocols.domain.amount import Amount, Unit
from protocols.domain.substances import Substance, Usual

FAR_OFF: Final = 1000
"""Neighbouring units of mass differ by this."""

_UNITS: Final = (Unit.UG, Unit.MG, Unit.G)


def looks_like_another_unit(substance: Substance, amount: Amount) -> Unit | None:
    """The unit that was probably meant: with it, the same number comes nearest to the usual. None: nothing is odd.

    Amounts that are no mass say nothing, and neither does zero. A vitamin whose IU are known may have been meant in IU.
    """
    usual, micrograms = substance.usual, _micrograms(substance, amount)
    if usual is None or not micrograms or not _is_far_off(usual, micrograms):
        return None
    meant = [unit for unit in _UNITS if unit is not amount.unit]
    if substance.ug_per_iu is not None and amount.unit is not Unit.IU:
        meant.append(Unit.IU)
    return min(meant, key=lambda unit: _distance(usual, _of(substance, Amount(amount.value, unit))))


def usual_amount_words(substance: Substance, amount: Amount) -> str:
    """ "5000 g of glutamine is 1000 times the usual 5 g. Did you mean mg?" Empty where nothing is odd."""
    meant, usual = looks_like_another_unit(substance, amount), substance.usual
    if meant is None or usual is None:
        return ""
    micrograms = _of(substance, amount)
    shown = usual.most.display()
    if usual.least is None:
        shown = f"largest amount of {shown}"
    elif usual.least != usual.most:
        shown = f"{usual.least.display()} to {shown}"
    most, least = _mass(usual.most), _mass(usual.least or usual.most)
    if micrograms > most:
        far = f"{micrograms // most} times the usual {shown}"
    else:
        far = f"1/{least // micrograms} of the usual {shown}"
    return f"{amount.display()} of {substance.name} is {far}. Did you mean {meant.label}?"


def _is_far_off(usual: Usual, micrograms: Fraction) -> bool:
    if micrograms >= FAR_OFF * _mass(usual.least or usual.most):
        return True
    return usual.least is not None and micrograms * FAR_OFF <= _mass(usual.most)


def _distance(usual: Usual, micrograms: Fraction) -> Fraction:
    """How many times above the most or below the least; 1 in between."""
    if micrograms > _mass(usual.most):
        return micrograms / _mass(usual.most)
    least = _mass(usual.least) if usual.least is not None else Fraction(0)
    return max(least / micrograms, Fraction(1))


def _mass(amount: Amount) -> Fraction:
    micrograms = amount.micrograms
    if micrograms is None:
        raise ValueError(f"A usual amount is a mass; {amount.display()} is none.")
    return Fraction(micrograms)


def _micrograms(substance: Substance, amount: Amount) -> Fraction | None:
    if amount.micrograms is not None:
        return Fraction(amount.micrograms)
    if amount.unit is Unit.IU and substance.ug_per_iu is not None:
        return Fraction(amount.value) * Fraction(substance.ug_per_iu)
    return None


def _of(substance: Substance, amount: Amount) -> Fraction:
    return _micrograms(substance, amount) or Fraction(0)
