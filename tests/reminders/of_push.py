"""Envelopes to browsers of two push services, and by email, made up without plans."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest

from patients.models import Attempt, Message
from patients.reminders import outbox
from patients.reminders.channels import Envelope
from patients.reminders.claim import Claim
from patients.reminders.delivery import Prepared
from tests.channels.envelopes import FIREFOX, Browser
from tests.fixtures.personae import NOON

MOZILLA = "updates.push.services.mozilla.com"
APPLE = "web.push.apple.com"


def thirty_each_wait(
    monkeypatch: pytest.MonkeyPatch, *, made_up: Callable[[Envelope], object] = lambda envelope: None
) -> None:
    """Ninety envelopes, all due: by email, to browsers of Mozilla’s service, and to those of Apple’s in turn.

    made_up: called with each one as often as it is made up.
    """
    Message.objects.bulk_create(
        Message(
            recipient_kind="patient",
            recipient_code=str(number),
            channel="email" if number % 3 == 0 else "push",
            next_attempt_at=NOON,
            created_at=NOON,
        )
        for number in range(90)
    )
    browser = Browser()
    addresses = (
        "p@example.org",
        browser.subscription(endpoint=FIREFOX),
        browser.subscription(endpoint=f"https://{APPLE}/only-this-browser-knows"),
    )

    def ready(claims: Sequence[Claim], *, at: datetime) -> list[Prepared]:
        found = []
        for claimed in claims:
            message = Message.objects.get(pk=claimed.message_id)
            number = int(message.recipient_code)
            made = Envelope(
                addresses[number % 3],
                *("Clinic", "Subject", "Text", "<p>Text</p>", f"key {number}"),
                channel=message.channel,
            )
            made_up(made)
            found.append(Prepared(claimed, message.channel, made, (), at + timedelta(days=1), None))
        return found

    monkeypatch.setattr(outbox, "prepare", ready)
    monkeypatch.setattr("patients.reminders.delivery.begin_attempt", _begin)


def _begin(claimed: Claim, *, at: datetime) -> int:
    number = Attempt.objects.filter(message=claimed.message_id).count() + 1
    return Attempt.objects.create(
        message_id=claimed.message_id, number=number, claim_token=claimed.token, started_at=at
    ).pk
