"""The reminders of the day timetable: morning, noon, evening and bed, each for a patient who asked for it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

from patients.models import MessageGroup, RecipientKind
from patients.reminders.kind import Call, Kind, Recurs
from patients.reminders.recurrence_subject import RecurrenceSubject
from protocols.domain.day_parts import DayPart
from protocols.domain.phases import PlanStatus

LATE: Final = timedelta(hours=2)
"""What was to go at noon is not sent in the evening, when another one may be due."""


def kind_of(part: DayPart) -> str:
    """The name of the kind that reminds of this part of the day."""
    return f"day-{part.value}"


def _something_left(part: DayPart) -> Callable[[RecurrenceSubject, RecipientKind], Iterator[Call]]:
    def calls(subject: RecurrenceSubject, recipient: RecipientKind) -> Iterator[Call]:
        if subject.is_anything_left(part):
            yield Call(subject.on, subject.code)

    return calls


_WORDS: Final = {
    DayPart.MORNING: "Something of the morning is not recorded yet",
    DayPart.NOON: "Something of noon is not recorded yet",
    DayPart.EVENING: "Something of the evening is not recorded yet",
    DayPart.BED: "Something for bedtime is not recorded yet",
}

DAY_KINDS: tuple[Kind[RecurrenceSubject], ...] = tuple(
    Kind(
        name=kind_of(part),
        recipients=(RecipientKind.PATIENT,),
        calls=_something_left(part),
        late_days=0,
        words=words,
        while_plan_is=frozenset({PlanStatus.ACTIVE}),
        group=MessageGroup.TIMES_OF_DAY,
        recurs=Recurs(part=part, late=LATE),
    )
    for part, words in _WORDS.items()
)
