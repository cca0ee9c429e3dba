"""A titrated start: smaller amounts for so many days each, before the full amount of an order.

Nothing raises a dose by itself beyond what the practitioner wrote, and these stages are what the practitioner wrote.
Days on hold do not count. After a hold of a week or longer nothing rises by itself any more: whoever was without it
for so long stays at the stage that was reached, until somebody writes the order anew, for example with what
`remaining` says is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from protocols.domain.amount import Amount, AmountError
from protocols.domain.lived import last_day, lived_days, merged_holds
from protocols.domain.taper_error import DocumentError
from protocols.domain.window import Window

MOST_STAGES: Final = 10
LONGEST_STAGE_DAYS: Final = 90
LONG_HOLD_DAYS: Final = 7
"""A hold of so many days in a row, and longer: nothing rises by itself after it."""

_ONE_DAY: Final = timedelta(days=1)


class TitrationError(DocumentError):
    """The stages cannot be; `field` is the place, as in “titration[0].days”."""


@dataclass(frozen=True, slots=True)
class TitrationStage:
    """days: dates that are not on hold, whether something is taken on them or not. amount: each time."""

    days: int
    amount: Amount


@dataclass(frozen=True, slots=True)
class Titration:
    """Stages below the full amount, each higher than the one before, in its unit; none of them: full from the start.

    Raises `TitrationError` for anything else.
    """

    stages: tuple[TitrationStage, ...]
    full: Amount

    def __post_init__(self) -> None:
        if len(self.stages) > MOST_STAGES:
            raise TitrationError("too_many", "titration", f"A start has at most {MOST_STAGES} stages: leave some out.")
        for position, stage in enumerate(self.stages):
            _check(position, stage, before=self.stages[position - 1].amount if position else None, full=self.full)

    @classmethod
    def parse(cls, document: object, *, full: Amount) -> Titration:
        """Read [{"days": 3, "amount": "1.25 g"}, …]; [] is no stages."""
        if not isinstance(document, list):
            raise TitrationError("not_a_list", "titration", "The stages of a start are a list: write [] for none.")
        if len(document) > MOST_STAGES:
            raise TitrationError("too_many", "titration", f"A start has at most {MOST_STAGES} stages: leave some out.")
        return cls(tuple(_parsed(position, entry) for position, entry in enumerate(document)), full)

    def as_json(self) -> list[dict[str, int | str]]:
        """As `parse` reads it."""
        return [{"days": stage.days, "amount": str(stage.amount)} for stage in self.stages]

    def display(self) -> str:
        """For people: “2.5 g for 3 days, then 5 g for 3 days, then 10 g”; the full amount alone without stages."""
        words = [f"{stage.amount.display()} for {_days(stage.days)}" for stage in self.stages]
        return ", then ".join([*words, self.full.display()])

    @property
    def days(self) -> int:
        """How many days not on hold pass before the full amount."""
        return sum(stage.days for stage in self.stages)

    def amount_on(self, day: date, *, first_day: date, holds: Iterable[Window] = ()) -> Amount | None:
        """What is taken each time on that day; None before `first_day`.

        On a day on hold: the amount that was reached. Whether something is taken on the day is not asked here.
        A hold that begins on the first day, or before it, has nothing behind it: then the stages begin after it.
        """
        if day < first_day:
            return None
        gone = self._counted(day, first_day=first_day, holds=list(holds))
        for stage in self.stages:
            if gone <= stage.days:
                return stage.amount
            gone -= stage.days
        return self.full

    def rises_on(self, *, first_day: date, holds: Iterable[Window] = ()) -> tuple[date, ...]:
        """The first day of each higher amount, in order; without those that a hold leaves open or has ended."""
        held = list(holds)
        closed = [hold for hold in held if hold.last is not None]
        found = []
        passed = 0
        for stage in self.stages:
            passed += stage.days
            day = last_day(first_day, duration_days=passed + 1, holds=closed)
            if self._counted(day, first_day=first_day, holds=held) == passed + 1:
                found.append(day)
        return tuple(found)

    def remaining(self, day: date, *, first_day: date, holds: Iterable[Window] = ()) -> Titration:
        """The stages left from `day` on, its own with the days it still lacks. All of them before the first."""
        gone = 0 if day <= first_day else self._counted(day - _ONE_DAY, first_day=first_day, holds=list(holds))
        left = []
        for stage in self.stages:
            if gone < stage.days:
                left.append(TitrationStage(stage.days - gone, stage.amount))
            gone = max(0, gone - stage.days)
        return Titration(tuple(left), self.full)

    def _counted(self, day: date, *, first_day: date, holds: Sequence[Window]) -> int:
        """Days not on hold from the first through `day`; a long hold ends the count for good once it has begun."""
        for first, last in _in_a_row(merged_holds(holds, first_day, day)):
            lived = lived_days(first_day, today=first - _ONE_DAY, holds=holds)
            if (last - first).days + 1 >= LONG_HOLD_DAYS and lived:
                return lived
        return lived_days(first_day, today=day, holds=holds)


def a_quarter_then_half(full: Amount, *, days: int = 3) -> Titration:
    """A quarter for three days, then half for three days.

    Whether a product can make these amounts is asked of `dose_count`. Raises `TitrationError` for an amount whose
    quarter is finer than an amount can be written.
    """
    try:
        parts = [full * Decimal("0.25"), full * Decimal("0.5")]
    except AmountError as error:
        raise TitrationError(
            "too_fine", "titration", f"A quarter of {full.display()} is too fine: write the stages yourself."
        ) from error
    return Titration(tuple(TitrationStage(days, part) for part in parts), full)


READY_TITRATIONS: Final = {"a quarter for three days, then half for three days": a_quarter_then_half}
"""Ready ones by their words; each makes the stages from the full amount."""


def _check(position: int, stage: TitrationStage, *, before: Amount | None, full: Amount) -> None:
    place = f"titration[{position}]"
    days: object = stage.days
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= LONGEST_STAGE_DAYS:
        raise TitrationError(
            "bad_days",
            f"{place}.days",
            f"Stage {position + 1} lasts 1 to {LONGEST_STAGE_DAYS} days, as a whole number.",
        )
    amount = stage.amount
    if amount.unit is not full.unit:
        raise TitrationError(
            "wrong_unit",
            f"{place}.amount",
            f"Stage {position + 1} is in {amount.unit.label} and the order in {full.unit.label}: write both in one.",
        )
    if not amount.value or amount >= full:
        raise TitrationError(
            "not_below",
            f"{place}.amount",
            f"Stage {position + 1} is {amount.display()}: it has to be above 0 and below the full {full.display()}.",
        )
    if before is not None and amount <= before:
        raise TitrationError(
            "not_rising",
            f"{place}.amount",
            f"Stage {position + 1} is {amount.display()}, after {before.display()}: each stage has to be higher.",
        )


def _parsed(position: int, entry: object) -> TitrationStage:
    place = f"titration[{position}]"
    if not isinstance(entry, dict) or set(entry) != {"days", "amount"}:
        raise TitrationError(
            "bad_stage", place, f"Stage {position + 1} has “days” and “amount” and nothing else: write both."
        )
    written = entry["amount"]
    if not isinstance(written, str):
        raise TitrationError(
            "bad_amount", f"{place}.amount", f"Stage {position + 1} needs its amount as text, as in “1.25 g”."
        )
    try:
        amount = Amount.parse(written)
    except AmountError as error:
        raise TitrationError("bad_amount", f"{place}.amount", f"Stage {position + 1}: {error}") from error
    return TitrationStage(entry["days"], amount)


def _in_a_row(windows: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """Windows that touch are one: somebody who holds, resumes and holds the next day was without it all the time."""
    joined: list[tuple[date, date]] = []
    for first, last in windows:
        if joined and joined[-1][1] + _ONE_DAY == first:
            first = joined.pop()[0]
        joined.append((first, last))
    return joined


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
