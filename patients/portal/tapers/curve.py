"""The steps as a drawing: how much on average a day, going down, and where today is.

Only places are computed here; `portal/taper/_curve.html` draws them, 360 wide, about as many units as a telephone has
pixels. Heights are the nominal average of a day, so that a step with days off lies lower than one without.
"""

from datetime import date, timedelta
from fractions import Fraction

from patients.portal.journey import months_between
from patients.portal.tapers.curve_shapes import FLOOR, TOP, WIDTH, Curve, Plateau
from patients.portal.tapers.reading import Reading
from patients.portal.tapers.words import dates_of, pattern_in_short, stage_in_words
from patients.portal.words import day_in_full
from protocols.domain.stages import Stage
from protocols.domain.taper_states import TaperStatus

OPEN_DAYS = 28
"""So far a step without an end is drawn."""
LEAST_BEFORE = 4
NARROWEST_LINK = 44
"""A thumb needs so much; a narrower step is found in the table."""
LETTER = 6


def curve_of(reading: Reading) -> Curve | None:
    """None where no step has a date."""
    dated = [stage for stage in reading.stages if stage.first is not None]
    if not dated:
        return None
    return _Drawing(reading, dated).curve()


class _Drawing:
    def __init__(self, reading: Reading, dated: list[Stage]) -> None:
        self.reading, self.dated = reading, dated
        self.is_running = reading.taper.is_running
        self.today = reading.today
        last = dated[-1].last
        self.open_end = last is None
        # Ended before it was through, it does not go down to nothing: what she takes then is not known here.
        self.goes_to_nothing = last is not None and reading.status is not TaperStatus.STOPPED
        self.last = last or max(self.today, self._first(dated[-1])) + timedelta(days=OPEN_DAYS)
        right = max(self.last + timedelta(days=7), self.today + timedelta(days=3)) if self.is_running else self.last
        days = (right - self._first(dated[0])).days + 1
        before = max(LEAST_BEFORE, days // 16)
        self.left = self._first(dated[0]) - timedelta(days=before)
        if self.is_running:
            self.left = min(self.left, self.today - timedelta(days=1))
        self.right = right
        self.days = (right - self.left).days + 1
        taken = reading.first_terms.taken_before
        self.started_with = taken.amount_per_dose_day if taken else None
        highest = max(stage.step.average_per_day for stage in dated)
        if self.started_with is not None:
            highest = max(highest, Fraction(self.started_with.value))
        # Where all is taken only as needed there is no average: then all of it lies on the floor.
        self.highest = highest or Fraction(1)

    def curve(self) -> Curve:
        begins, ends = self.x(self._first(self.dated[0])), self.x(self.last + timedelta(days=1))
        here = None
        if self.is_running:
            here = (self.x(self.today) + self.x(self.today + timedelta(days=1))) // 2
        lived_to = ends if here is None else min(max(here, begins), ends)
        before_y = FLOOR if self.started_with is None else self.y(Fraction(self.started_with.value))
        return Curve(
            plateaus=[self._plateau(stage) for stage in self.dated],
            before="" if self.started_with is None else f"M0 {before_y}H{begins}V{self._height(self.dated[0])}",
            before_label=self.started_with.display() if self.started_with is not None else "",
            before_y=before_y,
            lived=self._path(begins, lived_to) if here is None or here > begins else "",
            coming=self._path(lived_to, ends) if here is None or here < ends else "",
            open_end=ends if self.open_end else None,
            months=months_between(self.left, self.right, x=self.x, width=WIDTH),
            here_x=here,
            here_y=self._height_on(self.today) if here is None or here > begins else before_y,
            description=self._description(),
        )

    # --- Places ---------------------------------------------------------------------------------------------

    def x(self, day: date) -> int:
        inside = min(max((day - self.left).days, 0), self.days)
        return round(inside * WIDTH / self.days)

    def y(self, average: Fraction) -> int:
        """Zero lies on the floor, the highest dose at the top."""
        return FLOOR - round((FLOOR - TOP) * average / self.highest)

    def _height(self, stage: Stage) -> int:
        return self.y(stage.step.average_per_day)

    def _height_on(self, day: date) -> int:
        return next((self._height(stage) for stage in self.dated if stage.contains(day)), FLOOR)

    def _first(self, stage: Stage) -> date:
        assert stage.first is not None
        return stage.first

    def _ends(self, stage: Stage) -> int:
        return self.x((stage.last or self.last) + timedelta(days=1))

    def _path(self, x_from: int, x_to: int) -> str:
        """The stairs between two places; after the last step they go down to the floor."""
        moves: list[str] = []
        for stage in self.dated:
            x, x_end, y = self.x(self._first(stage)), self._ends(stage), self._height(stage)
            if x_end <= x_from or x > x_to or (x == x_to and moves):
                continue
            moves.append(f"{'V' if moves else f'M{max(x, x_from)} '}{y}H{min(x_end, x_to)}")
        last = self.dated[-1]
        if moves and self.goes_to_nothing and self._ends(last) <= x_to:
            moves.append(f"V{FLOOR}")
        return "".join(moves)

    # --- Words ----------------------------------------------------------------------------------------------

    def _plateau(self, stage: Stage) -> Plateau:
        x, x_end = self.x(self._first(stage)), self._ends(stage)
        amount, pattern = stage.step.amount_per_dose_day.display(), pattern_in_short(stage.step.pattern)
        fits = x_end - x >= LETTER * max(len(amount), len(pattern))
        return Plateau(
            number=stage.number,
            x=x,
            x_end=x_end,
            y=self._height(stage),
            amount=amount if fits else "",
            pattern=pattern if fits else "",
            words=f"Step {stage.number}, {dates_of(stage, self.today)}: {stage_in_words(stage, self.reading.form)}",
            link=f"#step-{stage.number}" if x_end - x >= NARROWEST_LINK else "",
        )

    def _description(self) -> str:
        """The drawing for whoever does not see it."""
        sentences = [
            f"Step {stage.number}, {dates_of(stage, self.today)}: {stage_in_words(stage, self.reading.form)}."
            for stage in self.reading.stages
        ]
        if self.is_running:
            sentences.insert(0, self._where())
        return " ".join(sentences)

    def _where(self) -> str:
        stage, today = self.reading.stage, day_in_full(self.today, self.today)
        if stage is not None:
            held = ", held" if self.reading.status is TaperStatus.HELD else ""
            return f"You are here: {today}, in step {stage.number} of {len(self.reading.stages)}{held}."
        before = self.today < self._first(self.dated[0])
        return f"You are here: {today}, {'before the first step' if before else 'after the last step'}."
