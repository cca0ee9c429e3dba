"""Moves of a schedule: hold, resume, extend, step back, stop.

Each shows the new future beside the old one and changes nothing itself. What was lived before the day of the move is
never rewritten. A hold keeps the dose, and the pattern goes on counting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from protocols.domain.lived import lived_days
from protocols.domain.recipe_line import MOST_DAYS
from protocols.domain.recipe_terms import LONGEST_STEP_DAYS, MOST_STEPS, check_days
from protocols.domain.taper import DatedStep, Schedule, Step, schedule
from protocols.domain.taper_difference import Difference as Difference
from protocols.domain.taper_difference import Effect as Effect
from protocols.domain.taper_difference import Pair, differences, same_steps
from protocols.domain.taper_error import TaperError
from protocols.domain.window import Window

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Change:
    """What a move does: the schedule as it is, as it would be, and what differs.

    `remaining`: the undated steps from the day of the move on. Of a step back or an extension, these are what a
    later version proposes, beginning on that day.
    """

    before: Schedule
    after: Schedule
    differences: tuple[Difference, ...]
    remaining: tuple[Step, ...]


def hold(before: Schedule, *, first: date, last: date | None = None) -> Change:
    """Stay at the dose of `first` from that day through `last`; None: until `resume`.

    That step goes on for as many days more and the later ones shift. A day that is on hold already counts once.
    """
    step = _step_on(before, first)
    if last is not None and last < first:
        raise TaperError("hold_ends_early", "last", f"The hold ends before it begins, on {first}: choose a later day.")
    return _with_holds(before, step, [*_holds(before), Window(first, last)], day=first)


def resume(before: Schedule, *, on: date) -> Change:
    """End the hold that is on, so that `on` counts again. On the first day of a hold, that undoes it."""
    step = _step_on(before, on)
    if not any(window.contains(on) for window in step.held):
        raise TaperError("not_on_hold", "on", f"The taper is not on hold on {on}: choose a day of a hold.")
    holds = [window for window in _holds(before) if not window.contains(on)]
    holds += [Window(window.first, on - _ONE_DAY) for window in step.held if window.contains(on) and window.first < on]
    return _with_holds(before, step, holds, day=on)


def extend(before: Schedule, *, day: date, days: int) -> Change:
    """Make the step of `day` longer by so many days; the later ones shift."""
    step = _step_on(before, day)
    check_days(days, "days")
    longer = replace(step.step, days=step.step.days + days)
    check_days(longer.days, "days")
    after = _relaid(before, step, [longer, *_after(before, step)], _holds(before))
    remaining = remaining_steps(after, day)
    _check_bounds(remaining)
    return Change(before, after, differences(same_steps(before, after)), remaining)


def step_back(before: Schedule, *, day: date, previous: Step | None = None) -> Change:
    """From `day` on the doses of the step before, for all its days; then the current step anew, and the rest.

    Ends a hold. previous: the step before the first, where it belongs to an earlier version. Days of a step that
    continues one of an earlier version are added to its own, so that all of it is lived again.
    """
    step = _step_on(before, day)
    if step.number > 1:
        previous = before.steps[step.number - 2].step
    if previous is None:
        raise TaperError("first_step", "day", "This is the first step: there is none before it to go back to.")
    later = _after(before, step)
    remaining = (_whole(previous), _whole(step.step), *later)
    _check_bounds(remaining)
    lived = _lived(before, day)
    new = schedule(remaining, first_day=day).steps
    after = Schedule(before.first_day, _numbered([*lived, *new]))
    began_before = len(lived) == step.number
    pairs = [
        Pair(step.step, step, lived[-1] if began_before else new[1]),
        Pair(new[0].step, None, new[0]),
        *([Pair(new[1].step, None, new[1])] if began_before else []),
        *(
            Pair(dated.step, old, dated, waits=True)
            for old, dated in zip([*before.steps[step.number :], *(None for _ in before.waiting)], new[2:], strict=True)
        ),
    ]
    return Change(before, after, differences(pairs), remaining)


def stop(before: Schedule, *, day: date) -> Change:
    """End the schedule the day before `day`."""
    step = _step_on(before, max(day, before.first_day))
    lived = _lived(before, day)
    after = Schedule(before.first_day, tuple(lived))
    pairs = [
        Pair(old.step, old, lived[position] if position < len(lived) else None)
        for position, old in enumerate(before.steps)
        if position >= step.number - 1
    ]
    pairs += [Pair(waiting, None, None) for waiting in before.waiting]
    return Change(before, after, differences(pairs), ())


def remaining_steps(laid_out: Schedule, day: date) -> tuple[Step, ...]:
    """What is left from `day` on, undated: the days of its step that are not lived yet, then the later steps.

    All of it before the first day, nothing after the last. A step that is continued says how many of its dates went
    by, so that its pattern goes on counting.
    """
    if day < laid_out.first_day:
        return tuple(_all(laid_out))
    step = laid_out.on(day)
    if step is None:
        return ()
    gone = (day - step.first).days
    lived = lived_days(step.first, today=day - _ONE_DAY, holds=step.held) if gone else 0
    continued = replace(step.step, days=step.step.days - lived, lived_days=step.step.lived_days + gone)
    return (continued, *_after(laid_out, step))


def _with_holds(before: Schedule, step: DatedStep, holds: Sequence[Window], *, day: date) -> Change:
    after = _relaid(before, step, [step.step, *_after(before, step)], holds)
    return Change(before, after, differences(same_steps(before, after)), remaining_steps(after, day))


def _step_on(laid_out: Schedule, day: date) -> DatedStep:
    step = laid_out.on(day)
    if step is None:
        raise TaperError("outside", "day", f"The taper has no step on {day}: choose a day between its first and last.")
    if step.last is not None and lived_days(step.first, today=step.last, holds=step.held) != step.step.days:
        raise TaperError("cut_short", "day", f"The step of {day} was ended early: choose a day after it.")
    return step


def _relaid(before: Schedule, step: DatedStep, steps: Sequence[Step], holds: Iterable[Window]) -> Schedule:
    """The schedule with new steps from `step` on; those before it keep their dates."""
    new = schedule(steps, first_day=step.first, holds=holds)
    return Schedule(before.first_day, _numbered([*before.steps[: step.number - 1], *new.steps]), new.waiting)


def _lived(before: Schedule, day: date) -> list[DatedStep]:
    """The steps up to the day before `day`, the last of them cut there."""
    found = []
    for step in before.steps:
        if step.first >= day:
            break
        if step.last is not None and step.last < day:
            found.append(step)
            continue
        last = day - _ONE_DAY
        held = tuple(
            Window(window.first, min(window.last or last, last)) for window in step.held if window.first <= last
        )
        found.append(replace(step, last=last, held=held))
    return found


def _holds(laid_out: Schedule) -> list[Window]:
    return [window for step in laid_out.steps for window in step.held]


def _all(laid_out: Schedule) -> list[Step]:
    return [*(step.step for step in laid_out.steps), *laid_out.waiting]


def _after(laid_out: Schedule, step: DatedStep) -> list[Step]:
    return _all(laid_out)[step.number :]


def _numbered(steps: Iterable[DatedStep]) -> tuple[DatedStep, ...]:
    return tuple(replace(step, number=number) for number, step in enumerate(steps, start=1))


def _whole(step: Step) -> Step:
    return replace(step, days=min(step.days + step.lived_days, LONGEST_STEP_DAYS), lived_days=0)


def _check_bounds(steps: Sequence[Step]) -> None:
    if len(steps) > MOST_STEPS or sum(step.days for step in steps) > MOST_DAYS:
        raise TaperError(
            "too_long", "", f"A schedule has at most {MOST_STEPS} steps and {MOST_DAYS} days: it would be longer."
        )
