"""The private calendar of a patient as iCalendar (RFC 5545): whole days, one event for each day that matters.

If she has chosen it, the times of her day stand beside them.

Titles say nothing of health unless she has chosen detail, and never for a controlled medicine. Every date stands there
by itself; no rule of repetition is left for a calendar program to read in its own way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.utils.crypto import salted_hmac
from icalendar import Calendar, Event

from clinics.domain.instants import civil_date, zone
from patients.models import CalendarFeed, Taper, UseKind, UseReport
from patients.models.taper_course import COURSE_ROWS, course_of, signed_terms, signed_versions
from patients.services.day.calendar_events import timed_events
from protocols.domain.course import Course, CourseStep
from protocols.domain.course_days import course_days, stage_beginnings
from protocols.domain.dose_words import dose_in_words, joined, pattern_in_words
from protocols.domain.pattern import PatternKind
from protocols.domain.terms import LONGEST_HOLD_DAYS, SignedMedicine, TermsError
from protocols.models.catalogue import CONSULT

NAME: Final = "Your plan"
_MAKER: Final = "-//Your plan//Calendar//EN"
"""Who made the file: neutral too, for calendar programs show it."""
_FETCHED_EVERY: Final = timedelta(hours=6)
_ONE_DAY: Final = timedelta(days=1)
_LOOK: Final = "Your page says what today’s step is."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One whole day. key: what it is of its taper, so that a step that moves stays the same event."""

    on: date
    key: str
    title: str
    description: str = _LOOK


def feed_bytes(feed: CalendarFeed, *, at: datetime) -> bytes:
    """The whole calendar as it stands at this instant; without events if nothing of hers is signed."""
    calendar = Calendar()
    calendar.add("prodid", _MAKER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", NAME)
    calendar.add("x-wr-calname", NAME)
    calendar.add("refresh-interval", _FETCHED_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    today = civil_date(at, zone(feed.patient.zone))
    for taper in _tapers(feed):
        changed_at = _changed_at(taper)
        for entry in sorted(_entries(feed, taper, today=today), key=lambda entry: (entry.on, entry.key)):
            calendar.add_component(_event(taper, entry, changed_at=changed_at, at=at))
    if feed.shows_times:
        for event in timed_events(feed, at=at):
            calendar.add_component(event)
        calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _tapers(feed: CalendarFeed) -> list[Taper]:
    """Her signed tapers. The feed is hers: whoever holds its address sees this patient’s alone."""
    standing = Taper.objects.shown_to_patients().filter(plan__patient=feed.patient)
    return list(
        standing.prefetch_related(*COURSE_ROWS, "use_reports__version", "transitions").order_by("started_at", "code")
    )


def _entries(feed: CalendarFeed, taper: Taper, *, today: date) -> Iterator[_Entry]:
    try:
        course = course_of(taper)
        medicine = signed_terms(signed_versions(taper)[-1]).medicine if course.steps else None
    except TermsError:
        # The stored bytes are not what was signed: nothing is shown but where to ask.
        yield _Entry(on=today, key="unclear", title=f"{NAME}: please look at your page")
        return
    if medicine is not None:
        shows_detail = feed.shows_detail and not medicine.medicine_class.is_controlled
        detail = medicine if shows_detail else None
        entries = _of_course(course, detail, today=today, stopped_on=taper.stopped_on)
        left = _leaving(taper)
        yield from (entry for entry, version in entries if left is None or not _is_after(left, version, entry.on))
    if taper.stopped_on is not None:
        yield _Entry(on=taper.stopped_on, key="ended", title=f"{NAME} has changed: please look at your page")


def _of_course(
    course: Course, medicine: SignedMedicine | None, *, today: date, stopped_on: date | None
) -> Iterator[tuple[_Entry, int]]:
    """Every entry with the number of the version it is of. medicine None: nothing is said of it."""
    begins = stage_beginnings(course)
    for step in course.steps:
        if step.first in begins:
            yield _change(course, step, begins[step.first], medicine), step.version
        for window in step.dated.held:
            if step.contains(window.first):
                held = _Entry(on=window.first, key=f"hold-{window.first}", title=f"{NAME}: today’s step stays for now")
                yield held, step.version
        for entry in _dose_days(course, step, medicine, today=today, stopped_on=stopped_on):
            if entry.on not in begins:
                yield entry, step.version
    if course.ends_on is not None and stopped_on is None:
        yield _over(course.ends_on + _ONE_DAY, medicine), course.steps[-1].version


def _over(on: date, medicine: SignedMedicine | None) -> _Entry:
    """The first day after the last step, which nothing else would tell from a forgotten one."""
    if medicine is None:
        return _Entry(on=on, key="over", title=f"{NAME}: the steps are over")
    title = f"{medicine.name}: the steps are over, no dose any more"
    return _Entry(on=on, key="over", title=title, description=CONSULT)


def _change(course: Course, step: CourseStep, stage: int, medicine: SignedMedicine | None) -> _Entry:
    title, description = f"{NAME}: a new step begins", _LOOK
    if medicine is not None:
        doses = course.doses_on(step.first) or step.step.doses
        taken = joined(dose_in_words(dose, medicine.form) for dose in doses)
        title = f"{medicine.name}, step {stage}: {taken}, {pattern_in_words(step.step.pattern)}"
        no_dose = "" if step.is_dose_day(step.first) or step.step.pattern.is_as_needed else "No dose today. "
        description = f"{no_dose}{CONSULT}"
    return _Entry(on=step.first, key=f"step-{step.version}-{step.number}", title=title, description=description)


def _dose_days(
    course: Course, step: CourseStep, medicine: SignedMedicine | None, *, today: date, stopped_on: date | None
) -> Iterator[_Entry]:
    """The days on which something is taken, of a step that leaves days out. Held without an end: four weeks ahead."""
    if step.step.pattern.kind in {PatternKind.DAILY, PatternKind.AS_NEEDED}:
        return
    last = step.last or max(step.first, today) + timedelta(days=LONGEST_HOLD_DAYS)
    for one in course_days(course, first=step.first, last=last, ended_on=stopped_on):
        if not one.doses:
            continue
        title, description = f"{NAME}: today’s step", _LOOK
        if medicine is not None:
            title = f"{medicine.name}: {joined(dose_in_words(dose, medicine.form) for dose in one.doses)}"
            description = f"The last dose. {CONSULT}" if one.is_last_dose else CONSULT
        yield _Entry(on=one.on, key=f"day-{one.on}", title=title, description=description)


def _leaving(taper: Taper) -> UseReport | None:
    """Her newest word, if by it she no longer takes what the schedule says."""
    word = max(taper.use_reports.all(), key=lambda report: (report.reported_at, report.pk), default=None)
    return word if word is not None and UseKind(word.kind).leaves_schedule else None


def _is_after(left: UseReport, version: int, on: date) -> bool:
    """Whether by then she had left that version: her calendar does not go on about it."""
    return version <= left.version.number and on >= left.since


def _event(taper: Taper, entry: _Entry, *, changed_at: datetime, at: datetime) -> Event:
    event = Event()
    event.add("uid", _opaque(f"{taper.code}\0{entry.key}"))
    event.add("dtstamp", at.astimezone(UTC))
    event.add("last-modified", changed_at.astimezone(UTC))
    event.add("sequence", taper.revision)
    event.add("dtstart", entry.on)
    event.add("dtend", entry.on + _ONE_DAY)
    event.add("summary", entry.title)
    event.add("description", entry.description)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event


def _changed_at(taper: Taper) -> datetime:
    """The instant of its last move, or of the last word on what she takes."""
    instants: list[datetime] = [taper.created_at]
    instants += [move.at for move in taper.transitions.all()]
    instants += [report.reported_at for report in taper.use_reports.all()]
    return max(instants)


def _opaque(what: str) -> str:
    """The same for the same day or step always, and telling nobody which it is."""
    return salted_hmac("gutclinic.event", what, algorithm="sha256").hexdigest()[:40]
