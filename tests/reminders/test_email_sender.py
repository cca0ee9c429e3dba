"""The email channel against a real mail server, in every mood it may be in."""

import smtplib
import socket

import pytest
from pytest_django import Settings

from patients.reminders.channels import EmailSender, Envelope, HandOverFailed
from tests.servers.outbox import Answer, Outbox

ENVELOPE = Envelope(
    address="angela@example.org",
    sender_name="Your clinic",
    subject="You have a new note",
    text="There is a new note for you.",
    html="<p>There is a new note for you.</p>",
    idempotency_key="ABC.123@example.org",
)


def test_it_hands_over_text_and_html_with_the_key_as_message_id(smtp_sink: Outbox) -> None:
    with EmailSender() as sender:
        sender.send(ENVELOPE)
    (message,) = smtp_sink.messages()
    assert message.email["Message-ID"] == "<ABC.123@example.org>"
    assert message.email["From"] == "Your clinic <clinic@localhost>"
    assert message.recipients == ("angela@example.org",)
    assert message.text.strip() == ENVELOPE.text
    assert ENVELOPE.html in message.html


def test_one_connection_serves_a_batch(smtp_sink: Outbox) -> None:
    with EmailSender() as sender:
        for _ in range(3):
            sender.send(ENVELOPE)
    assert len(smtp_sink.messages()) == 3


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [
        (Answer.REFUSE_TEMPORARILY, False),
        (Answer.REFUSE_PERMANENTLY, True),
        (Answer.REFUSE_MESSAGE_TEMPORARILY, False),
        (Answer.REFUSE_MESSAGE_PERMANENTLY, True),
    ],
)
def test_a_refusal_is_told_apart_from_a_passing_failure(smtp_sink: Outbox, answer: Answer, permanent: bool) -> None:
    smtp_sink.answer(answer)
    with EmailSender() as sender, pytest.raises(HandOverFailed) as failed:
        sender.send(ENVELOPE)
    assert failed.value.permanent is permanent
    assert failed.value.address_gone is (answer is Answer.REFUSE_PERMANENTLY), "a message is not an address"
    assert "angela" not in str(failed.value)


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPConnectError(554, "No service here."),
        smtplib.SMTPHeloError(550, "We do not know you."),
        smtplib.SMTPAuthenticationError(535, "Wrong password."),
        smtplib.SMTPSenderRefused(550, b"Not from here.", "clinic@localhost"),
        smtplib.SMTPRecipientsRefused({ENVELOPE.address: (530, b"Authentication required.")}),
        smtplib.SMTPDataError(530, b"Authentication required."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_between_the_two_servers_is_never_for_good(
    smtp_sink: Outbox, monkeypatch: pytest.MonkeyPatch, error: smtplib.SMTPException
) -> None:
    """A sign-in that expired overnight must not lose a night's messages."""

    def fails(messages: object) -> None:
        raise error

    with EmailSender() as sender:
        monkeypatch.setattr(sender._connection, "send_messages", fails)
        with pytest.raises(HandOverFailed) as failed:
            sender.send(ENVELOPE)
    assert not failed.value.permanent
    assert "angela" not in str(failed.value)


def test_a_from_address_with_a_name_gives_way_to_the_neutral_name(smtp_sink: Outbox, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Lindenhof gut practice <noreply@example.org>"
    with EmailSender() as sender:
        sender.send(ENVELOPE)
    (message,) = smtp_sink.messages()
    assert message.email["From"] == "Your clinic <noreply@example.org>"


def test_after_a_failure_the_next_message_goes(smtp_sink: Outbox) -> None:
    for mood in (Answer.REFUSE_TEMPORARILY, Answer.REFUSE_MESSAGE_TEMPORARILY, Answer.DROP_AFTER_ACCEPT):
        smtp_sink.clear()
        with EmailSender() as sender:
            smtp_sink.answer(mood)
            with pytest.raises(HandOverFailed):
                sender.send(ENVELOPE)
            smtp_sink.clear()
            sender.send(ENVELOPE)
        assert len(smtp_sink.messages()) == 1, mood


def test_a_connection_cut_before_the_answer_is_a_passing_failure(smtp_sink: Outbox) -> None:
    """The server has the message and we cannot know: it will go again, under the same key."""
    smtp_sink.answer(Answer.DROP_AFTER_ACCEPT)
    with EmailSender() as sender, pytest.raises(HandOverFailed) as failed:
        sender.send(ENVELOPE)
    assert not failed.value.permanent
    assert len(smtp_sink.messages()) == 1


def test_a_dead_mail_server_is_a_passing_failure(smtp_sink: Outbox, settings: Settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = closed.getsockname()[1]
    with EmailSender() as sender, pytest.raises(HandOverFailed, match="could not be reached") as failed:
        sender.send(ENVELOPE)
    assert not failed.value.permanent
