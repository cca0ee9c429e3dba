"""Email, over SMTP or over the interface of an email service (Anymail): whichever Django’s backend is.

Anymail works behind Django’s own mail classes, and says which options its services lack: https://anymail.dev/
"""

import smtplib
from collections.abc import Mapping
from datetime import timedelta
from types import TracebackType
from typing import Self

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailInvalidAddress, AnymailRecipientsRefused
from anymail.message import AnymailMessage
from django.core.mail import get_connection

from clinics.services.letters import MAIL_ERRORS, sender_line
from patients.reminders.channels.envelope import Envelope, HandOverFailed
from patients.reminders.channels.retry_after import retry_after
from patients.reminders.channels.smtp_codes import Fault, fault_of_message, fault_of_recipient

# RFC 4954: these answer any command when the server wants us signed in, or in another way.
SIGN_IN_REFUSED = (530, 534, 535, 538)
# Anymail’s words for a message that its service has accepted.
TAKEN = {"sent", "queued"}
# RFC 5321, 3.8: the server is about to close, whatever it was asked.
CLOSING = 421


class EmailSender:
    """Django's configured mail backend; one connection for a batch, opened when it is first needed."""

    def __enter__(self) -> Self:
        self._connection = get_connection()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def send(self, envelope: Envelope) -> str | None:
        message = AnymailMessage(
            subject=envelope.subject,
            body=envelope.text,
            from_email=sender_line(envelope.sender_name),
            to=[envelope.address],
            headers=_headers(envelope),
            connection=self._connection,
        )
        message.attach_alternative(envelope.html, "text/html")
        # Some services write a Message-ID of their own. This comes back in what they report, and SMTP ignores it.
        message.metadata = {"idempotency_key": envelope.idempotency_key}
        try:
            self._connection.open()
            self._connection.send_messages([message])
        except MAIL_ERRORS as error:
            # The connection is not worth keeping; the next message opens a new one.
            self._connection.close()
            # “From None”: what the library says quotes the address, and may be printed with ours.
            raise _failure(error) from None
        # SMTP leaves no status. A service may answer that it cannot say what it did.
        if message.anymail_status.status is not None and not message.anymail_status.status <= TAKEN:
            raise HandOverFailed("The email service did not say that it took the message.", permanent=False)
        given_id: str | None = message.anymail_status.message_id
        return given_id


def _headers(envelope: Envelope) -> dict[str, str]:
    headers = {"Message-ID": f"<{envelope.idempotency_key}>", "Auto-Submitted": "auto-generated"}
    if envelope.unsubscribe_address:
        # RFC 8058, 3.1: both, and an https address. A scanner’s GET is told apart from the reader’s POST.
        headers["List-Unsubscribe"] = f"<{envelope.unsubscribe_address}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _failure(error: Exception) -> HandOverFailed:
    """What this means for the message. Only a “no” to this recipient or to this message is for good.

    Everything else is between the two servers, whatever number it carries: a sender that is not known yet, a sign-in
    that is asked for, a server that is closed. It ends once somebody has mended it, and no patient pays for it.
    """
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, said = next(iter(error.recipients.values()), (0, b""))
            return _refused("the recipient", code, fault_of_recipient(said))
        case smtplib.SMTPDataError():
            return _refused("the message", error.smtp_code, fault_of_message(error.smtp_error))
        case smtplib.SMTPAuthenticationError():
            return _down("The mail server refused our sign-in.")
        case smtplib.SMTPResponseException():
            return _down(f"The mail server refused us ({error.smtp_code}).")
        case AnymailRecipientsRefused() | AnymailInvalidAddress():
            return HandOverFailed("The email service refused the recipient.", permanent=True, address_gone=True)
        case AnymailAPIError() if error.status_code is not None:
            return _answered(error.status_code, getattr(error.response, "headers", {}))
        case AnymailError() if not isinstance(error, OSError):
            return _down(f"The email service cannot be used as it is set up ({_kind(error)}).")
        case _:
            return _down(f"The mail server could not be reached ({_kind(error)}).")


def _refused(what: str, code: int, fault: Fault) -> HandOverFailed:
    """One recipient or one message was refused by SMTP. fault: whose it is, if the code is one for good."""
    is_ours = code == CLOSING or code in SIGN_IN_REFUSED or (code >= 500 and fault is Fault.OURS)
    for_good = code >= 500 and not is_ours and fault is not Fault.LATER
    return HandOverFailed(
        f"The mail server refused {what} ({code}).",
        permanent=for_good,
        channel_down=is_ours,
        address_gone=for_good and fault is Fault.ADDRESS,
    )


def _answered(status: int, headers: Mapping[str, str]) -> HandOverFailed:
    """The email service answered with an error. Which of them are about the recipient, Anymail tells by itself."""
    wait: timedelta | None = retry_after({name.lower(): value for name, value in headers.items()})
    return HandOverFailed(
        f"The email service refused us ({status}).",
        permanent=False,
        retry_after=wait,
        channel_down=status in (401, 402, 403) or status >= 500,
    )


def _down(detail: str) -> HandOverFailed:
    return HandOverFailed(detail, permanent=False, channel_down=True)


def _kind(error: Exception) -> str:
    return type(error).__name__
