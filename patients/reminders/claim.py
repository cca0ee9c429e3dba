"""Who works on an envelope: a token and a lease, taken and kept by conditional UPDATEs that work on every database."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from patients.models import Message, MessageStatus

# EMAIL_TIMEOUT holds for each wait on the mail server, and one hand-over waits many times: connection, greeting, EHLO
# twice, STARTTLS and its handshake, sign-in in up to three steps, MAIL, RCPT, DATA, the message, QUIT. A server that
# takes almost the whole of it each time is slow, not dead, and whoever talks to it is still the only one.
WAITS_IN_A_HAND_OVER = 15
LEASE = timedelta(seconds=WAITS_IN_A_HAND_OVER * (settings.EMAIL_TIMEOUT or 0) + 30)
# Among how many one envelope is looked for: others may be taking the first of them at this moment.
LOOKS_AT = 16


@dataclass(frozen=True, slots=True)
class Claim:
    """One envelope, and the token that proves who works on it."""

    message_id: int
    token: str


def due_messages(*, at: datetime, limit: int) -> list[int]:
    """Open envelopes whose next attempt has come and which nobody holds: one read of one partial index."""
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=at)
    open_messages = Message.objects.filter(free, status=MessageStatus.OPEN.value, next_attempt_at__lte=at)
    return list(open_messages.order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:limit])


def claim_next(*, at: datetime) -> Claim | None:
    """Take the next envelope that is free, or None: workers who ask at the same time get different ones."""
    while candidates := due_messages(at=at, limit=LOOKS_AT):
        for message_id in candidates:
            claimed = claim(message_id, at=at)
            if claimed is not None:
                return claimed
    return None


def claim(message_id: int, *, at: datetime) -> Claim | None:
    """Take this envelope, or None if somebody else was first."""
    token = secrets.token_hex(16)
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=at)
    taken = Message.objects.filter(
        free, pk=message_id, status=MessageStatus.OPEN.value, next_attempt_at__lte=at
    ).update(claim_token=token, claimed_until=at + LEASE)
    return Claim(message_id, token) if taken else None


def still_held(claimed: Claim, *, at: datetime) -> bool:
    """Whether the token still holds, right before a hand-over; if so the lease begins anew."""
    kept = Message.objects.filter(
        pk=claimed.message_id, status=MessageStatus.OPEN.value, claim_token=claimed.token, claimed_until__gt=at
    ).update(claimed_until=at + LEASE)
    return kept == 1
