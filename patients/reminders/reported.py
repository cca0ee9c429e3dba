"""What a provider reports of a message after it has accepted it: written beside the attempt, once, and acted upon.

Reports come late, twice, and not in their order. Of two, that which counts more is kept; a worse one is not believed
against a better one where nobody reports like that, and nothing that was done once is done again.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from patients.models import (
    Attempt,
    AttemptOutcome,
    Channel,
    Message,
    MessageStatus,
    RecipientKind,
    Reminder,
    ReminderStatus,
    ReportOutcome,
    StopReason,
)
from patients.reminders.budget import give_back
from patients.reminders.channels import opaque_key
from patients.reminders.channels.status_report import StatusReport
from patients.reminders.keeping import keep, keep_attempt
from patients.reminders.locking import lock_in_order
from patients.reminders.reasons import UNDELIVERED
from patients.reminders.stopping import stop_contact_of

_D, _F, _R, _W = (
    outcome.value
    for outcome in (
        ReportOutcome.DELIVERED,
        ReportOutcome.FAILED,
        ReportOutcome.UNREACHABLE,
        ReportOutcome.UNWANTED,
    )
)
RISING: Final = {
    # A telephone that has a message has it.
    Channel.SMS.value: (_F, _R, _D, _W),
    # A mail server takes a message, and another one behind it sends it back.
    Channel.EMAIL.value: (_D, _F, _R, _W),
}
"""For each channel that has reports: what counts more stands further back."""
NOT_DELIVERED: Final = frozenset({_F, _R})
WHY_STOPPED: Final = {_R: StopReason.REFUSED, _W: StopReason.UNWANTED}
# Of which hand-overs it is not known whether they were accepted; and of which a failure may have been but our not
# hearing that they were.
NOT_KNOWN: Final = (AttemptOutcome.STARTED.value, AttemptOutcome.UNKNOWN.value, AttemptOutcome.FAILED.value)
KNOWN_WITHIN: Final = timedelta(days=2)
"""For so long a message is looked for by its key. Providers report within hours."""


def take_report(report: StatusReport, *, channel: Channel, at: datetime) -> bool:
    """Write this down and act upon it; whether the message is one of ours. Call it outside of every transaction.

    What was not delivered goes by the next channel, if there is still time for it. An address that takes nothing, or
    wants nothing, is stopped.
    """
    attempt = _take(report, channel=channel.value, at=at)
    if attempt is None:
        return False
    reason = WHY_STOPPED.get(report.outcome.value)
    if reason is not None and attempt.reported == report.outcome.value:
        stop_contact_of(attempt, because=reason, at=at)
    return True


@transaction.atomic
def _take(report: StatusReport, *, channel: str, at: datetime) -> Attempt | None:
    found = _attempt_of(report, channel=channel, at=at)
    if found is None:
        return None
    message = Message.objects.select_for_update().get(pk=found.message_id)
    attempt = Attempt.objects.select_for_update().get(pk=found.pk)
    # Whoever reports of it has taken it.
    if attempt.outcome in NOT_KNOWN:
        _was_accepted(message, attempt, report.provider_id, at=at)
    if report.outcome is ReportOutcome.UNDER_WAY or not _counts_more(report.outcome.value, attempt, channel=channel):
        return attempt
    if attempt.reported:
        keep_attempt(attempt, at=at)
    attempt.reported, attempt.reported_code, attempt.reported_at = report.outcome.value, report.detail[:40], at
    attempt.save(update_fields=["reported", "reported_code", "reported_at"])
    if report.outcome.value in NOT_DELIVERED:
        _was_not_delivered(message, attempt, at=at)
    return attempt


def _attempt_of(report: StatusReport, *, channel: str, at: datetime) -> Attempt | None:
    """By the provider’s id; or by our own key, where the answer with that id never came, or has not come yet."""
    known = Attempt.objects.filter(provider_id=report.provider_id, message__channel=channel)
    attempt = known.exclude(provider_id="").order_by("pk").last()
    if attempt is not None or not report.key:
        return attempt
    rows = Attempt.objects.filter(
        outcome__in=NOT_KNOWN, provider_id="", message__channel=channel, started_at__gt=at - KNOWN_WITHIN
    )
    # The last of them: an earlier one may have been refused.
    for attempt in rows.select_related("message").order_by("-pk"):
        if opaque_key(attempt.message.idempotency_key) == report.key:
            return attempt
    return None


def _counts_more(outcome: str, attempt: Attempt, *, channel: str) -> bool:
    rising = RISING[channel]
    return not attempt.reported or rising.index(outcome) > rising.index(attempt.reported)


def _was_accepted(message: Message, attempt: Attempt, provider_id: str, *, at: datetime) -> None:
    """The other side has it although nobody here knew: it is sent, and not tried again."""
    keep_attempt(attempt, at=at)
    attempt.outcome, attempt.finished_at, attempt.provider_id = AttemptOutcome.ACCEPTED.value, at, provider_id
    attempt.save(update_fields=["outcome", "finished_at", "provider_id"])
    if message.status != MessageStatus.OPEN.value:
        return
    message.status, message.finished_at = MessageStatus.SENT.value, at
    message.claim_token, message.claimed_until = "", None
    message.save(update_fields=["status", "finished_at", "claim_token", "claimed_until"])
    lock_in_order(message.reminders.all())
    keep(message.reminders.owed(), at=at)
    message.reminders.owed().update(status=ReminderStatus.SENT.value, reason="", finished_at=at)


def _was_not_delivered(message: Message, attempt: Attempt, *, at: datetime) -> None:
    """What was in it is not sent after all; `falling_back` plans within a minute whether another channel takes it.

    Or, where a prescriber has not heard after all, whether the clinic is to telephone. Not where another hand-over of
    the same message may have arrived.
    """
    others = message.attempts.exclude(pk=attempt.pk).filter(
        Q(outcome__in=[AttemptOutcome.STARTED.value, AttemptOutcome.UNKNOWN.value])
        | (Q(outcome=AttemptOutcome.ACCEPTED.value) & ~Q(reported__in=NOT_DELIVERED))
    )
    if others.exists():
        return
    members = Reminder.objects.filter(pk__in=lock_in_order(message.reminders.all()), status=ReminderStatus.SENT.value)
    going = list(members.select_related("plan__patient"))
    if not going:
        return
    give_back(message, going)
    keep(going, at=at)
    calls_for_more = message.recipient_kind != RecipientKind.STAFF.value
    Reminder.objects.filter(pk__in=[reminder.pk for reminder in going]).update(
        status=ReminderStatus.MISSED.value,
        reason=UNDELIVERED,
        finished_at=at,
        falls_back_since=at if calls_for_more else None,
    )
