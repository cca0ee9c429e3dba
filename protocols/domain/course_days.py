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
    """off: the pattern leaves it out. before, after: no step lies on it. not-dated: the next step waits for its day."""

    BEFORE = "before"
    DOSE = "dose"
    OFF = "off"
    AS_NEEDED = "as-needed"
    NOT_DATED = "not-dated"
    AFTER = "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDay:
    """One civil date. doses: what the schedule says to take; as needed, what may be taken.

    step: None before the first step and after the last. is_change: the dose, or its days, are new from this day on.
    is_held: the taper stays at this dose. is_last_dose: nothing is taken after it.
    """

    on: date
    kind: DayKind
    step: CourseStep | None
    doses: tuple[Dose, ...]
    is_change: bool
    is_held: bool
    is_last_dose: bool


def course_days(course: Course, *, first: date, last: date) -> Iterator[CourseDay]:
    """Every date from `first` to `last`, both included."""
    changes = {step.first for step in dose_changes(course)}
    for number in range((last - first).days + 1):
        on = first + timedelta(days=number)
        step = course.on(on)
        kind = _kind(course, step, on)
        yield CourseDay(
            on=on,
            kind=kind,
            step=step,
            doses=step.step.doses if step is not None and kind is DayKind.AS_NEEDED else course.doses_on(on),
            is_change=on in changes,
            is_held=step is not None and any(window.contains(on) for window in step.dated.held),
            is_last_dose=on == course.last_dose_on,
        )


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
