"""Phases as bars along the calendar: numbers for a template, nothing else. Beside it stands a table of the dates."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from protocols.domain.layout import Window

OPEN_END_DAYS = 14
"""How far a phase without a fixed end is drawn beyond everything else."""
MOST_TICKS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One phase. status: how it is drawn; lived_through: the last day already lived in it, if any."""

    label: str
    window: Window
    status: str = "planned"
    lived_through: date | None = None
    holds: Sequence[Window] = field(default=())


@dataclass(frozen=True, slots=True)
class Span:
    """From the left edge, and how wide, both as CSS percentages."""

    left: str
    width: str


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    status: str
    whole: Span
    lived: Span | None
    holds: list[Span]


@dataclass(frozen=True, slots=True)
class Drawing:
    """bars in the order given; ticks: where a month begins, and its name; today: where it lies, if within."""

    bars: list[Bar]
    ticks: list[tuple[str, str]]
    today: str | None
    summary: str


def draw(rows: Sequence[Row], *, today: date | None = None) -> Drawing | None:
    """The drawing of these phases, or None when there is nothing to draw. today: None for a calendar of nobody's."""
    if not rows:
        return None
    first = min(row.window.first for row in rows)
    ends = [row.window.last or row.window.first + timedelta(days=OPEN_END_DAYS) for row in rows]
    last = max([*ends, *([today] if today and today > first else [])])
    if any(row.window.last is None for row in rows):
        last += timedelta(days=OPEN_END_DAYS)
    scale = _Scale(first, last)
    return Drawing(
        bars=[_bar(row, scale) for row in rows],
        ticks=[(scale.left(day), _tick_words(day)) for day in _ticks(first, last)],
        today=scale.left(today) if today and first <= today <= last else None,
        summary="; ".join(_in_words(row) for row in rows) + ".",
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    last: date

    def left(self, day: date) -> str:
        return self._percent((day - self.first).days)

    def span(self, window: Window) -> Span:
        start = max(window.first, self.first)
        end = min(window.last or self.last, self.last)
        return Span(self.left(start), self._percent(max((end - start).days + 1, 0)))

    def _percent(self, days: int) -> str:
        whole = (self.last - self.first).days + 1
        return f"{100 * days / whole:.2f}%"


def _bar(row: Row, scale: _Scale) -> Bar:
    lived = None
    if row.lived_through is not None and row.lived_through >= row.window.first:
        through = min(row.lived_through, row.window.last or row.lived_through)
        lived = scale.span(Window(row.window.first, through))
    return Bar(
        label=row.label,
        status=row.status,
        whole=scale.span(row.window),
        lived=lived,
        holds=[scale.span(hold) for hold in row.holds],
    )


def _ticks(first: date, last: date) -> list[date]:
    """The beginnings of months in between, thinned out until they can be read."""
    months = []
    day = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while day <= last:
        months.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    ticks = months[:: len(months) // MOST_TICKS + 1]
    # The first day too, where its name does not run into the next one.
    return ticks if ticks and (ticks[0] - first).days <= (last - first).days // MOST_TICKS else [first, *ticks]


def _tick_words(day: date) -> str:
    if day.day != 1:
        return f"{day.day} {day:%b}"
    return f"{day:%b %Y}" if day.month == 1 else f"{day:%b}"


def _in_words(row: Row) -> str:
    until = f"until {_day_in_words(row.window.last)}" if row.window.last else "without a fixed end"
    return f"{row.label}, {row.status.replace('-', ' ')}, from {_day_in_words(row.window.first)} {until}"


def _day_in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
