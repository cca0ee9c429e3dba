"""What every channel is given, what it answers, and how it says no."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Protocol, Self

from patients.models import Channel
from patients.reminders.channels.push_subscription import push_service_of


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is handed over. The same idempotency key means the same message, however often it is tried."""

    address: str
    """Where it goes: a mailbox, a telephone number (E.164), or a push subscription as JSON."""
    sender_name: str
    subject: str
    text: str
    html: str
    idempotency_key: str
    unsubscribe_address: str = ""
    """An https address that ends these messages by one POST (RFC 8058), or empty. Only email carries it."""
    channel: str = Channel.EMAIL.value
    """By which it goes."""
    keep_for: timedelta | None = None
    """How long it may wait on its way for a telephone that is off; None for as long as its provider likes."""

    @property
    def opaque_key(self) -> str:
        """The idempotency key as every provider takes it for a key or a topic."""
        return opaque_key(self.idempotency_key)

    @property
    def provider(self) -> str:
        """Who carries it, as a host name, where its channel has several; otherwise empty."""
        return push_service_of(self.address) if self.channel == Channel.PUSH.value else ""


def at_most(longest: timedelta, keep_for: timedelta | None) -> timedelta:
    """How long a provider is asked to keep a message for a telephone that is off. keep_for: what the envelope says."""
    return longest if keep_for is None else min(longest, keep_for)


def opaque_key(idempotency_key: str) -> str:
    """32 letters, digits, “-” and “_”: always the same for the same key."""
    return base64.urlsafe_b64encode(hashlib.sha256(idempotency_key.encode()).digest()[:24]).decode()


class HandOverFailed(Exception):
    """Not accepted. The text has no address, no content and no secret.

    permanent: trying again would fail the same way.
    retry_after: how long the other side asks to be left alone; None if it did not say.
    channel_down: the provider as a whole refuses or does not answer, whoever the recipient is.
    provider: who that is, where one channel has several (push services), as a host name; otherwise empty.
    address_gone: this address takes no message of ours any more, whatever it says. Nothing else is sent to it.
    """

    def __init__(
        self,
        detail: str,
        *,
        permanent: bool,
        retry_after: timedelta | None = None,
        channel_down: bool = False,
        provider: str = "",
        address_gone: bool = False,
    ) -> None:
        super().__init__(detail)
        self.permanent = permanent
        self.retry_after = retry_after
        self.channel_down = channel_down
        self.provider = provider
        self.address_gone = address_gone


class Sender(Protocol):
    """One open connection of a channel, used for a batch of messages."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, envelope: Envelope) -> str | None:
        """Return once the other side has accepted; raise `HandOverFailed` otherwise.

        The answer is the id under which the other side will speak of the message; empty or None if it gave none.
        """
