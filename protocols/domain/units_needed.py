"""How many units of a product are needed on a day, and how many are left of what was counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from protocols.domain.amount import Amount
from protocols.domain.dose_count import CountedProduct, DoseCountError, units_to_take
from protocols.domain.pattern import Pattern
from protocols.domain.titration import Titration
from protocols.domain.window import Window

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One order of a product, as it takes from the supply.

    window: of the order; None while it waits, and nothing is taken. Its last day is None where no end is said: a phase
    past its planned last day is still lived. times_per_day: on a dose day, 1 or more. titration: its stages and the
    full amount; None while the amount is still to be decided. holds: its own and those of its phases; one without a
    last day is on. counted_from: the day from which “every 2 days” is counted, where an earlier version began it; None:
    from the first day of the window. raised_from: likewise the day from which its stages are counted.
    """

    window: Window | None
    pattern: Pattern
    times_per_day: int
    titration: Titration | None
    product: CountedProduct
    holds: tuple[Window, ...] = ()
    counted_from: date | None = None
    raised_from: date | None = None
    # How many units an amount is, once it was counted: it is asked for day after day.
    _units: dict[Amount, Decimal] = field(default_factory=dict, init=False, repr=False, compare=False)

    def units_on(self, day: date) -> Decimal:
        """Units that the plan takes on that day; 0 before, after, on hold, between dose days, and as needed.

        Raises `DoseCountError` when the amount is not decided, or is no number of units.
        """
        if not self.is_dose_day(day):
            return Decimal(0)
        assert self.window is not None
        if self.titration is None:
            raise DoseCountError("undecided", "amount", "The amount is still to be decided: enter it first.")
        amount = self.titration.full
        if self.titration.stages:
            reached = self.titration.amount_on(day, first_day=self.raised_from or self.window.first, holds=self.holds)
            assert reached is not None  # within its window
            amount = reached
        if amount not in self._units:
            self._units[amount] = units_to_take(amount, self.product).value
        return self._units[amount] * self.times_per_day

    def is_held_on(self, day: date) -> bool:
        return any(hold.contains(day) for hold in self.holds)

    def is_dose_day(self, day: date) -> bool:
        """Whether something is taken that day; never, of what is taken as needed."""
        if self.window is None or not self.window.contains(day) or self.is_held_on(day):
            return False
        return self.pattern.is_dose_day(day, first_day=self.counted_from or self.window.first)


@dataclass(frozen=True, slots=True)
class Counted:
    """Units at hand before the dose of `on`. is_all: counted, so that what was there before is in it; else on top."""

    count: Decimal
    on: date
    is_all: bool


def units_needed(uses: Iterable[Use], day: date) -> Decimal:
    """Units of one product that all its orders take on that day. Raises as `Use.units_on` does."""
    return sum((use.units_on(day) for use in uses), Decimal(0))


def units_left(counts: Iterable[Counted], uses: Sequence[Use], *, before: date) -> Decimal | None:
    """Units left before the dose of that day, if everything since was taken as planned; None if nobody ever counted.

    What was bought on top of an unknown rest counts from none: rather too little than too much. Raises as
    `Use.units_on` does.
    """
    recorded = sorted((each for each in counts if each.on <= before), key=lambda each: each.on)
    if not recorded:
        return None
    left, day = Decimal(0), recorded[0].on
    while True:
        left = restocked(left, recorded, day)
        if day == before:
            return left
        left = max(Decimal(0), left - units_needed(uses, day))
        day += _ONE_DAY


def restocked(left: Decimal, counts: Iterable[Counted], day: date) -> Decimal:
    """What is at hand before the doses of a day, after what was counted or bought on it. A count comes first."""
    for each in sorted((each for each in counts if each.on == day), key=lambda each: not each.is_all):
        left = each.count if each.is_all else left + each.count
    return left
