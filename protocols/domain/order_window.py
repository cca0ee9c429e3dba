"""When an order is taken: between two phases, or tied to a taper and moving with it. Civil dates, never stored.

Nothing here raises: a plan that lives may bring an order into dates in which it cannot be, and its page must still
open. `problem` is the sentence, `field` the path of what to change; whoever saves an order refuses it with them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from protocols.domain.layout import MAX_DURATION_DAYS, MAX_OFFSET_DAYS
from protocols.domain.window import Window

_ONE_DAY: Final = timedelta(days=1)
WAITS_FOR_TAPER: Final = "It waits for the taper, which has no dates until it is signed."
WAITS_FOR_LAST_DOSE: Final = "It waits for the last dose of the taper, which is not known while a step is held."


class TieKind(StrEnum):
    """Which dates of a taper an order keeps to.

    during: from its first day to its last dose (a replacement medicine). while-watching: from its first day to the end
    of the watch after it (rescue medicine). after: from so many days after its last dose on (betaine HCl after a PPI).
    """

    DURING = "during"
    WHILE_WATCHING = "while-watching"
    AFTER = "after"

    @property
    def label(self) -> str:
        return {
            "during": "As long as the taper",
            "while-watching": "As long as the taper and the watch after it",
            "after": "After the last dose of the taper",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Tie:
    """An order's tie to a taper. after_days: counted from the day of its last dose; only `after` has one, from 1."""

    kind: TieKind
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
    offset_days: int = 0,
    duration_days: int | None = None,
    ends_on: date | None = None,
    tie: Tie | None = None,
    taper: TaperDates | None = None,
) -> OrderWindow:
    """The window of an order as its phases and its taper lie now.

    Without a tie it begins `offset_days` after its first phase does (0: with it). It ends on `ends_on`, which a person
    said; else after `duration_days`, counting its first day, but no later than its last phase; else with its
    last phase. With a tie the taper gives the first day, and the last one too, save for `after`, which ends as an
    order without a tie does; `ends_on` and `duration_days` make a tied window shorter, never longer. taper None: not
    signed yet. What was reckoned is cut to the plan's dates; a date that a person said outside them is a problem.
    """
    problem = _problem_of_numbers(offset_days, duration_days, tie)
    if problem is not None:
        return problem
    if tie is None:
        first: date | None = first_phase.first + timedelta(days=offset_days)
        last, is_end_said = last_phase.last, False
    elif taper is None:
        return OrderWindow(window=None, waits=WAITS_FOR_TAPER)
    else:
        first, last, is_end_said = _tied(tie, taper, last_phase)
        if first is None:
            return OrderWindow(window=None, waits=WAITS_FOR_LAST_DOSE)
    assert first is not None
    if ends_on is not None:
        is_tied_shorter = is_end_said and last is not None and last <= ends_on
        last, is_end_said = (last if is_tied_shorter else ends_on), True
        if ends_on < first:
            return _refused(f"{ends_on} comes before the order’s first day, {first}: choose a later one.", "ends_on")
    elif duration_days is not None:
        own = first + timedelta(days=duration_days - 1)
        if last is None or own <= last:
            last, is_end_said = own, True
    found = _within(plan, first, last, is_end_said=is_end_said, is_tied=tie is not None)
    if ends_on is None or plan.contains(ends_on):
        return found
    problem = f"{ends_on} lies outside the plan, {_dates(plan)}: choose a day within it."
    return replace(found, problem=problem, field="ends_on")


def _tied(tie: Tie, taper: TaperDates, last_phase: Window) -> tuple[date | None, date | None, bool]:
    """First day, last day, and whether the last is the taper’s."""
    if tie.kind is TieKind.DURING:
        return taper.first, taper.last_dose_on, True
    if tie.kind is TieKind.WHILE_WATCHING:
        return taper.first, taper.watched_through, True
    if taper.last_dose_on is None:
        return None, None, False
    return taper.last_dose_on + timedelta(days=tie.after_days or 0), last_phase.last, False


def _within(plan: Window, first: date, last: date | None, *, is_end_said: bool, is_tied: bool) -> OrderWindow:
    field = "tie" if is_tied else "offset_days"
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


def _problem_of_numbers(offset_days: int, duration_days: int | None, tie: Tie | None) -> OrderWindow | None:
    if not 0 <= offset_days <= MAX_OFFSET_DAYS:
        return _refused(
            f"{offset_days} days after its phase begins is not possible: choose 0 to {MAX_OFFSET_DAYS}.", "offset_days"
        )
    if duration_days is not None and not 1 <= duration_days <= MAX_DURATION_DAYS:
        return _refused(
            f"An order cannot last {duration_days} days: choose 1 to {MAX_DURATION_DAYS}, or leave it empty.",
            "duration_days",
        )
    if tie is None:
        return None
    if offset_days:
        return _refused("What is tied to a taper begins with it: leave the days after its phase at 0.", "offset_days")
    if (tie.kind is TieKind.AFTER) != (tie.after_days is not None):
        return _refused("Only what comes after a taper has a number of days after its last dose.", "tie.after_days")
    if tie.after_days is not None and not 1 <= tie.after_days <= MAX_OFFSET_DAYS:
        return _refused(
            f"{tie.after_days} days after the last dose is not possible: choose 1 to {MAX_OFFSET_DAYS}.",
            "tie.after_days",
        )
    return None


def _refused(problem: str, field: str) -> OrderWindow:
    return OrderWindow(window=None, problem=problem, field=field)


def _dates(plan: Window) -> str:
    return f"which begins on {plan.first}" if plan.last is None else f"{plan.first} to {plan.last}"
