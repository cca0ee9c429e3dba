"""How many routine messages somebody gets: two a day at most, and one a week to whoever has not been heard from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

MOST_A_DAY: Final = 2
SILENT_AFTER: Final = timedelta(days=7)
"""So long without a word of theirs, counted from the first message that is not answered."""
RHYTHM: Final = timedelta(days=7)
"""So far apart are messages to somebody silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written to somebody so far. All dates are civil dates where that person lives.

    last_on: of the last routine message; None for none. last_count: how many went on it. unanswered_since: of the first
    message of any sort since they were heard from last; None: they were, after all of them. can_answer: whether they
    could be heard at all: nobody is silent who has no way to answer.
    """

    last_on: date | None = None
    last_count: int = 0
    unanswered_since: date | None = None
    can_answer: bool = True

    @property
    def silent_from(self) -> date | None:
        """The day on which they count as silent, unless they are heard from before; it may lie ahead."""
        if self.unanswered_since is None or not self.can_answer:
            return None
        return self.unanswered_since + SILENT_AFTER

    def is_silent(self, on: date) -> bool:
        return self.silent_from is not None and on >= self.silent_from


def next_day(written: Written, *, on: date) -> date:
    """The first date from `on` on which one more routine message may go."""
    if written.last_on is None or on < written.last_on:
        # Of a day that their zone has now left behind nothing counts.
        return on
    if written.is_silent(on):
        return max(on, written.last_on + RHYTHM)
    is_full = written.last_on == on and written.last_count >= MOST_A_DAY
    return on + timedelta(days=1) if is_full else on


def with_one_more(written: Written, *, on: date) -> Written:
    """The same after a routine message on this date."""
    return Written(
        last_on=on,
        last_count=written.last_count + 1 if written.last_on == on else 1,
        unanswered_since=written.unanswered_since or on,
        can_answer=written.can_answer,
    )
