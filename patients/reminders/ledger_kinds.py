"""What each kind of reminder says of one day: that the plan calls for it and what became of it, or why it says nothing.

Kinds are asked of the plan as it stands now; how the plan stood on the day itself is for whoever asks to say.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import prefetch_related_objects

from patients.models import Plan, RecipientKind, Recurrence, Reminder, ReminderStatus, Taper, Transition
from patients.reminders.day_kinds import DAY_KINDS
from patients.reminders.kind import Call, Kind, about_of, occurrence_of
from patients.reminders.ledger_words import day_words
from patients.reminders.order_kinds import ORDER_KINDS
from patients.reminders.order_subject import order_subjects_of
from patients.reminders.phase_kinds import PHASE_KINDS
from patients.reminders.plan_kinds import PLAN_KINDS
from patients.reminders.plan_subject import plan_subjects_of
from patients.reminders.reasons import NOT_WANTED
from patients.reminders.recipients import AddressBook, Recipient
from patients.reminders.recurrence_subject import Days, RecurrenceSubject
from patients.reminders.taper_kinds import TAPER_KINDS
from patients.reminders.taper_subject import subjects_of
from patients.reminders.wanted import recipient_of
from protocols.domain.phases import PlanStatus

WHOM = {
    RecipientKind.PATIENT: "the patient",
    RecipientKind.STAFF: "the practitioner",
    RecipientKind.PRESCRIBER: "the prescriber",
}
_COUNTS_LAST = (ReminderStatus.CANCELLED, ReminderStatus.MISSED, ReminderStatus.OWED, ReminderStatus.SENT)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one kind says of the day for one recipient. nearest: the next day for which it calls, if it calls at all.

    has_subject: whether the plan has what this kind is about, such as a taper.
    """

    kind: str
    whom: RecipientKind
    said: str
    is_called: bool = False
    nearest: date | None = None
    has_subject: bool = True

    @property
    def whom_words(self) -> str:
        return WHOM[self.whom]


@dataclass(frozen=True, slots=True)
class Stand:
    """A plan as it stood when the day was over. move: what had brought it there."""

    plan: Plan
    move: Transition

    @property
    def status(self) -> PlanStatus:
        return PlanStatus(self.move.to_status)


class _Rows:
    """What was owed about the day, as kinds look for it."""

    def __init__(self, owed: Iterable[Reminder]) -> None:
        # Of one thing that was owed by several channels in turn, the row that counts comes last.
        rows = sorted(owed, key=lambda reminder: _COUNTS_LAST.index(ReminderStatus(reminder.status)))
        first = [reminder for reminder in rows if reminder.again_of is None]
        self._by_occurrence = {row.occurrence: row for row in first}
        self._by_call = {(row.kind, row.recipient_kind, row.civil_date, about_of(row.key)): row for row in first}
        self._by_kind = {(row.kind, row.recipient_kind, row.civil_date): row for row in first}

    def of_call(self, kind: str, call: Call, recipient: Recipient) -> Reminder | None:
        """The row of this call; where it is for whoever looks after the plan, also that of an earlier one."""
        whom = recipient.kind.value
        own = self._by_occurrence.get(occurrence_of(kind, call, recipient=whom, recipient_code=recipient.code))
        return own if own or call.to else self._by_call.get((kind, whom, call.on, call.about))

    def of_kind(self, kind: str, whom: RecipientKind, on: date) -> Reminder | None:
        """One of this kind about this day, whether the plan still calls for it or not."""
        return self._by_kind.get((kind, whom.value, on))


def answers_of(stand: Stand, on: date, owed: Iterable[Reminder], *, at: datetime) -> Iterator[Answer]:
    """What each kind says of this day, for each of its recipients. owed: what was owed about it, or was to go on it."""
    plan, book, rows = stand.plan, AddressBook(at=at), _Rows(owed)
    for kinds, subjects in _subjects(plan, on):
        for kind in kinds:
            for whom in kind.recipients:
                answer = _answer(kind, whom, subjects, stand, on, rows, book=book)
                row = None if answer.is_called else rows.of_kind(kind.name, whom, on)
                yield answer if row is None else _although(answer, row)


def _subjects(plan: Plan, on: date) -> list[tuple[tuple[Kind[Any], ...], list[Any]]]:
    prefetch_related_objects([plan], "phases")
    tapers = list(Taper.objects.filter(plan=plan).select_related("prescriber__user").order_by("created_at", "code"))
    for taper in tapers:
        taper.plan = plan
    days = _days(plan, on)
    return [
        (PHASE_KINDS, list(plan.phases.all())),
        (TAPER_KINDS, list(subjects_of(tapers).values())),
        (ORDER_KINDS, list(order_subjects_of([plan]))),
        (PLAN_KINDS, list(plan_subjects_of([plan]).values())),
        *(((kind,), days.get(kind.name, [])) for kind in DAY_KINDS),
    ]


def _days(plan: Plan, on: date) -> dict[str, list[RecurrenceSubject]]:
    """This day of each part of it of which the patient wants to be reminded, by the kind that does so."""
    wanted = list(Recurrence.objects.open().filter(patient=plan.patient))
    days = Days([plan] if wanted else [], since=on)
    return {row.kind: [days.subject(row, plan, on=on)] for row in wanted}


def _answer(
    kind: Kind[Any],
    whom: RecipientKind,
    subjects: list[Any],
    stand: Stand,
    on: date,
    rows: _Rows,
    *,
    book: AddressBook,
) -> Answer:
    if stand.status not in kind.while_plan_is:
        return Answer(kind.words, whom, f"Says nothing while a plan is {stand.status.label.lower()}.")
    if PlanStatus(stand.plan.status) not in kind.while_plan_is:
        now = PlanStatus(stand.plan.status).label.lower()
        return Answer(kind.words, whom, f"Cannot be asked any more: the plan is {now} by now.")
    calls = [(subject, call) for subject in subjects for call in kind.calls_now(subject, whom)]
    for subject, call in calls:
        if call.on == on:
            said = _called(kind, whom, subject, call, stand.plan, rows, book=book)
            return Answer(kind.words, whom, said, is_called=True)
    if not subjects and kind.recurs is not None:
        return Answer(kind.words, whom, "The patient has not asked for it.")
    if not subjects:
        return Answer(kind.words, whom, "Has nothing to look at in this plan.", has_subject=False)
    nearest = min((call.on for _, call in calls if call.on > on), default=None)
    then = f" Its next day is {day_words(nearest)}." if nearest else ""
    return Answer(kind.words, whom, f"Does not call for this day.{then}", nearest=nearest)


def _called(
    kind: Kind[Any],
    whom: RecipientKind,
    subject: Any,
    call: Call,
    plan: Plan,
    rows: _Rows,
    *,
    book: AddressBook,
) -> str:
    recipient = recipient_of(whom, kind, plan=plan, subject=subject, call=call, on=call.on, book=book)
    row = rows.of_call(kind.name, call, recipient)
    if row is not None:
        return f"Calls for it: {_row_words(row)}."
    if recipient.why_not == NOT_WANTED:
        return "Calls for it, but the patient does not want such messages."
    if recipient.why_not:
        return "Calls for it, but there is no address with consent."
    return "Calls for it, but its time was over when that became known."


def _although(answer: Answer, row: Reminder) -> Answer:
    """What was owed stands in the ledger although the plan, as it is now, says nothing."""
    return replace(answer, said=f"{answer.said.rstrip('.')}; there is {_row_words(row)}.", has_subject=True)


def _row_words(row: Reminder) -> str:
    return f"reminder {row.code}, {row.get_status_display().lower()}"
