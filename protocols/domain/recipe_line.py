"""The steps of a taper while they are being built: only doses that can be made, never more than before, bounded."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Final

from protocols.domain.pattern import Pattern
from protocols.domain.product import Product
from protocols.domain.recipe_methods import Taken, total
from protocols.domain.recipe_terms import MOST_STEPS, Rounding
from protocols.domain.taper_error import TaperError, at
from protocols.domain.taper_findings import Finding, large_cut, more_when_needed, rounded_cut
from protocols.domain.taper_steps import Dose, Step, share_of_days

MOST_DAYS: Final = 3660


class Line:
    """Steps in a row, with what is taken in the last of them, and what is to be looked at."""

    def __init__(self, product: Product, taken: Taken, pattern: Pattern) -> None:
        """`taken`: the doses before the first step; every one can be made. `pattern`: how often they are taken."""
        self.product = product
        self.steps: list[Step] = []
        self.findings: list[Finding] = []
        self.taken = taken
        self._average = total(taken) * share_of_days(pattern)
        self._days = 0

    def add(
        self, taken: Taken, days: int, *, field: str, pattern: Pattern | None = None, asked: Fraction | None = None
    ) -> None:
        """Add a step of doses that can be made, daily unless a pattern is given.

        `field`: what to change if the taper grows too long. `asked`: the dose before rounding, where it was rounded.
        """
        if len(self.steps) == MOST_STEPS:
            raise TaperError("too_many_steps", field, f"A schedule has at most {MOST_STEPS} steps: leave some out.")
        self._days += days
        if self._days > MOST_DAYS:
            raise TaperError(
                "too_long", field, f"A schedule lasts at most {MOST_DAYS} days: take shorter steps, or fewer of them."
            )
        pattern = pattern or Pattern.daily()
        doses = tuple(Dose(slot, self.product.make(self.product.greatest_up_to(each))) for slot, each in taken.items())
        step = Step(doses, pattern, days)
        before, self._average = self._average, step.average_per_day
        self.steps.append(step)
        if pattern.is_as_needed and (found := self._more_when_needed(step)):
            self.findings.append(found)
        self.taken = taken
        self._look(before, self._average if asked is None else asked * share_of_days(pattern))

    def rises_with(self, taken: Taken, pattern: Pattern) -> bool:
        """Whether a step of these doses would take more a day, on average, than the one before it."""
        return total(taken) * share_of_days(pattern) > self._average

    def made(self, wanted: Taken, rounding: Rounding, *, fields: Mapping[str, str]) -> Taken:
        """What can be made of what is wanted; rounded to 0, a time of day is left out.

        Without rounding it is an error to want what cannot be made; `fields` says where each dose was asked for.
        """
        made = {}
        for slot, exact in wanted.items():
            with at(fields[slot]):
                made[slot] = self.product.exactly(self.product.greatest_up_to(exact))
                if made[slot] != exact and rounding is Rounding.NONE:
                    raise self.product.not_makeable(exact)
        return {slot: amount for slot, amount in made.items() if amount}

    def can_make(self, taken: Taken) -> bool:
        return all(self.product.exactly(self.product.greatest_up_to(each)) == each for each in taken.values())

    def _more_when_needed(self, step: Step) -> Finding | None:
        """Compared with the doses of the step before, or of the start."""
        before = [self.product.greatest_up_to(each) for each in self.taken.values()]
        return more_when_needed(number=len(self.steps), before=reduce(add, before), after=step.amount_per_dose_day)

    def _look(self, before: Fraction, asked: Fraction) -> None:
        number, unit = len(self.steps), self.product.unit
        medicine_class = self.product.medicine_class
        found = (
            large_cut(medicine_class, number=number, before=before, after=self._average, unit=unit),
            rounded_cut(number=number, before=before, asked=asked, after=self._average, unit=unit),
        )
        self.findings += [finding for finding in found if finding is not None]
