"""Who works on an envelope: a token and a lease, taken and kept by conditional UPDATEs that work on every database."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from patients.models import Message, MessageStatus

# Longer than three channel timeouts: whoever is still sending is still the only one.
LEASE = timedelta(seconds=3 * settings.EMAIL_TIMEOUT + 30)


def due_messages(*, at: datetime, limit: int) -> list[int]:
    """Open envelopes whose next attempt has come and which nobody holds: one read of one partial index."""
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=at)
    open_messages = Message.objects.filter(free, status=MessageStatus.OPEN.value, next_attempt_at__lte=at)
    return list(open_messages.order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:limit])


def claim(message_id: int, *, at: datetime) -> str | None:
    """Take this envelope; the token that proves it, or None if somebody else was first."""
    token = secrets.token_hex(16)
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=at)
    taken = Message.objects.filter(
        free, pk=message_id, status=MessageStatus.OPEN.value, next_attempt_at__lte=at
    ).update(claim_token=token, claimed_until=at + LEASE)
    return token if taken else None


def still_held(message_id: int, token: str, *, at: datetime) -> bool:
    """Whether the token still holds, right before a hand-over; if so the lease begins anew."""
    kept = Message.objects.filter(
        pk=message_id, status=MessageStatus.OPEN.value, claim_token=token, claimed_until__gt=at
    ).update(claimed_until=at + LEASE)
    return kept == 1
