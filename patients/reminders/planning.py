"""Which reminders a plan calls for now, and the difference to those it already has.

Planning compares keys. The same key keeps its row; a key no longer called for is cancelled; one that comes back is
owed again unless it was sent, may have been, or was refused for good. An instant already past when planned is not owed.
Missed because its day was over, it is owed again where the day turns out not to be over: a zone typed wrong and then
corrected loses nothing.
"""

from datetime import datetime

from django.db.models import Q, QuerySet, prefetch_related_objects

from patients.models import AttemptOutcome, Message, MessageStatus, Patient, Plan, Reminder, ReminderStatus, Taper
from patients.reminders.reasons import NO_LONGER_CALLED_FOR, REFUSED, TOO_LATE
from patients.reminders.wanted import Wanted, wanted_beside, wanted_by, wanted_by_orders


def replan(plan: Plan, *, at: datetime) -> None:
    """Bring the reminders of this plan in line with it. Call it inside the transaction that changed the plan."""
    _bring_in_line(plan, Reminder.objects.filter(plan=plan), wanted_by(plan, at=at), at=at)


def replan_beside(taper: Taper, *, at: datetime) -> None:
    """The same for the tapers and orders of its plan, where only this taper was moved: phases do not look at it."""
    plan = taper.plan
    beside = Reminder.objects.filter(plan=plan).exclude(taper__isnull=True, order__isnull=True)
    _bring_in_line(plan, beside, wanted_beside(taper, at=at), at=at)


def replan_orders(plan: Plan, *, at: datetime) -> None:
    """The same for its orders alone, where only what is at home was counted."""
    whose = Reminder.objects.filter(plan=plan, order__isnull=False)
    _bring_in_line(plan, whose, wanted_by_orders(plan, at=at), at=at)


def _bring_in_line(plan: Plan, whose: "QuerySet[Reminder]", wanted: dict[str, Wanted], *, at: datetime) -> None:
    # What is over and not called for stays as it is: it is neither read nor locked.
    concerned = whose.filter(Q(status=ReminderStatus.OWED.value) | Q(key__in=list(wanted)))
    rows = list(concerned.select_for_update(of=("self",)).order_by("pk"))
    # Read after the lock: joined to it, PostgreSQL would show the envelopes as they were before the wait.
    prefetch_related_objects(rows, "message")
    existing = {reminder.key: reminder for reminder in rows}
    changed = [row for key, row in existing.items() if _adjust(row, wanted.get(key), at=at)]
    Reminder.objects.bulk_update(changed, ["status", "reason", "send_at", "too_late_at", "message", "finished_at"])
    Reminder.objects.bulk_create(
        _new(plan, item, at=at) for key, item in wanted.items() if key not in existing and item.is_ahead(at)
    )


def replan_all_of(patient: Patient, *, at: datetime) -> None:
    """The same for the plan that this patient lives in, if any: call it where a medicine in the record was changed."""
    for plan in Plan.objects.select_for_update(of=("self",)).filter(patient=patient).running().order_by("pk"):
        plan.patient = patient
        replan(plan, at=at)


def _adjust(row: Reminder, wanted: Wanted | None, *, at: datetime) -> bool:
    """Change this row as the plan now wants it; whether anything changed."""
    if wanted is None:
        if row.status != ReminderStatus.OWED.value:
            return False
        row.status, row.reason, row.finished_at = ReminderStatus.CANCELLED.value, NO_LONGER_CALLED_FOR, at
        return True
    send_at, too_late_at = wanted.send_at, wanted.too_late_at
    if _comes_back(row, wanted, at=at):
        row.status, row.reason, row.finished_at = ReminderStatus.OWED.value, "", None
        row.send_at, row.too_late_at = send_at, too_late_at
        if row.message is not None and not _is_tried(row.message):
            row.message = None
        return True
    if row.status != ReminderStatus.OWED.value or (row.send_at, row.too_late_at) == (send_at, too_late_at):
        return False
    # The recipient lives elsewhere now, or by other hours. Where the day is over it is no longer true; where only the
    # hour has gone by, it goes at once.
    if too_late_at <= at:
        row.status, row.reason, row.finished_at = ReminderStatus.MISSED.value, TOO_LATE, at
        return True
    row.send_at = max(send_at, min(row.send_at, at))
    row.too_late_at = too_late_at
    return True


def _comes_back(row: Reminder, wanted: Wanted, *, at: datetime) -> bool:
    """Whether what was let go of is owed again, now that the plan calls for it at this instant."""
    if row.status == ReminderStatus.MISSED.value and row.reason == TOO_LATE:
        is_ahead = at < wanted.too_late_at
    else:
        is_ahead = wanted.is_ahead(at) and row.status != ReminderStatus.SENT.value and row.reason != REFUSED
    return is_ahead and row.status != ReminderStatus.OWED.value and not _may_have_gone(row.message)


def _is_tried(message: Message) -> bool:
    """Whether this envelope was tried and is still to go: what is in it stays in it, or it would go twice."""
    return message.status == MessageStatus.OPEN.value and message.frozen_at is not None


def _may_have_gone(message: Message | None) -> bool:
    """Whether the other side may hold this envelope, which is not tried again: another one would be a second one."""
    if message is None or message.status == MessageStatus.OPEN.value:
        return False
    return message.attempts.filter(outcome=AttemptOutcome.UNKNOWN.value).exists()


def _new(plan: Plan, item: Wanted, *, at: datetime) -> Reminder:
    return Reminder(
        key=item.key,
        kind=item.kind.name,
        plan=plan,
        phase=item.phase,
        taper=item.taper,
        order=item.order,
        civil_date=item.call.on,
        recipient_kind=item.recipient.kind.value,
        recipient_code=item.recipient.code,
        channel=item.recipient.channel.value,
        send_at=item.send_at,
        too_late_at=item.too_late_at,
        created_at=at,
    )
