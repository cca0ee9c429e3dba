"""Push messages against a real server with TLS that plays the push services, and what only the browser can read."""

import base64
import json
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import http_ece
import pytest
from py_vapid import Vapid02

from patients.reminders.channels import HandOverFailed
from patients.reminders.channels.http import Connections, Route
from patients.reminders.channels.vapid import new_vapid_key, public_part, vapid_key
from patients.reminders.channels.web_push import WebPushSender
from tests.channels.envelopes import FIREFOX, Browser, envelope
from tests.servers.http_outbox import HttpAnswer, HttpOutbox, Mood

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOSTS = ("updates.push.services.mozilla.com", "*.push.apple.com")
KEY = vapid_key(new_vapid_key())
Sending = Callable[..., WebPushSender]


@pytest.fixture
def sending(http_sink: HttpOutbox) -> Sending:
    """A sender whose look-up of names leads to the sink, unless the test says where else."""

    def to_sink(host: str, port: int) -> list[tuple[str, int]]:
        assert port == 443
        return [("127.0.0.1", http_sink.tls_port)]

    def make(route: Route = to_sink) -> WebPushSender:
        trust = ssl.create_default_context(cafile=http_sink.trust)
        connections = Connections(seconds=1, route=route, trust=trust)
        return WebPushSender(
            key=KEY, contact="mailto:clinic@example.org", hosts=HOSTS, connections=connections, clock=lambda: AT
        )

    return make


def failure(sender: WebPushSender, address: str) -> HandOverFailed:
    with sender, pytest.raises(HandOverFailed) as failed:
        sender.send(envelope(address))
    said = f"{failed.value} {failed.value.__cause__}"
    assert not any(secret in said for secret in ("only-this-browser-knows", "p256dh", "127.0.0.1", "new note"))
    return failed.value


def test_only_the_browser_can_read_the_note_and_it_says_nothing_of_a_patient(
    sending: Sending, http_sink: HttpOutbox
) -> None:
    browser = Browser()
    with sending() as sender:
        assert not sender.send(envelope(browser.subscription()))
    (request,) = http_sink.requests()
    assert request.path == "/wpush/v2/only-this-browser-knows"
    assert b"note" not in request.body
    read = http_ece.decrypt(request.body, private_key=browser.key, auth_secret=browser.secret, version="aes128gcm")
    assert json.loads(read) == {
        "title": "Your clinic",
        "body": "You have a new note",
        "tag": envelope("").opaque_key,
    }


def test_the_headers_are_those_of_the_standard(sending: Sending, http_sink: HttpOutbox) -> None:
    with sending() as sender:
        sender.send(envelope(Browser().subscription()))
    headers = http_sink.requests()[0].headers
    assert (headers["ttl"], headers["urgency"], headers["content-encoding"]) == ("14400", "normal", "aes128gcm")
    assert headers["topic"] == envelope("").opaque_key
    assert len(headers["topic"]) == 32
    assert set(headers["topic"]) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize(
    ("keep_for", "seconds"),
    [(timedelta(hours=5), "14400"), (timedelta(minutes=20), "1200"), (timedelta(), "0")],
    ids=["four hours at most", "until her night", "now or never"],
)
def test_it_is_kept_no_longer_than_it_is_worth(
    sending: Sending, http_sink: HttpOutbox, keep_for: timedelta, seconds: str
) -> None:
    with sending() as sender:
        sender.send(envelope(Browser().subscription(), keep_for=keep_for))
    assert http_sink.requests()[0].headers["ttl"] == seconds


def test_the_token_is_signed_by_us_for_this_push_service_and_half_a_day(
    sending: Sending, http_sink: HttpOutbox
) -> None:
    with sending() as sender:
        sender.send(envelope(Browser().subscription()))
    authorization = http_sink.requests()[0].headers["authorization"]
    assert Vapid02.verify(authorization)
    token, key = (part.partition("=")[2] for part in authorization.removeprefix("vapid ").split(","))
    assert key == public_part(KEY)
    claims = token.split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))) == {
        "aud": "https://updates.push.services.mozilla.com",
        "exp": int((AT + timedelta(hours=12)).timestamp()),
        "sub": "mailto:clinic@example.org",
    }


def test_one_connection_serves_a_batch_and_every_try_has_the_same_topic(
    sending: Sending, http_sink: HttpOutbox
) -> None:
    with sending() as sender:
        for _ in range(3):
            sender.send(envelope(Browser().subscription()))
    assert len({request.connection for request in http_sink.requests()}) == 1
    assert list(http_sink.counts("topic").values()) == [3]


@pytest.mark.parametrize("status", [404, 410])
def test_an_endpoint_that_is_gone_is_gone_for_good(sending: Sending, http_sink: HttpOutbox, status: int) -> None:
    http_sink.answer(HttpAnswer(status=status))
    failed = failure(sending(), Browser().subscription())
    assert str(failed) == "The endpoint is gone."
    assert failed.address_gone
    assert (failed.permanent, failed.channel_down) == (True, False)


@pytest.mark.parametrize(
    ("status", "permanent", "down"),
    [
        (413, True, False),
        (400, False, False),
        (401, False, False),
        (403, False, False),
        (307, False, True),
        (500, False, True),
        (503, False, True),
    ],
)
def test_other_refusals(sending: Sending, http_sink: HttpOutbox, status: int, permanent: bool, down: bool) -> None:
    http_sink.answer(HttpAnswer(status=status, headers={"Location": "https://127.0.0.1/"}))
    failed = failure(sending(), Browser().subscription())
    assert (failed.permanent, failed.channel_down) == (permanent, down)
    assert failed.provider == "updates.push.services.mozilla.com"
    assert len(http_sink.requests()) == 1


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "60"}, timedelta(seconds=60)),
        (
            {"Retry-After": format_datetime(AT + timedelta(minutes=2)), "Date": format_datetime(AT)},
            timedelta(minutes=2),
        ),
        ({"Retry-After": format_datetime(AT - timedelta(minutes=2)), "Date": format_datetime(AT)}, timedelta()),
        ({"Retry-After": "9" * 30}, timedelta(days=1)),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({}, None),
    ],
)
def test_a_push_service_that_asks_for_fewer_is_left_alone_as_long_as_it_says(
    sending: Sending, http_sink: HttpOutbox, headers: dict[str, str], wait: timedelta | None
) -> None:
    http_sink.answer(HttpAnswer(status=429, headers=headers))
    failed = failure(sending(), Browser().subscription())
    assert (failed.permanent, failed.channel_down, failed.retry_after) == (False, False, wait)


@pytest.mark.parametrize("mood", [Mood.HANG, Mood.DRIP, Mood.DROP_BEFORE, Mood.DROP_AFTER_ACCEPT])
def test_a_push_service_that_does_not_answer_is_down(sending: Sending, http_sink: HttpOutbox, mood: Mood) -> None:
    http_sink.answer(HttpAnswer(mood))
    failed = failure(sending(), Browser().subscription())
    assert (failed.permanent, failed.channel_down) == (False, True)
    assert failed.provider == "updates.push.services.mozilla.com"


def test_a_server_that_cannot_prove_its_name_gets_nothing(sending: Sending, http_sink: HttpOutbox) -> None:
    with sending() as sender, pytest.raises(HandOverFailed, match="SSLCertVerificationError") as failed:
        sender.send(envelope(Browser().subscription(endpoint="https://elsewhere.push.apple.com/token")))
    assert not failed.value.permanent
    assert http_sink.requests() == []


def test_a_push_service_that_is_not_listed_any_more_is_not_called_and_may_be_listed_again(
    sending: Sending, http_sink: HttpOutbox
) -> None:
    failed = failure(sending(), Browser().subscription(endpoint="https://push.example.org/abc"))
    assert (failed.permanent, failed.channel_down, failed.address_gone) == (False, False, False)
    assert http_sink.requests() == []


@pytest.mark.parametrize(
    "address", ["not JSON", FIREFOX, "", "{}", '{"endpoint": 1, "keys": {"p256dh": 1, "auth": 1}}']
)
def test_what_is_no_subscription_is_refused_for_good(sending: Sending, http_sink: HttpOutbox, address: str) -> None:
    failed = failure(sending(), address)
    assert (failed.permanent, failed.address_gone) == (True, False)
    assert http_sink.requests() == []
