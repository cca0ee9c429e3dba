"""The step curve: how much is taken a day on average, from what is taken now down to none.

Only places and sizes are computed here; `taper_curve.html` draws them. Left and right are per cent of the width, up and
down are pixels, so that text keeps its size on a telephone. Beside every drawing stands a table that says the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from patients.services.documents.printable import day as day_in_words
from patients.services.tapers.standing import dose_words
from protocols.domain.course import Course
from protocols.domain.pattern import PatternKind
from protocols.domain.taper import Schedule, Step
from protocols.domain.window import Window

HEIGHT, TOP, FLOOR = 220, 44, 190
"""Of the drawing; between `TOP` and `FLOOR` lies the curve, above it stands “today”."""
BEFORE_DAYS_SHARE = Fraction(1, 14)
"""What is taken before the first step is drawn so wide, as part of the steps."""
LABEL_NEEDS = 6.0
"""Per cent of the width below which a step is not labelled: the table says it."""
OPEN_END_DAYS = 14
MOST_TICKS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One stretch of dates at one dose. last None: nobody knows how long. is_sparse: not every day of it.

    state: “before” for what is taken before the first step, “step”, “held”.
    """

    label: str
    average: Fraction
    first: date
    last: date | None
    is_sparse: bool
    state: str = "step"


@dataclass(frozen=True, slots=True)
class Plateau:
    """One stretch as it is drawn. x and width in per cent, y and height in pixels."""

    x: str
    width: str
    middle: str
    y: int
    height: int
    state: str
    label: str
    is_sparse: bool

    @property
    def label_y(self) -> int:
        return self.y - 7

    @property
    def anchor(self) -> str:
        """What is taken before stands at the left edge, where a narrow drawing has no room for its middle."""
        return "start" if self.state == "before" else "middle"

    @property
    def label_x(self) -> str:
        return self.x if self.state == "before" else self.middle

    @property
    def end(self) -> str:
        return f"{float(self.x[:-1]) + float(self.width[:-1]):.2f}%"


@dataclass(frozen=True, slots=True)
class Curve:
    """The drawing. drops: where the dose goes down, as x, from y, to y. today: its x, if it lies within."""

    plateaus: list[Plateau]
    drops: list[tuple[str, int, int]]
    ticks: list[tuple[str, str]]
    today: str | None
    today_anchor: str
    summary: str
    height: int = HEIGHT
    floor: int = FLOOR

    @property
    def has_sparse(self) -> bool:
        return any(plateau.is_sparse for plateau in self.plateaus)

    @property
    def has_held(self) -> bool:
        return any(plateau.state == "held" for plateau in self.plateaus)


def curve_of_schedule(schedule: Schedule, *, before: Step | None) -> Curve:
    """Of steps that are not signed yet. before: what is taken now."""
    pieces = [piece for dated in schedule.steps for piece in _pieces(dated.step, dated.first, dated.last, dated.held)]
    return draw(pieces, before=before, today=None)


def curve_of_course(course: Course, *, before: Step | None, today: date) -> Curve | None:
    """Of a taper as it is lived; None while nothing of it was signed."""
    pieces = [piece for step in course.steps for piece in _pieces(step.step, step.first, step.last, step.dated.held)]
    return draw(pieces, before=before, today=today) if pieces else None


def draw(pieces: Sequence[Piece], *, before: Step | None, today: date | None) -> Curve:
    """pieces: in order, at least one, without a gap."""
    first = pieces[0].first
    last = max(piece.last or piece.first + timedelta(days=OPEN_END_DAYS) for piece in pieces)
    if today is not None and today > last:
        last = today
    lead = max(1, round(((last - first).days + 1) * BEFORE_DAYS_SHARE)) if before else 0
    drawn = list(pieces)
    if before is not None:
        drawn.insert(
            0,
            Piece(
                label=before.amount_per_dose_day.display(),
                average=before.average_per_day,
                first=first - timedelta(days=lead),
                last=first - timedelta(days=1),
                is_sparse=False,
                state="before",
            ),
        )
    scale = _Scale(drawn[0].first, last, max(piece.average for piece in drawn))
    plateaus = [_plateau(piece, scale) for piece in drawn]
    inside = today is not None and drawn[0].first <= today <= last
    return Curve(
        plateaus=plateaus,
        drops=_drops(plateaus),
        ticks=[(scale.x(tick), f"{tick.day} {tick:%b}") for tick in _ticks([piece.first for piece in pieces], scale)],
        today=scale.x(today) if inside and today is not None else None,
        today_anchor=_anchor(scale, today),
        summary=_summary(pieces, before),
    )


class _Scale:
    def __init__(self, first: date, last: date, highest: Fraction) -> None:
        self.first, self.days = first, (last - first).days + 1
        self.highest = highest or Fraction(1)
        self.last = last

    def share(self, day: date) -> float:
        return 100 * (day - self.first).days / self.days

    def x(self, day: date) -> str:
        return f"{self.share(day):.2f}%"

    def y(self, average: Fraction) -> int:
        return FLOOR - round((FLOOR - TOP) * float(average / self.highest))


def _pieces(step: Step, first: date, last: date | None, held: Sequence[Window]) -> list[Piece]:
    """A step, cut where days on hold begin and end."""
    cuts: list[tuple[date, date | None, str]] = []
    start = first
    for window in held:
        if window.first > start:
            cuts.append((start, window.first - timedelta(days=1), "step"))
        cuts.append((window.first, window.last, "held"))
        if window.last is None:
            break
        start = window.last + timedelta(days=1)
    else:
        if last is None or start <= last:
            cuts.append((start, last, "step"))
    label = step.amount_per_dose_day.display()
    sparse = step.pattern.kind is not PatternKind.DAILY
    return [
        Piece(
            label=label if number == 0 else "",
            average=step.average_per_day,
            first=begins,
            last=ends,
            is_sparse=sparse,
            state=state,
        )
        for number, (begins, ends, state) in enumerate(cuts)
    ]


def _plateau(piece: Piece, scale: _Scale) -> Plateau:
    end = piece.last or scale.last
    width = scale.share(end + timedelta(days=1)) - scale.share(piece.first)
    y = scale.y(piece.average)
    return Plateau(
        x=scale.x(piece.first),
        width=f"{width:.2f}%",
        middle=f"{scale.share(piece.first) + width / 2:.2f}%",
        y=y,
        height=FLOOR - y,
        state=piece.state,
        label=piece.label if width >= LABEL_NEEDS else "",
        is_sparse=piece.is_sparse,
    )


def _drops(plateaus: list[Plateau]) -> list[tuple[str, int, int]]:
    falls = [(after.x, before.y, after.y) for before, after in pairwise(plateaus)]
    if plateaus and plateaus[-1].state != "held":
        falls.append((plateaus[-1].end, plateaus[-1].y, FLOOR))
    return [(x, above, below) for x, above, below in falls if above != below]


def _ticks(firsts: list[date], scale: _Scale) -> list[date]:
    """Where steps begin, thinned out until the dates can be read side by side."""
    shown: list[date] = []
    for day in sorted(set(firsts)):
        if not shown or scale.share(day) - scale.share(shown[-1]) >= 100 / MOST_TICKS:
            shown.append(day)
    return shown


def _anchor(scale: _Scale, today: date | None) -> str:
    share = 50.0 if today is None else scale.share(today)
    return "start" if share < 10 else "end" if share > 90 else "middle"


def _summary(pieces: Sequence[Piece], before: Step | None) -> str:
    """The drawing in a sentence, for whoever does not see it."""
    parts = [f"Before: {dose_words(before)} every day"] if before else []
    for piece in pieces:
        until = f"until {day_in_words(piece.last)}" if piece.last else "for as long as it is held"
        often = "on some days" if piece.is_sparse else "every day"
        held = ", on hold" if piece.state == "held" else ""
        parts.append(f"{piece.label or 'the same'} {often} from {day_in_words(piece.first)} {until}{held}")
    return "; ".join(parts) + "."
