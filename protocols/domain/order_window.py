"""When an order is taken: between two phases, or tied to a taper and moving with it. Civil dates, never stored.

Nothing here raises: a plan that lives may bring an order into dates in which it cannot be, and its page must still
open. `problem` is the sentence, `field` the path of what to change; whoever saves an order refuses it with them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from protocols.domain.supplements import TaperTie
from protocols.domain.window import Window

LONGEST_WAIT_DAYS: Final = 365
"""After the phase has begun, and after the last dose of a taper."""

WAITS_FOR_TAPER: Final = "It waits for the taper, which has no dates until it is signed."
WAITS_FOR_LAST_DOSE: Final = "It waits for the last dose of the taper, which is not known while a step is held."


@dataclass(frozen=True, slots=True)
class Tie:
    """An order's tie to a taper. after_days: counted from the day of its last dose; only `after` has them.

    during: a replacement medicine. while-watched: rescue medicine. after: betaine HCl after a PPI.
    """

    kind: TaperTie
    after_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaperDates:
    """The dates of a signed taper as they are now.

    first: the first day of its first step. last_dose_on: None while nobody knows it, because a step is held or waits.
    watched_through: the last day of the watch; None as long.
    """

    first: date
    last_dose_on: date | None
    watched_through: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWindow:
    """window None: it has no dates, and `waits` or `problem` says why; at most one of the two is not empty.

    A problem may stand beside a window too: a last day that a person said, and the plan ends before it. is_end_said:
    its last day is its own, or the taper's, and not just the planned end of its phase or plan; what
    `order_states.status_on` asks. is_clipped: the plan cut it short.
    """

    window: Window | None
    is_end_said: bool = False
    is_clipped: bool = False
    waits: str = ""
    problem: str = ""
    field: str = ""


def order_window(
    *,
    plan: Window,
    first_phase: Window,
    last_phase: Window,
    starts_after_days: int = 0,
    starts_on: date | None = None,
    ends_on: date | None = None,
    tie: Tie | None = None,
    taper: TaperDates | None = None,
) -> OrderWindow:
    """The window of an order as its phases and its taper lie now.

    Without a tie it begins on `starts_on`, its own first day; else `starts_after_days` after its first phase does (0:
    with it). It ends on `ends_on`, which a person said; else with its last phase. With a tie the taper gives the first
    day, and the last one too, save for `after`, which ends as an order without a tie does; there `starts_on` and
    `ends_on` make it shorter, never longer. taper None: not signed yet. What was reckoned is cut to the plan's
    dates; a date that a person said outside them is a problem.
    """
    problem = _problem_of_numbers(starts_after_days, tie)
    if problem is not None:
        return problem
    last, is_end_said = last_phase.last, False
    if tie is None:
        first = starts_on or first_phase.first + timedelta(days=starts_after_days)
    elif taper is None:
        return OrderWindow(window=None, waits=WAITS_FOR_TAPER)
    elif tie.kind is TaperTie.AFTER:
        if taper.last_dose_on is None:
            return OrderWindow(window=None, waits=WAITS_FOR_LAST_DOSE)
        first = taper.last_dose_on + timedelta(days=tie.after_days or 0)
    else:
        first, is_end_said = taper.first, True
        last = taper.last_dose_on if tie.kind is TaperTie.DURING else taper.watched_through
    if tie is not None and starts_on is not None:
        first = max(first, starts_on)
    if ends_on is not None:
        if ends_on < first:
            return _refused(f"{ends_on} comes before the order’s first day, {first}: choose a later one.", "ends_on")
        is_over_before = is_end_said and last is not None and last <= ends_on
        last, is_end_said = (last if is_over_before else ends_on), True
    field = "starts_on" if starts_on is not None else "starts_after_days" if tie is None else "taper_tie"
    found = _within(plan, first, last, is_end_said=is_end_said, field=field)
    for name, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if day is not None and not plan.contains(day):
            problem_text = f"{day} lies outside the plan, {_dates(plan)}: choose a day within it."
            return replace(found, problem=problem_text, field=name)
    return found


def _within(plan: Window, first: date, last: date | None, *, is_end_said: bool, field: str) -> OrderWindow:
    if last is not None and last < first:
        return _refused(f"The order would begin on {first}, after its last day, {last}: let it begin earlier.", field)
    begins_late = plan.last is not None and first > plan.last
    if begins_late or (last is not None and last < plan.first):
        return _refused(f"The order would lie outside the plan, {_dates(plan)}: choose dates within it.", field)
    starts = max(first, plan.first)
    is_cut_at_end = plan.last is not None and (last is None or last > plan.last)
    return OrderWindow(
        window=Window(starts, plan.last if is_cut_at_end else last),
        is_end_said=is_end_said and not is_cut_at_end,
        is_clipped=starts != first or is_cut_at_end,
    )


def _problem_of_numbers(starts_after_days: int, tie: Tie | None) -> OrderWindow | None:
    if not 0 <= starts_after_days <= LONGEST_WAIT_DAYS:
        return _refused(
            f"{starts_after_days} days after its phase has begun is not possible: choose 0 to {LONGEST_WAIT_DAYS}.",
            "starts_after_days",
        )
    if tie is None:
        return None
    if starts_after_days:
        return _refused(
            "What hangs on a taper begins with it: leave the days after its phase at 0.", "starts_after_days"
        )
    if (tie.kind is TaperTie.AFTER) != (tie.after_days is not None):
        return _refused("What comes after a taper, and only that, has days after its last dose.", "taper_tie_days")
    if tie.after_days is not None and not 0 <= tie.after_days <= LONGEST_WAIT_DAYS:
        return _refused(
            f"{tie.after_days} days after the last dose is not possible: choose 0 to {LONGEST_WAIT_DAYS}.",
            "taper_tie_days",
        )
    return None


def _refused(problem: str, field: str) -> OrderWindow:
    return OrderWindow(window=None, problem=problem, field=field)


def _dates(plan: Window) -> str:
    return f"which begins on {plan.first}" if plan.last is None else f"{plan.first} to {plan.last}"
