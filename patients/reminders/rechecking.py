"""Right before a hand-over: is each reminder of an envelope still true, in time, and of somebody who can be reached?"""

from datetime import datetime

from patients.models import Message, PlanPhase, RecipientKind, Reminder, ReminderStatus
from patients.reminders.kind import Call, key_of
from patients.reminders.kinds import EXEMPT_FROM_QUIET_HOURS, KINDS
from patients.reminders.locking import lock_in_order
from patients.reminders.order_subject import OrderSubject, order_subjects_of
from patients.reminders.reasons import NO_LONGER_CALLED_FOR, OTHER_PRESCRIBER, SOMEBODY_ELSE, TOO_LATE, UNREACHABLE
from patients.reminders.recipients import AddressBook, Recipient
from patients.reminders.taper_subject import TaperSubject, subjects_of
from patients.reminders.wanted import recipient_of

Subject = PlanPhase | TaperSubject | OrderSubject


def members_of(message: Message) -> list[Reminder]:
    """All that is in the envelope, with what wording and re-checking look at, in a few queries."""
    members = list(
        message.reminders.select_related("plan__patient__clinic", "plan__practitioner", "taper__prescriber__user")
        .prefetch_related("plan__phases")
        .order_by("pk")
    )
    for reminder in members:
        # The plan's own object of the phase, which knows its siblings.
        reminder.phase = next((phase for phase in reminder.plan.phases.all() if phase.pk == reminder.phase_id), None)
        if reminder.taper is not None:
            reminder.taper.plan = reminder.plan
    return members


def recheck(message: Message, *, at: datetime) -> tuple[list[Reminder], Recipient | None]:
    """Give what is no longer true its outcome; what still stands, and to whom it goes.

    Before the first attempt what fell is taken out of the envelope. Afterwards the envelope stays as it was, since
    the other side may hold it already, and goes on as long as one thing in it is true.
    """
    lock_in_order(message.reminders.all())
    members = members_of(message)
    tapers = subjects_of(list({taper.pk: taper for member in members if (taper := member.taper)}.values()))
    plans = {member.plan_id: member.plan for member in members if member.order_id is not None}
    orders = {subject.order.pk: subject for subject in order_subjects_of(list(plans.values()))}
    book = AddressBook(at=at)
    standing: list[Reminder] = []
    recipient: Recipient | None = None
    for reminder in members:
        if reminder.status != ReminderStatus.OWED.value:
            if message.frozen_at is None:
                _take_out(reminder)
            continue
        subject = _subject_of(reminder, tapers, orders)
        found, status, reason = _verdict(reminder, subject, book=book, at=at)
        if status is None:
            standing.append(reminder)
            recipient = found
            continue
        reminder.status, reminder.reason, reminder.finished_at = status.value, reason, at
        if message.frozen_at is None:
            reminder.message = None
        reminder.save(update_fields=["status", "reason", "finished_at", "message"])
    return _alerts_alone(standing, message), recipient


def _subject_of(reminder: Reminder, tapers: dict[int, TaperSubject], orders: dict[int, OrderSubject]) -> Subject | None:
    if reminder.taper_id is not None:
        return tapers.get(reminder.taper_id)
    return orders.get(reminder.order_id) if reminder.order_id is not None else reminder.phase


def _alerts_alone(standing: list[Reminder], message: Message) -> list[Reminder]:
    """What cannot wait travels alone, day and night; the rest goes in the next envelope, at an hour of its own."""
    alerts = [reminder for reminder in standing if reminder.kind in EXEMPT_FROM_QUIET_HOURS]
    if not alerts or message.frozen_at is not None:
        return standing
    for reminder in standing:
        if reminder not in alerts:
            _take_out(reminder)
    return alerts


def _take_out(reminder: Reminder) -> None:
    reminder.message = None
    reminder.save(update_fields=["message"])


def _verdict(
    reminder: Reminder, subject: Subject | None, *, book: AddressBook, at: datetime
) -> tuple[Recipient | None, ReminderStatus | None, str]:
    """To whom it goes, and the outcome of what may no longer go, with the reason; (…, None, "") if it may."""
    if at >= reminder.too_late_at:
        return None, ReminderStatus.MISSED, TOO_LATE
    call = None if subject is None else _standing_call(reminder, subject)
    whom = RecipientKind(reminder.recipient_kind)
    if subject is None or (call is None and whom is RecipientKind.PRESCRIBER):
        return None, ReminderStatus.CANCELLED, NO_LONGER_CALLED_FOR
    recipient = recipient_of(whom, plan=reminder.plan, subject=subject, call=call, book=book)
    if recipient.code != reminder.recipient_code:
        somebody_else = OTHER_PRESCRIBER if whom is RecipientKind.PRESCRIBER else SOMEBODY_ELSE
        return recipient, ReminderStatus.CANCELLED, somebody_else
    if call is None:
        return recipient, ReminderStatus.CANCELLED, NO_LONGER_CALLED_FOR
    if recipient.address is None:
        return recipient, ReminderStatus.MISSED, UNREACHABLE
    return recipient, None, ""


def _standing_call(reminder: Reminder, subject: Subject) -> Call | None:
    """The call that this reminder came from, if it still stands; None for what is no longer true."""
    whom = RecipientKind(reminder.recipient_kind)
    for call in KINDS[reminder.kind].calls_now(subject, whom):
        key = key_of(
            reminder.kind,
            call,
            recipient=reminder.recipient_kind,
            recipient_code=reminder.recipient_code,
            channel=reminder.channel,
        )
        if key == reminder.key:
            return call
    return None
