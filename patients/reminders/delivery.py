"""Delivering one claimed envelope: re-check, write the attempt, re-confirm the claim, hand over, record.

The time is read through `clock` at each step, because what happened in between is the point: a worker that was frozen
finds its lease gone. The only windows for a duplicate are an acceptance whose answer, or whose commit, never reached
us, and a worker frozen between re-confirming and sending; both carry the same idempotency key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from clinics.services.letters import sender_address
from patients.models import (
    Attempt,
    AttemptOutcome,
    Message,
    MessageStatus,
    RecipientKind,
    Reminder,
    ReminderStatus,
)
from patients.reminders.channels import Envelope, HandOverFailed, Sender
from patients.reminders.claim import Claim, still_held
from patients.reminders.kinds import KINDS
from patients.reminders.locking import lock_in_order
from patients.reminders.reasons import NO_LONGER_CALLED_FOR, REFUSED, SOMEBODY_ELSE, TOO_LATE, UNREACHABLE
from patients.reminders.recipients import Recipient, find_recipient
from patients.reminders.setbacks import close, finish_attempt, postpone, record_failure
from patients.reminders.wording import envelope_for
from protocols.domain.phases import PlanStatus

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Prepared:
    """An envelope ready to be handed over, and the attempt already written for it."""

    attempt: Attempt
    envelope: Envelope


def deliver(claimed: Claim, *, sender: Sender, clock: Clock) -> bool:
    """Try this envelope once; whether it was accepted. False also when there was nothing to hand over."""
    prepared = _prepare(claimed, at=clock())
    if prepared is None:
        return False
    if not still_held(claimed, at=clock()):
        finish_attempt(prepared.attempt, AttemptOutcome.SUPERSEDED, at=clock())
        return False
    try:
        sender.send(prepared.envelope)
    except HandOverFailed as failure:
        record_failure(claimed, prepared.attempt, failure, at=clock())
        return False
    _record_acceptance(claimed.message_id, prepared.attempt, at=clock())
    return True


@transaction.atomic
def _prepare(claimed: Claim, *, at: datetime) -> Prepared | None:
    """Re-check everything on locked rows, freeze the set at the first attempt, and write the attempt."""
    message = Message.objects.select_for_update().filter(pk=claimed.message_id, claim_token=claimed.token).first()
    if message is None:
        return None
    message.attempts.filter(outcome=AttemptOutcome.STARTED.value).update(
        outcome=AttemptOutcome.UNKNOWN.value,
        finished_at=at,
        detail="The worker was gone before it recorded an answer.",
    )
    standing, recipient = _recheck(message, at=at)
    if not standing or recipient is None or recipient.address is None:
        close(message, at=at)
        return None
    # What was tried before the recipient moved to another zone may have become something of tomorrow there.
    allowed_from = recipient.next_allowed(max(at, *(reminder.send_at for reminder in standing)))
    if allowed_from > at:
        postpone(message, until=allowed_from)
        return None
    if message.frozen_at is None:
        message.frozen_at = at
        message.idempotency_key = f"{message.code}.{claimed.token[:8]}@{_sending_host()}"
        message.save(update_fields=["frozen_at", "idempotency_key"])
    attempt = Attempt.objects.create(
        message=message, number=message.attempts.count() + 1, claim_token=claimed.token, started_at=at
    )
    return Prepared(attempt, envelope_for(message, _members(message), address=recipient.address))


def _members(message: Message) -> list[Reminder]:
    """All that is in the envelope, with what re-checking and wording look at, in a few queries."""
    members = list(
        message.reminders.select_related("plan__patient__clinic", "plan__practitioner")
        .prefetch_related("plan__phases")
        .order_by("pk")
    )
    for reminder in members:
        # The plan's own object of the phase, which knows its siblings.
        reminder.phase = next((phase for phase in reminder.plan.phases.all() if phase.pk == reminder.phase_id), None)
    return members


def _recheck(message: Message, *, at: datetime) -> tuple[list[Reminder], Recipient | None]:
    """Give what is no longer true its outcome; what still stands, and to whom it goes.

    Before the first attempt what fell is taken out of the envelope. Afterwards the envelope stays as it was, since
    the other side may hold it already, and goes on as long as one thing in it is true.
    """
    lock_in_order(message.reminders.all())
    standing: list[Reminder] = []
    recipient: Recipient | None = None
    # One recipient, but perhaps staff in two clinics: asked once for each.
    found_in: dict[tuple[int, int], Recipient] = {}
    for reminder in _members(message):
        if reminder.status != ReminderStatus.OWED.value:
            if message.frozen_at is None:
                _take_out(reminder)
            continue
        plan = reminder.plan
        whom = (plan.patient.clinic_id, plan.practitioner_id)
        found = found_in.get(whom) or find_recipient(RecipientKind(reminder.recipient_kind), plan)
        found_in[whom] = found
        status, reason = _verdict(reminder, found, at=at)
        if status is None:
            standing.append(reminder)
            recipient = found
            continue
        reminder.status, reminder.reason, reminder.finished_at = status.value, reason, at
        if message.frozen_at is None:
            reminder.message = None
        reminder.save(update_fields=["status", "reason", "finished_at", "message"])
    return standing, recipient


def _take_out(reminder: Reminder) -> None:
    reminder.message = None
    reminder.save(update_fields=["message"])


def _verdict(reminder: Reminder, recipient: Recipient, *, at: datetime) -> tuple[ReminderStatus | None, str]:
    """The outcome of a reminder that may no longer go, with the reason; (None, "") if it may."""
    kind = KINDS[reminder.kind]
    plan, phase = reminder.plan, reminder.phase
    if at >= reminder.too_late_at:
        return ReminderStatus.MISSED, TOO_LATE
    if recipient.code != reminder.recipient_code:
        return ReminderStatus.CANCELLED, SOMEBODY_ELSE
    if plan.status != PlanStatus.ACTIVE.value:
        return ReminderStatus.CANCELLED, NO_LONGER_CALLED_FOR
    if phase is None or kind.called_for_on(phase, RecipientKind(reminder.recipient_kind)) != reminder.civil_date:
        return ReminderStatus.CANCELLED, NO_LONGER_CALLED_FOR
    if recipient.address is None:
        return ReminderStatus.MISSED, UNREACHABLE
    return None, ""


@transaction.atomic
def _record_acceptance(message_id: int, attempt: Attempt, *, at: datetime) -> None:
    """It went. That is true whoever holds the claim by now, and whatever the plan has become meanwhile."""
    message = Message.objects.select_for_update().get(pk=message_id)
    finish_attempt(attempt, AttemptOutcome.ACCEPTED, at=at)
    lock_in_order(message.reminders.all())
    # What was let go of while it was on its way went all the same. What was refused did not.
    message.reminders.exclude(status=ReminderStatus.SENT.value).exclude(reason=REFUSED).update(
        status=ReminderStatus.SENT.value, reason="", finished_at=at
    )
    message.status, message.finished_at = MessageStatus.SENT.value, at
    message.claim_token, message.claimed_until = "", None
    message.save(update_fields=["status", "finished_at", "claim_token", "claimed_until"])


def _sending_host() -> str:
    return sender_address().rpartition("@")[2] or "localhost"
