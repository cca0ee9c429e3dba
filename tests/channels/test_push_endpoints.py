"""An endpoint is what a visitor sends. It must never make the server speak to its own network."""

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from patients.reminders.channels import HandOverFailed
from patients.reminders.channels.http import Connections, PointsInside, outside
from patients.reminders.channels.push_subscription import SubscriptionRefused, push_subscription
from patients.reminders.channels.vapid import new_vapid_key, vapid_key
from patients.reminders.channels.web_push import WebPushSender
from tests.channels.envelopes import FIREFOX, Browser, base64url, envelope

HOSTS = ("fcm.googleapis.com", "updates.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com")
BROWSER = Browser()


@pytest.mark.parametrize(
    "endpoint",
    [
        FIREFOX,
        "https://fcm.googleapis.com/fcm/send/abc:APA91",
        "https://fcm.googleapis.com:443/fcm/send/abc",
        "https://web.push.apple.com/QAbc",
        "https://wns2-par02p.notify.windows.com/w/?token=BQY%3d",
        "https://FCM.googleapis.com/x",
    ],
)
def test_the_push_services_of_browsers_are_taken(endpoint: str) -> None:
    found = push_subscription(BROWSER.subscription(endpoint=endpoint), hosts=HOSTS)
    assert found.endpoint == endpoint
    assert push_subscription(found.address, hosts=HOSTS) == found
    assert endpoint not in repr(found)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/x",
        "https://database:5432/",
        "https://2130706433/",
        "https://example.org/x",
        "https://push.apple.com/x",
        "https://push.apple.com.example.org/x",
        "https://evilpush.apple.com/x",
        "https://fcm.googleapis.com.example.org/x",
        "https://xfcm.googleapis.com/x",
        "https://fcm.googleapis.com@127.0.0.1/x",
        "https://127.0.0.1@fcm.googleapis.com/x",
        "https://fcm.googleapis.com\\@127.0.0.1/x",
        "https://127.0.0.1\\.push.apple.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com:0/x",
        "https://fcm.googleapis.com:99999/x",
        "https://fcm.googleapis.com./x",
        "http://fcm.googleapis.com/x",
        "file:///etc/passwd",
        "gopher://fcm.googleapis.com/x",
        "//fcm.googleapis.com/x",
        "fcm.googleapis.com/x",
        "https://fcm.googleapis.com/x#y",
        "https://fcm.googleapis.com/x y",
        "https://fcm.googleapis.com/x\r\nHost: 127.0.0.1",
        "https://fcm.googleapis.com/\u2215",
        "https://fcm.googleapis。com/x",
        "https://fcm.googleapis.com/" + "x" * 2048,
        "https://[fcm.googleapis.com/x",
        "",
    ],
)
def test_everything_else_is_refused(endpoint: str) -> None:
    with pytest.raises(SubscriptionRefused) as refused:
        push_subscription(BROWSER.subscription(endpoint=endpoint), hosts=HOSTS)
    assert endpoint == "" or endpoint not in str(refused.value)


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"p256dh": "", "auth": ""},
        {"p256dh": base64url(b"\x04" + b"\x01" * 64), "auth": base64url(b"a" * 16)},
        {"p256dh": base64url(b"\x00" * 65), "auth": base64url(b"a" * 16)},
        {"p256dh": json.loads(BROWSER.subscription())["keys"]["p256dh"], "auth": base64url(b"a" * 15)},
        {"p256dh": json.loads(BROWSER.subscription())["keys"]["p256dh"] + "*", "auth": base64url(b"a" * 16)},
        {"p256dh": None, "auth": None},
        [],
    ],
)
def test_keys_that_nobody_could_read_with_are_refused(keys: object) -> None:
    with pytest.raises(SubscriptionRefused):
        push_subscription(json.dumps({"endpoint": FIREFOX, "keys": keys}), hosts=HOSTS)


@pytest.mark.parametrize("text", ["", "null", "[]", '"x"', "[" * 100_000, '{"endpoint": {}, "keys": {}}'])
def test_what_is_no_subscription_is_refused(text: str) -> None:
    with pytest.raises(SubscriptionRefused):
        push_subscription(text, hosts=HOSTS)


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """Somebody inside the network, who must hear nothing."""
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.setblocking(False)
        yield inside


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["169.254.169.254"], ["8.8.8.8", "10.0.0.1"], ["::ffff:127.0.0.1"], ["fe80::1"]]
)
def test_a_known_name_that_leads_inside_is_not_called(
    monkeypatch: pytest.MonkeyPatch, listening: socket.socket, addresses: list[str]
) -> None:
    """Whoever answers the look-up of names may be somebody else. One inner address among others is enough."""
    port = listening.getsockname()[1]

    def looked_up(host: str, _: int, **options: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    with pytest.raises(PointsInside):
        outside("updates.push.services.mozilla.com", port)
    sender = WebPushSender(
        key=vapid_key(new_vapid_key()),
        contact="mailto:clinic@example.org",
        hosts=HOSTS,
        connections=Connections(seconds=1, route=lambda host, _: outside(host, port)),
        clock=lambda: datetime(2026, 11, 23, tzinfo=UTC),
    )
    with sender, pytest.raises(HandOverFailed, match="network of this server") as failed:
        sender.send(envelope(BROWSER.subscription()))
    assert failed.value.channel_down
    with pytest.raises(BlockingIOError):
        listening.accept()


def test_the_name_is_looked_up_once_and_cannot_change_its_mind(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[str] = []

    def changing(host: str, port: int, **options: object) -> list[tuple[object, ...]]:
        looked_up.append(host)
        address = "8.8.8.8" if len(looked_up) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    assert outside("fcm.googleapis.com", 443) == [("8.8.8.8", 443)]
    assert looked_up == ["fcm.googleapis.com"]
