"""What a person does to one reminder: it is owed once more, or let go of. Who may, and why, is the services’ to say."""

from datetime import datetime

from patients.models import RecipientKind, Reminder, ReminderStatus
from patients.reminders.keeping import Keeping
from patients.reminders.keys import key_again
from patients.reminders.kind import Pace
from patients.reminders.kinds import KINDS
from patients.reminders.reasons import (
    CANCELLED_BY_HAND,
    NO_LONGER_CALLED_FOR,
    OTHER_PRESCRIBER,
    SOMEBODY_ELSE,
)
from patients.reminders.rechecking import standing_call
from patients.reminders.recipients import AddressBook, Recipient
from patients.reminders.subjects import subjects_of
from patients.reminders.wanted import recipient_of


class NotTrueAnyMore(Exception):
    """What this reminder says is no longer so, or not of this recipient; `str()` is the reason as the ledger has it."""


def who_gets_it_again(reminder: Reminder, *, at: datetime) -> Recipient:
    """To whom this reminder would go once more, or `NotTrueAnyMore`. Too late is for whoever asks to decide."""
    subject = None if reminder.kind not in KINDS else subjects_of([reminder]).of(reminder)
    call = None if subject is None else standing_call(reminder, subject)
    if subject is None or call is None:
        raise NotTrueAnyMore(NO_LONGER_CALLED_FOR)
    whom, kind = RecipientKind(reminder.recipient_kind), KINDS[reminder.kind]
    recipient = recipient_of(
        whom, kind, plan=reminder.plan, subject=subject, call=call, on=reminder.civil_date, book=AddressBook(at=at)
    )
    if recipient.code != reminder.recipient_code:
        raise NotTrueAnyMore(OTHER_PRESCRIBER if whom is RecipientKind.PRESCRIBER else SOMEBODY_ELSE)
    if recipient.why_not:
        raise NotTrueAnyMore(recipient.why_not)
    return recipient


def owe_again(reminder: Reminder, recipient: Recipient, *, note: str, at: datetime) -> Reminder:
    """A row of its own: at once if it is an alert, else as soon as the recipient’s quiet hours allow.

    note: the code of the act that asks for it.
    """
    kind = KINDS[reminder.kind]
    send_at = at if kind.pace is Pace.DAY_AND_NIGHT else recipient.next_allowed(at)
    return Reminder.objects.create(
        key=key_again(reminder.key, note=note, channel=recipient.channel.value),
        kind=reminder.kind,
        plan=reminder.plan,
        phase=reminder.phase,
        taper=reminder.taper,
        order=reminder.order,
        recurrence=reminder.recurrence,
        civil_date=reminder.civil_date,
        recipient_kind=reminder.recipient_kind,
        recipient_code=reminder.recipient_code,
        channel=recipient.channel.value,
        send_at=send_at,
        too_late_at=recipient.too_late_after(send_at, late_days=kind.late_days),
        again_of=reminder.again_of or reminder,
        created_at=at,
    )


def let_go(reminder: Reminder, *, at: datetime) -> None:
    """It is not owed any more, and no plan owes it again. The row is locked, and owed."""
    keeping = Keeping([reminder], at=at)
    reminder.status, reminder.reason, reminder.finished_at = ReminderStatus.CANCELLED.value, CANCELLED_BY_HAND, at
    reminder.save(update_fields=["status", "reason", "finished_at"])
    keeping.write()
