"""A course as it is lived: one stage for each dose, however many steps and versions say it, and when something is
taken next.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from protocols.domain.course import Course
from protocols.domain.pattern import LONGEST_INTERVAL_DAYS
from protocols.domain.taper import Dose, Step

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """So long the same is taken in the same pattern.

    number: from 1, over all versions. first None: it waits, and has no date yet. last None: it is held, or waits.
    doses: in the units that she has, as `Course.doses_on` says them.
    """

    number: int
    step: Step
    first: date | None
    last: date | None
    doses: tuple[Dose, ...]

    def contains(self, day: date) -> bool:
        return self.first is not None and self.first <= day and (self.last is None or day <= self.last)


def stages(course: Course, *, today: date) -> tuple[Stage, ...]:
    """All of them, those without a date last. today: a stage that runs is told in the units of that day."""
    found: list[Stage] = []
    for lived in course.steps:
        if found and _is_same(found[-1].step, lived.step):
            found[-1] = replace(found[-1], last=lived.last)
        else:
            found.append(
                Stage(
                    number=len(found) + 1, step=lived.step, first=lived.first, last=lived.last, doses=lived.step.doses
                )
            )
    told = [replace(stage, doses=_doses(course, stage, today=today)) for stage in found]
    for step in course.waiting:
        if not told or not _is_same(told[-1].step, step):
            told.append(Stage(number=len(told) + 1, step=step, first=None, last=None, doses=step.doses))
    return tuple(told)


def next_dose_on(course: Course, *, after: date) -> date | None:
    """The first day after this one on which the schedule says to take something; None if none has a date."""
    if course.first_day is None:
        return None
    first = max(after + _ONE_DAY, course.first_day)
    last = min(course.ends_on or date.max, first + timedelta(days=LONGEST_INTERVAL_DAYS))
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return next((day for day in days if course.doses_on(day)), None)


def _doses(course: Course, stage: Stage, *, today: date) -> tuple[Dose, ...]:
    """As they are taken on its first dose day, from today on if it runs now; as signed where no day is one."""
    assert stage.first is not None  # it has dates: those that wait are told as signed
    since = today if stage.contains(today) else stage.first
    for day in (since, next_dose_on(course, after=since)):
        if day is not None and stage.contains(day) and (doses := course.doses_on(day)):
            return doses
    return stage.step.doses


def _is_same(before: Step, after: Step) -> bool:
    return (before.doses, before.pattern) == (after.doses, after.pattern)
