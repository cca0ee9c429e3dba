"""From which day somebody is told that a supply runs low: once for each stretch of being low.

It follows from what was written down alone, and from no clock and no ticks: what is planned ahead for a day is still
so when the day comes. What is taken can only be less than is planned, so the planned day is the earlier one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from protocols.domain.dose_count import DoseCountError
from protocols.domain.layout import OVERDUE_AFTER_DAYS
from protocols.domain.run_out import LOW_BEFORE_DAYS, short_on
from protocols.domain.units_needed import Counted, Use

STILL_LOW_DAYS: Final = 3
"""A count of all, while it is low, that finds enough for so few days more is no news."""
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NotedCount:
    """A count with the date on which it was written down.

    That is the date where the patient lived then, so that no move to another zone changes what was already told, and
    the day after it is still to come wherever that was.
    """

    counted: Counted
    noted_on: date


def low_on(
    noted: Sequence[NotedCount], uses: Sequence[Use], *, lived_on: Sequence[Use] = (), changed_on: date | None = None
) -> date | None:
    """The day on which it is said; None where it lasts, rests, waits, is taken as needed or was never counted.

    noted: in the order in which they were written down. A week before the first day without enough, or the day after
    that became known: by a count, or on `changed_on`, the date on which an order was last changed, resumed or
    made to last longer. Counting again
    while it is low says nothing new. lived_on: the same orders without the ends that only their phases plan; where the
    planned ends come first, it is said as soon as those phases are overdue.
    """
    regular = [use for use in uses if use.window is not None and not use.pattern.is_as_needed]
    if not noted or not regular or _all_rest(regular):
        return None
    try:
        found = _said_on(noted, uses, changed_on=changed_on)
        if found is not None or not lived_on:
            return found
        ends = [use.window.last for use in regular if use.window is not None and use.window.last is not None]
        later = _said_on(noted, lived_on, changed_on=changed_on)
    except DoseCountError:
        return None
    if later is None or not ends:
        return later
    return max(later, max(ends) + timedelta(days=OVERDUE_AFTER_DAYS))


def since_last_count(counts: Sequence[Counted]) -> list[Counted]:
    """By day, from the newest count of all on: what was there before it is in it."""
    ordered = sorted(counts, key=lambda each: (each.on, not each.is_all))
    last = max((number for number, each in enumerate(ordered) if each.is_all), default=0)
    return ordered[last:]


def _said_on(noted: Sequence[NotedCount], uses: Sequence[Use], *, changed_on: date | None) -> date | None:
    first_low = _low_after(noted, uses)
    if first_low is None:
        return None
    known_on, upto = noted[-1].noted_on, len(noted) - 1
    while upto and _was_low_before(noted[:upto], uses, noted[upto]):
        upto -= 1
        first_low, known_on = _low_after(noted[: upto + 1], uses) or first_low, noted[upto].noted_on
    if changed_on is not None:
        known_on = max(known_on, changed_on)
    return max(first_low, known_on + _ONE_DAY)


def _was_low_before(before: Sequence[NotedCount], uses: Sequence[Use], then: NotedCount) -> bool:
    """Whether it was low already when this was counted, and stayed low: then the count tells nobody anything new."""
    was_low, is_low = _low_after(before, uses), _low_after([*before, then], uses)
    if was_low is None or is_low is None or was_low > then.counted.on:
        return False
    more_days = STILL_LOW_DAYS if then.counted.is_all else 0
    return is_low <= then.counted.on + timedelta(days=more_days)


def _low_after(noted: Sequence[NotedCount], uses: Sequence[Use]) -> date | None:
    """A week before the first day without enough, by what was known after these counts."""
    counts = since_last_count([each.counted for each in noted])
    found = short_on(counts, uses, today=counts[-1].on)
    return None if found is None else found - timedelta(days=LOW_BEFORE_DAYS)


def _all_rest(uses: Sequence[Use]) -> bool:
    """Whether all that is left of them is on hold without an end. A version that was over before rests no more."""
    held_since = max((hold.first for use in uses for hold in use.holds if hold.last is None), default=None)
    if held_since is None:
        return False
    left = [use for use in uses if use.window and (use.window.last is None or use.window.last >= held_since)]
    return all(any(hold.last is None for hold in use.holds) for use in left)
