"""Right before a hand-over: is each reminder of an envelope still true, in time, and of somebody who can be reached?

Asked of a whole batch of envelopes at once, so that what is looked at is read in a few queries for all of them.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects

from patients.models import Attempt, AttemptOutcome, Message, RecipientKind, Reminder, ReminderStatus
from patients.reminders.keeping import Keeping
from patients.reminders.keys import called_key
from patients.reminders.kind import Call, key_of
from patients.reminders.kinds import EXEMPT_FROM_QUIET_HOURS, KINDS
from patients.reminders.locking import lock_in_order
from patients.reminders.mutes import Mutes, mutes_of
from patients.reminders.reasons import (
    MUTED,
    NO_LONGER_CALLED_FOR,
    NOT_WANTED,
    OTHER_CHANNEL,
    OTHER_PRESCRIBER,
    SOMEBODY_ELSE,
    TOO_LATE,
    UNREACHABLE,
)
from patients.reminders.recipients import AddressBook, Recipient
from patients.reminders.subjects import Subject, Subjects, subjects_of
from patients.reminders.wanted import recipient_of

_STARTED = AttemptOutcome.STARTED.value


@dataclass(frozen=True, slots=True)
class Rechecked:
    """One envelope as it stands. members: all that is in it. standing: what of it is still true; and to whom it goes.

    recipient: None if nothing is. is_in_doubt: by another channel something of it is being handed over at this moment,
    so that nobody knows yet whether it goes by this one.
    """

    members: list[Reminder]
    standing: list[Reminder]
    recipient: Recipient | None
    is_in_doubt: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """What is looked at, read for the whole batch. gone: the keys of those that went, or perhaps went, by another
    channel. under_way: of those that are being handed over there.
    """

    subjects: Subjects
    gone: frozenset[int]
    under_way: frozenset[int]
    mutes: Mutes
    book: AddressBook


def recheck(messages: Collection[Message], *, at: datetime) -> dict[int, Rechecked]:
    """Give what is no longer true its outcome; how each of these envelopes stands, by its key.

    messages: locked. Before the first attempt what fell is taken out of the envelope. Afterwards the envelope stays as
    it was, since the other side may hold it already, and goes on as long as one thing in it is true.
    """
    contents = _contents_of(messages)
    everything = [reminder for members in contents.values() for reminder in members]
    to_patients = [each for each in everything if each.recipient_kind == RecipientKind.PATIENT.value]
    book = AddressBook(at=at)
    book.look_up_patients(list({each.plan.patient_id: each.plan.patient for each in to_patients}.values()))
    gone, under_way = _otherwise(to_patients)
    known = _Known(subjects_of(everything), gone, under_way, mutes_of(to_patients, at=at), book)
    written = _Written(at=at)
    found = {message.pk: _recheck_one(message, contents[message.pk], known, written=written) for message in messages}
    written.write()
    return found


def _contents_of(messages: Collection[Message]) -> dict[int, list[Reminder]]:
    """All that is in these envelopes, locked, with what wording and re-checking look at, in a few queries."""
    locked = lock_in_order(Reminder.objects.filter(message__in=messages))
    # Read after the lock: joined to it, PostgreSQL would show the plans as they were before the wait.
    everything = list(
        Reminder.objects.filter(pk__in=locked)
        .select_related("plan__patient", "taper__prescriber__user", "recurrence")
        .order_by("pk")
    )
    plans = {reminder.plan_id: reminder.plan for reminder in everything}
    # Shared by many: read once each, and not with every row.
    prefetch_related_objects(list(plans.values()), "patient__clinic", "practitioner")
    contents: dict[int, list[Reminder]] = {message.pk: [] for message in messages}
    for reminder in everything:
        reminder.plan = plans[reminder.plan_id]
        assert reminder.message_id is not None
        contents[reminder.message_id].append(reminder)
    return contents


def _otherwise(to_patients: list[Reminder]) -> tuple[frozenset[int], frozenset[int]]:
    """The keys of those of them that went by another channel, or perhaps did: called off there while they were being
    accepted. And of those for which that is being found out.
    """
    if not to_patients:
        return frozenset(), frozenset()
    mine = {
        reminder.occurrence: reminder.pk for reminder in to_patients if reminder.status == ReminderStatus.OWED.value
    }
    others = Reminder.objects.filter(occurrence__in=mine).exclude(pk__in=mine.values())
    gone: set[int] = set()
    tried: dict[int, set[int]] = defaultdict(set)
    for occurrence, status, message in others.values_list("occurrence", "status", "message"):
        if status == ReminderStatus.SENT.value:
            gone.add(mine[occurrence])
        elif message is not None:
            tried[message].add(mine[occurrence])
    under_way: set[int] = set()
    if tried:
        attempts = Attempt.objects.filter(message__in=tried, outcome__in=[_STARTED, AttemptOutcome.UNKNOWN.value])
        for message, outcome in attempts.values_list("message", "outcome"):
            (under_way if outcome == _STARTED else gone).update(tried[message])
    return frozenset(gone), frozenset(under_way)


class _Written:
    """What the re-check decided about rows, written in a few statements for all of them."""

    def __init__(self, *, at: datetime) -> None:
        self._at = at
        self._keeping = Keeping(at=at)
        self._taken_out: list[int] = []
        self._outcomes: dict[tuple[ReminderStatus, str], list[int]] = defaultdict(list)
        self._falling_back: list[int] = []

    def take_out(self, reminder: Reminder) -> None:
        """Of its envelope, for another one or none."""
        self._keeping.look_at(reminder)
        reminder.message = None
        self._taken_out.append(reminder.pk)

    def give(self, reminder: Reminder, status: ReminderStatus, reason: str) -> None:
        """An outcome."""
        self._keeping.look_at(reminder)
        reminder.status, reminder.reason, reminder.finished_at = status.value, reason, self._at
        self._outcomes[status, reason].append(reminder.pk)

    def fall_back(self, reminder: Reminder) -> None:
        """Another channel, or somebody else, may take it: `falling_back` plans that, within a minute."""
        reminder.falls_back_since = self._at
        self._falling_back.append(reminder.pk)

    def write(self) -> None:
        """The rows are locked."""
        for (status, reason), keys in self._outcomes.items():
            Reminder.objects.filter(pk__in=keys).update(status=status.value, reason=reason, finished_at=self._at)
        if self._falling_back:
            Reminder.objects.filter(pk__in=self._falling_back).update(falls_back_since=self._at)
        if self._taken_out:
            Reminder.objects.filter(pk__in=self._taken_out).update(message=None)
        self._keeping.write()


def _recheck_one(message: Message, members: list[Reminder], known: _Known, *, written: _Written) -> Rechecked:
    standing: list[Reminder] = []
    recipient: Recipient | None = None
    is_tried = message.frozen_at is not None
    for reminder in members:
        if reminder.status == ReminderStatus.OWED.value:
            found, status, reason = _verdict(reminder, known, is_tried=is_tried)
            if status is None:
                standing.append(reminder)
                recipient = found
                continue
            written.give(reminder, status, reason)
            if reason == SOMEBODY_ELSE or (reason == UNREACHABLE and found is not None and found.ways):
                written.fall_back(reminder)
        if not is_tried:
            written.take_out(reminder)
    if is_tried:
        return Rechecked(members, standing, recipient, is_in_doubt=False)
    going = _alerts_alone(standing, written)
    is_in_doubt = any(reminder.pk in known.under_way for reminder in going)
    return Rechecked(going, going, recipient, is_in_doubt)


def _alerts_alone(standing: list[Reminder], written: _Written) -> list[Reminder]:
    """What cannot wait travels alone, day and night; the rest goes in the next envelope, at an hour of its own."""
    alerts = [reminder for reminder in standing if reminder.kind in EXEMPT_FROM_QUIET_HOURS]
    if not alerts:
        return standing
    for reminder in standing:
        if reminder not in alerts:
            written.take_out(reminder)
    return alerts


def _verdict(
    reminder: Reminder, known: _Known, *, is_tried: bool
) -> tuple[Recipient | None, ReminderStatus | None, str]:
    """To whom it goes by its channel, and the outcome with its reason if it may not go; (…, None, "") if it may."""
    if reminder.pk in known.gone:
        return None, ReminderStatus.CANCELLED, OTHER_CHANNEL
    if known.book.at >= reminder.too_late_at:
        return None, ReminderStatus.MISSED, TOO_LATE
    subject = known.subjects.of(reminder)
    call = None if subject is None else standing_call(reminder, subject)
    whom = RecipientKind(reminder.recipient_kind)
    if subject is None or (call is None and whom is RecipientKind.PRESCRIBER):
        return None, ReminderStatus.CANCELLED, NO_LONGER_CALLED_FOR
    kind = KINDS[reminder.kind]
    recipient = recipient_of(
        whom, kind, plan=reminder.plan, subject=subject, call=call, on=reminder.civil_date, book=known.book
    ).on(reminder.channel, is_tried=is_tried)
    if recipient.code != reminder.recipient_code:
        somebody_else = OTHER_PRESCRIBER if whom is RecipientKind.PRESCRIBER else SOMEBODY_ELSE
        return recipient, ReminderStatus.CANCELLED, somebody_else
    if call is None:
        return recipient, ReminderStatus.CANCELLED, NO_LONGER_CALLED_FOR
    if recipient.why_not == NOT_WANTED:
        return recipient, ReminderStatus.CANCELLED, NOT_WANTED
    if recipient.why_not:
        return recipient, ReminderStatus.MISSED, recipient.why_not
    if known.mutes.on(reminder):
        return recipient, ReminderStatus.CANCELLED, MUTED
    return recipient, None, ""


def standing_call(reminder: Reminder, subject: Subject) -> Call | None:
    """The call that this reminder came from, if it still stands; None for what is no longer true."""
    whom = RecipientKind(reminder.recipient_kind)
    for call in KINDS[reminder.kind].calls_now(subject, whom):
        if call.to not in {"", reminder.recipient_code}:
            continue
        key = key_of(
            reminder.kind,
            call,
            recipient=reminder.recipient_kind,
            recipient_code=reminder.recipient_code,
            channel=reminder.channel,
        )
        if key == called_key(reminder.key):
            return call
    return None
