"""The last dose that was real: what acid rebound is counted from, for her and for the clinic alike."""

from dataclasses import dataclass
from datetime import date, timedelta

from patients.models import Taper, UseKind, UseReport
from patients.services.tapers.use_known import left_schedule
from protocols.domain.course import Course

COUNTED_FROM_HER_WORD = frozenset({UseKind.STOPPED, UseKind.FASTER, UseKind.NO_SUPPLY})


@dataclass(frozen=True, slots=True)
class LastDose:
    """on: the day that rebound is counted from. word: by which she left the schedule on the day after; else None."""

    on: date
    word: UseReport | None


def last_dose_of(taper: Taper, course: Course, *, today: date) -> LastDose | None:
    """None while nobody can say: a step waits, she went back up, or the last step is taken only as needed."""
    word = left_schedule(taper, course, today=today)
    if word is not None and UseKind(word.kind) in COUNTED_FROM_HER_WORD:
        return LastDose(word.since - timedelta(days=1), word)
    if word is not None or not course.steps or course.steps[-1].step.pattern.is_as_needed:
        return None
    return None if course.last_dose_on is None else LastDose(course.last_dose_on, None)
