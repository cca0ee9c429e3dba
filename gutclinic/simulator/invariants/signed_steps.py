"""What the signed bytes hold, read as plain JSON: steps, doses, and what was taken before."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, Final

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class SignedStep:
    """One step as it is written in the bytes. dose: by time of day, in milligrams. units: how many of each strength."""

    dose: tuple[tuple[str, Decimal], ...]
    units: tuple[tuple[str, Decimal], ...]
    pattern: str
    days: int
    lived_days: int

    @property
    def milligrams(self) -> Decimal:
        return sum((amount for _, amount in self.dose), Decimal(0))

    @property
    def average(self) -> Fraction:
        """What is taken a day, on average."""
        return Fraction(self.milligrams) * share_of_days(self.pattern)

    def is_taken_on(self, day: date, *, first: date) -> bool:
        kind, _, rest = self.pattern.partition(" ")
        match kind:
            case "daily":
                return True
            case "every":
                return ((day - first).days + self.lived_days) % int(rest.split()[0]) == 0
            case "weekdays":
                return WEEKDAYS[day.weekday()] in rest.split(",")
        return False


def share_of_days(pattern: str) -> Fraction:
    """On which part of the days something is taken."""
    kind, _, rest = pattern.partition(" ")
    match kind:
        case "daily":
            return Fraction(1)
        case "every":
            return Fraction(1, int(rest.split()[0]))
        case "weekdays":
            return Fraction(len(rest.split(",")), 7)
    return Fraction(0)


@cache
def signed_document(content: bytes) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(content)
    return document


@cache
def steps_in(content: bytes) -> tuple[SignedStep, ...]:
    """The steps that these bytes hold."""
    return tuple(
        SignedStep(
            dose=tuple((taken["slot"], _milligrams(taken["units"])) for taken in step["take"]),
            units=tuple(
                (each["strength"], Decimal(each["count"])) for taken in step["take"] for each in taken["units"]
            ),
            pattern=step["pattern"],
            days=step["days"],
            lived_days=step["lived_days"],
        )
        for step in signed_document(content)["steps"]
    )


@cache
def starting_average(content: bytes) -> Fraction:
    """What was taken a day before it began."""
    document = signed_document(content)
    milligrams = sum((_milligrams(dose["units"]) for dose in document["starting_doses"]), Decimal(0))
    return Fraction(milligrams) * share_of_days(document["starting_pattern"])


def _milligrams(units: list[dict[str, str]]) -> Decimal:
    total = Decimal(0)
    for each in units:
        number, unit = each["strength"].split(" ")
        if unit != "mg":
            raise ValueError(f"A run takes nothing in {unit}.")
        total += Decimal(number) * Decimal(each["count"])
    return total
