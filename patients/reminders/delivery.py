"""Delivering one envelope: claim, re-check, write the attempt, re-confirm the claim, hand over, record.

The time is read through `clock` at each step, because what happened in between is the point: a worker that was frozen
finds its lease gone. The only windows for a duplicate are an acceptance whose answer, or whose commit, never reached
us, and a worker frozen between re-confirming and sending; both carry the same idempotency key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

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
from patients.reminders.claim import claim, still_held
from patients.reminders.kinds import KINDS
from patients.reminders.planning import NO_LONGER_CALLED_FOR, TOO_LATE
from patients.reminders.recipients import Recipient, find_recipient
from patients.reminders.wording import envelope_for
from protocols.domain.phases import PlanStatus

Clock = Callable[[], datetime]
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))

UNREACHABLE = "There is no address with consent to send it to."
REFUSED = "The recipient’s mail server refused it for good."


@dataclass(frozen=True, slots=True)
class Prepared:
    """An envelope ready to be handed over, and the attempt already written for it."""

    attempt: Attempt
    envelope: Envelope


def deliver(message_id: int, *, sender: Sender, clock: Clock) -> bool:
    """Try this envelope once; whether it was accepted. False also when there was nothing to hand over."""
    token = claim(message_id, at=clock())
    if token is None:
        return False
    prepared = _prepare(message_id, token, at=clock())
    if prepared is None:
        return False
    if not still_held(message_id, token, at=clock()):
        _finish_attempt(prepared.attempt, AttemptOutcome.SUPERSEDED, at=clock())
        return False
    try:
        sender.send(prepared.envelope)
    except HandOverFailed as failure:
        _record_failure(message_id, token, prepared.attempt, failure, at=clock())
        return False
    _record_acceptance(message_id, prepared.attempt, at=clock())
    return True


@transaction.atomic
def _prepare(message_id: int, token: str, *, at: datetime) -> Prepared | None:
    """Re-check everything on locked rows, freeze the set at the first attempt, and write the attempt."""
    message = Message.objects.select_for_update().filter(pk=message_id, claim_token=token).first()
    if message is None:
        return None
    message.attempts.filter(outcome=AttemptOutcome.STARTED.value).update(
        outcome=AttemptOutcome.UNKNOWN.value,
        finished_at=at,
        detail="The worker was gone before it recorded an answer.",
    )
    standing, recipient = _recheck(message, at=at)
    if not standing or recipient is None or recipient.address is None:
        _close(message, at=at)
        return None
    # What was tried before the recipient moved to another zone may have become something of tomorrow there.
    allowed_from = recipient.next_allowed(max(at, *(reminder.send_at for reminder in standing)))
    if allowed_from > at:
        _postpone(message, until=allowed_from)
        return None
    if message.frozen_at is None:
        message.frozen_at = at
        message.idempotency_key = f"{message.code}.{token[:8]}@{_sending_host()}"
        message.save(update_fields=["frozen_at", "idempotency_key"])
    attempt = Attempt.objects.create(
        message=message, number=message.attempts.count() + 1, claim_token=token, started_at=at
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
    locked = message.reminders.select_for_update(of=("self",)).owed().order_by("pk").values_list("pk", flat=True)
    owed_ids = set(locked)
    standing: list[Reminder] = []
    recipient: Recipient | None = None
    # One recipient, but perhaps staff in two clinics: asked once for each.
    found_in: dict[tuple[int, int], Recipient] = {}
    for reminder in _members(message):
        if reminder.pk not in owed_ids:
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
        return ReminderStatus.CANCELLED, "Somebody else looks after this plan now."
    if plan.status != PlanStatus.ACTIVE.value:
        return ReminderStatus.CANCELLED, NO_LONGER_CALLED_FOR
    if phase is None or kind.called_for_on(phase, RecipientKind(reminder.recipient_kind)) != reminder.civil_date:
        return ReminderStatus.CANCELLED, NO_LONGER_CALLED_FOR
    if recipient.address is None:
        return ReminderStatus.MISSED, UNREACHABLE
    return None, ""


def _postpone(message: Message, *, until: datetime) -> None:
    message.next_attempt_at, message.claim_token, message.claimed_until = until, "", None
    message.save(update_fields=["next_attempt_at", "claim_token", "claimed_until"])


def _close(message: Message, *, at: datetime) -> None:
    message.status, message.finished_at = MessageStatus.CLOSED.value, at
    message.claim_token, message.claimed_until = "", None
    message.save(update_fields=["status", "finished_at", "claim_token", "claimed_until"])


def _finish_attempt(attempt: Attempt, outcome: AttemptOutcome, *, at: datetime, detail: str = "") -> None:
    attempt.outcome, attempt.finished_at, attempt.detail = outcome.value, at, detail[:300]
    attempt.save(update_fields=["outcome", "finished_at", "detail"])


@transaction.atomic
def _record_acceptance(message_id: int, attempt: Attempt, *, at: datetime) -> None:
    """It went. That is true whoever holds the claim by now, and whatever the plan has become meanwhile."""
    message = Message.objects.select_for_update().get(pk=message_id)
    _finish_attempt(attempt, AttemptOutcome.ACCEPTED, at=at)
    message.reminders.filter(status__in=[ReminderStatus.OWED.value, ReminderStatus.CANCELLED.value]).update(
        status=ReminderStatus.SENT.value, reason="", finished_at=at
    )
    message.status, message.finished_at = MessageStatus.SENT.value, at
    message.claim_token, message.claimed_until = "", None
    message.save(update_fields=["status", "finished_at", "claim_token", "claimed_until"])


@transaction.atomic
def _record_failure(message_id: int, token: str, attempt: Attempt, failure: HandOverFailed, *, at: datetime) -> None:
    message = Message.objects.select_for_update().get(pk=message_id)
    outcome = AttemptOutcome.REFUSED if failure.permanent else AttemptOutcome.FAILED
    _finish_attempt(attempt, outcome, at=at, detail=str(failure))
    if message.claim_token != token:
        return
    if failure.permanent:
        message.reminders.owed().update(status=ReminderStatus.MISSED.value, reason=REFUSED, finished_at=at)
        _close(message, at=at)
    else:
        _postpone(message, until=at + BACK_OFF[min(attempt.number, len(BACK_OFF)) - 1])


@transaction.atomic
def set_aside(message_id: int, *, error: Exception, at: datetime) -> None:
    """An envelope that breaks the software waits a while, visibly, and lets the others pass."""
    message = Message.objects.select_for_update().get(pk=message_id)
    detail = f"gutclinic could not make up this message ({type(error).__name__}). Tell whoever runs this server."
    attempt = message.attempts.filter(outcome=AttemptOutcome.STARTED.value).last() or Attempt(
        message=message, number=message.attempts.count() + 1, claim_token=message.claim_token, started_at=at
    )
    attempt.outcome, attempt.finished_at, attempt.detail = AttemptOutcome.FAILED.value, at, detail
    attempt.save()
    if message.status == MessageStatus.OPEN.value:
        _postpone(message, until=at + BACK_OFF[min(attempt.number, len(BACK_OFF)) - 1])


def _sending_host() -> str:
    return sender_address().rpartition("@")[2] or "localhost"
