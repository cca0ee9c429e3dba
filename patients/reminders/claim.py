"""Who works on an envelope: a token and a lease, taken and kept by conditional UPDATEs that work on every database."""

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from patients.models import Message, MessageStatus, Reminder

# EMAIL_TIMEOUT holds for each wait on the mail server, and one hand-over waits many times: connection, greeting, EHLO
# twice, STARTTLS and its handshake, sign-in in up to three steps, MAIL, RCPT, DATA, the message, QUIT. A server that
# takes almost the whole of it each time is slow, not dead, and whoever talks to it is still the only one.
WAITS_IN_A_HAND_OVER = 15
# HTTP_TIMEOUT likewise: a few addresses, TLS, and the request with its answer.
WAITS_IN_A_REQUEST = 10
# A fifth more, for what is not waiting.
LEASE = 1.2 * timedelta(
    seconds=max(WAITS_IN_A_HAND_OVER * (settings.EMAIL_TIMEOUT or 0), WAITS_IN_A_REQUEST * (settings.HTTP_TIMEOUT or 0))
)


MayTry = Callable[[str, int], int]


@dataclass(frozen=True, slots=True)
class Claim:
    """One envelope, and the token that proves who works on it. Envelopes that are taken together share a token."""

    message_id: int
    token: str


def due_messages(*, at: datetime, limit: int) -> list[int]:
    """Open envelopes whose next attempt has come and which nobody holds: one read of one partial index."""
    return list(due(at=at).values_list("pk", flat=True)[:limit])


def due(*, at: datetime) -> "QuerySet[Message]":
    """The same as rows, the longest due first."""
    open_messages = Message.objects.filter(_is_free(at), status=MessageStatus.OPEN.value, next_attempt_at__lte=at)
    return open_messages.order_by("next_attempt_at", "pk")


def over(*, at: datetime, channels: Collection[str], limit: int) -> list[int]:
    """Of what is due on these channels, that in which nothing can go in time any more."""
    in_time = Reminder.objects.owed().filter(message=OuterRef("pk"), too_late_at__gt=at)
    rows = due(at=at).filter(~Exists(in_time), channel__in=channels)
    return list(rows.values_list("pk", flat=True)[:limit])


def claim_batch(*, at: datetime, limit: int, may_try: MayTry = lambda channel, wanted: wanted) -> list[Claim]:
    """Take so many envelopes that are free, or as many as there are: workers who ask at once get different ones.

    may_try: how many of those that are wanted may be tried on this channel now; asked for each batch.
    """
    shut: set[str] = set()
    while found := list(due(at=at).exclude(channel__in=shut).values_list("pk", "channel")[:limit]):
        allowed: list[int] = []
        for channel in sorted({channel for _, channel in found}):
            wanted = [pk for pk, its in found if its == channel]
            count = may_try(channel, len(wanted))
            if count < len(wanted):
                shut.add(channel)
            allowed += wanted[:count]
        claimed = claim_together(allowed, at=at) if allowed else []
        if claimed:
            return claimed
    return []


@transaction.atomic
def claim_together(message_ids: list[int], *, at: datetime) -> list[Claim]:
    """Take those of these envelopes that are free, in their order. Somebody else may be first with any of them."""
    token = secrets.token_hex(16)
    free = Message.objects.filter(
        _is_free(at), pk__in=message_ids, status=MessageStatus.OPEN.value, next_attempt_at__lte=at
    )
    # Where the database can, what another worker is taking at this moment is passed over instead of waited for. Whether
    # an envelope was free is decided by the UPDATE alone.
    reachable = set(free.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True))
    if not reachable:
        return []
    taken = free.filter(pk__in=reachable).update(claim_token=token, claimed_until=at + LEASE)
    if taken < len(reachable):
        reachable = set(Message.objects.filter(claim_token=token).values_list("pk", flat=True))
    return [Claim(message_id, token) for message_id in message_ids if message_id in reachable]


def still_held(claimed: Claim, *, at: datetime) -> bool:
    """Whether the token holds and anything is owed still, right before a hand-over; if so the lease begins anew."""
    kept = Message.objects.filter(
        Exists(Reminder.objects.owed().filter(message=OuterRef("pk"))),
        pk=claimed.message_id,
        claim_token=claimed.token,
        claimed_until__gt=at,
    ).update(claimed_until=at + LEASE)
    return kept == 1


def let_go(claims: list[Claim]) -> None:
    """Give back what was taken and not tried, for whoever asks next."""
    for token in {claimed.token for claimed in claims}:
        mine = [claimed.message_id for claimed in claims if claimed.token == token]
        Message.objects.filter(pk__in=mine, claim_token=token).update(claim_token="", claimed_until=None)


def put_off(claimed: Claim, *, until: datetime) -> None:
    """Give back what was taken and not tried, and is not to be asked for before that."""
    Message.objects.filter(pk=claimed.message_id, claim_token=claimed.token).update(
        claim_token="", claimed_until=None, next_attempt_at=until
    )


def _is_free(at: datetime) -> Q:
    return Q(claimed_until__isnull=True) | Q(claimed_until__lte=at)
