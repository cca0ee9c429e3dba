"""A course day by day: what is taken, said as such where nothing is, and what is particular about the day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from protocols.domain.course import Course, CourseStep
from protocols.domain.dose_changes import dose_changes
from protocols.domain.taper import Dose


class DayKind(StrEnum):
    """off: the pattern leaves it out. before, after: no step lies on it. not-dated: the next step waits for its day.

    ended: somebody ended it on that day or earlier, so that nothing of it counts: what is taken then is not known here.
    """

    BEFORE = "before"
    DOSE = "dose"
    OFF = "off"
    AS_NEEDED = "as-needed"
    NOT_DATED = "not-dated"
    AFTER = "after"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDay:
    """One civil date. doses: what the schedule says to take; as needed, what may be taken.

    step: None before the first step and after the last. stage: the number of the stage that begins on this day, as
    `stages` counts them; None where the dose and its days stay as they were. is_held: the taper stays at this dose.
    is_last_dose: the steps are lived to their end, and nothing is taken after it.
    """

    on: date
    kind: DayKind
    step: CourseStep | None
    doses: tuple[Dose, ...]
    stage: int | None
    is_held: bool
    is_last_dose: bool


def course_days(course: Course, *, first: date, last: date, ended_on: date | None = None) -> Iterator[CourseDay]:
    """Every date from `first` to `last`, both included. ended_on: the day from which nothing of it counts any more."""
    begins = stage_beginnings(course)
    is_cut = ended_on is not None and (course.ends_on is None or course.ends_on >= ended_on - timedelta(days=1))
    for number in range((last - first).days + 1):
        on = first + timedelta(days=number)
        step = course.on(on)
        kind = DayKind.ENDED if ended_on is not None and on >= ended_on else _kind(course, step, on)
        yield CourseDay(
            on=on,
            kind=kind,
            step=step,
            doses=_doses(course, step, kind, on),
            stage=begins.get(on),
            is_held=step is not None and any(window.contains(on) for window in step.dated.held),
            is_last_dose=on == course.last_dose_on and not is_cut,
        )


def stage_beginnings(course: Course) -> dict[date, int]:
    """The first day of each stage that has dates, with its number: 1 is the first."""
    return {step.first: number for number, step in enumerate(dose_changes(course), start=1)}


def _doses(course: Course, step: CourseStep | None, kind: DayKind, on: date) -> tuple[Dose, ...]:
    if kind is DayKind.ENDED:
        return ()
    return step.step.doses if step is not None and kind is DayKind.AS_NEEDED else course.doses_on(on)


def _kind(course: Course, step: CourseStep | None, on: date) -> DayKind:
    if step is not None:
        if step.step.pattern.is_as_needed:
            return DayKind.AS_NEEDED
        return DayKind.DOSE if step.is_dose_day(on) else DayKind.OFF
    if course.waiting:
        return DayKind.NOT_DATED
    if course.first_day is not None and on < course.first_day:
        return DayKind.BEFORE
    return DayKind.AFTER
