"""One-click unsubscribing (RFC 8058), and what tells a channel that is down from one recipient who is refused."""

import smtplib
from dataclasses import replace

import pytest

from patients.reminders.channels import EmailSender, HandOverFailed
from tests.channels.envelopes import envelope
from tests.servers.outbox import Outbox

LETTER = envelope("angela@example.org")
LEAVE = "https://clinic.example.org/unsubscribe/opaque"


def test_an_address_to_unsubscribe_at_becomes_both_headers(smtp_sink: Outbox) -> None:
    with EmailSender() as sender:
        sender.send(replace(LETTER, unsubscribe_address=LEAVE))
    (message,) = smtp_sink.messages()
    assert message.email["List-Unsubscribe"] == f"<{LEAVE}>"
    assert message.email["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.email["Message-ID"] == f"<{LETTER.idempotency_key}>"


def test_without_one_there_is_neither(smtp_sink: Outbox) -> None:
    with EmailSender() as sender:
        sender.send(LETTER)
    (message,) = smtp_sink.messages()
    assert message.email["List-Unsubscribe"] is None
    assert message.email["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize("leave", ["https://x.example.org/\r\nBcc: eve@example.org", "https://x.example.org/\nx"])
def test_an_address_cannot_bring_headers_of_its_own(smtp_sink: Outbox, leave: str) -> None:
    with EmailSender() as sender, pytest.raises(ValueError, match="newlines"):
        sender.send(replace(LETTER, unsubscribe_address=leave))
    assert smtp_sink.messages() == []


@pytest.mark.parametrize(
    ("error", "down"),
    [
        (smtplib.SMTPAuthenticationError(535, b"No."), True),
        (smtplib.SMTPSenderRefused(550, b"No.", "clinic@localhost"), True),
        (smtplib.SMTPServerDisconnected("Gone."), True),
        (TimeoutError(), True),
        (smtplib.SMTPRecipientsRefused({LETTER.address: (421, b"Closing.")}), True),
        (smtplib.SMTPRecipientsRefused({LETTER.address: (530, b"Sign in.")}), True),
        (smtplib.SMTPRecipientsRefused({LETTER.address: (451, b"Later.")}), False),
        (smtplib.SMTPRecipientsRefused({LETTER.address: (550, b"Nobody.")}), False),
        (smtplib.SMTPDataError(554, b"Spam."), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_server_that_is_down_is_told_apart_from_a_recipient_who_is_refused(
    smtp_sink: Outbox, monkeypatch: pytest.MonkeyPatch, error: Exception, down: bool
) -> None:
    def fails(messages: object) -> None:
        raise error

    with EmailSender() as sender:
        monkeypatch.setattr(sender._connection, "send_messages", fails)
        with pytest.raises(HandOverFailed) as failed:
            sender.send(LETTER)
    assert failed.value.channel_down is down
    assert failed.value.__suppress_context__
