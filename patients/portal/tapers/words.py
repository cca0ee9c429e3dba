"""What the pages of a taper say in words: doses, dates, holds."""

from collections.abc import Iterable
from datetime import date

from patients.models import HoldReason
from patients.portal.words import day_in_short
from protocols.domain.dose_words import dose_in_words, joined, pattern_in_words
from protocols.domain.pattern import Pattern
from protocols.domain.stages import Stage
from protocols.domain.taper import Dose

UNREADABLE = (
    "We cannot show your steps at the moment: what is stored here is not what was signed. Please call your clinic "
    "before you change anything."
)
NOT_WRITTEN = (
    "It could not be written down, because what is stored here is not what was signed. Please call your clinic."
)
HELD = "Stay at this dose until we tell you."
WHY_HELD = {
    HoldReason.CLINICIAN: "Your practitioner keeps it there for now.",
    HoldReason.PRESCRIBER: "Your prescriber keeps it there for now.",
    HoldReason.RESCUE_THRESHOLD: "You needed your rescue medicine on many days, so the next step waits.",
    HoldReason.RED_FLAG: "You told us of a warning sign, so the next step waits.",
    HoldReason.USE_UNKNOWN: "The next step waits until you tell us that you have changed to this one.",
    HoldReason.CONFIRMATION_MISSING: "A paper of your prescriber is still on its way, so the next step waits.",
    HoldReason.RECORD_CHANGED: "Something new in your record is looked at first, so it has not begun.",
}
SAID_TOO_LATE = "You told us that you have changed. Your practitioner sees to it that the next step can come."
_SHORT_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def doses_in_words(doses: Iterable[Dose], form: str) -> str:
    """“one capsule of 20 mg before breakfast and two capsules of 10 mg at bedtime”."""
    return joined(dose_in_words(dose, form) for dose in doses)


def stage_in_words(stage: Stage, form: str) -> str:
    """“one capsule of 10 mg before breakfast, every 2 days”; “one capsule of 10 mg at bedtime, only if needed”."""
    pattern = stage.step.pattern
    often = "only if needed" if pattern.is_as_needed else pattern_in_words(pattern)
    return f"{doses_in_words(stage.doses, form)}, {often}"


def pattern_in_short(pattern: Pattern) -> str:
    """For the drawing: “every 2 days”, “Mon, Thu”, “if needed”; empty for every day."""
    if pattern.is_as_needed:
        return "if needed"
    if pattern.weekdays:
        return ", ".join(_SHORT_DAYS[day] for day in pattern.weekdays)
    return f"every {pattern.interval_days} days" if pattern.interval_days else ""


def dates_of(stage: Stage, today: date) -> str:
    """“11 Jan – 7 Feb”; what has no date yet is said to have none."""
    if stage.first is None:
        return "no date yet"
    first = _unbroken(stage.first, today)
    if stage.last is None:
        return f"{first} – until we tell you"
    return first if stage.first == stage.last else f"{first} – {_unbroken(stage.last, today)}"


def _unbroken(day: date, today: date) -> str:
    """“7 Feb”, which no line divides."""
    return day_in_short(day, today).replace(" ", "\u00a0")


def sentence_of(words: str) -> str:
    """The same with a capital at its beginning."""
    return f"{words[:1].upper()}{words[1:]}"
