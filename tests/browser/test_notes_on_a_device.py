"""Notes on a device in a real browser: switched on by its button, pushed encrypted, shown by the service worker.

What a browser asks of its maker’s push service is played here, since that is out in the world: it answers with a
subscription. Everything else is real: the page, its script, the service worker and what it shows, and the hand-over
over TLS to a push service on this machine.
"""

import base64
import json
import ssl
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import http_ece
import pytest
from django.conf import settings as configured
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from patients.models import Channel, Patient, Plan, PushSubscription
from patients.reminders.channels import Sender
from patients.reminders.channels.configured import email_sender, push_public_key
from patients.reminders.channels.each import SenderOfEach
from patients.reminders.channels.http import Connections
from patients.reminders.channels.vapid import new_vapid_key, vapid_key
from patients.reminders.channels.web_push import WebPushSender
from patients.reminders.outbox import deliver_due, waiting
from tests.browser.portal_visits import let_in, now
from tests.browser.reminder_scenes import Looking
from tests.browser.taper_scenes import at
from tests.channels.envelopes import FIREFOX
from tests.fixtures.personae import TODAY
from tests.fixtures.reaching import HER_BROWSER, switch_on
from tests.plugins.browser import PageMaker
from tests.servers.http_outbox import HttpOutbox
from tests.servers.outbox import Outbox

pytestmark = pytest.mark.browser

# Three days before Replace begins.
ANNOUNCED = date(2027, 1, 15)
PLAYED = """
  Object.defineProperty(Notification, "requestPermission", {value: async () => "%s"});
  PushManager.prototype.subscribe = async (asked) => {
    if (!asked.userVisibleOnly || asked.applicationServerKey.length !== 65) throw new Error("asked otherwise");
    return %s;
  };
"""


# A browser that has said yes before, to this server with the key that is given: it refuses every other one until it
# is told to forget that.
STANDING = """
  let made = Uint8Array.from(%s);
  PushManager.prototype.getSubscription = async () => made && {
    endpoint: "%s",
    options: {applicationServerKey: made.buffer},
    unsubscribe: async () => { made = null; },
  };
  const play = PushManager.prototype.subscribe;
  PushManager.prototype.subscribe = async (asked) => {
    if (made && String(made) !== String(asked.applicationServerKey)) throw new DOMException("", "InvalidStateError");
    return play(asked);
  };
"""


@pytest.fixture
def look(assert_accessible: Callable[[Page], None], screenshot: Callable[[Page, str], Path]) -> Looking:
    return Looking(assert_accessible, screenshot)


def to_push_service(sink: HttpOutbox) -> Sender:
    """What carries each channel, with the push services of the world on this machine."""
    trust = ssl.create_default_context(cafile=sink.trust)
    connections = Connections(seconds=5, route=lambda host, port: [("127.0.0.1", sink.tls_port)], trust=trust)
    push = WebPushSender(
        key=vapid_key(configured.VAPID_PRIVATE_KEY),
        contact="mailto:clinic@example.org",
        hosts=configured.PUSH_HOSTS,
        connections=connections,
        clock=timezone.now,
    )
    return SenderOfEach(lambda channel: push if channel == Channel.PUSH else email_sender())


def eventually(page: Page, listed: Callable[[], list[Any]]) -> list[Any]:
    """What this lists, once it is anything, or after five seconds."""
    for _ in range(50):
        if found := listed():
            return found
        page.wait_for_timeout(100)
    return []


def pushed_to(page: Page, said: str) -> None:
    """Let the browser hand this to the service worker of the page, as it does with what its push service brings."""
    tools = page.context.new_cdp_session(page)
    found: list[str] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(each["registrationId"] for each in event["registrations"]),
    )
    tools.send("ServiceWorker.enable")
    assert eventually(page, lambda: found)
    origin = page.evaluate("location.origin")
    tools.send("ServiceWorker.deliverPushMessage", {"origin": origin, "registrationId": found[-1], "data": said})


def test_a_note_is_pushed_and_shown(
    live_server: LiveServer,
    settings: Settings,
    pushing: None,
    plan: Plan,
    angela: Patient,
    make_page: PageMaker,
    smtp_sink: Outbox,
    http_sink: HttpOutbox,
    look: Looking,
) -> None:
    settings.PUBLIC_URL = live_server.url
    page = make_page()
    page.context.grant_permissions(["notifications"], origin=live_server.url)
    page.add_init_script(PLAYED % ("granted", HER_BROWSER.subscription(endpoint=FIREFOX)))
    with at(TODAY):
        let_in(page, live_server, angela.user)
        page.goto(reverse("portal:reaching", args=[angela.code]))
        devices = page.get_by_role("region", name="Notifications on your devices")
        expect(devices.get_by_text("This browser cannot show notes")).to_be_hidden()
        look.at(page, "31-devices")
        devices.get_by_role("button", name="Show notes on this device").click()
        expect(page.get_by_role("status")).to_contain_text("This device shows notes now.")
        expect(devices).to_contain_text("On since Monday 4 January")
        look.at(page, "32-switched-on")
        assert PushSubscription.objects.get(ended_at=None).endpoint == FIREFOX
        steps = page.get_by_role("region", name="Steps of your plan")
        steps.get_by_label("Notification on a device").check()
        steps.get_by_role("button", name="Save").click()

    with at(ANNOUNCED, 9, 1):
        waiting(at=now())
        deliver_due(sender=to_push_service(http_sink), clock=timezone.now)
    [request] = http_sink.requests()
    read = http_ece.decrypt(
        request.body, private_key=HER_BROWSER.key, auth_secret=HER_BROWSER.secret, version="aes128gcm"
    ).decode()
    assert not [word for word in ("Replace", "Angela", "Lindenhof") if word in read]

    # The worker shows what was read, and nothing more. A browser without a screen has nowhere to show it: it is noted.
    [worker] = page.context.service_workers
    worker.evaluate("""() => {
      self.noted = [];
      self.registration.showNotification = async (title, more) => { self.noted.push([title, more.body, more.tag]); };
    }""")
    pushed_to(page, read)
    said = json.loads(read)
    assert eventually(page, lambda: worker.evaluate("() => self.noted")) == [[said["title"], said["body"], said["tag"]]]
    assert (said["title"], said["body"]) == ("Your clinic", "You have a new note")

    # She switches it off on that device.
    with at(ANNOUNCED, 12):
        let_in(page, live_server, angela.user)
        page.goto(reverse("portal:reaching", args=[angela.code]))
        devices.get_by_role("button", name="Switch off on that device").click()
        expect(page.get_by_role("status")).to_contain_text("That device shows no notes any more.")
    assert not PushSubscription.objects.filter(ended_at=None).exists()


def test_a_browser_that_may_not_says_what_would_help(
    live_server: LiveServer, pushing: None, plan: Plan, angela: Patient, phone_page: Page, look: Looking
) -> None:
    page = phone_page
    page.add_init_script(PLAYED % ("denied", "null"))
    with at(TODAY):
        let_in(page, live_server, angela.user)
        page.goto(reverse("portal:reaching", args=[angela.code]))
        page.get_by_role("button", name="Show notes on this device").click()
        expect(page.get_by_role("alert")).to_contain_text("Allow notifications for this site in its settings")
        look.at(page, "33-not-allowed")


def test_a_browser_that_cannot_is_told_so_calmly(
    live_server: LiveServer, pushing: None, plan: Plan, angela: Patient, phone_page: Page, look: Looking
) -> None:
    page = phone_page
    page.add_init_script("delete window.PushManager;")
    with at(TODAY):
        let_in(page, live_server, angela.user)
        page.goto(reverse("portal:reaching", args=[angela.code]))
        devices = page.get_by_role("region", name="Notifications on your devices")
        expect(devices).to_contain_text("This browser cannot show notes, or its scripts are switched off.")
        expect(devices.get_by_role("button")).to_have_count(0)
        look.at(page, "34-cannot")


@pytest.mark.parametrize("is_same", [True, False], ids=["the same key", "another key"])
def test_with_another_key_of_the_server_she_only_has_to_say_yes_again(
    live_server: LiveServer, pushing: None, plan: Plan, angela: Patient, phone_page: Page, is_same: bool
) -> None:
    page = phone_page
    page.context.grant_permissions(["notifications"], origin=live_server.url)
    page.add_init_script(PLAYED % ("granted", HER_BROWSER.subscription(endpoint=FIREFOX)))
    public = push_public_key()
    key = base64.urlsafe_b64decode(public + "=" * (-len(public) % 4)) if is_same else bytes(65)
    page.add_init_script(STANDING % (list(key), f"{FIREFOX}-before"))
    switch_on(angela, f"{FIREFOX}-before")
    with at(TODAY):
        let_in(page, live_server, angela.user)
        page.goto(reverse("portal:reaching", args=[angela.code]))
        page.get_by_role("button", name="Show notes on this device").click()
        expect(page.get_by_role("status")).to_contain_text("This device shows notes now.")
    standing = PushSubscription.objects.filter(ended_at=None).values_list("endpoint", flat=True)
    assert set(standing) == ({FIREFOX, f"{FIREFOX}-before"} if is_same else {FIREFOX}), "what was given up is ended"


def test_her_page_says_which_device_nothing_gets_to_and_what_to_tap(
    live_server: LiveServer,
    settings: Settings,
    plan: Plan,
    her_browser: PushSubscription,
    angela: Patient,
    phone_page: Page,
    look: Looking,
) -> None:
    page = phone_page
    page.context.grant_permissions(["notifications"], origin=live_server.url)
    page.add_init_script(PLAYED % ("granted", HER_BROWSER.subscription(endpoint=FIREFOX)))
    settings.VAPID_PRIVATE_KEY = new_vapid_key()
    with at(TODAY):
        let_in(page, live_server, angela.user)
        page.goto(reverse("portal:reaching", args=[angela.code]))
        devices = page.get_by_role("region", name="Notifications on your devices")
        expect(devices).to_contain_text("nothing gets there any more")
        look.at(page, "35-another-key")
        devices.get_by_role("button", name="Show notes on this device").click()
        expect(devices).to_contain_text("On since Monday 4 January")
        expect(devices).not_to_contain_text("nothing gets there any more")
