"""The reminder that what she has at home ends before her steps do, a week before it runs out."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from patients.models import MessageGroup, RecipientKind
from patients.reminders.kind import Call, Kind
from patients.reminders.taper_subject import TaperSubject
from protocols.domain.amount import Amount
from protocols.domain.supply import shortages
from protocols.domain.taper_days import SUPPLY_SAID_BEFORE_DAYS
from protocols.domain.taper_states import TaperStatus


def _runs_short(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    """Once for each strength: a week before the first day for which it is not enough, or soon after it was counted.

    Counted from what somebody wrote down last; a new supply, or another course, is another day or none. While it is
    held nobody knows how long it has to last, and whoever has left the schedule is not nudged to go on with it.
    """
    course = taper.course
    if taper.status is not TaperStatus.ACTIVE or course.ends_on is None:
        return
    if taper.signed is None or taper.was_left(taper.signed.number):
        return
    stocks = [row.stock for row in taper.taper.supplies.all()]
    if not stocks:
        return
    for shortage in shortages(course, stocks, today=date.min):
        in_time = shortage.short_on - timedelta(days=SUPPLY_SAID_BEFORE_DAYS)
        yield Call(max(in_time, _day_after_counting(taper, shortage.strength)), taper.code)


def _day_after_counting(taper: TaperSubject, strength: Amount) -> date:
    """By UTC, not by her zone: after a move to another one the same shortage would be told of again."""
    counted: list[datetime] = [row.recorded_at for row in taper.taper.supplies.all() if row.strength == strength]
    return max(counted).date() + timedelta(days=1)


SUPPLY_KINDS: tuple[Kind[TaperSubject], ...] = (
    Kind(
        name="supply-short",
        recipients=(RecipientKind.PATIENT, RecipientKind.STAFF),
        calls=_runs_short,
        late_days=SUPPLY_SAID_BEFORE_DAYS - 1,
        words="What the patient has at home ends before a taper does: a prescription in time",
        says="What you have at home ends before your steps do",
        group=MessageGroup.SUPPLIES,
    ),
)
