"""“Have you changed?”: what she is asked, what she said last, and what is said to that. None of it is a fault."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from patients.models import UseKind, UseReport
from patients.portal.tapers.reading import Reading
from patients.portal.tapers.words import doses_in_words
from patients.portal.words import day_in_full
from patients.services.tapers.told import Reach
from patients.services.tapers.use_known import asked_about, left_schedule, newest_word
from protocols.domain.course import CourseStep
from protocols.domain.dose_words import pattern_in_words
from protocols.domain.taper_days import USE_UNKNOWN_AFTER_DAYS
from protocols.domain.taper_states import TaperStatus

TOLD = "{told}"
BOTH_TOLD = "Your practitioner and {prescriber} are told."
PRACTITIONER_TOLD = "Your practitioner is told."
CALL = "Please call before you change anything again."
WAITS = "The next step waits."
ANSWERS = {
    UseKind.CHANGED: "Thank you. We know what you take.",
    UseKind.NOT_YET: "Thank you for saying so. There is no hurry: the next step waits until you have changed. "
    "If something keeps you from it, call us.",
    UseKind.STOPPED: f"Thank you for telling us. {TOLD} {CALL} {WAITS}",
    UseKind.FASTER: f"Thank you for telling us. {TOLD} {CALL} {WAITS}",
    UseKind.BACK_UP: f"Thank you for telling us. {TOLD} {CALL} {WAITS}",
    UseKind.NO_SUPPLY: f"Thank you for telling us. {TOLD} Please call before you take something else instead. {WAITS}",
}
AFTER_THE_LAST_STEP = f"Thank you for telling us. {TOLD} {CALL}"
LEAVING = (UseKind.STOPPED, UseKind.FASTER, UseKind.BACK_UP, UseKind.NO_SUPPLY)


class UseState(StrEnum):
    """unknown: asked for three days, without an answer. left: by her newest word she takes something else."""

    NOT_ASKED = "not-asked"
    ASKED = "asked"
    UNKNOWN = "unknown"
    NOT_YET = "not-yet"
    CHANGED = "changed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Use:
    """word: her newest answer, where it still counts. step: what she is asked about."""

    state: UseState
    step: CourseStep | None
    word: UseReport | None
    question: str
    said: str
    answer: str
    offered: tuple[UseKind, ...]

    @property
    def is_left(self) -> bool:
        return self.state is UseState.LEFT

    @property
    def back(self) -> str:
        """The button that takes back what she said."""
        if self.word is not None and self.word.kind == UseKind.NO_SUPPLY.value:
            return "I have got it, and take it as planned"
        return "I take it as planned"


def use_of(reading: Reading, *, reach: Callable[[], Reach]) -> Use:
    """What to ask, or what she said. reach: whether her prescriber is told, asked only where that is said."""
    step = asked_about(reading.course, on=reading.today)
    if not reading.taper.is_running or step is None:
        return Use(UseState.NOT_ASKED, None, None, "", "", "", ())
    word = newest_word(reading.taper)
    is_over = reading.status is TaperStatus.WATCHING
    state = _state(reading, step)
    counts = word is not None and state in {UseState.NOT_YET, UseState.CHANGED, UseState.LEFT}
    return Use(
        state=state,
        step=step,
        word=word if counts else None,
        question="" if is_over else _question(reading, step),
        said=_said(word, reading.today) if counts and word is not None else "",
        answer=_answer(word, reading, reach) if counts and word is not None else "",
        # After the last step there is nothing to stop, to take faster or to buy.
        offered=(UseKind.BACK_UP,) if is_over else LEAVING,
    )


def left_since(reading: Reading) -> UseReport | None:
    """Her newest word, if by it she left the schedule that still counts."""
    return left_schedule(reading.taper, reading.course, today=reading.today)


def _state(reading: Reading, step: CourseStep) -> UseState:
    if left_since(reading) is not None:
        return UseState.LEFT
    word = newest_word(reading.taper, since=step)
    if word is not None:
        return UseState.CHANGED if word.kind == UseKind.CHANGED.value else UseState.NOT_YET
    if reading.status is TaperStatus.WATCHING:
        return UseState.NOT_ASKED
    return UseState.UNKNOWN if (reading.today - step.first).days >= USE_UNKNOWN_AFTER_DAYS else UseState.ASKED


def _question(reading: Reading, step: CourseStep) -> str:
    """What is asked about: the dose, and since when."""
    doses = reading.stage.doses if reading.stage is not None else step.step.doses
    pattern = step.step.pattern
    often = "only if needed" if pattern.is_as_needed else pattern_in_words(pattern)
    is_today = step.first == reading.today
    since = "From today on" if is_today else f"Since {day_in_full(step.first, reading.today)}"
    return f"{since} it is {doses_in_words(doses, reading.form)}, {often}."


def _said(word: UseReport, today: date) -> str:
    since = "today" if word.since == today else day_in_full(word.since, today)
    return f"You told us: “{UseKind(word.kind).label}”, since {since}."


def _answer(word: UseReport, reading: Reading, reach: Callable[[], Reach]) -> str:
    kind = UseKind(word.kind)
    is_over = reading.status is TaperStatus.WATCHING
    words = AFTER_THE_LAST_STEP if is_over and kind.leaves_schedule else ANSWERS[kind]
    if not kind.leaves_schedule:
        return words
    told = BOTH_TOLD if reach().by_email else PRACTITIONER_TOLD
    return words.format(told=told.format(prescriber=reading.taper.prescriber.name))
