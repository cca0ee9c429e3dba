"""Where a course really changes: a later version may go on with the dose of the one before it."""

from __future__ import annotations

from protocols.domain.course import Course, CourseStep


def dose_changes(course: Course) -> tuple[CourseStep, ...]:
    """The steps that bring another dose, or other days, than the step before them; the first step is one of them."""
    steps = course.steps
    return tuple(
        step for position, step in enumerate(steps) if position == 0 or not _is_same(steps[position - 1], step)
    )


def _is_same(before: CourseStep, after: CourseStep) -> bool:
    return (before.step.doses, before.step.pattern) == (after.step.doses, after.step.pattern)
