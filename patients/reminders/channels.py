"""The ways a message leaves the house. A channel hands one envelope over, or says why it could not."""

import smtplib
from dataclasses import dataclass
from email.utils import formataddr
from types import TracebackType
from typing import Protocol, Self

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is handed over. The same idempotency key means the same message, however often it is tried."""

    address: str
    sender_name: str
    subject: str
    text: str
    html: str
    idempotency_key: str


class HandOverFailed(Exception):
    """Not accepted. `permanent`: trying again would fail the same way. The text has no address and no content."""

    def __init__(self, detail: str, *, permanent: bool) -> None:
        super().__init__(detail)
        self.permanent = permanent


class Sender(Protocol):
    """One open connection of a channel, used for a batch of messages."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, envelope: Envelope) -> None:
        """Return once the other side has accepted; raise `HandOverFailed` otherwise."""


class EmailSender:
    """Django's configured mail backend; one connection for a batch, opened when it is first needed."""

    def __enter__(self) -> Self:
        self._connection = get_connection()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def send(self, envelope: Envelope) -> None:
        message = EmailMultiAlternatives(
            subject=envelope.subject,
            body=envelope.text,
            from_email=formataddr((envelope.sender_name, settings.DEFAULT_FROM_EMAIL)),
            to=[envelope.address],
            headers={"Message-ID": f"<{envelope.idempotency_key}>", "Auto-Submitted": "auto-generated"},
            connection=self._connection,
        )
        message.attach_alternative(envelope.html, "text/html")
        try:
            self._connection.open()
            self._connection.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            code = next((code for code, _ in error.recipients.values()), 0)
            raise HandOverFailed(f"The mail server refused the recipient ({code}).", permanent=code >= 500) from error
        except smtplib.SMTPAuthenticationError as error:
            raise HandOverFailed("The mail server refused our sign-in.", permanent=False) from error
        except smtplib.SMTPResponseException as error:
            self._connection.close()
            raise HandOverFailed(
                f"The mail server refused the message ({error.smtp_code}).", permanent=error.smtp_code >= 500
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            # The connection is not worth keeping; the next message opens a new one.
            self._connection.close()
            raise HandOverFailed(
                f"The mail server could not be reached ({type(error).__name__}).", permanent=False
            ) from error
