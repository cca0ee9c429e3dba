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
from patients.models import Attempt, AttemptOutcome, Message, MessageStatus, ReminderStatus
from patients.reminders.channels import Envelope, HandOverFailed, Sender
from patients.reminders.claim import Claim, still_held
from patients.reminders.kinds import EXEMPT_FROM_QUIET_HOURS
from patients.reminders.locking import lock_in_order
from patients.reminders.reasons import REFUSED
from patients.reminders.rechecking import members_of, recheck
from patients.reminders.setbacks import close, finish_attempt, postpone, record_failure
from patients.reminders.wording import envelope_for

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
    standing, recipient = recheck(message, at=at)
    if not standing or recipient is None or recipient.address is None:
        close(message, at=at)
        return None
    # What was tried before the recipient moved to another zone may have become something of tomorrow there.
    allowed_from = max(at, *(reminder.send_at for reminder in standing))
    if not any(reminder.kind in EXEMPT_FROM_QUIET_HOURS for reminder in standing):
        allowed_from = recipient.next_allowed(allowed_from)
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
    return Prepared(attempt, envelope_for(message, members_of(message), address=recipient.address))


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
