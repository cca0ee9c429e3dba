"""What becomes of an envelope that did not go: another try later, or none, and an attempt that says what happened."""

from datetime import datetime, timedelta

from django.db import transaction

from patients.models import Attempt, AttemptOutcome, Message, MessageStatus, ReminderStatus
from patients.reminders.channels import HandOverFailed
from patients.reminders.claim import Claim
from patients.reminders.locking import lock_in_order
from patients.reminders.reasons import REFUSED

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))


@transaction.atomic
def record_failure(claimed: Claim, attempt: Attempt, failure: HandOverFailed, *, at: datetime) -> None:
    """The other side did not accept. Whoever lost the claim meanwhile writes what happened, and decides nothing."""
    message = Message.objects.select_for_update().get(pk=claimed.message_id)
    outcome = AttemptOutcome.REFUSED if failure.permanent else AttemptOutcome.FAILED
    finish_attempt(attempt, outcome, at=at, detail=str(failure))
    if message.claim_token != claimed.token:
        return
    if failure.permanent:
        lock_in_order(message.reminders.all())
        message.reminders.owed().update(status=ReminderStatus.MISSED.value, reason=REFUSED, finished_at=at)
        close(message, at=at)
    else:
        _try_later(message, at=at)


@transaction.atomic
def set_aside(claimed: Claim, *, error: Exception, at: datetime) -> None:
    """An envelope that breaks the software waits a while, visibly, and lets the others pass.

    An attempt that was written already may have reached the other side: it is unknown, never called a failure.
    """
    message = Message.objects.select_for_update().get(pk=claimed.message_id)
    is_held = message.status == MessageStatus.OPEN.value and message.claim_token == claimed.token
    begun = message.attempts.filter(claim_token=claimed.token).last()
    kind = type(error).__name__
    if begun is not None and begun.outcome == AttemptOutcome.STARTED.value:
        detail = (
            f"gutclinic broke while this was handed over ({kind}); it may have gone. Tell whoever runs this server."
        )
        finish_attempt(begun, AttemptOutcome.UNKNOWN, at=at, detail=detail)
    elif begun is None and is_held:
        Attempt.objects.create(
            message=message,
            number=message.attempts.count() + 1,
            claim_token=claimed.token,
            started_at=at,
            finished_at=at,
            outcome=AttemptOutcome.FAILED.value,
            detail=f"gutclinic could not make up this message ({kind}). Tell whoever runs this server.",
        )
    if is_held:
        _try_later(message, at=at)


def _try_later(message: Message, *, at: datetime) -> None:
    postpone(message, until=at + BACK_OFF[min(message.attempts.count(), len(BACK_OFF)) - 1])


def postpone(message: Message, *, until: datetime) -> None:
    message.next_attempt_at, message.claim_token, message.claimed_until = until, "", None
    message.save(update_fields=["next_attempt_at", "claim_token", "claimed_until"])


def close(message: Message, *, at: datetime) -> None:
    message.status, message.finished_at = MessageStatus.CLOSED.value, at
    message.claim_token, message.claimed_until = "", None
    message.save(update_fields=["status", "finished_at", "claim_token", "claimed_until"])


def finish_attempt(attempt: Attempt, outcome: AttemptOutcome, *, at: datetime, detail: str = "") -> None:
    attempt.outcome, attempt.finished_at, attempt.detail = outcome.value, at, detail[:300]
    attempt.save(update_fields=["outcome", "finished_at", "detail"])
