"""How a signed taper stands today, in sentences, and what its prescriber may do with it."""

from dataclasses import dataclass
from datetime import date

from patients.models import HoldReason, Taper, TaperHold
from patients.models.taper_course import course_of, signed_terms
from patients.services.documents.printable import day
from patients.services.tapers.looking import watched_until
from protocols.domain.course import CourseStep
from protocols.domain.dose_words import dose_in_words, joined, pattern_in_words
from protocols.domain.taper_states import TaperMove, TaperStatus, VersionStatus, legal_taper_moves


@dataclass(frozen=True)
class Running:
    """standing: sentences. other_waits: another version waits for an answer, through a link of its own.

    may_hold: also what the clinic or the software holds, so that only the prescriber lets it go on.
    """

    standing: tuple[str, ...]
    may_hold: bool
    may_resume: bool
    other_waits: bool


def running(taper: Taper, *, today: date) -> Running:
    """`taper` has its course loaded. Raises `TermsError` where that is not what was signed."""
    held = taper.open_hold
    ends_on = course_of(taper).ends_on
    is_own = held is not None and held.reason_kind == HoldReason.PRESCRIBER.value
    is_active = TaperMove.HOLD in legal_taper_moves(TaperStatus(taper.status))
    return Running(
        standing=_standing(taper, held, today=today),
        may_hold=(is_active and (ends_on is None or today <= ends_on)) or (held is not None and not is_own),
        may_resume=is_own,
        other_waits=any(version.status == VersionStatus.PROPOSED.value for version in taper.versions.all()),
    )


def _standing(taper: Taper, held: TaperHold | None, *, today: date) -> tuple[str, ...]:
    course = course_of(taper)
    step = course.on(today)
    sentences = []
    if held is not None:
        why = HoldReason(held.reason_kind).label
        because = f": {held.reason}" if held.reason else "."
        sentences.append(f"It is held since {day(held.first_day)}, at the dose of that day. {why}{because}")
    if step is not None:
        version = next(version for version in taper.versions.all() if version.number == step.version)
        sentences.append(_in_words(step, form=signed_terms(version).medicine.form))
    elif course.first_day is not None and today < course.first_day:
        sentences.append(f"It has not begun: day one is {day(course.first_day)}.")
    elif course.ends_on is not None and course.ends_on < today:
        sentences.append(
            f"The last step ended on {day(course.ends_on)}. Symptoms are watched for until "
            f"{day(watched_until(course.ends_on))}."
        )
    return tuple(sentences)


def _in_words(step: CourseStep, *, form: str) -> str:
    until = f"until {day(step.last)}" if step.last is not None else "until it goes on"
    doses = joined(dose_in_words(dose, form) for dose in step.step.doses)
    return f"Today it is in step {step.number}: {doses}, {pattern_in_words(step.step.pattern)}, {until}."
