"""Email through the interface of an email service, against a server that answers as one."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from clinics.services.letters import LetterNotSent, send_letter
from gutclinic.email_services import email_service, names_email_service
from patients.reminders.channels import EmailSender, HandOverFailed
from tests.channels.envelopes import envelope
from tests.servers.http_outbox import HttpAnswer, HttpOutbox, Mood

LETTER = envelope("angela@example.org")
ACCEPTED = {
    "postmark": '{"ErrorCode": 0, "Message": "OK", "MessageID": "pm-1", "To": "angela@example.org"}',
    "resend": '{"id": "re-1"}',
    "brevo": '{"messageId": "br-1"}',
}
INACTIVE = json.dumps(
    {
        "ErrorCode": 406,
        "Message": "You tried to send to a recipient that has been marked as inactive.\n"
        "Found inactive addresses: angela@example.org.\n"
        "Inactive recipients are ones that have generated a hard bounce or a spam complaint.",
    }
)
Using = Callable[[str], None]


@pytest.fixture
def using(http_sink: HttpOutbox, settings: Settings) -> Using:
    def use(name: str) -> None:
        url = f"{name}://hidden-token@?api_url={http_sink.url}/"
        settings.EMAIL_BACKEND, settings.ANYMAIL = email_service(url, seconds=1)
        http_sink.answer(HttpAnswer(status=200, body=ACCEPTED[name]))

    return use


def failure(caplog: pytest.LogCaptureFixture) -> HandOverFailed:
    # Whatever LOG_LEVEL is: the settings keep what is called out of every log.
    caplog.set_level(logging.DEBUG)
    with EmailSender() as sender, pytest.raises(HandOverFailed) as failed:
        sender.send(LETTER)
    said = f"{failed.value} {failed.value.__cause__} {caplog.text}"
    assert not any(secret in said for secret in ("angela", "hidden-token", "127.0.0.1", "note"))
    return failed.value


@pytest.mark.parametrize(("name", "given_id"), [("postmark", "pm-1"), ("resend", "re-1"), ("brevo", "br-1")])
def test_each_service_takes_the_letter_with_its_key_and_gives_an_id(
    using: Using, http_sink: HttpOutbox, name: str, given_id: str
) -> None:
    using(name)
    with EmailSender() as sender:
        assert sender.send(LETTER) == given_id
    (request,) = http_sink.requests()
    assert LETTER.idempotency_key in request.body.decode()
    assert "hidden-token" not in request.path


def test_nobody_is_watched_opening_a_letter(using: Using, http_sink: HttpOutbox) -> None:
    using("postmark")
    with EmailSender() as sender:
        sender.send(LETTER)
    said = http_sink.requests()[0].said
    assert (said["TrackOpens"], said["TrackLinks"]) == (False, "None")
    assert {"Name": "Message-ID", "Value": f"<{LETTER.idempotency_key}>"} in said["Headers"]


def test_one_connection_serves_a_batch(using: Using, http_sink: HttpOutbox) -> None:
    using("postmark")
    with EmailSender() as sender:
        for _ in range(3):
            sender.send(LETTER)
    assert len({request.connection for request in http_sink.requests()}) == 1


def test_a_mailbox_that_takes_nothing_is_refused_for_good(
    using: Using, http_sink: HttpOutbox, caplog: pytest.LogCaptureFixture
) -> None:
    using("postmark")
    http_sink.answer(HttpAnswer(status=422, body=INACTIVE))
    failed = failure(caplog)
    assert (failed.permanent, failed.channel_down) == (True, False)


def test_an_answer_that_says_neither_yes_nor_no_is_no_acceptance(
    using: Using, http_sink: HttpOutbox, caplog: pytest.LogCaptureFixture
) -> None:
    using("postmark")
    http_sink.answer(HttpAnswer(status=422, body='{"ErrorCode": 406, "Message": "angela@example.org: no."}'))
    failed = failure(caplog)
    assert (failed.permanent, failed.channel_down) == (False, False)


@pytest.mark.parametrize(
    ("status", "down"), [(400, False), (401, True), (403, True), (422, False), (429, False), (500, True), (503, True)]
)
def test_what_is_between_us_and_the_service_is_never_for_good(
    using: Using, http_sink: HttpOutbox, caplog: pytest.LogCaptureFixture, status: int, down: bool
) -> None:
    using("resend")
    body = '{"message": "angela@example.org and hidden-token"}'
    http_sink.answer(HttpAnswer(status=status, body=body, headers={"Retry-After": "9"}))
    failed = failure(caplog)
    assert (failed.permanent, failed.channel_down) == (False, down)
    assert failed.retry_after == timedelta(seconds=9)


@pytest.mark.parametrize("mood", [Mood.HANG, Mood.DROP_BEFORE, Mood.DROP_AFTER_ACCEPT])
def test_a_service_that_does_not_answer_is_down(
    using: Using, http_sink: HttpOutbox, caplog: pytest.LogCaptureFixture, mood: Mood
) -> None:
    using("postmark")
    http_sink.answer(HttpAnswer(mood))
    failed = failure(caplog)
    assert (failed.permanent, failed.channel_down) == (False, True)
    assert "could not be reached" in str(failed)


def test_an_invitation_that_the_service_refuses_is_a_letter_that_was_not_sent(
    using: Using, http_sink: HttpOutbox
) -> None:
    using("postmark")
    http_sink.answer(HttpAnswer(status=422, body=INACTIVE))
    with pytest.raises(LetterNotSent):
        send_letter(
            "patient_note", about="ABC", address="angela@example.org", sender_name="Your clinic", context={"count": 1}
        )


@pytest.mark.parametrize(
    ("url", "backend", "given"),
    [
        ("postmark://a%2Fb@", "postmark", {"POSTMARK_SERVER_TOKEN": "a/b"}),
        (
            "mailgun://key@mg.example.org",
            "mailgun",
            {"MAILGUN_API_KEY": "key", "MAILGUN_SENDER_DOMAIN": "mg.example.org"},
        ),
        ("mailjet://key:secret@", "mailjet", {"MAILJET_API_KEY": "key", "MAILJET_SECRET_KEY": "secret"}),
        (
            "sparkpost://key@?api_url=https://api.eu.sparkpost.com/api/v1/",
            "sparkpost",
            {"SPARKPOST_API_KEY": "key", "SPARKPOST_API_URL": "https://api.eu.sparkpost.com/api/v1/"},
        ),
    ],
)
def test_the_address_fills_the_service_s_settings(url: str, backend: str, given: dict[str, str]) -> None:
    found, settings = email_service(url, seconds=10)
    assert found == f"anymail.backends.{backend}.EmailBackend"
    assert settings["REQUESTS_TIMEOUT"] == 10
    assert given.items() <= settings.items()


@pytest.mark.parametrize("url", ["postmark://", "mailgun://key-of-ours@", "mailjet://key-of-ours@", "sendgrid://@x"])
def test_an_address_that_lacks_a_part_is_a_sentence_without_the_key(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL lacks a part") as refused:
        email_service(url, seconds=10)
    assert "key-of-ours" not in str(refused.value)


def test_a_mail_server_is_no_service() -> None:
    assert not names_email_service("smtp+tls://user:password@mail.example.org:587")
    assert not names_email_service("")
