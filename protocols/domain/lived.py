"""Counting the days a patient has lived in a phase, around the days on hold.

Everything here is a date in the patient's own zone. A hold is a `Window` of held dates; without a last one,
it is still on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from protocols.domain.window import LayoutError, Window

COMING_BEFORE_DAYS: Final = 3
"""A phase is announced this many days before its first day."""
OVERDUE_AFTER_DAYS: Final = 3
"""A phase is overdue from this many days after its last planned day."""

_ONE_DAY: Final = timedelta(days=1)


def held_days(first: date, through: date, holds: Iterable[Window]) -> int:
    """How many dates from `first` to `through` lie in any of the holds; a hold without an end lasts on."""
    return sum((last - start).days + 1 for start, last in merged_holds(holds, first, through))


def lived_days(first: date, *, today: date, holds: Iterable[Window] = ()) -> int:
    """The n of "Day n": dates not on hold from `first` to `today`, today included. 0 before `first`."""
    if today < first:
        return 0
    return (today - first).days + 1 - held_days(first, today, holds)


def last_day(first: date, *, duration_days: int, holds: Iterable[Window] = ()) -> date:
    """The date of the last lived day, so that `lived_days` on it is `duration_days`.

    Only holds that have ended count. One that is still open has an unknown length, so it moves nothing yet:
    the answer is where the phase would end had it not begun, and moves on when it closes.
    """
    if duration_days < 1:
        raise LayoutError("A phase lasts at least one day: enter a longer duration.", field="duration_days")
    last = first + timedelta(days=duration_days - 1)
    closed = (hold for hold in holds if hold.last is not None)
    for held_first, held_last in merged_holds(closed, first, date.max):
        if held_first > last:
            break
        last += held_last - held_first + _ONE_DAY
    return last


def is_overdue(last: date | None, *, today: date) -> bool:
    """Whether `today` is three days after the last planned day, or later. Never, without a fixed end."""
    return last is not None and (today - last).days >= OVERDUE_AFTER_DAYS


def merged_holds(holds: Iterable[Window], first: date, through: date) -> list[tuple[date, date]]:
    """The held dates within first..through as windows in order that neither overlap nor repeat a date."""
    merged: list[tuple[date, date]] = []
    for hold in sorted(holds, key=lambda hold: hold.first):
        start = max(hold.first, first)
        last = through if hold.last is None else min(hold.last, through)
        if merged and start <= merged[-1][1]:
            start = merged[-1][0]
            last = max(last, merged.pop()[1])
        if start <= last:
            merged.append((start, last))
    return merged
