"""The journey as a drawing: where each phase lies in time, and where today is.

Only places and sizes are computed here; `portal/_journey.html` draws them. Positions are whole units of a
drawing 360 wide, about as many as a telephone has pixels.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from patients.models import Plan, PlanPhase
from patients.portal.words import day_in_full, day_in_short, phase_words
from protocols.domain.phases import PhaseStatus, PlanStatus

WIDTH = 360
TOP = 6
TODAY_HEIGHT = 20
ROW_HEIGHT = 44
BAR_OFFSET = 24
AXIS_HEIGHT = 22
OPEN_END = 24
OPEN_END_DAYS = 14
TODAY_HALF_WIDTH = 22
MOST_MONTHS = 6
LONGEST_TITLE = 26


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a phase from x, so wide."""

    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Row:
    """One phase. lived: the part up to today; rests: days on hold; open_end_at: where its dots begin, if any."""

    title: str
    words: str
    state: str
    y: int
    bar: Bar
    lived: Bar | None
    rests: list[Bar]
    open_end_at: int | None

    @property
    def text_y(self) -> int:
        return self.y + 15

    @property
    def bar_y(self) -> int:
        return self.y + BAR_OFFSET

    @property
    def middle_y(self) -> int:
        return self.bar_y + 5

    @property
    def dots(self) -> list[int]:
        return [] if self.open_end_at is None else [self.open_end_at + 7 * number for number in (1, 2, 3)]


@dataclass(frozen=True, slots=True)
class Line:
    """One phase as a line of the table beside the drawing."""

    title: str
    first_day: str
    last_day: str
    words: str


@dataclass(frozen=True, slots=True)
class Journey:
    width: int
    height: int
    top: int
    rows: list[Row]
    months: list[tuple[int, str]]
    today_x: int | None
    description: str
    lines: list[Line]

    @property
    def floor(self) -> int:
        """Where the rows end and the months begin."""
        return self.height - AXIS_HEIGHT

    @property
    def today_label_x(self) -> int | None:
        """The middle of the word “Today”, kept inside the drawing."""
        if self.today_x is None:
            return None
        return min(max(self.today_x, TODAY_HALF_WIDTH), WIDTH - TODAY_HALF_WIDTH)


class _Scale:
    """From dates to places: the first day begins at 0, the last ends at the right edge."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        self.days = (last - first).days + 1

    def x(self, day: date) -> int:
        """Where this day begins."""
        inside = min(max((day - self.first).days, 0), self.days)
        return round(inside * WIDTH / self.days)

    def middle(self, day: date) -> int:
        return (self.x(day) + self.x(day + timedelta(days=1))) // 2

    def bar(self, first: date, last: date) -> Bar:
        """From the beginning of one day to the end of the other; never so thin that it is not seen."""
        x = self.x(first)
        return Bar(x, max(self.x(last + timedelta(days=1)) - x, 3))


def journey(plan: Plan, *, today: date) -> Journey | None:
    """The drawing of this plan; None if it has nothing to draw. Load the plan by `with_progress`."""
    shown = [phase for phase in plan.phases.all() if phase.status != PhaseStatus.ENTERED_IN_ERROR.value]
    drawn = [phase for phase in shown if phase.status != PhaseStatus.SKIPPED.value]
    if not drawn:
        return None
    is_running = plan.status in {PlanStatus.ACTIVE.value, PlanStatus.ON_HOLD.value}
    scale = _scale(drawn, today if is_running else None)
    top = TOP + (TODAY_HEIGHT if is_running else 0)
    return Journey(
        width=WIDTH,
        height=top + ROW_HEIGHT * len(drawn) + AXIS_HEIGHT,
        top=top,
        rows=[_row(phase, top + ROW_HEIGHT * number, scale, today) for number, phase in enumerate(drawn)],
        months=months_between(scale.first, scale.last, x=scale.x, width=WIDTH),
        today_x=scale.middle(today) if is_running else None,
        description=_description(drawn, scale, today if is_running else None),
        lines=[_line(phase, today) for phase in shown],
    )


def _scale(phases: list[PlanPhase], today: date | None) -> _Scale:
    days = [phase.starts_on for phase in phases] + [phase.ends_on for phase in phases if phase.ends_on]
    if today is not None:
        days.append(today)
    last = max(days)
    if any(_has_open_end(phase) for phase in phases):
        last += timedelta(days=OPEN_END_DAYS)
    return _Scale(min(days), last)


def _has_open_end(phase: PlanPhase) -> bool:
    return phase.ends_on is None


def _row(phase: PlanPhase, y: int, scale: _Scale, today: date) -> Row:
    last = phase.ends_on or scale.last
    if phase.is_open:
        last = max(last, today)
    bar = scale.bar(phase.starts_on, last)
    if _has_open_end(phase):
        bar = Bar(bar.x, max(WIDTH - OPEN_END - bar.x, 3))
    lived_until = last if not phase.is_open else min(last, today)
    lived = None if phase.is_planned else scale.bar(phase.starts_on, lived_until)
    return Row(
        title=phase.title if len(phase.title) <= LONGEST_TITLE else phase.title[: LONGEST_TITLE - 1] + "…",
        words=phase_words(phase, today),
        state="running" if phase.is_open else "planned" if phase.is_planned else "ended",
        y=y,
        bar=bar,
        lived=lived,
        rests=_rests(phase, scale, lived_until),
        open_end_at=bar.x + bar.width if _has_open_end(phase) else None,
    )


def _rests(phase: PlanPhase, scale: _Scale, until: date) -> list[Bar]:
    """Its days on hold, as far as they were lived."""
    if phase.is_planned:
        return []
    windows = [(max(hold.first, phase.starts_on), min(hold.last or until, until)) for hold in phase.held_windows()]
    return [scale.bar(first, last) for first, last in windows if first <= last]


def months_between(first: date, last: date, *, x: Callable[[date], int], width: int) -> list[tuple[int, str]]:
    """Where months begin, at most six of them, and none so far right that its name would not fit."""
    firsts = []
    month = first.replace(day=1)
    while month <= last:
        if month >= first:
            firsts.append(month)
        month = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    step = -(-len(firsts) // MOST_MONTHS) or 1
    places = [(x(begins), f"{begins:%b}") for begins in firsts[::step]]
    return [(place, name) for place, name in places if place <= width - 24]


def _description(phases: list[PlanPhase], scale: _Scale, today: date | None) -> str:
    """The drawing for whoever does not see it."""
    near = today or scale.last
    sentences = [f"The plan begins on {day_in_full(scale.first, near)}."]
    if today is not None:
        sentences.append(f"Today is {day_in_full(today, near)}.")
    sentences += [f"{phase.title}: {phase_words(phase, near)}." for phase in phases]
    return " ".join(sentences)


def _line(phase: PlanPhase, today: date) -> Line:
    if phase.status == PhaseStatus.SKIPPED.value:
        return Line(phase.title, "–", "–", phase_words(phase, today))
    last = day_in_short(phase.ends_on, today) if phase.ends_on else "open"
    words = "to come" if phase.is_planned and phase.starts_on > today else phase_words(phase, today)
    return Line(phase.title, day_in_short(phase.starts_on, today), last, words)
