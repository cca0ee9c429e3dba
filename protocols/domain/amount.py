"""Amounts: an exact number with a unit, the only way a dose is written anywhere in gutclinic.

Never a float (0.1 + 0.2 is not a dose) and never a bare string. Units are UCUM codes (checked with ucum-lhc;
`10*9.[CFU]` needs its dot). Only g, mg and ug convert into each other: an international unit or a CFU is a
different quantity for every substance, activities of enzymes (USP units, HUT, ALU …) come from different tests, and
what a capsule holds is the catalogue's knowledge, not arithmetic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal, DecimalException, DivisionByZero, Inexact, InvalidOperation, Overflow
from enum import StrEnum
from typing import Final

MAX_DIGITS: Final = 15
"""Digits an amount may have in all, written out: what SQLite's numbers hold without rounding."""
MAX_DECIMALS: Final = 6

# The caller's decimal context may round; this one refuses to, so arithmetic is exact or it is an error.
_EXACT: Final = Context(prec=60, traps=[InvalidOperation, DivisionByZero, Overflow, Inexact])

_WRITTEN: Final = re.compile(r"(?P<value>[0-9]+(?:\.[0-9]+)?)\s+(?P<unit>\S+)")


class AmountError(ValueError):
    """The amount cannot be: its text is a sentence that says what to do."""


class UnitMismatch(AmountError):
    """Two amounts in units that must not be mixed."""


class Unit(StrEnum):
    """A unit of amount; its value is the UCUM code, in the database, in FHIR and in `Amount.parse` alike."""

    MG = "mg"
    UG = "ug"
    G = "g"
    IU = "[iU]"
    USP = "[USP'U]"
    UNIT = "U"
    DU = "{DU}"
    HUT = "{HUT}"
    ALU = "{ALU}"
    FIP = "{FIP}"
    GALU = "{GalU}"
    FCC = "{FCC'U}"
    BILLION_CFU = "10*9.[CFU]"
    ML = "mL"
    CAPSULE = "{capsule}"
    TABLET = "{tablet}"
    PACKET = "{packet}"
    DROP = "{drop}"

    @property
    def label(self) -> str:
        """The unit in words for people, in the plural where it has one: "billion CFU", "µg", "capsules"."""
        return _LABELS.get(self, self.value)

    @property
    def label_of_one(self) -> str:
        """The unit beside the number one: "capsule", "mg"."""
        return self.label.removesuffix("s") if self in _COUNTED else self.label


_LABELS: Final = {
    Unit.UG: "µg",
    Unit.IU: "IU",
    Unit.USP: "USP units",
    Unit.UNIT: "units",
    Unit.DU: "DU",
    Unit.HUT: "HUT",
    Unit.ALU: "ALU",
    Unit.FIP: "FIP",
    Unit.GALU: "GalU",
    Unit.FCC: "FCC units",
    Unit.BILLION_CFU: "billion CFU",
    Unit.CAPSULE: "capsules",
    Unit.TABLET: "tablets",
    Unit.PACKET: "packets",
    Unit.DROP: "drops",
}
_COUNTED: Final = frozenset({Unit.CAPSULE, Unit.TABLET, Unit.PACKET, Unit.DROP, Unit.USP, Unit.UNIT, Unit.FCC})
ACTIVITIES: Final = frozenset({Unit.DU, Unit.HUT, Unit.ALU, Unit.FIP, Unit.GALU, Unit.FCC})
"""Activities of enzymes as the Food Chemicals Codex measures them. UCUM has no code for them: these are annotations."""
_MICROGRAMS_AS_POWER_OF_TEN: Final = {Unit.UG: 0, Unit.MG: 3, Unit.G: 6}


@dataclass(frozen=True, slots=True)
class Amount:
    """An exact, finite number that is zero or more, with its unit.

    `value` is kept in one canonical form (40, never 4E+1 or 40.000000), so equal amounts print and hash alike
    whatever database they were read from. At most 15 digits, at most 6 of them decimals.

    Raises `TypeError` when the value is not a Decimal, and `AmountError` when it is negative, not finite, too
    long or in an unknown unit. `==` between different units is False; every other comparison raises
    `UnitMismatch`.
    """

    value: Decimal
    unit: Unit

    def __post_init__(self) -> None:
        if not isinstance(self.value, Decimal):
            raise TypeError(f"An amount is a Decimal, never a {type(self.value).__name__}: write Decimal('2.5').")
        object.__setattr__(self, "unit", _unit(self.unit))
        object.__setattr__(self, "value", _canonical(self.value))

    @classmethod
    def parse(cls, text: str) -> Amount:
        """Read "2.5 mg" or "10 10*9.[CFU]": a number with a decimal point, a space, a UCUM code."""
        written = _WRITTEN.fullmatch(text.strip())
        if written is None:
            raise AmountError(f"“{text}” is not an amount. Write a number, a space and a unit, as in “2.5 mg”.")
        return cls(Decimal(written["value"]), _unit(written["unit"]))

    def __str__(self) -> str:
        return f"{self.value:f} {self.unit.value}"

    def display(self) -> str:
        """The amount for people: "10 billion CFU", "1 capsule", "0.5 tablets"."""
        label = self.unit.label_of_one if self.value == 1 else self.unit.label
        return f"{self.value:f} {label}"

    def to(self, unit: Unit) -> Amount:
        """The same amount in another unit of mass, exactly. No other units convert: `UnitMismatch`."""
        if unit == self.unit:
            return self
        powers = _MICROGRAMS_AS_POWER_OF_TEN
        if self.unit not in powers or unit not in powers:
            raise UnitMismatch(
                f"{self.unit.label} cannot be turned into {_unit(unit).label}: "
                "only g, mg and µg convert. Enter the amount in the unit you need."
            )
        return Amount(self.value.scaleb(powers[self.unit] - powers[unit], context=_EXACT), unit)

    @property
    def micrograms(self) -> Decimal | None:
        """The mass as a plain, exact number, however many digits that takes; None for what is no mass."""
        power = _MICROGRAMS_AS_POWER_OF_TEN.get(self.unit)
        return None if power is None else self.value.scaleb(power, context=_EXACT)

    def __add__(self, other: Amount) -> Amount:
        if not isinstance(other, Amount):
            return NotImplemented
        self._require_unit_of(other, "add")
        return Amount(_EXACT.add(self.value, other.value), self.unit)

    def __sub__(self, other: Amount) -> Amount:
        if not isinstance(other, Amount):
            return NotImplemented
        self._require_unit_of(other, "subtract")
        if other.value > self.value:
            raise AmountError(
                f"{other.display()} cannot be taken from {self.display()}: an amount is never below zero."
            )
        return Amount(_EXACT.subtract(self.value, other.value), self.unit)

    def __mul__(self, factor: int | Decimal) -> Amount:
        if isinstance(factor, bool) or not isinstance(factor, int | Decimal):
            return NotImplemented
        try:
            product = _EXACT.multiply(self.value, Decimal(factor))
        except DecimalException as error:
            raise AmountError(
                f"{self.display()} cannot be multiplied by {factor}: use a smaller, exact number."
            ) from error
        return Amount(product, self.unit)

    __rmul__ = __mul__

    def __lt__(self, other: Amount) -> bool:
        if not isinstance(other, Amount):
            return NotImplemented
        self._require_unit_of(other, "compare")
        return self.value < other.value

    def __le__(self, other: Amount) -> bool:
        if not isinstance(other, Amount):
            return NotImplemented
        self._require_unit_of(other, "compare")
        return self.value <= other.value

    # `a > b` needs no method of its own: Python asks `b < a`.

    def _require_unit_of(self, other: Amount, verb: str) -> None:
        if self.unit is not other.unit:
            raise UnitMismatch(
                f"Cannot {verb} {self.display()} and {other.display()}: enter both amounts in the same unit."
            )


def _unit(code: str) -> Unit:
    try:
        return Unit(code)
    except ValueError as error:
        known = ", ".join(unit.value for unit in Unit)
        raise AmountError(f"“{code}” is not a unit gutclinic knows. Use one of: {known}.") from error


def _canonical(value: Decimal) -> Decimal:
    """`value` without trailing zeros and with no positive exponent; refuses what an amount must not be."""
    if not value.is_finite():
        raise AmountError("An amount is a finite number: enter the number itself.")
    if value.is_zero():
        return Decimal(0)
    if value.is_signed():
        raise AmountError(f"An amount is never below zero: {value} was given.")
    # Lengths first, from the exponents alone: writing out 1E+999999 would take a million digits.
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)  # finite, checked above
    trailing_zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    decimals = max(0, -(exponent + trailing_zeros))
    if decimals > MAX_DECIMALS:
        raise AmountError(f"An amount has at most {MAX_DECIMALS} decimals: round it, or use a smaller unit.")
    if max(0, value.adjusted() + 1) + decimals > MAX_DIGITS:
        raise AmountError(f"An amount has at most {MAX_DIGITS} digits: use a larger unit.")
    return value.quantize(Decimal(1).scaleb(-decimals), context=_EXACT)
