"""Windows of civil dates, with both their days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


class LayoutError(ValueError):
    """The dates cannot be laid out: the text is a sentence, `field` the path of what to change, if any."""

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Window:
    """Civil dates from `first` to `last`, both included; `last` None means it has no end yet."""

    first: date
    last: date | None

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise LayoutError(f"The last day, {self.last}, comes before the first, {self.first}: choose a later one.")

    @property
    def days(self) -> int | None:
        """How many dates it holds; None when it has no end."""
        return None if self.last is None else (self.last - self.first).days + 1

    def contains(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


def held_days(first_day: date, resumed_on: date | None) -> Window | None:
    """The days on hold, up to the day before it was resumed; None if there were none."""
    if resumed_on is None:
        return Window(first_day, None)
    return Window(first_day, resumed_on - timedelta(days=1)) if resumed_on > first_day else None
