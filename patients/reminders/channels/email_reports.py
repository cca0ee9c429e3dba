"""What an email service reports of a message, in the words that all channels share.

Anymail reads what each service posts, and says it in one way: https://anymail.dev/en/stable/sending/tracking/. It calls
a bounce a bounce, whether the mailbox is gone or only full, so which of them passes is read from the services’ own
fields, as Anymail’s adapters quote them.
"""

from typing import Any, Final

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason

from patients.models import ReportOutcome
from patients.reminders.channels.envelope import opaque_key
from patients.reminders.channels.status_report import StatusReport, short_code, usable_id

OUTCOMES: Final = {
    EventType.QUEUED: ReportOutcome.UNDER_WAY,
    EventType.SENT: ReportOutcome.UNDER_WAY,
    EventType.DEFERRED: ReportOutcome.UNDER_WAY,
    EventType.DELIVERED: ReportOutcome.DELIVERED,
    EventType.BOUNCED: ReportOutcome.UNREACHABLE,
    EventType.REJECTED: ReportOutcome.FAILED,
    EventType.FAILED: ReportOutcome.FAILED,
    EventType.COMPLAINED: ReportOutcome.UNWANTED,
    EventType.UNSUBSCRIBED: ReportOutcome.UNWANTED,
}
"""That somebody opened or clicked is not watched, and an answer of a machine says nothing about the message."""
# The service lets nothing through to it any more, for what this address did before.
HELD_BACK: Final = {RejectReason.INVALID, RejectReason.BOUNCED, RejectReason.SPAM, RejectReason.UNSUBSCRIBED}
# Not this address is refused but this message, or its sender: somebody else’s fault than hers.
NOT_THE_ADDRESS: Final = {RejectReason.BLOCKED, RejectReason.TIMED_OUT, RejectReason.SPAM, RejectReason.OTHER}
# Soft, no DNS, full, too large, timeout, transient.
SPARKPOST_SOFT: Final = {"20", "21", "22", "23", "24", "70"}


def read_event(event: AnymailTrackingEvent) -> StatusReport | None:
    """What this event says of one message; None if nothing that counts here."""
    outcome = OUTCOMES.get(event.event_type)
    if outcome is None:
        return None
    reason = event.reject_reason
    if event.event_type == EventType.REJECTED and reason in HELD_BACK:
        outcome = ReportOutcome.UNREACHABLE
    elif event.event_type == EventType.BOUNCED and _passes(event.esp_event):
        outcome = ReportOutcome.UNDER_WAY
    elif event.event_type == EventType.BOUNCED and reason in NOT_THE_ADDRESS:
        outcome = ReportOutcome.FAILED
    known = event.metadata.get("idempotency_key") if isinstance(event.metadata, dict) else None
    key = opaque_key(known) if isinstance(known, str) else ""
    return StatusReport(usable_id(event.message_id), outcome, short_code(reason or event.event_type), key)


def _passes(said: Any) -> bool:
    """Whether the service itself calls this bounce a soft one: a mailbox that is full, a server that is away."""
    if not isinstance(said, dict):
        return False
    postmark = said.get("Type") == "SoftBounce"
    brevo = said.get("event") == "soft_bounce"
    mailjet = said.get("hard_bounce") is False
    sendgrid = said.get("event") == "bounce" and said.get("type") == "blocked"
    sparkpost = str(said.get("bounce_class", "")) in SPARKPOST_SOFT
    return postmark or brevo or mailjet or sendgrid or sparkpost
