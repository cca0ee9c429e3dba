"""What people and the clock do in the story of a taper: days go by, mail arrives, a prescriber answers."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta

import time_machine
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from clinics.actor import for_system
from clinics.domain.instants import instant, zone
from patients.reminders.channels import EmailSender
from patients.reminders.outbox import deliver_due, waiting
from patients.services.sweeping import do_what_is_due
from tests.browser.portal_visits import now
from tests.fixtures.tapers import FIRST_DAY
from tests.servers.outbox import Outbox, ReceivedMessage

BERLIN = zone("Europe/Berlin")


def day(number: int) -> date:
    """The civil date of that day of the taper; 1 is FIRST_DAY."""
    return FIRST_DAY + timedelta(days=number - 1)


@contextmanager
def at(on: date, hour: int = 12, minute: int = 0) -> Iterator[None]:
    """Let it be this time where everybody lives, on a clock that goes on."""
    with time_machine.travel(instant(on, time(hour, minute), BERLIN), tick=True):
        yield


def sweep() -> None:
    """What beat and a worker do each minute, with real mail."""
    do_what_is_due(by=for_system(), at=now())
    waiting(at=now())
    deliver_due(sender=EmailSender(), clock=timezone.now)


def days_go_by(first: date, last: date, mail: Outbox) -> dict[date, list[ReceivedMessage]]:
    """Sweep on each of these days, at half past nine; what arrived on which day, where anything did."""
    found = {}
    for number in range((last - first).days + 1):
        on = first + timedelta(days=number)
        before = len(mail.messages())
        with at(on, 9, 30):
            sweep()
        arrived = mail.messages()[before:]
        if arrived:
            found[on] = arrived
    return found


def to(address: str, messages: list[ReceivedMessage]) -> list[ReceivedMessage]:
    return [message for message in messages if message.recipients == (address,)]


def link_in(message: ReceivedMessage) -> str:
    found = re.search(r"https?://\S+", message.text)
    assert found is not None
    return found[0]


def open_with_a_code(page: Page, link: str, mail: Outbox) -> None:
    """Follow the link, and open what is behind it with the code of the second message."""
    cache.clear()
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("A clinic has written to you")
    arrived = len(mail.messages())
    page.get_by_role("button", name="Send me a code").click()
    code = re.search(r"^\d{8}$", mail.wait_for(arrived + 1)[-1].text, re.M)
    assert code is not None
    page.get_by_label("The code").fill(code[0])
    page.get_by_role("button", name="Open the page").click()
