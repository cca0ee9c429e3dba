"""SMS: what a provider must be able to do, and the channel that hands envelopes to one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Protocol, Self

from clinics.domain.sms_text import sms_text
from clinics.phone_numbers import PhoneNumberError, mobile_number
from patients.reminders.channels.envelope import Envelope, HandOverFailed
from patients.reminders.channels.http import Answer, Connections, NoAnswer
from patients.reminders.channels.retry_after import retry_after
from patients.reminders.channels.status_report import Callback, StatusReport

# Providers take ten segments; whoever is sent that many did not want a text message.
MOST_SEGMENTS = 4


@dataclass(frozen=True, slots=True)
class TextMessage:
    """One message for a provider.

    key: the same for every try, 32 letters, digits, “-” and “_”. keep_for: how long it may wait for a telephone that is
    off, where a provider can be told; None for as long as it likes.
    """

    number: str
    text: str
    key: str
    keep_for: timedelta | None = None


class SmsProvider(Protocol):
    """One company that carries text messages."""

    def submit(self, message: TextMessage, *, connections: Connections) -> str:
        """Hand one message over, and return the provider’s id for it, empty if it gave none.

        Raises `HandOverFailed` if it was not accepted, and `NoAnswer` if nobody can know.
        """

    def read_report(self, callback: Callback, *, at: datetime) -> StatusReport:
        """What a request to the status address says. Raises `ForgedReport` or `UnreadableReport`."""


class SmsSender:
    """Envelopes as text messages. What such an envelope says is short; only its text is used."""

    def __init__(self, provider: SmsProvider, *, connections: Connections) -> None:
        self._provider = provider
        self._connections = connections

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connections.__exit__(kind, error, trace)

    def send(self, envelope: Envelope) -> str | None:
        try:
            number = mobile_number(envelope.address)
        except PhoneNumberError:
            raise HandOverFailed(
                "This is no number that text messages go to.", permanent=True, address_gone=True
            ) from None
        written = sms_text(envelope.text)
        if written.segment_count > MOST_SEGMENTS:
            raise HandOverFailed(
                f"The text is too long for a text message ({written.segment_count} segments).", permanent=True
            )
        try:
            message = TextMessage(number, written.text, envelope.opaque_key, envelope.keep_for)
            return self._provider.submit(message, connections=self._connections)
        except NoAnswer as error:
            raise HandOverFailed(
                f"The SMS provider did not answer ({error}).", permanent=False, channel_down=True
            ) from None


def not_accepted(answer: Answer, *, for_good: bool, code: str = "") -> HandOverFailed:
    """What a provider’s error means. for_good: its own word that this number takes no messages.

    Everything else passes or is mended: a sign-in that is refused, an account without money, too many at once.
    """
    reason = f"{answer.status}, {code}" if code else f"{answer.status}"
    return HandOverFailed(
        f"The SMS provider refused the {'number' if for_good else 'message'} ({reason}).",
        permanent=for_good,
        address_gone=for_good,
        retry_after=retry_after(answer.headers),
        # A redirect is no answer either: the address in the settings is not the provider’s.
        channel_down=not for_good and (answer.status in (401, 402, 403) or answer.status >= 500 or answer.status < 400),
    )
