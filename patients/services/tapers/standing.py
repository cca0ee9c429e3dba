"""Where a taper stands, in words: “Day 9 of 112 · 20 mg before breakfast · next change on 8 February”."""

from datetime import date

from django.db.models import QuerySet

from patients.models import Door, HoldReason, Taper, TaperEnd, TaperVersion
from patients.models.taper_course import COURSE_ROWS, course_of
from patients.services.progress import day_in_words, days_in_words
from patients.services.tapers.looking import closes_on, watched_until
from protocols.domain.course import Course, CourseStep
from protocols.domain.course_progress import day_of_course
from protocols.domain.dose_changes import dose_changes
from protocols.domain.dose_words import joined, pattern_in_words, slot_in_words
from protocols.domain.pattern import PatternKind
from protocols.domain.taper import Step
from protocols.domain.taper_days import FAXED_AFTER_DAYS, TELEPHONED_AFTER_DAYS
from protocols.domain.taper_states import TaperStatus, VersionStatus
from protocols.domain.terms import LONGEST_HOLD_DAYS, TermsError

ALTERED = "What is stored is not what was signed: nothing of it is shown until this is cleared up"


def with_standing(tapers: "QuerySet[Taper]") -> "QuerySet[Taper]":
    """These tapers with all that `sentence` reads, in a number of queries that does not grow with them."""
    loaded = tapers.select_related("plan__patient__clinic", "prescriber", "medicine", "reduces")
    return loaded.prefetch_related(*COURSE_ROWS, "versions__requests", "versions__answers")


def sentence(taper: Taper, *, today: date) -> str:
    """The whole taper in one line. today: the patient’s civil date. Load the taper by `with_standing`."""
    try:
        return " · ".join(words for words in (_standing(taper, today), _waiting(taper, today)) if words)
    except TermsError:
        return ALTERED


def dose_words(step: Step) -> str:
    """What a step takes: “20 mg before breakfast”, “10 mg before breakfast every 2 days”."""
    taken = joined(f"{dose.amount.display()} {slot_in_words(dose.slot)}" for dose in step.doses)
    return taken if step.pattern.kind is PatternKind.DAILY else f"{taken} {pattern_in_words(step.pattern)}"


def ended_by(taper: Taper) -> str:
    """Who ended it, and so whose words its instruction is: the prescriber by name, or “your clinic”, as she reads."""
    return taper.prescriber.name if taper.end == TaperEnd.REVOKED.value else "your clinic"


def version_with(taper: Taper, status: VersionStatus) -> TaperVersion | None:
    """The version of this status; None without one."""
    return next((version for version in taper.versions.all() if version.status == status.value), None)


def _standing(taper: Taper, today: date) -> str:
    status = TaperStatus(taper.status)
    if status is TaperStatus.DRAFT:
        return "Draft, not sent yet"
    if status is TaperStatus.AWAITING_SIGNATURE:
        return ""
    if status.is_running:
        course = course_of(taper)
        if status is TaperStatus.WATCHING:
            return _watching(course, today)
        return _held(taper, course, today) if status is TaperStatus.HELD else _active(course, today)
    if status is TaperStatus.ENTERED_IN_ERROR or taper.ended_on is None:
        return status.label
    words = f"{status.label} on {day_in_words(taper.ended_on, today)}"
    return f"{words} · {TaperEnd(taper.end).label}" if taper.end and taper.end != TaperEnd.FINISHED.value else words


def _active(course: Course, today: date) -> str:
    if course.first_day is not None and today < course.first_day:
        return f"Begins on {day_in_words(course.first_day, today)} with {dose_words(course.steps[0].step)}"
    step = course.on(today)
    if step is None:
        return "After the last step"
    return " · ".join([_day(course, today), dose_words(step.step), _next_change(course, today)])


def _day(course: Course, today: date) -> str:
    day = day_of_course(course, today=today)
    return f"Day {day.number} of {day.of}"


def _next_change(course: Course, today: date) -> str:
    following: CourseStep | None = next((step for step in dose_changes(course) if step.first > today), None)
    if following is not None:
        return f"next change on {day_in_words(following.first, today)}"
    return f"last step, until {day_in_words(course.ends_on, today)}" if course.ends_on else "last step"


def _held(taper: Taper, course: Course, today: date) -> str:
    hold = taper.open_hold
    step = course.on(today)
    words = ["On hold"]
    if hold is not None:
        days = min(hold.days_through(today), LONGEST_HOLD_DAYS)
        over = hold.days_through(today) > LONGEST_HOLD_DAYS
        since = f"On hold since {day_in_words(hold.first_day, today)}"
        words = [
            f"{since}, longer than was signed" if over else f"{since}, day {days} of at most {LONGEST_HOLD_DAYS}",
            HoldReason(hold.reason_kind).label.lower(),
        ]
    if step is not None:
        words.append(dose_words(step.step))
    return " · ".join(words)


def _watching(course: Course, today: date) -> str:
    if course.ends_on is None:
        return "After the last step"
    return (
        f"After the last step of {day_in_words(course.ends_on, today)} · watched until "
        f"{day_in_words(watched_until(course.ends_on), today)}"
    )


def _waiting(taper: Taper, today: date) -> str:
    """What is said of a version that waits for its prescriber."""
    version = version_with(taper, VersionStatus.PROPOSED)
    if version is None:
        return ""
    subject = (
        "Waits" if TaperStatus(taper.status) is TaperStatus.AWAITING_SIGNATURE else f"version {version.number} waits"
    )
    requests = list(version.requests.all())
    if not requests:
        return f"{subject} to be sent to {taper.prescriber.name}"
    first = min(requests, key=lambda request: request.made_on)
    words = (
        f"{subject} for {taper.prescriber.name} since {day_in_words(first.made_on, today)}, "
        f"closes on {day_in_words(closes_on(first), today)} ({days_in_words(max(0, (closes_on(first) - today).days))})"
    )
    return " · ".join(part for part in (words, _other_way(taper, version, days=(today - first.made_on).days)) if part)


def _other_way(taper: Taper, version: TaperVersion, *, days: int) -> str:
    """What the practitioner was reminded to try, while nobody has answered and it was not tried.

    days: since the first request.
    """
    if taper.prescriber.is_inside or list(version.answers.all()):
        return ""
    tried = {request.door for request in version.requests.all() if request.is_open}
    if days >= TELEPHONED_AFTER_DAYS and Door.TELEPHONE.value not in tried:
        return f"no answer for {days_in_words(days)}: telephone"
    if days >= FAXED_AFTER_DAYS and not tried & {Door.FAX_OR_LETTER.value, Door.TELEPHONE.value}:
        return f"no answer for {days_in_words(days)}: fax the letter"
    return ""
