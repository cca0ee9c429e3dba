"""The coming weeks as a drawing: one mark for each change, on its day; a table beside it says the same in words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from protocols.domain.spread_starts import PlannedChange

SHOWN_DAYS: Final = 84
LEAST_DAYS: Final = 21
HIGHEST: Final = 8
"""More marks than these on one day are one number."""
STEP: Final = 16
TOP: Final = 24


@dataclass(frozen=True, slots=True)
class Mark:
    """left: as a CSS percentage; y: from the top. state: lived, clash or free. words: empty where it is a mere mark."""

    left: str
    y: int
    state: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class ChangesDrawing:
    """marks: one for each change; ticks: where a week begins, and its day; floor: the line they stand on."""

    marks: list[Mark]
    ticks: list[tuple[str, str]]
    today: str
    floor: int
    height: int
    summary: str


def draw_changes(changes: Sequence[PlannedChange], *, clashing: Collection[str], today: date) -> ChangesDrawing | None:
    """The next twelve weeks; None where nothing changes in them."""
    first = min([today, *(change.day for change in changes)])
    shown = [change for change in changes if change.day <= first + timedelta(days=SHOWN_DAYS)]
    if not shown:
        return None
    last = max([first + timedelta(days=LEAST_DAYS), *(change.day + timedelta(days=2) for change in shown)])
    days = (last - first).days + 1

    def left(day: date) -> str:
        return f"{100 * ((day - first).days + 0.5) / days:.2f}%"

    by_day: dict[date, list[PlannedChange]] = {}
    for change in shown:
        by_day.setdefault(change.day, []).append(change)
    highest = max(min(len(each), HIGHEST) for each in by_day.values())
    floor = TOP + highest * STEP
    marks = []
    for day, each in by_day.items():
        for number, change in enumerate(each[:HIGHEST]):
            state = "lived" if change.is_lived else "clash" if change.code in clashing else "free"
            marks.append(Mark(left(day), floor - STEP // 2 - number * STEP, state))
        if len(each) > HIGHEST:
            marks.append(Mark(left(day), TOP - 6, "clash", words=str(len(each))))
    weeks = max(1, days // 7)
    every = -(-weeks // 6)
    ticks = [first + timedelta(days=7 * number) for number in range(0, weeks, every)]
    return ChangesDrawing(
        marks=marks,
        ticks=[(left(day), f"{day.day} {day:%b}") for day in ticks],
        today=left(today),
        floor=floor,
        height=floor + 24,
        summary="; ".join(f"{day.day} {day:%B}: {_names(each)}" for day, each in by_day.items()) + ".",
    )


def _names(changes: Sequence[PlannedChange]) -> str:
    return ", ".join(change.label for change in changes)
