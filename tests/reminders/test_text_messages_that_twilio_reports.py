"""Twilio’s reports, as they arrive at the address that each message carries: signed over that very address."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from clinics.domain.webhook_signatures import twilio_signature
from patients.actor import acting_patient
from patients.models import Attempt, Channel, ContactPoint, Message, MessageGroup, Patient, Plan, Reminder
from patients.reminders.channels import Envelope, opaque_key
from patients.reminders.channels.configured import sms_provider
from patients.reminders.channels.sms_twilio import TwilioSms
from patients.services.reaching import prefer
from tests.channels.envelopes import NUMBER
from tests.fixtures.personae import NOON
from tests.fixtures.sending import RecordingSender

Sweep = Callable[[datetime], list[Envelope]]

MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
ACCOUNT, TOKEN = "AC" + "0" * 32, "of the account"


@pytest.fixture
def sent(
    settings: Settings, plan: Plan, texting: ContactPoint, angela: Patient, sender: RecordingSender, sweep_at: Sweep
) -> Attempt:
    settings.PUBLIC_URL, settings.SMS_PROVIDER = "https://clinic.example.org", "twilio"
    settings.SMS_ACCOUNT, settings.SMS_TOKEN, settings.SMS_FROM = ACCOUNT, TOKEN, "+4915200000000"
    ways = [Channel.SMS, Channel.EMAIL]
    prefer(angela, group=MessageGroup.PHASES, channels=ways, by=acting_patient(angela), at=NOON)
    sender.given_id = "SM1"
    sweep_at(MORNING)
    return Attempt.objects.get(message__channel="sms")


def report(client: Client, attempt: Attempt, *, secret: str = TOKEN, query: str | None = None, **said: str) -> int:
    """The answer to what Twilio posts, through a proxy that tells us another host."""
    provider = sms_provider()
    assert isinstance(provider, TwilioSms)
    url = f"{provider.status_address}?key={opaque_key(attempt.message.idempotency_key)}"
    form = {"AccountSid": ACCOUNT, "MessageSid": "SM1", "To": NUMBER, "MessageStatus": "delivered"} | said
    signature = twilio_signature(secret, url=url, parameters=form.items())
    called = url.removeprefix("https://clinic.example.org")
    with time_machine.travel(MORNING + timedelta(minutes=1), tick=False):
        return client.post(
            called if query is None else f"{called.partition('?')[0]}?{query}",
            urlencode(form),
            content_type="application/x-www-form-urlencoded",
            headers={"X-Twilio-Signature": signature},
        ).status_code


def rows() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Attempt, Message, Reminder, ContactPoint)]  # type: ignore[attr-defined]


def test_what_was_delivered_is_written_down(sent: Attempt, client: Client) -> None:
    assert report(client, sent) == 204
    sent.refresh_from_db()
    assert (sent.reported, sent.reported_code) == ("delivered", "")


def test_a_number_that_does_not_exist_is_stopped(sent: Attempt, client: Client) -> None:
    assert report(client, sent, MessageStatus="undelivered", ErrorCode="30006") == 204
    assert ContactPoint.objects.stopped().get().value == NUMBER
    before = rows()
    assert report(client, sent, MessageStatus="undelivered", ErrorCode="30006") == 204
    assert report(client, sent, MessageStatus="sent") == 204
    assert rows() == before, "played again, or late, it changes nothing"


def test_a_strangers_report_changes_nothing(sent: Attempt, client: Client) -> None:
    before = rows()
    failed = {"MessageStatus": "undelivered", "ErrorCode": "30006"}
    assert report(client, sent, secret="guessed", **failed) == 403
    assert report(client, sent, query="key=another", **failed) == 403
    assert report(client, sent, MessageStatus="exploded") == 400
    assert report(client, sent, AccountSid="AC1", **failed) == 400
    assert rows() == before


def test_reports_are_asked_for_only_where_twilio_can_reach_us(sent: Attempt, settings: Settings) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    provider = sms_provider()
    assert isinstance(provider, TwilioSms)
    assert provider.status_address == ""
