"""Which reminders a plan calls for now, and the difference to those it already has.

Planning compares keys. The same key keeps its row; a key no longer called for is cancelled; one that comes back is
owed again unless it was sent, may have been, or was refused for good. An instant already past when planned is not owed.
Missed because its day was over, it is owed again where the day turns out not to be over: a zone typed wrong and then
corrected loses nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import prefetch_related_objects

from patients.models import AttemptOutcome, Message, MessageStatus, Plan, PlanPhase, Reminder, ReminderStatus
from patients.reminders.kinds import KINDS, Kind
from patients.reminders.reasons import NO_LONGER_CALLED_FOR, REFUSED, TOO_LATE
from patients.reminders.recipients import Recipient, recipients_of
from protocols.domain.phases import PlanStatus


@dataclass(frozen=True, slots=True)
class Wanted:
    """One reminder that the plan calls for."""

    kind: Kind
    phase: PlanPhase
    civil_date: date
    recipient: Recipient

    @property
    def key(self) -> str:
        recipient = self.recipient
        return ":".join(
            (
                self.kind.name,
                self.phase.code,
                self.civil_date.isoformat(),
                f"{recipient.kind.value}-{recipient.code}",
                recipient.channel.value,
            )
        )


def wanted_by(plan: Plan) -> dict[str, Wanted]:
    """All that this plan calls for, by key. Only an active plan calls for anything."""
    if plan.status != PlanStatus.ACTIVE.value:
        return {}
    everybody = {kind: recipients_of(plan, (kind,)) for kind in {kind for k in KINDS.values() for kind in k.recipients}}
    wanted = {}
    # Each phase looks at those it is counted from; in a move they are loaded already.
    prefetch_related_objects([plan], "phases")
    for phase in plan.phases.all():
        for kind in KINDS.values():
            for recipient_kind in kind.recipients:
                on = kind.called_for_on(phase, recipient_kind)
                if on is None:
                    continue
                for recipient in everybody[recipient_kind]:
                    item = Wanted(kind, phase, on, recipient)
                    wanted[item.key] = item
    return wanted


def replan(plan: Plan, *, at: datetime) -> None:
    """Bring the reminders of this plan in line with it. Call it inside the transaction that changed the plan."""
    wanted = wanted_by(plan)
    rows = list(Reminder.objects.select_for_update(of=("self",)).filter(plan=plan).order_by("pk"))
    # Read after the lock: joined to it, PostgreSQL would show the envelopes as they were before the wait.
    prefetch_related_objects(rows, "message")
    existing = {reminder.key: reminder for reminder in rows}
    changed = [row for key, row in existing.items() if _adjust(row, wanted.get(key), at=at)]
    Reminder.objects.bulk_update(changed, ["status", "reason", "send_at", "too_late_at", "message", "finished_at"])
    Reminder.objects.bulk_create(
        _new(plan, item, at=at)
        for key, item in wanted.items()
        if key not in existing and item.recipient.send_at(item.civil_date) >= at
    )


def _adjust(row: Reminder, wanted: Wanted | None, *, at: datetime) -> bool:
    """Change this row as the plan now wants it; whether anything changed."""
    if wanted is None:
        if row.status != ReminderStatus.OWED.value:
            return False
        row.status, row.reason, row.finished_at = ReminderStatus.CANCELLED.value, NO_LONGER_CALLED_FOR, at
        return True
    send_at = wanted.recipient.send_at(wanted.civil_date)
    too_late_at = wanted.recipient.too_late_at(wanted.civil_date, late_days=wanted.kind.late_days)
    if _comes_back(row, send_at=send_at, too_late_at=too_late_at, at=at):
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


def _comes_back(row: Reminder, *, send_at: datetime, too_late_at: datetime, at: datetime) -> bool:
    """Whether what was let go of is owed again, now that the plan calls for it at this instant."""
    if row.status == ReminderStatus.MISSED.value and row.reason == TOO_LATE:
        is_ahead = at < too_late_at
    else:
        is_ahead = send_at >= at and row.status != ReminderStatus.SENT.value and row.reason != REFUSED
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
        civil_date=item.civil_date,
        recipient_kind=item.recipient.kind.value,
        recipient_code=item.recipient.code,
        channel=item.recipient.channel.value,
        send_at=item.recipient.send_at(item.civil_date),
        too_late_at=item.recipient.too_late_at(item.civil_date, late_days=item.kind.late_days),
        created_at=at,
    )
