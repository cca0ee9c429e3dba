"""“Day n of m” of a course: days that were lived in its steps, around the days on hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from protocols.domain.course import Course, CourseStep
from protocols.domain.lived import lived_days


@dataclass(frozen=True, slots=True)
class DayOfCourse:
    """number: the days lived so far, today included; 0 before the first. of: all of them, those without dates too."""

    number: int
    of: int


def day_of_course(course: Course, *, today: date) -> DayOfCourse:
    """Where that day lies. A day on hold does not count: on it the number stands still."""
    number = sum(_lived(step, through=today) for step in course.steps)
    return DayOfCourse(number, sum(map(_length, course.steps)) + sum(step.days for step in course.waiting))


def _lived(step: CourseStep, *, through: date) -> int:
    last = through if step.last is None else min(through, step.last)
    return lived_days(step.first, today=last, holds=step.dated.held)


def _length(step: CourseStep) -> int:
    """As many days as were signed, unless a later version cut the step short."""
    return step.step.days if step.last is None else lived_days(step.first, today=step.last, holds=step.dated.held)
