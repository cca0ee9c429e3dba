"""Text messages through a provider of one’s own, against a real server in every mood it may be in."""

import logging
import select
from datetime import timedelta
from pathlib import Path

import pytest

from patients.reminders.channels import HandOverFailed
from patients.reminders.channels.http import Connections
from patients.reminders.channels.sms import SmsSender
from patients.reminders.channels.sms_http import HttpSms
from tests.channels.envelopes import NUMBER, envelope
from tests.servers.http_outbox import HttpAnswer, HttpOutbox, Mood

TOKEN = "hidden-token"


@pytest.fixture
def sender(http_sink: HttpOutbox) -> SmsSender:
    provider = HttpSms(f"{http_sink.url}/texts?account=7", TOKEN, "Clinic", "hidden-secret")
    return SmsSender(provider, connections=Connections(seconds=1))


def failure(sender: SmsSender, *, address: str = NUMBER, text: str = "A note.") -> HandOverFailed:
    """What handing one message over says, after a look for what it must not say."""
    with sender, pytest.raises(HandOverFailed) as failed:
        sender.send(envelope(address, text=text))
    said = f"{failed.value} {failed.value.__cause__}"
    assert not any(secret in said for secret in (TOKEN, NUMBER, address, "127.0.0.1", "texts", "note"))
    return failed.value


def test_it_hands_over_number_text_and_key_and_returns_the_provider_s_id(
    sender: SmsSender, http_sink: HttpOutbox
) -> None:
    with sender:
        assert sender.send(envelope(NUMBER, text="There’s a note:\n\nhttps://clinic.example.org/x")) == "abc-1"
    (request,) = http_sink.requests()
    key = request.headers["idempotency-key"]
    assert (request.method, request.path) == ("POST", "/texts?account=7")
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.said == {
        "to": NUMBER,
        "from": "Clinic",
        "text": "There's a note:\nhttps://clinic.example.org/x",
        "key": key,
    }
    assert len(key) == 32


def test_another_try_carries_the_same_key(sender: SmsSender, http_sink: HttpOutbox) -> None:
    http_sink.answer(HttpAnswer(Mood.DROP_AFTER_ACCEPT))
    assert not failure(sender).permanent
    http_sink.answer(HttpAnswer())
    with sender:
        sender.send(envelope(NUMBER))
    assert list(http_sink.counts("idempotency-key").values()) == [2]


def test_one_connection_serves_a_batch(sender: SmsSender, http_sink: HttpOutbox) -> None:
    with sender:
        for _ in range(5):
            sender.send(envelope(NUMBER))
    assert len({request.connection for request in http_sink.requests()}) == 1
    with sender:
        sender.send(envelope(NUMBER))
    assert len({request.connection for request in http_sink.requests()}) == 2


def test_a_connection_that_has_ended_meanwhile_is_opened_again(sender: SmsSender, http_sink: HttpOutbox) -> None:
    http_sink.answer(HttpAnswer(Mood.ANSWER_AND_CLOSE))
    with sender:
        for _ in range(3):
            sender.send(envelope(NUMBER))
            (kept,) = sender._connections._kept.values()
            # The end takes its time to arrive; nothing else can be read here.
            assert select.select([kept.sock], [], [], 10)[0]
    assert len({request.connection for request in http_sink.requests()}) == 3


@pytest.mark.parametrize("mood", [Mood.HANG, Mood.DRIP, Mood.DROP_BEFORE, Mood.DROP_AFTER_ACCEPT])
def test_a_provider_that_does_not_answer_is_down_and_nothing_is_lost(
    sender: SmsSender, http_sink: HttpOutbox, mood: Mood
) -> None:
    """Neither is anything sent twice by us: whether it is tried again is for the outbox to say."""
    http_sink.answer(HttpAnswer(mood))
    failed = failure(sender)
    assert (failed.permanent, failed.channel_down) == (False, True)
    assert len(http_sink.requests()) == (0 if mood == Mood.DROP_BEFORE else 1)


def test_after_a_failure_the_next_message_goes(sender: SmsSender, http_sink: HttpOutbox) -> None:
    for mood in (Mood.DROP_BEFORE, Mood.DROP_AFTER_ACCEPT, Mood.HANG):
        http_sink.clear()
        with sender:
            http_sink.answer(HttpAnswer(mood))
            with pytest.raises(HandOverFailed):
                sender.send(envelope(NUMBER))
            http_sink.clear()
            sender.send(envelope(NUMBER))
        assert len(http_sink.requests()) == 1, mood


def test_a_provider_that_is_not_there_is_down() -> None:
    sender = SmsSender(HttpSms("http://127.0.0.1:9/", TOKEN), connections=Connections(seconds=1))
    failed = failure(sender)
    assert (failed.permanent, failed.channel_down) == (False, True)


@pytest.mark.parametrize(
    ("status", "body", "permanent", "down"),
    [
        (422, '{"permanent": true, "detail": "opted-out"}', True, False),
        (404, '{"permanent": true}', True, False),
        (422, '{"permanent": "yes"}', False, False),
        (400, '{"error": "+4915123456789 and a note"}', False, False),
        (400, "<h1>No</h1>", False, False),
        (400, "[" * 5000, False, False),
        (401, "", False, True),
        (402, "", False, True),
        (403, "", False, True),
        (429, "", False, False),
        (302, "", False, True),
        (500, '{"permanent": true}', False, True),
        (503, "", False, True),
    ],
)
def test_only_the_provider_s_own_word_ends_a_number(
    sender: SmsSender, http_sink: HttpOutbox, status: int, body: str, permanent: bool, down: bool
) -> None:
    http_sink.answer(HttpAnswer(status=status, body=body, headers={"Location": f"{http_sink.url}/elsewhere"}))
    failed = failure(sender)
    assert (failed.permanent, failed.channel_down) == (permanent, down)
    assert len(http_sink.requests()) == 1


def test_it_waits_as_long_as_it_is_asked_to(sender: SmsSender, http_sink: HttpOutbox) -> None:
    http_sink.answer(HttpAnswer(status=429, headers={"Retry-After": "90"}))
    assert failure(sender).retry_after == timedelta(seconds=90)
    http_sink.answer(HttpAnswer(status=429))
    assert failure(sender).retry_after is None


def test_an_id_that_is_more_than_an_id_is_not_kept(sender: SmsSender, http_sink: HttpOutbox) -> None:
    """What is accepted stays accepted, whatever else the answer says."""
    for body in ("", "{}", '{"id": {"a": 1}}', '{"id": "to +4915123456789 a note"}', '{"id": true}', "x" * 200_000):
        http_sink.answer(HttpAnswer(body=body))
        with sender:
            assert sender.send(envelope(NUMBER)) == "", body[:20]


def test_what_is_accepted_is_accepted_though_the_rest_of_the_answer_never_comes(
    sender: SmsSender, http_sink: HttpOutbox
) -> None:
    http_sink.answer(HttpAnswer(Mood.ANSWER_HALF))
    with sender:
        sender.send(envelope(NUMBER))
        http_sink.answer(HttpAnswer())
        sender.send(envelope(NUMBER))
    assert len(http_sink.requests()) == 2


def test_neither_a_proxy_nor_a_password_is_taken_out_of_the_environment(
    sender: SmsSender, http_sink: HttpOutbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("default login eve password eve", encoding="utf-8")
    for name, value in {"HTTP_PROXY": "http://127.0.0.1:9", "NETRC": str(tmp_path / "netrc")}.items():
        monkeypatch.setenv(name, value)
        monkeypatch.setenv(name.lower(), value)
    with sender:
        sender.send(envelope(NUMBER))
    assert http_sink.requests()[0].headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    "address", ["", "angela@example.org", "+49 30 123456", "112", "+4915123456789\r\nX: y", "+49" * 50]
)
def test_a_number_that_is_none_is_refused_for_good_and_nothing_is_sent(
    sender: SmsSender, http_sink: HttpOutbox, address: str
) -> None:
    with sender, pytest.raises(HandOverFailed, match="no number") as failed:
        sender.send(envelope(address))
    assert failed.value.permanent
    assert http_sink.requests() == []


def test_a_text_that_is_a_letter_is_refused(sender: SmsSender, http_sink: HttpOutbox) -> None:
    assert failure(sender, text="A note. " * 200).permanent
    assert http_sink.requests() == []


def test_nothing_reaches_a_log(sender: SmsSender, http_sink: HttpOutbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with sender:
        sender.send(envelope(NUMBER))
    http_sink.answer(HttpAnswer(Mood.DROP_AFTER_ACCEPT))
    failure(sender)
    assert caplog.text == ""


def test_what_holds_secrets_does_not_print_them() -> None:
    assert "hidden" not in repr(HttpSms("https://sms.example.org", TOKEN, "Clinic", "hidden-secret"))
