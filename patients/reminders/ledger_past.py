"""Reminders as they stood at an instant: read back from their rows, and from what was kept when those were overwritten.

For any number of them in the same few queries. What came after the instant is not there: nothing of today is taken for
something of then.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import copy
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, Q

from clinics.models import Prescriber, User
from patients.models import (
    Attempt,
    AttemptOutcome,
    Message,
    Patient,
    RecipientKind,
    Recurrence,
    Reminder,
    ReminderNote,
    ReminderPast,
    ReminderStatus,
    Transition,
)
from patients.reminders.keeping import KEPT_OF_ATTEMPT
from patients.reminders.ledger_facts import MOVED_WITH, PEOPLE

Whom = tuple[str, str]
"""A recipient’s kind and code."""
_PASTS = Prefetch("pasts", ReminderPast.objects.select_related("message"), to_attr="kept")


class Past:
    """What is known of some reminders at one instant, with what lies around them.

    What it gives are copies, made for reading: none of them is to be saved.
    """

    def __init__(self, reminders: Sequence[Reminder], *, at: datetime) -> None:
        """reminders: with `ledger_facts.ROWS` loaded."""
        self.at = at
        self._reminders = reminders

    def stood(self, reminder: Reminder) -> Reminder | None:
        """This one as it stood; None if it was not written down yet."""
        return _stood(reminder, self._kept[reminder.pk], at=self.at)

    def attempts(self, message: Message) -> list[Attempt]:
        """Those that had begun, with what was known of each."""
        return [then for row in self._attempts[message.pk] if (then := _known(row, at=self.at)) is not None]

    def same(self, reminder: Reminder) -> list[Reminder]:
        """The rows of the same thing on other channels that there were, as they stood."""
        rows = self._by_occurrence[reminder.occurrence]
        stood = (_stood(row, row.kept, at=self.at) for row in rows if row.pk != reminder.pk)
        return [row for row in stood if row is not None]

    def others_in(self, message: Message, *, but: Reminder) -> int:
        """How many others were in this envelope."""
        stood = (_stood(row, row.kept, at=self.at) for row in self._inside if row.pk != but.pk)
        return sum(row is not None and row.message_id == message.pk for row in stood)

    def notes(self, patient: int) -> list[ReminderNote]:
        """What people had done about this patient’s reminders, oldest first."""
        return self._notes[patient]

    def moves(self, plan: int) -> list[Transition]:
        """Those of this plan that had happened, oldest first."""
        return self._moves[plan]

    def person(self, whom: Whom) -> Any:
        """The row of this member of staff or prescriber; None for nobody."""
        return self._people.get(whom)

    def versions(self, row: Any) -> list[Any]:
        """What the history has of this person, or of what she wants each day, oldest first; nothing where none is."""
        return self._versions[type(row)][row.pk]

    # --- What is read, once for all of them -----------------------------------------------------------------

    @cached_property
    def _kept(self) -> dict[int, list[ReminderPast]]:
        rows = ReminderPast.objects.filter(reminder__in=self._reminders).select_related("message")
        return _grouped((row.reminder_id, row) for row in rows.order_by("until", "pk"))

    @cached_property
    def _stood(self) -> list[Reminder]:
        return [then for row in self._reminders if (then := self.stood(row)) is not None]

    @cached_property
    def _by_occurrence(self) -> dict[str, list[Any]]:
        rows = Reminder.objects.filter(occurrence__in={row.occurrence for row in self._reminders})
        found = rows.select_related("message").prefetch_related(_PASTS)
        return _grouped((row.occurrence, row) for row in found)

    @cached_property
    def _inside(self) -> list[Any]:
        """All that is, or was, in the envelopes of these."""
        messages = {row.message_id for row in self._stood if row.message_id is not None}
        if not messages:
            return []
        left = ReminderPast.objects.filter(message__in=messages).values("reminder")
        rows = Reminder.objects.filter(Q(message__in=messages) | Q(pk__in=left))
        return list(rows.select_related("message").prefetch_related(_PASTS))

    @cached_property
    def _attempts(self) -> dict[int, list[Attempt]]:
        around = [*self._stood, *(other for row in self._reminders for other in self.same(row))]
        messages = {row.message_id for row in around if row.message_id is not None}
        rows = Attempt.objects.filter(message__in=messages, started_at__lte=self.at)
        found = rows.prefetch_related(Prefetch("pasts", to_attr="kept")).order_by("number")
        return _grouped((row.message_id, row) for row in found)

    @cached_property
    def _notes(self) -> dict[int, list[ReminderNote]]:
        patients = {row.plan.patient_id for row in self._reminders}
        rows = ReminderNote.objects.filter(patient__in=patients, at__lte=self.at).select_related("by_user", "made")
        found = rows.prefetch_related("lifted__by_user").order_by("at", "pk")
        return _grouped((row.patient_id, row) for row in found)

    @cached_property
    def _moves(self) -> dict[int, list[Transition]]:
        plans = {row.plan_id for row in self._reminders}
        rows = Transition.objects.filter(plan__in=plans, at__lte=self.at).select_related(*MOVED_WITH)
        return _grouped((row.plan_id, row) for row in rows.order_by("at", "pk"))

    @cached_property
    def _people(self) -> dict[Whom, Any]:
        found: dict[Whom, Any] = {}
        for kind, model in PEOPLE.items():
            codes = {row.recipient_code for row in self._reminders if row.recipient_kind == kind.value}
            rows = model._default_manager.filter(code__in=codes) if codes else []
            found |= {(kind.value, row.code): row for row in rows}
        return found

    @cached_property
    def _versions(self) -> dict[type, dict[int, list[Any]]]:
        patients = [row.plan.patient for row in self._reminders if row.recipient_kind == RecipientKind.PATIENT.value]
        prescribers = [person for person in self._people.values() if isinstance(person, Prescriber)]
        recurrences = [row.recurrence for row in self._reminders if row.recurrence is not None]
        found: dict[type, dict[int, list[Any]]] = {User: defaultdict(list)}
        for model, those in ((Patient, patients), (Prescriber, prescribers), (Recurrence, recurrences)):
            keys = {each.pk for each in those}
            rows = model.history.filter(id__in=keys).order_by("history_date", "history_id") if keys else []
            found[model] = _grouped((row.id, row) for row in rows)
        return found


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for key, row in pairs:
        found[key].append(row)
    return found


def _stood(reminder: Reminder, kept: Sequence[ReminderPast], *, at: datetime) -> Reminder | None:
    """kept: of this reminder, in their order. The first that ended later tells how it stood, else the row itself."""
    if reminder.created_at > at:
        return None
    source: Any = next((past for past in kept if past.until > at), reminder)
    then = copy(reminder)
    then.status, then.reason, then.finished_at = source.status, source.reason, source.finished_at
    then.send_at, then.too_late_at = source.send_at, source.too_late_at
    if source.finished_at is not None and source.finished_at > at:
        then.status, then.reason, then.finished_at = ReminderStatus.OWED.value, "", None
    message = source.message
    then.gathered_at = None if message is None else source.gathered_at or message.created_at
    then.message = message if then.gathered_at is not None and then.gathered_at <= at else None
    return then


def _known(attempt: Any, *, at: datetime) -> Attempt | None:
    """What was known of this attempt; None if it had not begun."""
    if attempt.started_at > at:
        return None
    source: Any = next((past for past in attempt.kept if past.until > at), attempt)
    then: Attempt = copy(attempt)
    for name in KEPT_OF_ATTEMPT:
        setattr(then, name, getattr(source, name))
    if then.finished_at is None or then.finished_at > at:
        then.outcome, then.detail, then.finished_at, then.again_at = AttemptOutcome.STARTED.value, "", None, None
    if then.reported_at is not None and then.reported_at > at:
        then.reported, then.reported_code, then.reported_at = "", "", None
    return then
