"""What a provider reports of a text message: believed when it is signed, written down, and acted upon once."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from clinics.actor import Actor
from clinics.domain.webhook_signatures import timed_signature
from patients.actor import acting_patient
from patients.admin.reached import reached_words
from patients.models import (
    Attempt,
    Channel,
    ContactPoint,
    Message,
    MessageGroup,
    Patient,
    Plan,
    Reminder,
    ReportOutcome,
)
from patients.reminders.channels import Envelope, HandOverFailed, opaque_key
from patients.reminders.channels.status_report import StatusReport
from patients.reminders.ledger import why
from patients.reminders.ledger_facts import ROWS
from patients.reminders.reported import take_report
from patients.services.falling_back import fall_back
from patients.services.people import save_contact_point, use_again
from patients.services.reaching import prefer
from tests.channels.envelopes import NUMBER
from tests.fixtures.personae import NOON
from tests.fixtures.sending import RecordingSender

Sweep = Callable[[datetime], list[Envelope]]

MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ADDRESS = "/messages/reports/text/"
SECRET = "of the webhook"


@pytest.fixture
def sent(
    settings: Settings, plan: Plan, texting: ContactPoint, angela: Patient, sender: RecordingSender, sweep_at: Sweep
) -> Reminder:
    """One text message to Angela, which the provider has accepted as “SM1”."""
    settings.SMS_PROVIDER, settings.SMS_URL, settings.SMS_TOKEN = "http", "https://sms.example.org", "token"
    settings.SMS_WEBHOOK_SECRET = SECRET
    first_by_text(angela)
    sender.given_id = "SM1"
    sweep_at(MORNING)
    sender.given_id = None
    return Reminder.objects.get(channel="sms", status="sent")


def first_by_text(angela: Patient) -> None:
    ways = (Channel.SMS, Channel.EMAIL)
    prefer(angela, group=MessageGroup.PHASES, channels=ways, by=acting_patient(angela), at=NOON)


def report(
    outcome: str, *, at: datetime = MORNING + MINUTE, provider_id: str = "SM1", code: str = "", key: str = ""
) -> bool:
    return take_report(StatusReport(provider_id, ReportOutcome(outcome), code, key), channel=Channel.SMS, at=at)


def posted(client: Client, *, secret: str = SECRET, at: datetime = MORNING + MINUTE, **said: Any) -> int:
    """The answer to a report that somebody with this secret signed at this instant; it arrives a minute past nine."""
    body = json.dumps({"id": "SM1", "status": "delivered"} | said).encode()
    timestamp = str(int(at.timestamp()))
    headers = {
        "X-Gutclinic-Timestamp": timestamp,
        "X-Gutclinic-Signature": timed_signature(secret, timestamp=timestamp, body=body),
    }
    return post(client, body, headers)


def post(client: Client, body: bytes, headers: dict[str, str]) -> int:
    with time_machine.travel(MORNING + MINUTE, tick=False):
        return client.post(ADDRESS, body, content_type="application/json", headers=headers).status_code


def rows() -> list[Any]:
    """Everything that a report could change."""
    return [
        list(model.objects.order_by("pk").values())  # type: ignore[attr-defined]
        for model in (Attempt, Message, Reminder, ContactPoint)
    ]


def occurrence(row: Reminder) -> dict[str, tuple[str, str]]:
    """The rows of this occurrence, but for what was cancelled when she chose another channel."""
    same = Reminder.objects.filter(occurrence=row.occurrence).exclude(status="cancelled")
    return {each.channel: (each.status, each.reason) for each in same}


UNDELIVERED = "It was accepted where it was to go, and then did not arrive."


def test_what_the_provider_calls_the_message_stands_beside_the_attempt(sent: Reminder) -> None:
    assert reverse("text-message-reports") == ADDRESS
    assert Attempt.objects.get(message=sent.message).provider_id == "SM1"
    assert set(Attempt.objects.exclude(message=sent.message).values_list("provider_id", flat=True)) <= {"SM1", ""}


def test_a_delivered_one_is_written_down_and_changes_nothing_else(sent: Reminder, client: Client) -> None:
    assert posted(client) == 204
    attempt = Attempt.objects.get(message=sent.message)
    assert (attempt.outcome, attempt.reported, attempt.reported_at) == ("accepted", "delivered", MORNING + MINUTE)
    assert occurrence(sent) == {"sms": ("sent", "")}
    before = rows()
    assert posted(client) == 204, "the second time it says the same"
    assert rows() == before


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda client: posted(client, secret="guessed", status="unreachable"), id="another secret"),
        pytest.param(lambda client: posted(client, secret="", status="unreachable"), id="no secret"),
        pytest.param(
            lambda client: posted(client, at=MORNING - 6 * MINUTE, status="unreachable"), id="played again later"
        ),
        pytest.param(lambda client: post(client, b'{"id": "SM1", "status": "unreachable"}', {}), id="no signature"),
    ],
)
def test_a_forged_or_replayed_report_of_a_stranger_changes_nothing(
    sent: Reminder, client: Client, forge: Callable[[Client], int]
) -> None:
    before = rows()
    assert forge(client) == 403
    assert rows() == before


@pytest.mark.parametrize("said", [{"status": "exploded"}, {"id": ""}, {"id": None}, {"id": ["SM1"]}])
def test_a_malformed_report_changes_nothing(sent: Reminder, client: Client, said: dict[str, Any]) -> None:
    before = rows()
    assert posted(client, **said) == 400
    assert rows() == before


def test_a_report_of_a_message_of_somebody_else_is_not_ours(sent: Reminder, client: Client) -> None:
    before = rows()
    assert posted(client, id="SM2", status="unreachable", key="x" * 32) == 404
    assert rows() == before


def test_nobody_reads_what_is_too_large_or_not_posted(sent: Reminder, client: Client) -> None:
    assert post(client, b"x" * 20_000, {}) == 413
    assert client.get(ADDRESS).status_code == 405


def test_without_a_provider_there_is_no_such_address(sent: Reminder, client: Client, settings: Settings) -> None:
    settings.SMS_PROVIDER = ""
    assert posted(client) == 404
    settings.SMS_PROVIDER = "console"
    assert posted(client) == 403


def test_neither_number_nor_words_of_a_report_are_logged(
    sent: Reminder, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        posted(client, status="unreachable", detail="the number +4915123456789 is dead", to=NUMBER)
        posted(client, secret="guessed", to=NUMBER)
    assert "4915123456789" not in caplog.text
    assert Attempt.objects.get(message=sent.message).reported_code == "", "a text is no code"


def test_a_number_that_takes_nothing_is_stopped_and_the_next_channel_takes_it(
    sent: Reminder, angela: Patient, client: Client, sweep_at: Sweep
) -> None:
    assert posted(client, status="unreachable", detail="30006") == 204
    (stopped,) = ContactPoint.objects.stopped()
    assert (stopped.value, stopped.stopped_because, stopped.stopped_at) == (NUMBER, "refused", MORNING + MINUTE)
    assert reached_words(angela)[0] == "Mobile number refused since 15 January 2027: nothing goes there."
    assert occurrence(sent) == {"sms": ("missed", UNDELIVERED)}
    fall_back(at=MORNING + 2 * MINUTE)
    assert occurrence(sent) == {"sms": ("missed", UNDELIVERED), "email": ("owed", "")}
    (went,) = sweep_at(MORNING + 2 * MINUTE)
    assert (went.channel, went.address) == ("email", "angela@example.org")
    assert why(Reminder.objects.select_related(*ROWS).get(pk=sent.pk), at=MORNING + 3 * MINUTE).sentence == (
        "It was not sent because it was accepted where it was to go, and reported as not delivered on "
        "15 January 2027, 09:01 Europe/Berlin (code 30006); it went by email instead, as reminder "
        f"{Reminder.objects.get(occurrence=sent.occurrence, channel='email').code}."
    )


def test_twice_and_out_of_order_changes_nothing_twice(sent: Reminder, sweep_at: Sweep) -> None:
    report("failed")
    report("under way")
    fall_back(at=MORNING + 2 * MINUTE)
    assert len(sweep_at(MORNING + 2 * MINUTE)) == 1
    before = rows()
    for outcome in ("failed", "under way"):
        assert report(outcome, at=MORNING + 3 * MINUTE)
    assert rows() == before
    assert fall_back(at=MORNING + 3 * MINUTE) == 0
    report("delivered", at=MORNING + 3 * MINUTE)
    assert Attempt.objects.get(provider_id="SM1", message=sent.message).reported == "delivered"
    assert occurrence(sent) == {"sms": ("missed", UNDELIVERED), "email": ("sent", "")}, "it is not sent a third time"


def test_a_telephone_that_has_it_has_it_whatever_is_reported_after(sent: Reminder) -> None:
    report("delivered")
    before = rows()
    for outcome in ("failed", "unreachable"):
        report(outcome, at=MORNING + 2 * MINUTE)
    assert rows() == before


def test_a_telephone_that_is_off_stops_nothing(sent: Reminder) -> None:
    report("failed", code="30003")
    assert not ContactPoint.objects.stopped().exists()
    fall_back(at=MORNING + 2 * MINUTE)
    assert occurrence(sent)["email"] == ("owed", "")


def test_whoever_answers_stop_is_left_alone_and_got_this_one(sent: Reminder, angela: Patient) -> None:
    report("unwanted")
    assert ContactPoint.objects.stopped().get().stopped_because == "unwanted"
    assert reached_words(angela)[0] == (
        "Mobile number: whoever reads there answered on 15 January 2027 that no more messages are wanted. "
        "Nothing goes there."
    )
    assert occurrence(sent) == {"sms": ("sent", "")}
    fall_back(at=MORNING + 2 * MINUTE)
    assert occurrence(sent) == {"sms": ("sent", "")}


def test_what_comes_too_late_falls_back_to_nothing(sent: Reminder) -> None:
    late = sent.too_late_at + MINUTE
    report("failed", at=late)
    fall_back(at=late + MINUTE)
    assert occurrence(sent) == {"sms": ("missed", UNDELIVERED)}


def test_a_number_that_was_corrected_since_is_another_one(sent: Reminder, texting: ContactPoint, by: Actor) -> None:
    texting.refresh_from_db()
    texting.value = "+4915123456780"
    save_contact_point(texting, by=by, at=MORNING + MINUTE)
    report("unreachable", at=MORNING + 2 * MINUTE)
    assert not ContactPoint.objects.stopped().exists()


def test_a_number_that_works_again_is_not_stopped_by_the_same_report(
    sent: Reminder, texting: ContactPoint, by: Actor
) -> None:
    report("unreachable")
    use_again(texting, by=by, at=MORNING + 2 * MINUTE)
    report("unreachable", at=MORNING + 3 * MINUTE)
    assert not ContactPoint.objects.stopped().exists()


@pytest.fixture
def unheard(plan: Plan, texting: ContactPoint, angela: Patient, sender: RecordingSender, sweep_at: Sweep) -> Message:
    """A text message whose acceptance never reached us."""
    first_by_text(angela)
    sender.failure = HandOverFailed("The SMS provider did not answer (timeout).", permanent=False)
    sweep_at(MORNING)
    sender.failure = None
    return Message.objects.get(channel="sms", status="open", frozen_at__isnull=False)


def test_a_report_finds_by_its_key_what_was_accepted_without_our_hearing_it(unheard: Message, sweep_at: Sweep) -> None:
    assert report("under way", provider_id="SM9", key=opaque_key(unheard.idempotency_key))
    attempt = unheard.attempts.get()
    assert (attempt.outcome, attempt.provider_id, attempt.reported) == ("accepted", "SM9", "")
    assert unheard.reminders.get().status == "sent"
    assert [went for went in sweep_at(MORNING + 10 * MINUTE) if went.channel == "sms"] == [], "it is not sent twice"
    assert report("failed", provider_id="SM9", at=MORNING + 11 * MINUTE)
    assert unheard.reminders.get().reason == UNDELIVERED


def test_of_two_copies_one_that_arrived_is_enough(unheard: Message, sender: RecordingSender, sweep_at: Sweep) -> None:
    sender.given_id = "SM2"
    sweep_at(MORNING + 10 * MINUTE)
    key = opaque_key(unheard.idempotency_key)
    report("failed", provider_id="SM1", key=key, at=MORNING + 11 * MINUTE)
    assert [attempt.reported for attempt in unheard.attempts.order_by("number")] == ["failed", ""]
    assert unheard.reminders.get().status == "sent"
    report("failed", provider_id="SM2", key=key, at=MORNING + 12 * MINUTE)
    assert unheard.reminders.get().reason == UNDELIVERED


def test_a_report_that_is_faster_than_our_own_commit_stands(
    plan: Plan, texting: ContactPoint, angela: Patient, sender: RecordingSender, sweep_at: Sweep
) -> None:
    def reported_at_once() -> None:
        message = Message.objects.filter(channel="sms", attempts__outcome="started").first()
        if message is not None:
            report("failed", key=opaque_key(message.idempotency_key), at=MORNING)

    first_by_text(angela)
    sender.before, sender.given_id = reported_at_once, "SM1"
    sweep_at(MORNING)
    row = Reminder.objects.get(channel="sms", message__isnull=False)
    assert (row.status, row.reason) == ("missed", UNDELIVERED)
    attempt = Attempt.objects.get(message=row.message)
    assert (attempt.outcome, attempt.provider_id, attempt.reported) == ("accepted", "SM1", "failed")
