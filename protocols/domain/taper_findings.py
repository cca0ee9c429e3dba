"""What a schedule should be looked at for before anyone signs it. Findings say; people decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Final

from protocols.domain.amount import Amount, Unit
from protocols.domain.medicines import MedicineClass
from protocols.domain.pattern import Pattern, PatternKind
from protocols.domain.taper import DatedStep, Schedule

LARGE_CUT: Final = Fraction(25, 100)
"""Of the current daily dose, outside acid suppressants."""
ROUNDED_CUT: Final = Fraction(5, 100)
"""Points by which rounding may enlarge a cut without a word."""


class Severity(StrEnum):
    WARN = "WARN"
    INFO = "INFO"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at, and in which step (from 1)."""

    code: str
    severity: Severity
    text: str
    step: int


def large_cut(
    medicine_class: MedicineClass, *, number: int, before: Fraction, after: Fraction, unit: Unit
) -> Finding | None:
    """A finding if this step takes over a quarter off the daily dose before it, both as nominal averages."""
    if medicine_class.is_acid_suppressant or before - after <= before * LARGE_CUT:
        return None
    return Finding(
        "large_cut",
        Severity.WARN,
        f"Step {number} goes from {_shown(before, unit)} to {_shown(after, unit)} a day on average, "
        "more than 25 % less at once.",
        number,
    )


def rounded_cut(*, number: int, before: Fraction, asked: Fraction, after: Fraction, unit: Unit) -> Finding | None:
    """A finding if rounding `asked` down to `after` adds over five points to the cut, both as nominal averages."""
    if asked - after <= before * ROUNDED_CUT:
        return None
    return Finding(
        "rounded_cut",
        Severity.WARN,
        f"Step {number} would be {_shown(asked, unit)} a day on average. Rounding makes it {_shown(after, unit)}: "
        "the cut is more than 5 points larger than asked.",
        number,
    )


def more_when_needed(*, number: int, before: Amount, after: Amount) -> Finding | None:
    """A finding if a step that is taken as needed allows more on a day than was taken on a day before it."""
    if after <= before:
        return None
    return Finding(
        "more_when_needed",
        Severity.WARN,
        f"Step {number} is taken as needed, {after.display()} on a day: more than the {before.display()} on a day "
        "before it.",
        number,
    )


def dated_findings(schedule: Schedule) -> Iterator[Finding]:
    """What only the dates show: steps in which nothing is taken, and dose days that meet where two patterns do."""
    for dated in schedule.steps:
        if dated.dose_days == 0 and not dated.step.pattern.is_as_needed:
            yield Finding(
                "no_dose_in_step",
                Severity.INFO,
                f"Nothing is taken in step {dated.number}: no day of it is one of “{dated.step.pattern.display()}”.",
                dated.number,
            )
    for before, after in pairwise(schedule.steps):
        if _meet(before, after):
            yield Finding(
                "seam",
                Severity.INFO,
                f"The last dose day of step {before.number} and the first of step {after.number} are consecutive days.",
                after.number,
            )


def _meet(before: DatedStep, after: DatedStep) -> bool:
    patterns = before.step.pattern, after.step.pattern
    if patterns[0] == patterns[1] or not all(_has_days_off(pattern) for pattern in patterns):
        return False
    if before.last_dose_on is None or after.first_dose_on is None:
        return False
    return after.first_dose_on - before.last_dose_on == timedelta(days=1)


def _has_days_off(pattern: Pattern) -> bool:
    return pattern.kind in {PatternKind.INTERVAL, PatternKind.WEEKDAYS}


def _shown(average: Fraction, unit: Unit) -> str:
    """An average for people: to three decimals, and said to be so where that is not all."""
    thousandths = round(average * 1000)
    number = Decimal(thousandths) / 1000
    return f"{'' if thousandths == average * 1000 else 'about '}{number.normalize():f} {unit.label}"
