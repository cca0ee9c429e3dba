"""A taper as dates: which step a day lies in, what is taken on it, and what to dispense.

One source for portal, calendar, letter and reminders. Everything is a civil date in the patient's own zone. Dates are
never stored: they are counted from the first day, the steps and the days on hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import cached_property, reduce
from operator import add

from protocols.domain.amount import Amount
from protocols.domain.lived import merged_holds
from protocols.domain.product import Units
from protocols.domain.taper_error import TaperError
from protocols.domain.taper_steps import Dose as Dose
from protocols.domain.taper_steps import Step as Step
from protocols.domain.taper_steps import dose_as_json as dose_as_json
from protocols.domain.taper_steps import dose_from_json as dose_from_json
from protocols.domain.taper_steps import step_as_json as step_as_json
from protocols.domain.taper_steps import step_from_json as step_from_json
from protocols.domain.window import Window

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DatedStep:
    """One step with its dates, both included."""

    number: int
    step: Step
    first: date
    last: date | None
    """None while a hold is on: the step goes on at its dose, nobody knows yet how long."""
    held: tuple[Window, ...] = ()
    """The days on hold within it, in order; only the last of them may be open."""

    def contains(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def is_dose_day(self, day: date) -> bool:
        """Whether something is taken that day. A hold keeps the dose, and the pattern goes on counting."""
        counted_from = self.first - timedelta(days=self.step.lived_days)
        return self.contains(day) and self.step.pattern.is_dose_day(day, first_day=counted_from)

    @cached_property
    def dose_days(self) -> int | None:
        """On how many of its days something is taken; None while a hold is on."""
        return None if self.last is None else sum(1 for _ in self._dose_days())

    @property
    def total(self) -> Amount | None:
        """Everything taken in it; None while a hold is on."""
        return None if self.dose_days is None else self.step.amount_per_dose_day * self.dose_days

    @cached_property
    def last_dose_on(self) -> date | None:
        """Its last dose day; None if it has none, or while a hold is on."""
        return None if self.last is None else max(self._dose_days(), default=None)

    @cached_property
    def first_dose_on(self) -> date | None:
        """Its first dose day; None if it has none, or while a hold is on."""
        return None if self.last is None else next(self._dose_days(), None)

    def _dose_days(self) -> Iterator[date]:
        assert self.last is not None
        days = (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))
        return (day for day in days if self.is_dose_day(day))


@dataclass(frozen=True, slots=True)
class Dispensed:
    """How much of one strength a schedule takes, exactly."""

    units: Units

    @property
    def whole(self) -> Decimal | None:
        """Units to hand out, where halves make the exact count fractional; None elsewhere, and for a liquid."""
        count = self.units.count
        if self.units.per_ml or count == count.to_integral_value():
            return None
        return count.to_integral_value(rounding=ROUND_CEILING)

    def as_json(self) -> dict[str, str]:
        written = self.units.as_json()
        return written if self.whole is None else written | {"whole": f"{self.whole:f}"}


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The next change of dose: on which day, and to which step; to none when that day is the first without."""

    on: date
    step: DatedStep | None


@dataclass(frozen=True)
class Schedule:
    """Steps with their dates, without a gap between them. What is not known while a hold is on is None."""

    first_day: date
    steps: tuple[DatedStep, ...]
    waiting: tuple[Step, ...] = ()
    """Steps without dates, because a hold before them is still on."""

    @property
    def is_open(self) -> bool:
        """Whether a hold is still on, so that nobody knows when it ends."""
        return bool(self.steps) and self.steps[-1].last is None

    @property
    def ends_on(self) -> date | None:
        """The last day of the last step; None while a hold is on, and without steps."""
        return self.steps[-1].last if self.steps else None

    @property
    def last_dose_on(self) -> date | None:
        """The last day on which anything is taken; None while a hold is on, and if nothing is."""
        if self.is_open:
            return None
        return max((day for step in self.steps if (day := step.last_dose_on) is not None), default=None)

    @property
    def days(self) -> int | None:
        """How many dates it covers, those on hold too; None while a hold is on."""
        return None if self.is_open else sum(self._length(step) for step in self.steps)

    @property
    def total(self) -> Amount | None:
        """Everything that is taken; None while a hold is on, and without steps."""
        totals = [step.total for step in self.steps]
        known = [total for total in totals if total is not None]
        return reduce(add, known) if known and len(known) == len(totals) else None

    def dispense(self) -> tuple[Dispensed, ...] | None:
        """What it takes of every strength, highest first; None while a hold is on."""
        if self.is_open:
            return None
        counts: dict[tuple[Amount, bool], Decimal] = {}
        for dated in self.steps:
            for units in (units for dose in dated.step.doses for units in dose.units):
                key = (units.strength, units.per_ml)
                counts[key] = counts.get(key, Decimal(0)) + units.count * (dated.dose_days or 0)
        taken = [Units(strength, count, per_ml=per_ml) for (strength, per_ml), count in counts.items() if count]
        return tuple(Dispensed(units) for units in sorted(taken, key=lambda units: units.strength, reverse=True))

    def on(self, day: date) -> DatedStep | None:
        """The step of that day; None before the first and after the last."""
        return next((step for step in self.steps if step.contains(day)), None)

    def take_on(self, day: date) -> tuple[Dose, ...]:
        """What is taken that day; empty on an off day, and in a step that is taken as needed."""
        step = self.on(day)
        return step.step.doses if step is not None and step.is_dose_day(day) else ()

    def next_change_after(self, day: date) -> Upcoming | None:
        """The first day after this one on which another step begins, or the steps are over.

        None when that is past, or not known because a hold is on.
        """
        following = next((step for step in self.steps if step.first > day), None)
        if following is not None:
            return Upcoming(following.first, following)
        if self.ends_on is None or self.ends_on < day:
            return None
        return Upcoming(_later(self.ends_on, 1), None)

    def _length(self, dated: DatedStep) -> int:
        assert dated.last is not None
        return (dated.last - dated.first).days + 1


def schedule(steps: Sequence[Step], *, first_day: date, holds: Iterable[Window] = ()) -> Schedule:
    """Lay the steps on dates, one after another.

    Days on hold lengthen the step in which they fall and shift the later ones. A hold without a last day is still
    on: its step has no end, and the later ones wait. Raises `TaperError` for dates that no calendar has.
    """
    held = merged_holds(holds, first_day, date.max)
    dated: list[DatedStep] = []
    first = first_day
    for number, step in enumerate(steps, start=1):
        last = _later(first, step.days - 1)
        inside: list[Window] = []
        for held_first, held_last in held:
            if held_last < first or held_first > last:
                continue
            begins = max(held_first, first)
            if held_last == date.max:
                inside.append(Window(begins, None))
                dated.append(DatedStep(number, step, first, None, tuple(inside)))
                return Schedule(first_day, tuple(dated), tuple(steps[number:]))
            inside.append(Window(begins, held_last))
            last = _later(last, (held_last - begins).days + 1)
        dated.append(DatedStep(number, step, first, last, tuple(inside)))
        first = _later(last, 1)
    return Schedule(first_day, tuple(dated))


def _later(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError as error:
        raise TaperError(
            "date_out_of_range",
            "starts_on",
            "The taper would end after the last day of the calendar: start it earlier.",
        ) from error
