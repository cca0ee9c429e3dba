"""What a person weighs, as it is written: “70 kg”."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from protocols.domain.amount import Amount, AmountError, Unit

_WRITTEN: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3})?)\s+kg")


def parse_weight(text: str) -> Amount:
    """The weight in grams. Raises `AmountError` with a sentence for what is none, and for 0 kg.

    Nobody takes kilograms of anything, so kg is no unit of amounts: a slip of the keyboard is refused as such.
    """
    written = _WRITTEN.fullmatch(text.strip())
    if written is None or not Decimal(written[1]):
        raise AmountError(f"“{text[:40]}” is not a weight. Write kilograms, as in “70 kg”.")
    return Amount(Decimal(written[1]).scaleb(3), Unit.G)
