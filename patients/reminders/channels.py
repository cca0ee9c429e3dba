"""The ways a message leaves the house. A channel hands one envelope over, or says why it could not."""

import smtplib
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from django.core.mail import EmailMultiAlternatives, get_connection

from clinics.services.letters import sender_line

# RFC 4954: these answer any command when the server wants us signed in, or in another way.
SIGN_IN_REFUSED = (530, 534, 535, 538)


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
            from_email=sender_line(envelope.sender_name),
            to=[envelope.address],
            headers={"Message-ID": f"<{envelope.idempotency_key}>", "Auto-Submitted": "auto-generated"},
            connection=self._connection,
        )
        message.attach_alternative(envelope.html, "text/html")
        try:
            self._connection.open()
            self._connection.send_messages([message])
        except (OSError, smtplib.SMTPException) as error:
            # The connection is not worth keeping; the next message opens a new one.
            self._connection.close()
            raise _failure(error) from error


def _failure(error: OSError | smtplib.SMTPException) -> HandOverFailed:
    """What this means for the message. Only a “no” to this recipient or to this message is for good.

    Everything else is between the two servers, whatever number it carries: a sender that is not known yet, a sign-in
    that is asked for, a server that is closed. It ends once somebody has mended it, and no patient pays for it.
    """
    match error:
        case smtplib.SMTPRecipientsRefused():
            code = next((code for code, _ in error.recipients.values()), 0)
            for_good = code >= 500 and code not in SIGN_IN_REFUSED
            return HandOverFailed(f"The mail server refused the recipient ({code}).", permanent=for_good)
        case smtplib.SMTPDataError():
            code = error.smtp_code
            for_good = code >= 500 and code not in SIGN_IN_REFUSED
            return HandOverFailed(f"The mail server refused the message ({code}).", permanent=for_good)
        case smtplib.SMTPAuthenticationError():
            return HandOverFailed("The mail server refused our sign-in.", permanent=False)
        case smtplib.SMTPResponseException():
            return HandOverFailed(f"The mail server refused us ({error.smtp_code}).", permanent=False)
        case _:
            return HandOverFailed(f"The mail server could not be reached ({type(error).__name__}).", permanent=False)
