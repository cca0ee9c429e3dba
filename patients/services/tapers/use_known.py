"""What is known of whether she takes what the schedule says. One rule, for whoever asks, waits, lists or reminds.

Each change of dose is asked about: “Have you changed?”. Any answer makes use known, “Not yet” and “I stopped” too;
silence for three days makes it unknown. Only “Yes, I have changed” lets the next step come. Her newest word counts,
and a report names the step of the day on which it was made.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from clinics.domain.instants import day_begins
from patients.models import Taper, UseKind, UseReport
from patients.models.taper_course import course_of
from protocols.domain.course import Course, CourseStep
from protocols.domain.dose_changes import dose_changes
from protocols.domain.taper_days import USE_UNKNOWN_AFTER_DAYS

ASKED_FOR = timedelta(days=USE_UNKNOWN_AFTER_DAYS)
"""So long “Have you changed?” may stay unanswered before nobody knows, and the next step waits."""


def newest_word(taper: Taper, *, since: CourseStep | None = None) -> UseReport | None:
    """What she said last, of that step or a later one where a step is given; None if she has said nothing."""
    numbers = _numbers(taper)
    said = [
        report
        for report in taper.use_reports.all()
        if since is None or (numbers[report.version_id], report.step) >= (since.version, since.number)
    ]
    return max(said, key=lambda report: (report.reported_at, report.pk), default=None)


def left_schedule(taper: Taper, course: Course, *, today: date) -> UseReport | None:
    """Her newest word, if by it she left the schedule that still counts; a later version was signed knowing it."""
    word = newest_word(taper)
    step = next((step for step in reversed(course.steps) if step.first <= today), None)
    if word is None or step is None or not UseKind(word.kind).leaves_schedule:
        return None
    return word if step.version <= _numbers(taper)[word.version_id] else None


def asked_about(course: Course, *, on: date) -> CourseStep | None:
    """The newest change of dose that has begun; None before the first. A version that goes on asks nothing new."""
    return next((step for step in reversed(dose_changes(course)) if step.first <= on), None)


def use_is_known(taper: Taper, course: Course, *, today: date) -> bool:
    """Whether she has said anything of the step about which she was asked three days ago or longer.

    A younger step is still being asked about.
    """
    step = asked_about(course, on=today - ASKED_FOR)
    return step is None or _is_answered(taper, step)


def has_changed(taper: Taper, course: Course, *, today: date) -> bool:
    """Whether, by her newest word, she takes the step about which she was asked three days ago or longer."""
    step = asked_about(course, on=today - ASKED_FOR)
    if step is None:
        return True
    word = newest_word(taper, since=step)
    return word is not None and word.kind == UseKind.CHANGED.value


def use_unknown_at(taper: Taper, *, today: date, zone: ZoneInfo) -> datetime | None:
    """From which instant on it is not known, unless she says so before; None if it is known as far as the steps go.

    It is the beginning of a day where she lives.
    """
    if not taper.is_running:
        return None
    steps = dose_changes(course_of(taper))
    asked = [step for step in steps if step.first <= today - ASKED_FOR]
    for step in [*asked[-1:], *steps[len(asked) :]]:
        if not _is_answered(taper, step):
            return day_begins(step.first + ASKED_FOR, zone)
    return None


def _is_answered(taper: Taper, step: CourseStep) -> bool:
    """Whether she has said anything of it; or has left the schedule before, and it was signed not knowing that."""
    if newest_word(taper, since=step) is not None:
        return True
    word = newest_word(taper)
    return word is not None and UseKind(word.kind).leaves_schedule and _numbers(taper)[word.version_id] >= step.version


def _numbers(taper: Taper) -> dict[int, int]:
    return {version.pk: version.number for version in taper.versions.all()}
