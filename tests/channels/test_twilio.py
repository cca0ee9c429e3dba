"""Text messages through Twilio, against a server that answers as Twilio documents it."""

import base64
import json
from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from patients.reminders.channels import HandOverFailed
from patients.reminders.channels.http import Connections
from patients.reminders.channels.sms import SmsSender
from patients.reminders.channels.sms_twilio import TwilioSms
from tests.channels.envelopes import NUMBER, envelope
from tests.servers.http_outbox import HttpAnswer, HttpOutbox, Mood

ACCOUNT = "AC" + "0" * 32
TOKEN = "hidden-token"


def twilio(sink: HttpOutbox, *, sender: str = "+4915200000000", status_address: str = "") -> SmsSender:
    provider = TwilioSms(ACCOUNT, TOKEN, sender, status_address, api=sink.url)
    return SmsSender(provider, connections=Connections(seconds=1))


def posted(sink: HttpOutbox) -> dict[str, list[str]]:
    return parse_qs(sink.requests()[-1].body.decode())


def test_it_hands_over_what_twilio_asks_for_and_returns_its_id(http_sink: HttpOutbox) -> None:
    with twilio(http_sink) as sender:
        assert sender.send(envelope(NUMBER, text="A note: +1 & more")) == "SM1"
    (request,) = http_sink.requests()
    assert request.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert base64.b64decode(request.headers["authorization"].removeprefix("Basic ")) == f"{ACCOUNT}:{TOKEN}".encode()
    assert posted(http_sink) == {
        "To": [NUMBER],
        "From": ["+4915200000000"],
        "Body": ["A note: +1 & more"],
        "ValidityPeriod": ["3600"],
    }


@pytest.mark.parametrize(
    ("keep_for", "seconds"),
    [(timedelta(hours=5), "3600"), (timedelta(minutes=20), "1200"), (timedelta(), "1")],
    ids=["an hour at most", "until her night", "the least that Twilio takes"],
)
def test_it_waits_no_longer_than_it_is_worth(http_sink: HttpOutbox, keep_for: timedelta, seconds: str) -> None:
    with twilio(http_sink) as sender:
        sender.send(envelope(NUMBER, keep_for=keep_for))
    assert posted(http_sink)["ValidityPeriod"] == [seconds]


def test_a_messaging_service_is_named_as_one(http_sink: HttpOutbox) -> None:
    with twilio(http_sink, sender="MG" + "1" * 32) as sender:
        sender.send(envelope(NUMBER))
    assert posted(http_sink)["MessagingServiceSid"] == ["MG" + "1" * 32]
    assert "From" not in posted(http_sink)


def test_the_status_address_carries_the_key_that_a_lost_answer_would_have(http_sink: HttpOutbox) -> None:
    with twilio(http_sink, status_address="https://clinic.example.org/hooks/sms") as sender:
        sender.send(envelope(NUMBER))
    key = envelope(NUMBER).opaque_key
    assert posted(http_sink)["StatusCallback"] == [f"https://clinic.example.org/hooks/sms?key={key}"]


def refused(
    sink: HttpOutbox, *, status: int, code: int | None = None, headers: dict[str, str] | None = None
) -> HandOverFailed:
    body = json.dumps({"code": code, "message": f"The 'To' number {NUMBER} is no number.", "status": status})
    sink.answer(HttpAnswer(status=status, body=body, headers=headers or {}))
    with twilio(sink) as sender, pytest.raises(HandOverFailed) as failed:
        sender.send(envelope(NUMBER))
    assert NUMBER not in str(failed.value)
    return failed.value


@pytest.mark.parametrize("code", [21211, 21614, 21635, 21610])
def test_a_number_that_takes_no_messages_is_refused_for_good(http_sink: HttpOutbox, code: int) -> None:
    failed = refused(http_sink, status=400, code=code)
    assert (failed.permanent, failed.channel_down, failed.address_gone) == (True, False, True)
    assert str(code) in str(failed)


@pytest.mark.parametrize("code", [21608, 21612, 21617, 30003, 99999, None])
def test_a_code_that_is_about_us_or_unknown_ends_nothing(http_sink: HttpOutbox, code: int | None) -> None:
    """A trial account knows no number but its owner’s; that is mended, and no patient pays for it."""
    failed = refused(http_sink, status=400, code=code)
    assert (failed.permanent, failed.channel_down, failed.address_gone) == (False, False, False)


@pytest.mark.parametrize(("status", "code"), [(401, 20003), (403, None), (500, 20500), (503, None)])
def test_an_account_that_is_refused_is_a_channel_that_is_down(
    http_sink: HttpOutbox, status: int, code: int | None
) -> None:
    failed = refused(http_sink, status=status, code=code)
    assert (failed.permanent, failed.channel_down) == (False, True)


def test_too_many_at_once_wait(http_sink: HttpOutbox) -> None:
    failed = refused(http_sink, status=429, code=20429, headers={"Retry-After": "7"})
    assert (failed.permanent, failed.channel_down, failed.retry_after) == (False, False, timedelta(seconds=7))


@pytest.mark.parametrize("mood", [Mood.HANG, Mood.DROP_AFTER_ACCEPT])
def test_a_lost_answer_is_a_passing_failure_and_the_request_went_once(http_sink: HttpOutbox, mood: Mood) -> None:
    http_sink.answer(HttpAnswer(mood))
    with twilio(http_sink) as sender, pytest.raises(HandOverFailed) as failed:
        sender.send(envelope(NUMBER))
    assert (failed.value.permanent, failed.value.channel_down) == (False, True)
    assert len(http_sink.requests()) == 1


def test_the_token_is_not_printed() -> None:
    assert TOKEN not in repr(TwilioSms(ACCOUNT, TOKEN, "+4915200000000"))
