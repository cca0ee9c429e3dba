"""Counted units of one strength, and what a liquid's measure shows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from protocols.domain.amount import Amount, AmountError, Unit
from protocols.domain.taper_error import TaperError


@dataclass(frozen=True, slots=True)
class Units:
    """How many of one strength: tablets, capsules, or millilitres of a liquid."""

    strength: Amount
    """Of one unit; of one millilitre of a liquid."""
    count: Decimal
    """Above zero. Halves only where the product may be halved; millilitres of a liquid."""
    per_ml: bool = False
    form: str = ""
    """In words, where they stand in for units of another form; empty: the form that was signed."""

    def __post_init__(self) -> None:
        if not isinstance(self.count, Decimal) or not self.count.is_finite() or self.count <= 0:
            raise TaperError("bad_count", "", f"{self.count} is not a number of units: give a decimal above zero.")
        object.__setattr__(self, "count", _plain(self.count))

    @property
    def amount(self) -> Amount:
        """What they hold together. Raises `AmountError` when that is no amount."""
        return self.strength * self.count

    @property
    def strength_text(self) -> str:
        """ "20 mg", or "20 mg/mL" of a liquid."""
        return f"{self.strength}/mL" if self.per_ml else str(self.strength)

    def as_json(self) -> dict[str, str]:
        """{"strength": "20 mg", "count": "1"}; a liquid also says that mL are counted, and another form its name."""
        written = {"strength": self.strength_text, "count": f"{self.count:f}"}
        written |= {"unit": Unit.ML.value} if self.per_ml else {}
        return written | {"form": self.form} if self.form else written


@dataclass(frozen=True, slots=True)
class Liquid:
    """What one millilitre holds, and the least difference that the measuring device shows."""

    concentration_per_ml: Amount
    step_ml: Decimal

    def __post_init__(self) -> None:
        if not self.concentration_per_ml.value:
            raise TaperError("not_positive", "liquid.concentration", "A liquid of 0 holds nothing: enter its strength.")
        if not isinstance(self.step_ml, Decimal) or not self.step_ml.is_finite() or self.step_ml <= 0:
            raise TaperError("not_positive", "liquid.step", "The step of a measure is above 0 mL: enter, say, 0.1 mL.")
        try:
            _ = self.least
        except AmountError as error:
            raise TaperError(
                "too_fine",
                "liquid.step",
                f"A step of {self.step_ml:f} mL is finer than an amount can be written: choose a larger step.",
            ) from error

    @property
    def least(self) -> Amount:
        """The smallest dose."""
        return self.concentration_per_ml * self.step_ml


def _plain(number: Decimal) -> Decimal:
    """The number without trailing zeros and without an exponent."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
