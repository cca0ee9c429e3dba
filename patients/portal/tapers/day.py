"""What one taper says for today: the exact units, or why there are none."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from patients.models import HoldReason
from patients.portal.tapers.picture import Picture, picture_of
from patients.portal.tapers.reading import Reading
from patients.portal.tapers.words import HELD, SAID_TOO_LATE, WHY_HELD, doses_in_words, sentence_of, stage_in_words
from patients.portal.words import day_in_full, days_ahead
from patients.services.tapers.standing import ended_by
from patients.services.tapers.use_known import has_changed
from protocols.domain.dose_words import slot_in_words, taken_in_words
from protocols.domain.stages import next_dose_on
from protocols.domain.taper import Dose
from protocols.domain.taper_states import TaperStatus


class DayState(StrEnum):
    """waits: no step has a date yet. over: after the last step. ended: by somebody, before it was through."""

    BEFORE = "before"
    WAITS = "waits"
    DOSE = "dose"
    OFF = "off"
    AS_NEEDED = "as-needed"
    OVER = "over"
    COMPLETED = "completed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class DoseLine:
    """What is taken at one time of day."""

    slot: str
    words: str
    picture: Picture


@dataclass(frozen=True, slots=True)
class MedicineDay:
    """headline: the day in one sentence. held: what is said while the dose stays. next_change: what comes, and when.

    instruction: what she is asked to do instead, in the words of whoever ended it.
    """

    state: DayState
    headline: str
    lines: list[DoseLine] = field(default_factory=list)
    step: str = ""
    held: list[str] = field(default_factory=list)
    next_change: str = ""
    instruction: str = ""


def day_of_medicine(reading: Reading) -> MedicineDay:
    status = reading.status
    if status is TaperStatus.STOPPED:
        return _ended(reading)
    if status is TaperStatus.COMPLETED:
        return MedicineDay(DayState.COMPLETED, f"Your steps are complete. No {reading.substance} is planned any more.")
    if reading.stage is not None:
        return _in_a_stage(reading)
    if reading.course.first_day is not None and reading.today < reading.course.first_day:
        return _before(reading)
    if reading.first_day_without is not None:
        return MedicineDay(DayState.OVER, f"No {reading.substance} any more: your steps are over.")
    return MedicineDay(
        DayState.WAITS,
        "It waits. Nothing changes until we tell you.",
        held=_why_held(reading),
        next_change=_next_change(reading),
    )


def _ended(reading: Reading) -> MedicineDay:
    taper = reading.taper
    on = f" on {day_in_full(taper.ended_on, reading.today)}" if taper.ended_on else ""
    return MedicineDay(
        DayState.ENDED,
        f"These steps were ended{on} by {ended_by(taper)}. Nothing of them is to be followed any more.",
        instruction=taper.instruction,
    )


def _before(reading: Reading) -> MedicineDay:
    first = reading.course.first_day
    assert first is not None
    on = f"{day_in_full(first, reading.today)}, {days_ahead(first, reading.today)}"
    return MedicineDay(
        DayState.BEFORE,
        f"Starts on {on}. Until then nothing changes.",
        held=[HELD, *_why_held(reading)] if reading.taper.open_hold else [],
        next_change=f"Then: {stage_in_words(reading.stages[0], reading.form)}.",
    )


def _in_a_stage(reading: Reading) -> MedicineDay:
    stage = reading.stage
    assert stage is not None
    doses = reading.course.doses_on(reading.today)
    state = DayState.DOSE
    headline = f"Today: {doses_in_words(doses, reading.form)}." if doses else ""
    if stage.step.pattern.is_as_needed:
        state, doses = DayState.AS_NEEDED, stage.doses
        headline = f"Only if you need it: {doses_in_words(doses, reading.form)}. If you do not, take none."
    elif not doses:
        state, headline = DayState.OFF, _off(reading)
    return MedicineDay(
        state,
        headline,
        lines=list(_lines(doses, reading.form)),
        step=f"Step {stage.number} of {len(reading.stages)}",
        held=[HELD, *_why_held(reading)] if reading.status is TaperStatus.HELD else [],
        next_change=_next_change(reading),
    )


def _off(reading: Reading) -> str:
    following = next_dose_on(reading.course, after=reading.today)
    if following is None:
        return f"No {reading.substance} today, and none is planned after it."
    return f"No {reading.substance} today. Next: {day_in_full(following, reading.today)}."


def _lines(doses: Iterable[Dose], form: str) -> Iterable[DoseLine]:
    for dose in doses:
        yield DoseLine(
            slot=sentence_of(slot_in_words(dose.slot)),
            words=sentence_of(taken_in_words(dose.units, form)),
            picture=picture_of(dose.units, form),
        )


def _why_held(reading: Reading) -> list[str]:
    hold = reading.taper.open_hold
    if hold is None:
        return []
    why = HoldReason(hold.reason_kind)
    if why is HoldReason.USE_UNKNOWN and has_changed(reading.taper, reading.course, today=reading.today):
        # Held for longer than was signed, it does not go on by her word alone.
        return [SAID_TOO_LATE]
    return [WHY_HELD[why]]


def _next_change(reading: Reading) -> str:
    following = reading.next_stage
    if following is None:
        without = reading.first_day_without
        if without is None:
            return f"After it: no {reading.substance} any more. It has no date yet."
        on = f"{day_in_full(without, reading.today)}, {days_ahead(without, reading.today)}"
        return f"Next change on {on}: no {reading.substance} any more."
    words = stage_in_words(following, reading.form)
    if following.first is None:
        return f"The next step has no date yet: {words}."
    on = f"{day_in_full(following.first, reading.today)}, {days_ahead(following.first, reading.today)}"
    return f"Next change on {on}: {words}."
