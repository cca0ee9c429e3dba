"""What a move would do to a taper: the move itself is made, read, and taken back. So it can never differ from it."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from django.db import transaction

from patients.models import Taper
from patients.models.taper_course import course_of
from protocols.domain.course import Course
from protocols.domain.taper import DatedStep, Step
from protocols.domain.taper_difference import Difference, Pair, differences


@dataclass(frozen=True, slots=True)
class TaperRehearsal:
    """The course before and after a move, and what differs, step by step."""

    status_before: str
    status_after: str
    before: Course
    after: Course
    differences: tuple[Difference, ...]

    @property
    def fingerprint(self) -> str:
        """Equal for equal outcomes: whoever confirms sends back the one that was on the screen."""
        steps = [[str(step.version), step.number, str(step.first), str(step.last)] for step in self.after.steps]
        outcome = [self.status_after, steps, len(self.after.waiting)]
        return hashlib.sha256(json.dumps(outcome).encode()).hexdigest()[:32]


def rehearse_taper(taper: Taper, move: Callable[[], object]) -> TaperRehearsal:
    """The taper before and after this move, of which nothing stays. What the move refuses, it refuses here too."""
    with transaction.atomic():
        before, status_before = _stand(taper)
        move()
        after, status_after = _stand(taper)
        transaction.set_rollback(True)
    return TaperRehearsal(status_before, status_after, before, after, differences(_pairs(before, after)))


def _stand(taper: Taper) -> tuple[Course, str]:
    read = Taper.objects.get(pk=taper.pk)
    return course_of(read), read.status


def _pairs(before: Course, after: Course) -> Iterator[Pair]:
    """Each step of either course, in order. What has no dates afterwards waits if anything does; else it is gone."""
    earlier, later = dict(_steps(before)), dict(_steps(after))
    for key in [*earlier, *(key for key in later if key not in earlier)]:
        step = (earlier.get(key) or later[key])[0]
        waits = key in later or bool(after.waiting)
        dated = _dated(earlier, key), _dated(later, key)
        if dated != (None, None):
            yield Pair(step, *dated, waits=waits)


def _steps(course: Course) -> Iterator[tuple[tuple[int, int], tuple[Step, DatedStep | None]]]:
    """By version and number: each step, with its dates as they are lived if it has some."""
    for lived in course.steps:
        yield (lived.version, lived.number), (lived.step, replace(lived.dated, last=lived.last))
    for leg in course.legs:
        for number, step in enumerate(leg.waiting, start=len(leg.schedule.steps) + 1):
            yield (leg.version, number), (step, None)


def _dated(steps: dict[tuple[int, int], tuple[Step, DatedStep | None]], key: tuple[int, int]) -> DatedStep | None:
    return steps[key][1] if key in steps else None
