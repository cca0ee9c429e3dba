"""Reminders of the dates of a taper: it starts, changes, is over, is reviewed, or is held for long.

All of them are counted by `protocols.domain.course`. While it is held, later steps have no dates, and none is
announced.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from patients.models import HoldReason, MessageGroup, RecipientKind
from patients.reminders.kind import Asks, Call, Kind, Pace
from patients.reminders.taper_subject import TaperSubject
from protocols.domain.dose_changes import dose_changes
from protocols.domain.taper_days import HOLD_IS_LONG_ON_DAYS, REVIEWED_AFTER_DAYS, STEP_COMING_BEFORE_DAYS
from protocols.domain.taper_states import TaperStatus

PATIENT = (RecipientKind.PATIENT,)
STAFF = (RecipientKind.STAFF,)
BOTH = (*PATIENT, *STAFF)
ONE_DAY = timedelta(days=1)
GOES_ON = frozenset({TaperStatus.ACTIVE, TaperStatus.WATCHING})
HELD_BY_ITSELF = frozenset(
    {
        HoldReason.RESCUE_THRESHOLD.value,
        HoldReason.USE_UNKNOWN.value,
        HoldReason.CONFIRMATION_MISSING.value,
        HoldReason.RECORD_CHANGED.value,
    }
)
"""Holds that began without a person. Of a warning sign staff are told in another way; she knows who reported it."""


def _starts(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    if taper.status is TaperStatus.ACTIVE and taper.course.first_day is not None:
        yield Call(taper.course.first_day, taper.code)


def _step_comes(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    for first in [*_changes(taper), *_day_without(taper)]:
        yield Call(first - timedelta(days=STEP_COMING_BEFORE_DAYS), taper.code)


def _step_changes(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    for first in _changes(taper):
        yield Call(first, taper.code)


def _is_over(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    for first in _day_without(taper, also_watching=True):
        yield Call(first, taper.code)


def _is_reviewed(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    ends_on = taper.course.ends_on
    if taper.status in GOES_ON and ends_on is not None:
        for days in REVIEWED_AFTER_DAYS:
            yield Call(ends_on + timedelta(days=days), taper.code)


def _changes(taper: TaperSubject) -> list[date]:
    """First days on which she is to take something else, apart from the very first day.

    Once she has left the schedule, nothing of that version is announced any more; a later version was agreed knowing
    what she takes.
    """
    if taper.status is not TaperStatus.ACTIVE:
        return []
    return [step.first for step in dose_changes(taper.course)[1:] if not taper.was_left(step.version)]


def _day_without(taper: TaperSubject, *, also_watching: bool = False) -> list[date]:
    """The first day after the last step, while that is known and she is on the schedule."""
    course = taper.course
    is_status = taper.status in GOES_ON if also_watching else taper.status is TaperStatus.ACTIVE
    if not is_status or course.ends_on is None or taper.was_left(course.steps[-1].version):
        return []
    return [course.ends_on + ONE_DAY]


def _is_held_long(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    hold = taper.taper.open_hold
    if taper.status is TaperStatus.HELD and hold is not None:
        for day in HOLD_IS_LONG_ON_DAYS:
            yield Call(hold.first_day + timedelta(days=day - 1), taper.code)


def _is_held_by_itself(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    hold = taper.taper.open_hold
    if taper.status is TaperStatus.HELD and hold is not None and hold.reason_kind in HELD_BY_ITSELF:
        yield Call(hold.first_day, taper.code, arose_at=hold.at)


COURSE_KINDS: tuple[Kind[TaperSubject], ...] = (
    Kind(
        name="taper-starts",
        recipients=PATIENT,
        calls=_starts,
        late_days=0,
        words="A taper starts today",
        says="Your medicine begins to come down",
        group=MessageGroup.MEDICINES,
    ),
    Kind(
        name="step-coming",
        recipients=PATIENT,
        calls=_step_comes,
        late_days=0,
        words="A taper changes tomorrow",
        says="Your medicine changes tomorrow",
        group=MessageGroup.MEDICINES,
    ),
    Kind(
        name="step-changes",
        recipients=PATIENT,
        calls=_step_changes,
        late_days=0,
        words="A taper changes today: “Have you changed?”",
        says="Your medicine changes: “Have you changed?”",
        group=MessageGroup.MEDICINES,
    ),
    Kind(
        name="taper-over",
        recipients=PATIENT,
        calls=_is_over,
        late_days=2,
        words="The steps of a taper are over",
        says="The steps of your medicine are over",
        group=MessageGroup.MEDICINES,
    ),
    Kind(
        name="taper-review",
        recipients=BOTH,
        calls=_is_reviewed,
        late_days=7,
        words="A taper is reviewed after its last step",
        says="How are you after your last step?",
        group=MessageGroup.MEDICINES,
    ),
    Kind(
        name="held-by-itself",
        # She may have been told the day before that it changes, and have the dates on paper.
        recipients=BOTH,
        calls=_is_held_by_itself,
        late_days=3,
        words="A taper is held without a person having decided it",
        asks=Asks.DECIDE,
        pace=Pace.NEXT_TIME,
        says="Your medicine stays as it is for now",
        group=MessageGroup.MEDICINES,
    ),
    Kind(
        name="hold-long",
        recipients=STAFF,
        calls=_is_held_long,
        late_days=6,
        words="A taper has been held for long",
        asks=Asks.DECIDE,
    ),
)
