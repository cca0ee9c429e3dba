"""How a taper really runs: the schedules of its signed versions, one after another, as one line of steps.

The one source of what is taken on which day: portal, calendar, letter and reminders all read it here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from protocols.domain.amount import Amount
from protocols.domain.product import Units
from protocols.domain.taper import DatedStep, Dose, Schedule, Step, schedule
from protocols.domain.window import Window

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Substituted:
    """While it lasts, each unit of `strength` is taken as `units` of other strengths that hold the same."""

    strength: Amount
    units: tuple[Units, ...]
    first: date
    last: date | None = None

    def applies_on(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Leg:
    """One signed version while it counted: its schedule, and the day before the next one took its place."""

    version: int
    schedule: Schedule
    last_day: date | None = None
    """None: nothing has taken its place, so it runs to the end of its schedule."""
    substituted: tuple[Substituted, ...] = ()
    replaced: int = 0
    """How many of its last steps never come: the next one takes its place before they begin. See `steps_that_come`."""

    @property
    def waiting(self) -> tuple[Step, ...]:
        """Those of its steps that have no date yet, and may still come."""
        if self.last_day is not None:
            return ()
        return self.schedule.waiting[: max(0, len(self.schedule.waiting) - self.replaced)]


def steps_that_come(
    steps: Sequence[Step], *, first_day: date, holds: Iterable[Window], last_day: date | None
) -> tuple[Step, ...]:
    """Those of a version that begin before the next one takes its place; all where none does.

    holds: those that are over. One that is still on counts for nothing here: what it shifts, it shifts for both.
    """
    if last_day is None:
        return tuple(steps)
    return tuple(
        dated.step for dated in schedule(steps, first_day=first_day, holds=holds).steps if dated.first <= last_day
    )


@dataclass(frozen=True, slots=True)
class CourseStep:
    """One step as it is lived: from `first` to `last`, both included.

    last None: it is held, and nobody knows yet how long. number: its number within its version.
    """

    version: int
    number: int
    dated: DatedStep
    first: date
    last: date | None

    @property
    def step(self) -> Step:
        return self.dated.step

    def contains(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def is_dose_day(self, day: date) -> bool:
        """Whether something is taken that day; False on an off day and outside the step."""
        return self.contains(day) and self.dated.is_dose_day(day)


@dataclass(frozen=True)
class Course:
    """The signed versions of one taper, in order. Without any it is empty: nothing is known to be taken."""

    legs: tuple[Leg, ...]

    @cached_property
    def steps(self) -> tuple[CourseStep, ...]:
        """Every dated step, in order; the days of a version end where the next one begins."""
        return tuple(self._clipped())

    def _clipped(self) -> Iterator[CourseStep]:
        for leg in self.legs:
            for dated in leg.schedule.steps:
                if leg.last_day is not None and dated.first > leg.last_day:
                    break
                ends = [day for day in (dated.last, leg.last_day) if day is not None]
                yield CourseStep(leg.version, dated.number, dated, dated.first, min(ends) if ends else None)

    @property
    def waiting(self) -> tuple[Step, ...]:
        """Steps that have no date while the one before them is held, or while the first one waits for its day."""
        return tuple(step for leg in self.legs for step in leg.waiting)

    @property
    def first_day(self) -> date | None:
        return self.steps[0].first if self.steps else None

    @property
    def ends_on(self) -> date | None:
        """The last day of the last step; None while that is not known, or where there is no step."""
        return None if self.waiting or not self.steps else self.steps[-1].last

    def on(self, day: date) -> CourseStep | None:
        """The step of that day; None before the first and after the last."""
        return next((step for step in self.steps if step.contains(day)), None)

    def doses_on(self, day: date) -> tuple[Dose, ...]:
        """What the schedule says to take that day; empty on an off day, and when taken only as needed.

        In the units that she has: where one strength stands in for another, in those.
        """
        step = self.on(day)
        if step is None or not step.is_dose_day(day):
            return ()
        swaps = [swap for leg in self.legs if leg.version == step.version for swap in leg.substituted]
        return tuple(_swapped(dose, [swap for swap in swaps if swap.applies_on(day)]) for dose in step.step.doses)

    @cached_property
    def last_dose_on(self) -> date | None:
        """The last day on which the schedule says to take anything; None while that is not known."""
        if self.waiting or (self.steps and self.steps[-1].last is None):
            return None
        for step in reversed(self.steps):
            day = step.last
            while day is not None and day >= step.first:
                if step.is_dose_day(day):
                    return day
                day -= _ONE_DAY
        return None


def continued(steps: tuple[Step, ...], *, first_day: date, before: Course) -> tuple[Step, ...]:
    """The steps of a version that begins on that day, its first one counted on from what was lived until then.

    “Every 2 days” goes on from the real first day of the step, whenever the version was signed and whatever was held
    meanwhile: no dose day is added or lost. Only a step that goes on with the rhythm of the day before is counted on:
    with the same doses, or said to continue it.
    """
    eve, first = before.on(first_day - _ONE_DAY), steps[0]
    if eve is None or first.pattern.interval_days is None or eve.step.pattern != first.pattern:
        return steps
    if not first.lived_days and eve.step.doses != first.doses:
        return steps
    gone = (first_day - eve.first).days + eve.step.lived_days
    return (replace(first, lived_days=gone), *steps[1:])


def _swapped(dose: Dose, swaps: list[Substituted]) -> Dose:
    """The same dose in other units, counted together by strength and form, from the highest down."""
    counts: dict[tuple[Amount, bool, str], Decimal] = {}
    for units in dose.units:
        swap = next((swap for swap in swaps if swap.strength == units.strength and not units.per_ml), None)
        own = replace(units, count=Decimal(1))
        for piece in swap.units if swap else (own,):
            key = (piece.strength, piece.per_ml, piece.form)
            counts[key] = counts.get(key, Decimal(0)) + piece.count * units.count
    return Dose(
        dose.slot,
        tuple(
            Units(strength, counts[strength, per_ml, form], per_ml=per_ml, form=form)
            for strength, per_ml, form in sorted(counts, reverse=True)
        ),
    )
