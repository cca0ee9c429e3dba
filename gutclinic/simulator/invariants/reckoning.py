"""The course of a taper, reckoned anew, day by day: from the signed bytes as plain JSON, a first day, and the holds."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from gutclinic.simulator.invariants.signed_steps import SignedStep, steps_in
from gutclinic.simulator.taper_evidence import TaperState, VersionState

DAY: Final = timedelta(days=1)
# Longer than anything that is drawn up in a run.
MOST_DAYS: Final = 2000


@dataclass(frozen=True, slots=True)
class LivedStep:
    """One step with its days; last None: it is held."""

    version: int
    number: int
    step: SignedStep
    first: date
    last: date | None

    @property
    def place(self) -> tuple[int, int]:
        return (self.version, self.number)

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


def lived_steps(state: TaperState) -> tuple[LivedStep, ...]:
    """Every step that has dates, one version after another, around the days on hold."""
    return tuple(_lived(state))


def _lived(state: TaperState) -> Iterator[LivedStep]:
    before: LivedStep | None = None
    for version in sorted(state.signed, key=lambda version: version.number):
        if version.signature is None or version.first_day is None:
            continue
        dated, is_open = _walk(version)
        for number, step, first, last in dated:
            # While it is held, nobody knows when the next version takes its place.
            until = None if is_open else version.last_day
            if until is not None and first > until:
                break
            if number == 1 and before is not None:
                step = _counted_on(step, first, before)
            before = LivedStep(version.number, number, step, first, _earlier(last, until))
            yield before
        if is_open:
            return


def _counted_on(step: SignedStep, first: date, before: LivedStep) -> SignedStep:
    """“Every 2 days” goes on from the day on which that rhythm really began, whenever the later version begins."""
    is_same = before.step.pattern == step.pattern and (step.lived_days or before.step.dose == step.dose)
    if not is_same or not before.covers(first - DAY):
        return step
    return replace(step, lived_days=(first - before.first).days + before.step.lived_days)


def _walk(version: VersionState) -> tuple[list[tuple[int, SignedStep, date, date | None]], bool]:
    """Each step of one version on its days, as if no later one had come; and whether it is held with no end known."""
    assert version.signature is not None
    assert version.first_day is not None
    held: set[date] = set()
    held_from: date | None = None
    for hold in version.holds:
        if hold.resumed_on is None:
            held_from = hold.first_day
            continue
        day = hold.first_day
        while day < hold.resumed_on:
            held.add(day)
            day += DAY
    if held_from is not None and held_from < version.first_day:
        return [], True
    dated: list[tuple[int, SignedStep, date, date | None]] = []
    day = version.first_day
    for number, step in enumerate(steps_in(version.signature.content), start=1):
        first, left = day, step.days
        while left:
            if held_from is not None and day >= held_from:
                dated.append((number, step, first, None))
                return dated, True
            left -= day not in held
            day += DAY
            if (day - version.first_day).days > MOST_DAYS:
                raise ValueError("This course comes to no end.")
        dated.append((number, step, first, day - DAY))
    return dated, False


def _earlier(one: date | None, other: date | None) -> date | None:
    known = [day for day in (one, other) if day is not None]
    return min(known) if known else None


def step_on(steps: tuple[LivedStep, ...], day: date) -> LivedStep | None:
    return next((step for step in steps if step.covers(day)), None)


def taken_on(steps: tuple[LivedStep, ...], day: date) -> Decimal:
    """The milligrams of that day."""
    step = step_on(steps, day)
    return step.step.milligrams if step and step.step.is_taken_on(day, first=step.first) else Decimal(0)


def units_on(steps: tuple[LivedStep, ...], day: date, strength: str) -> Decimal:
    """How many units of this strength are taken that day."""
    step = step_on(steps, day)
    if step is None or not step.step.is_taken_on(day, first=step.first):
        return Decimal(0)
    return sum((count for each, count in step.step.units if each == strength), Decimal(0))


def ends_on(state: TaperState, steps: tuple[LivedStep, ...]) -> date | None:
    """The last day of the last step; None while it is held, or where there is none."""
    is_held = any(hold.resumed_on is None for version in state.signed for hold in version.holds)
    return None if is_held or not steps else steps[-1].last


def changes(steps: tuple[LivedStep, ...]) -> list[LivedStep]:
    """The first step, and those that bring another dose or other days than the one before."""
    return [
        step
        for position, step in enumerate(steps)
        if position == 0
        or (steps[position - 1].step.dose, steps[position - 1].step.pattern) != (step.step.dose, step.step.pattern)
    ]
