"""Web push: a neutral note on the screen of a telephone or computer that has said yes to it.

RFC 8030 (https://www.rfc-editor.org/rfc/rfc8030) says how a push service is called and what it answers: TTL is required
(5.2), a later message with the same Topic takes the place of one that still waits (5.4), and 404 and 410 mean that the
subscription is gone (7.3). RFC 8292 is VAPID. pywebpush encrypts and py_vapid signs; the hand-over itself is ours,
because the address comes from a visitor.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from py_vapid import Vapid02
from pywebpush import WebPusher

from patients.reminders.channels.envelope import Envelope, HandOverFailed, at_most
from patients.reminders.channels.http import Answer, Connections, NoAnswer, PointsInside
from patients.reminders.channels.push_subscription import (
    PushSubscription,
    ServiceNotListed,
    SubscriptionRefused,
    push_subscription,
)
from patients.reminders.channels.retry_after import retry_after

# How long a push service keeps a note for a telephone that is off, at most: not until the night.
KEPT_FOR = timedelta(hours=4)
# RFC 8292, 2: not more than 24 hours. Clocks differ.
TOKEN_LASTS = timedelta(hours=12)
# What is shown beside a note on a locked screen has no room for more.
LONGEST_LINE = 120
GONE = (404, 410)
TOO_LARGE = 413
TOO_MANY = 429


class WebPushSender:
    """Envelopes as push messages: the neutral sender and subject, and nothing else of them.

    key: the site’s own VAPID key. contact: whom a push service writes to about us, mailto: or https:.
    hosts: the push services that may be called.
    """

    def __init__(
        self,
        *,
        key: Vapid02,
        contact: str,
        hosts: Sequence[str],
        connections: Connections,
        clock: Callable[[], datetime],
    ) -> None:
        self._key = key
        self._contact = contact
        self._hosts = hosts
        self._connections = connections
        self._clock = clock
        self._tokens: dict[str, str] = {}

    def __enter__(self) -> Self:
        self._tokens.clear()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connections.__exit__(kind, error, trace)

    def send(self, envelope: Envelope) -> str | None:
        try:
            subscription = push_subscription(envelope.address, hosts=self._hosts)
        except ServiceNotListed as error:
            # Taken out of the settings: no word of the push service about her, and it may stand there again.
            raise HandOverFailed(str(error), permanent=False) from None
        except SubscriptionRefused as error:
            raise HandOverFailed(str(error), permanent=True) from None
        try:
            answer = self._connections.post(
                subscription.endpoint, headers=self._headers(subscription, envelope), body=_body(subscription, envelope)
            )
        except PointsInside:
            # The host is one that we know, so it is the look-up of names that is wrong here, and not her telephone.
            raise HandOverFailed(
                "The push service’s name leads into the network of this server.",
                permanent=False,
                channel_down=True,
                provider=subscription.host,
            ) from None
        except NoAnswer as error:
            raise HandOverFailed(
                f"The push service did not answer ({error}).",
                permanent=False,
                channel_down=True,
                provider=subscription.host,
            ) from None
        if not answer.is_accepted:
            raise _not_accepted(answer, subscription.host)
        # Where the service speaks of a message later is an address that acts on it. It is not kept.
        return None

    def _headers(self, subscription: PushSubscription, envelope: Envelope) -> dict[str, str]:
        return {
            "Authorization": self._token(subscription.origin),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(at_most(KEPT_FOR, envelope.keep_for).total_seconds())),
            "Topic": envelope.opaque_key,
            "Urgency": "normal",
        }

    def _token(self, origin: str) -> str:
        """One signature serves all messages of a batch to one push service."""
        if origin not in self._tokens:
            ends_at = self._clock() + TOKEN_LASTS
            claims = {"aud": origin, "exp": int(ends_at.timestamp()), "sub": self._contact}
            self._tokens[origin] = self._key.sign(claims)["Authorization"]
        return self._tokens[origin]


def _body(subscription: PushSubscription, envelope: Envelope) -> bytes:
    said = {"title": envelope.sender_name[:LONGEST_LINE], "body": envelope.subject[:LONGEST_LINE]}
    pusher = WebPusher(
        {"endpoint": subscription.endpoint, "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth}}
    )
    encrypted: bytes = pusher.encode(json.dumps(said | {"tag": envelope.opaque_key}).encode(), "aes128gcm")["body"]
    return encrypted


def _not_accepted(answer: Answer, host: str) -> HandOverFailed:
    wait = retry_after(answer.headers)
    match answer.status:
        case status if status in GONE:
            return HandOverFailed("The endpoint is gone.", permanent=True, provider=host, address_gone=True)
        case status if status == TOO_LARGE:
            return HandOverFailed("The push service finds the message too large.", permanent=True, provider=host)
        case status if status == TOO_MANY:
            return HandOverFailed(
                "The push service asks for fewer messages.", permanent=False, retry_after=wait, provider=host
            )
        case status:
            return HandOverFailed(
                f"The push service refused us ({status}).",
                permanent=False,
                retry_after=wait,
                # A key that does not fit is refused for one subscription; what is broken is broken for all.
                channel_down=status >= 500 or status < 400,
                provider=host,
            )
