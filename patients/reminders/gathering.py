"""Putting what is due into envelopes: one per recipient and channel, so that things due together go together."""

from datetime import datetime

from django.db import transaction

from patients.models import Message, MessageStatus, Reminder
from patients.reminders.isolation import each
from patients.reminders.locking import lock_in_order

BATCH = 500


def gather(*, at: datetime) -> int:
    """Put every due reminder into an envelope; how many recipients had one. Several may run at once."""
    recipients = (
        Reminder.objects.due(at)
        .order_by("recipient_kind", "recipient_code", "channel")
        .values_list("recipient_kind", "recipient_code", "channel")
        .distinct()[:BATCH]
    )
    return each(list(recipients), lambda recipient: _fill(*recipient, at=at), what="a recipient")


@transaction.atomic
def _fill(kind: str, code: str, channel: str, *, at: datetime) -> bool:
    message, _ = Message.objects.get_or_create(
        recipient_kind=kind,
        recipient_code=code,
        channel=channel,
        status=MessageStatus.OPEN.value,
        frozen_at=None,
        defaults={"next_attempt_at": at, "created_at": at},
    )
    # Locked, so that a worker freezing this envelope either sees these reminders in it or leaves them to the next.
    locked = Message.objects.select_for_update().get(pk=message.pk)
    if locked.status != MessageStatus.OPEN.value or locked.frozen_at is not None:
        return False
    due = Reminder.objects.due(at).filter(recipient_kind=kind, recipient_code=code, channel=channel)
    Reminder.objects.filter(pk__in=lock_in_order(due)).update(message=locked)
    Message.objects.filter(pk=locked.pk, next_attempt_at__gt=at).update(next_attempt_at=at)
    return True
