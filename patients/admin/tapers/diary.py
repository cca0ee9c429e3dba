"""The diary as a drawing: symptoms and rescue doses day by day. A day without an entry stays empty: not recorded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from patients.models import DiaryEntry, Told

SHOWN_DAYS = 84
"""The last twelve weeks; the table says no more either."""
HEIGHT, TOP, FLOOR = 140, 20, 104
WORST = 10


@dataclass(frozen=True, slots=True)
class DayOfDiary:
    """One entry as it is drawn. bar: of its symptoms, from y downwards; dose: how many rescue doses.

    told: how staff heard it who wrote it; empty where she wrote it herself.
    """

    on: date
    x: str
    middle: str
    width: str
    y: int
    height: int
    symptoms: int | None
    rescue_doses: int | None
    note: str
    told: str


@dataclass(frozen=True, slots=True)
class Diary:
    days: list[DayOfDiary]
    ticks: list[tuple[str, str]]
    summary: str
    height: int = HEIGHT
    top: int = TOP
    floor: int = FLOOR

    @property
    def newest_first(self) -> list[DayOfDiary]:
        return self.days[::-1]


def diary_of(entries: Iterable[DiaryEntry], *, today: date) -> Diary | None:
    """entries: standing ones, in order. None where nothing was written in the last twelve weeks."""
    since = today - timedelta(days=SHOWN_DAYS - 1)
    shown = [entry for entry in entries if since <= entry.on <= today]
    if not shown:
        return None
    first = min(shown[0].on, today - timedelta(days=27))
    days = (today - first).days + 1

    def x(day: date) -> float:
        return 100 * (day - first).days / days

    width = 100 / days
    drawn = [
        DayOfDiary(
            on=entry.on,
            x=f"{x(entry.on) + width * 0.1:.2f}%",
            middle=f"{x(entry.on) + width / 2:.2f}%",
            width=f"{width * 0.8:.2f}%",
            y=FLOOR - round((FLOOR - TOP) * (entry.symptoms or 0) / WORST),
            height=round((FLOOR - TOP) * (entry.symptoms or 0) / WORST),
            symptoms=entry.symptoms,
            rescue_doses=entry.rescue_doses,
            note=entry.note,
            told=Told(entry.told).label.lower() if entry.told else "",
        )
        for entry in shown
    ]
    step = max(1, days // 6)
    ticks = [first + timedelta(days=number) for number in range(0, days, step)]
    worst = max((entry.symptoms for entry in shown if entry.symptoms is not None), default=None)
    rescue = sum(1 for entry in shown if entry.rescue_doses)
    return Diary(
        days=drawn,
        ticks=[(f"{x(tick):.2f}%", f"{tick.day} {tick:%b}") for tick in ticks[:6]],
        summary=f"{len(shown)} days with an entry since {first.day} {first:%B}; strongest symptoms "
        f"{'not recorded' if worst is None else f'{worst} of 10'}; rescue medicine on {rescue} days.",
    )
