"""What becomes of an envelope that did not go: another try later, or none, and an attempt that says what happened."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from random import random

from django.db import transaction

from patients.models import Attempt, AttemptOutcome, HeldFor, Message, MessageStatus, RecipientKind, ReminderStatus
from patients.reminders.budget import give_back
from patients.reminders.channels import HandOverFailed
from patients.reminders.claim import Claim, let_go
from patients.reminders.keeping import keep, keep_attempt
from patients.reminders.locking import lock_in_order
from patients.reminders.reasons import REFUSED

_LET_GO = ["next_attempt_at", "claim_token", "claimed_until"]
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))

Jitter = Callable[[timedelta], timedelta]
"""Makes a pause a little shorter or longer, so that what failed together is not tried again together."""


def steady(pause: timedelta) -> timedelta:
    """The pause itself: for what must come out the same each time."""
    return pause


def spread(pause: timedelta) -> timedelta:
    """Between three and five quarters of the pause."""
    return pause * (0.75 + random() / 2)


@transaction.atomic
def record_failure(
    claimed: Claim, attempt: int, failure: HandOverFailed, *, at: datetime, jitter: Jitter = steady
) -> None:
    """The other side did not accept. Whoever lost the claim meanwhile writes what happened, and decides nothing.

    attempt: its key.
    """
    message = Message.objects.select_for_update().get(pk=claimed.message_id)
    begun = Attempt.objects.get(pk=attempt)
    if begun.outcome == AttemptOutcome.ACCEPTED.value:
        # A report came before this, and knows better.
        return
    keep_attempt(begun, at=at)
    outcome = AttemptOutcome.REFUSED if failure.permanent else AttemptOutcome.FAILED
    is_held = message.claim_token == claimed.token
    again_at = None
    if is_held and not failure.permanent:
        again_at = _again_at(message.attempts.count(), at=at, jitter=jitter, at_least=failure.retry_after)
    finish_attempt(attempt, outcome, at=at, detail=str(failure), again_at=again_at)
    if not is_held:
        return
    if failure.permanent:
        lock_in_order(message.reminders.all())
        inside = list(message.reminders.select_related("plan__patient"))
        give_back(message, inside)
        keep([reminder for reminder in inside if reminder.status == ReminderStatus.OWED.value], at=at)
        # Another channel may take it: `falling_back` plans that, within a minute.
        falls_back_since = at if message.recipient_kind == RecipientKind.PATIENT.value else None
        message.reminders.owed().update(
            status=ReminderStatus.MISSED.value, reason=REFUSED, finished_at=at, falls_back_since=falls_back_since
        )
        close([message], at=at)
    elif again_at is not None:
        postpone(message, until=again_at)


@transaction.atomic
def set_aside(claimed: Claim, *, error: Exception, at: datetime, jitter: Jitter = steady) -> None:
    """An envelope that breaks the software waits a while, visibly, and lets the others pass.

    An attempt that was written already may have reached the other side: it is unknown, never called a failure.
    """
    message = Message.objects.select_for_update().get(pk=claimed.message_id)
    is_held = message.claim_token == claimed.token
    begun = message.attempts.filter(claim_token=claimed.token).last()
    tried = message.attempts.count() + (begun is None)
    again_at = _again_at(tried, at=at, jitter=jitter) if is_held else None
    kind = type(error).__name__
    if begun is not None and begun.outcome == AttemptOutcome.STARTED.value:
        detail = (
            f"gutclinic broke while this was handed over ({kind}); it may have gone. Tell whoever runs this server."
        )
        finish_attempt(begun.pk, AttemptOutcome.UNKNOWN, at=at, detail=detail, again_at=again_at)
    elif begun is None and is_held:
        detail = f"gutclinic could not make up this message ({kind}). Tell whoever runs this server."
        note_that_it_broke(message, claimed, detail=detail, at=at, again_at=again_at)
    if again_at is not None:
        postpone(message, until=again_at)


def note_that_it_broke(
    message: Message, claimed: Claim, *, detail: str, at: datetime, again_at: datetime | None = None
) -> None:
    """An attempt that never began, for everybody to see. message: locked, and held by this claim."""
    Attempt.objects.create(
        message=message,
        number=message.attempts.count() + 1,
        claim_token=claimed.token,
        started_at=at,
        finished_at=at,
        again_at=again_at,
        outcome=AttemptOutcome.FAILED.value,
        detail=detail,
    )


@transaction.atomic
def give_up(claimed: Claim, *, at: datetime) -> None:
    """The claim could not be confirmed: nothing was handed over.

    Either somebody else works on it by now, which the attempts then tell; or all that was in it was called off
    meanwhile, and whoever takes it next closes it.
    """
    message = Message.objects.select_for_update().get(pk=claimed.message_id)
    if message.claim_token == claimed.token and message.claimed_until is not None and at < message.claimed_until:
        let_go([claimed])
        return
    Attempt.objects.create(
        message=message,
        number=message.attempts.count() + 1,
        claim_token=claimed.token,
        started_at=at,
        finished_at=at,
        outcome=AttemptOutcome.SUPERSEDED.value,
    )


def _again_at(tried: int, *, at: datetime, jitter: Jitter, at_least: timedelta | None = None) -> datetime:
    """When it is tried again after so many attempts."""
    pause = jitter(BACK_OFF[min(tried, len(BACK_OFF)) - 1])
    return at + max(pause, at_least or pause)


def postpone(message: Message, *, until: datetime) -> None:
    """Nobody takes this envelope before that instant; whoever holds it lets go. It is locked."""
    message.next_attempt_at, message.claim_token, message.claimed_until = until, "", None
    message.save(update_fields=_LET_GO)


def hold_back(
    message: Message, because: HeldFor, *, until: datetime, at: datetime, looks_again_at: datetime | None = None
) -> None:
    """The same by a rule, which the ledger tells afterwards. It is locked.

    looks_again_at: where the rule may give way before that, when it is asked once more.
    """
    if (message.held_for, message.held_until) != (because.value, until):
        message.held_for, message.held_since, message.held_until = because.value, at, until
    message.next_attempt_at = until if looks_again_at is None else looks_again_at
    message.claim_token, message.claimed_until = "", None
    message.save(update_fields=[*_LET_GO, "held_for", "held_since", "held_until"])


def close(messages: Collection[Message], *, at: datetime) -> None:
    """Nothing more is tried with these, which are locked."""
    if messages:
        Message.objects.filter(pk__in=[message.pk for message in messages]).update(
            status=MessageStatus.CLOSED.value, finished_at=at, claim_token="", claimed_until=None
        )


def finish_attempt(
    attempt: int, outcome: AttemptOutcome, *, at: datetime, detail: str = "", again_at: datetime | None = None
) -> None:
    """Write down what came of this attempt. detail: cut to what fits. again_at: when the next one may be made."""
    Attempt.objects.filter(pk=attempt).update(
        outcome=outcome.value, finished_at=at, detail=detail[:300], again_at=again_at
    )
