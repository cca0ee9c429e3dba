"""Whose fault a refusal is: of the mailbox, of the message, or of our own server and account, which somebody mends."""

import smtplib

import pytest

from patients.reminders.channels import EmailSender, HandOverFailed
from tests.channels.envelopes import envelope
from tests.servers.outbox import Outbox

LETTER = envelope("angela@example.org")


def failed(monkeypatch: pytest.MonkeyPatch, error: Exception) -> HandOverFailed:
    def fails(messages: object) -> None:
        raise error

    with EmailSender() as sender:
        monkeypatch.setattr(sender._connection, "send_messages", fails)
        with pytest.raises(HandOverFailed) as raised:
            sender.send(LETTER)
    assert "angela" not in str(raised.value)
    return raised.value


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (550, b"5.1.1 <angela@example.org>: Recipient address rejected: User unknown"),
        (550, b"5.1.2 Domain not found"),
        (550, b"5.1.10 Recipient not found"),
        (550, b"5.2.1 This mailbox is disabled"),
        (550, b"5.0.0 No"),
        (550, b"Nobody of that name"),
        (553, b""),
    ],
)
def test_a_mailbox_that_is_none_takes_nothing_any_more(
    smtp_sink: Outbox, monkeypatch: pytest.MonkeyPatch, code: int, said: bytes
) -> None:
    found = failed(monkeypatch, smtplib.SMTPRecipientsRefused({LETTER.address: (code, said)}))
    assert (found.permanent, found.address_gone, found.channel_down) == (True, True, False)


@pytest.mark.parametrize(
    ("code", "said", "down"),
    [
        (553, b"5.7.1 <clinic@example.org>: Sender address rejected: not owned by user clinic", False),
        (554, b"5.7.1 <angela@example.org>: Relay access denied", False),
        (553, b"5.7.1 Not an open relay\n5.7.1 so get lost", False),
        (550, b"5.4.6 mail rate exceeded limit", False),
        (550, b"5.1.8 <clinic@example.org>: Sender address rejected: Domain not found", True),
        (550, b"5.1.7 Bad sender", True),
        (504, b"5.5.2 <x>: Helo command rejected", True),
        (554, b"5.3.0 Something here is broken", True),
    ],
)
def test_what_is_wrong_with_us_ends_nobody_s_address_and_passes_once_it_is_mended(
    smtp_sink: Outbox, monkeypatch: pytest.MonkeyPatch, code: int, said: bytes, down: bool
) -> None:
    """Many servers say so as late as at the recipient. Each patient’s address would be stopped, one after the other."""
    found = failed(monkeypatch, smtplib.SMTPRecipientsRefused({LETTER.address: (code, said)}))
    assert (found.permanent, found.address_gone, found.channel_down) == (False, False, down)


def test_a_mailbox_that_is_full_is_tried_again(smtp_sink: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    error = smtplib.SMTPRecipientsRefused({LETTER.address: (552, b"5.2.2 Mailbox full")})
    found = failed(monkeypatch, error)
    assert (found.permanent, found.address_gone, found.channel_down) == (False, False, False)


@pytest.mark.parametrize(
    ("said", "for_good"),
    [
        (b"5.4.5 Daily user sending quota exceeded", False),
        (b"5.3.4 Message too big for system", False),
        (b"5.7.1 This looks like spam", True),
        (b"5.6.0 Not this", True),
        (b"No", True),
    ],
)
def test_a_quota_that_is_used_up_is_no_word_about_the_message(
    smtp_sink: Outbox, monkeypatch: pytest.MonkeyPatch, said: bytes, for_good: bool
) -> None:
    found = failed(monkeypatch, smtplib.SMTPDataError(550, said))
    assert (found.permanent, found.address_gone, found.channel_down) == (for_good, False, not for_good)
