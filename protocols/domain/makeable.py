"""Every dose that a product can make, up to one: what a person may choose from."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from protocols.domain.amount import MAX_DECIMALS, Amount
from protocols.domain.product import Product

# Less than any two amounts can differ by.
_A_LITTLE: Final = Fraction(1, 10 ** (MAX_DECIMALS + 1))


def doses_up_to(product: Product, greatest: Amount, *, most: int) -> tuple[Amount, ...] | None:
    """The doses from the smallest to this one, which is among them if it can be made; None for more than `most`.

    Raises `TaperError` for an amount in another unit.
    """
    found: list[Amount] = []
    dose = product.greatest_up_to(product.exactly(greatest))
    while dose.value:
        if len(found) == most:
            return None
        found.append(dose)
        dose = product.greatest_up_to(product.exactly(dose) - _A_LITTLE)
    return tuple(reversed(found))
