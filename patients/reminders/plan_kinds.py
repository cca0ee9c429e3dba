"""Reminders about a plan as a whole. Some of what they look at changes without a move: then they are planned alone."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from clinics.domain.instants import day_ends, zone
from patients.models import MessageGroup, RecipientKind
from patients.reminders.kind import Asks, Call, Kind, Pace
from patients.reminders.plan_subject import PlanSubject

WEEK: Final = timedelta(days=7)


def _is_silent(subject: PlanSubject, recipient: RecipientKind) -> Iterator[Call]:
    """Once, on the day on which a week is full since the first message that she has not answered by a visit."""
    on = subject.silent_from
    if on is not None:
        yield Call(on, subject.code)


def _findings_wait(subject: PlanSubject, recipient: RecipientKind) -> Iterator[Call]:
    """Each set of findings on the morning after it was found; then once a week, while anything of the oldest waits.

    Of the weeks the last and the next: the safety rules look at each plan each morning, and so it goes on.
    """
    for found in subject.waiting:
        yield Call(found.opened_at.date(), found.code, arose_at=found.opened_at)
    if not subject.waiting or subject.checked_on is None:
        return
    oldest = subject.waiting[0]
    first = oldest.opened_at.date()
    weeks = (subject.checked_on - first) // WEEK
    for number in (weeks, weeks + 1):
        if number > 0:
            yield Call(first + number * WEEK, oldest.code)


def _was_changed(subject: PlanSubject, recipient: RecipientKind) -> Iterator[Call]:
    """Once for all that was changed on one day of the clinic, when that is over."""
    home = zone(subject.plan.patient.clinic.zone)
    for on in subject.changed_on:
        yield Call(on, subject.code, arose_at=day_ends(on, home))


PLAN_KINDS: tuple[Kind[PlanSubject], ...] = (
    Kind(
        name="patient-silent",
        recipients=(RecipientKind.STAFF,),
        calls=_is_silent,
        late_days=3,
        words="The patient has not opened a page for a week: routine messages to her go once a week now, call",
        asks=Asks.CALL,
    ),
    Kind(
        name="plan-changed",
        recipients=(RecipientKind.PATIENT,),
        calls=_was_changed,
        late_days=2,
        words="The clinic has changed something in the plan",
        says="Your clinic has changed something in your plan",
        pace=Pace.NEXT_TIME,
        group=MessageGroup.PLAN_CHANGES,
    ),
    Kind(
        name="findings-waiting",
        recipients=(RecipientKind.STAFF,),
        calls=_findings_wait,
        late_days=3,
        words="Something that was found in a plan waits for a decision",
        pace=Pace.NEXT_TIME,
        asks=Asks.DECIDE,
    ),
)
ABOUT_THE_WHOLE_PLAN = frozenset(kind.name for kind in PLAN_KINDS)
