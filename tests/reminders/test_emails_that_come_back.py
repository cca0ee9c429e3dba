"""What an email service reports: of Postmark here, whose posts Anymail reads; and what each service calls a bounce."""

import base64
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from anymail.signals import AnymailTrackingEvent
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string
from pytest_django import Settings

from gutclinic.channel_checks import reports_of_email_can_be_believed
from gutclinic.email_services import email_service, reads_reports, signs_in_to_report
from patients.admin.reached import reached_words
from patients.api import email_reports
from patients.models import Attempt, ContactPoint, Message, Patient, Plan, Reminder, ReportOutcome
from patients.reminders.channels import Envelope
from patients.reminders.channels.email_reports import read_event
from patients.reminders.channels.status_report import StatusReport
from patients.services.falling_back import fall_back
from tests.fixtures.sending import RecordingSender

Sweep = Callable[[datetime], list[Envelope]]

MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ADDRESS = "/messages/reports/email/"
SECRET = "postmark:a-secret-of-thirty-two-letters"
UNDELIVERED = "It was accepted where it was to go, and then did not arrive."
BOUNCE = {"RecordType": "Bounce", "Type": "HardBounce", "Email": "angela@example.org", "Details": "no such angela"}
COMPLAINT = {"RecordType": "SpamComplaint", "Type": "SpamComplaint"}


@pytest.fixture
def sent(settings: Settings, plan: Plan, sender: RecordingSender, sweep_at: Sweep) -> Reminder:
    """One email to Angela, which the service has accepted."""
    use(settings, "postmark", SECRET)
    sender.given_id = "pm-1"
    sweep_at(MORNING)
    row = Reminder.objects.get(channel="email", status="sent", recipient_kind="patient")
    Attempt.objects.exclude(message=row.message).update(provider_id="")
    return row


def use(settings: Settings, name: str, secret: str) -> None:
    settings.EMAIL_WEBHOOK_SECRET, settings.EMAIL_REPORTS = secret, reads_reports(f"{name}://x@")
    settings.EMAIL_REPORTS_SIGN_IN = signs_in_to_report(f"{name}://x@")
    _, settings.ANYMAIL = email_service(f"{name}://x:z@y", seconds=1, report_secret=secret)


def posted(client: Client, said: Any, *, secret: str = SECRET, after: timedelta = MINUTE) -> int:
    body = (
        said
        if isinstance(said, bytes)
        else json.dumps(said if isinstance(said, list) else {"MessageID": "pm-1"} | said)
    )
    headers = {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"} if secret else {}
    with time_machine.travel(MORNING + after, tick=False):
        return client.post(ADDRESS, body, content_type="application/json", headers=headers).status_code


def rows() -> list[Any]:
    """Everything that a report could change."""
    return [
        list(model.objects.order_by("pk").values())  # type: ignore[attr-defined]
        for model in (Attempt, Message, Reminder, ContactPoint)
    ]


def occurrence(row: Reminder) -> dict[str, tuple[str, str]]:
    return {each.channel: (each.status, each.reason) for each in Reminder.objects.filter(occurrence=row.occurrence)}


def test_a_mailbox_that_is_gone_is_stopped_and_the_next_channel_takes_the_message(
    sent: Reminder, angela: Patient, client: Client, sender: RecordingSender, sweep_at: Sweep
) -> None:
    assert reverse("email-reports") == ADDRESS
    assert posted(client, BOUNCE) == 204
    (stopped,) = ContactPoint.objects.stopped()
    assert (stopped.kind, stopped.stopped_because) == ("email", "refused")
    assert reached_words(angela)[0] == "Email refused since 15 January 2027: nothing goes there."
    attempt = Attempt.objects.get(provider_id="pm-1")
    assert (attempt.reported, attempt.reported_code) == ("unreachable", "bounced")
    fall_back(at=MORNING + 2 * MINUTE)
    assert occurrence(sent) == {"email": ("missed", UNDELIVERED), "portal": ("owed", "")}
    assert [went.channel for went in sweep_at(MORNING + 2 * MINUTE)] == ["portal"]
    before = rows()
    assert posted(client, BOUNCE, after=3 * MINUTE) == 204
    assert rows() == before, "the second time it says the same"


def test_a_mailbox_behind_the_first_one_may_still_send_it_back(sent: Reminder, client: Client) -> None:
    posted(client, {"RecordType": "Delivery"})
    assert Attempt.objects.get(provider_id="pm-1").reported == "delivered"
    posted(client, BOUNCE)
    assert Attempt.objects.get(provider_id="pm-1").reported == "unreachable"
    before = rows()
    posted(client, {"RecordType": "Delivery"})
    assert rows() == before


@pytest.mark.parametrize("said", [COMPLAINT, {"RecordType": "SubscriptionChange", "SuppressSending": True}])
def test_who_complains_or_unsubscribes_is_left_alone_and_got_this_one(
    sent: Reminder, angela: Patient, client: Client, said: dict[str, Any]
) -> None:
    assert posted(client, said) == 204
    assert ContactPoint.objects.stopped().get().stopped_because == "unwanted"
    assert "no more messages are wanted" in reached_words(angela)[0]
    fall_back(at=MORNING + 2 * MINUTE)
    assert occurrence(sent) == {"email": ("sent", "")}


@pytest.mark.parametrize(
    "said",
    [
        {"RecordType": "Bounce", "Type": "SoftBounce"},
        {"RecordType": "Bounce", "Type": "Transient"},
        {"RecordType": "Open"},
        {"RecordType": "Bounce", "Type": "AutoResponder"},
        BOUNCE | {"MessageID": "of another server"},
        {"RecordType": "Delivery", "MessageID": None},
    ],
)
def test_what_passes_or_is_not_ours_changes_nothing(sent: Reminder, client: Client, said: dict[str, Any]) -> None:
    before = rows()
    assert posted(client, said) == 204
    assert rows() == before


def test_a_message_is_found_by_its_key_where_the_service_names_another_id(sent: Reminder, client: Client) -> None:
    Attempt.objects.filter(message=sent.message).update(provider_id="", outcome="unknown")
    assert sent.message is not None
    key = {"idempotency_key": sent.message.idempotency_key}
    posted(client, BOUNCE | {"MessageID": "pm-9", "Metadata": key})
    assert Attempt.objects.get(provider_id="pm-9").reported == "unreachable"


@pytest.mark.parametrize("secret", ["", "postmark:guessed", "postmark", ":"])
def test_a_forged_report_of_a_stranger_changes_nothing(sent: Reminder, client: Client, secret: str) -> None:
    before = rows()
    assert posted(client, BOUNCE, secret=secret) == 403
    assert rows() == before


@pytest.mark.parametrize(
    "said", [b"", b"{", b"[]", b"\xff", b'"text"', b"1", b'{"RecordType": {}}', b"{" * 9000, b"[" * 100_000]
)
def test_a_malformed_report_changes_nothing(sent: Reminder, client: Client, said: bytes) -> None:
    before = rows()
    assert posted(client, said) in {400, 204}
    assert rows() == before


def test_a_stranger_s_body_without_an_end_is_malformed_where_the_signature_stands_in_it(
    sent: Reminder, client: Client, settings: Settings
) -> None:
    use(settings, "mailgun", SECRET)
    before = rows()
    assert posted(client, b"[" * 100_000, secret="") == 400
    assert rows() == before


@pytest.mark.parametrize("given_id", ["p" * 300, "pm\x00-9", ["pm-9"]])
def test_an_id_that_cannot_be_kept_is_none(sent: Reminder, client: Client, given_id: object) -> None:
    Attempt.objects.filter(message=sent.message).update(provider_id="", outcome="unknown")
    assert sent.message is not None
    key = {"idempotency_key": sent.message.idempotency_key}
    assert posted(client, BOUNCE | {"MessageID": given_id, "Metadata": key}) == 204
    attempt = Attempt.objects.get(message=sent.message)
    assert (attempt.outcome, attempt.provider_id, attempt.reported) == ("accepted", "", "unreachable")


def test_a_report_that_breaks_keeps_no_other_one_back(
    sent: Reminder, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service posts many at once, and posts all of them again where one could not be taken."""
    use(settings, "mailjet", SECRET)
    taken: list[str] = []

    def take(report: StatusReport, **_: object) -> bool:
        if report.provider_id == "poison":
            raise ZeroDivisionError
        taken.append(report.provider_id)
        return True

    monkeypatch.setattr(email_reports, "take_report", take)
    events = [{"event": "bounce", "hard_bounce": True, "MessageID": given_id} for given_id in ("poison", "pm-1")]
    assert posted(Client(raise_request_exception=False), events) == 500
    assert taken == ["pm-1"]


def test_nobody_reads_what_is_too_large_or_not_posted(sent: Reminder, client: Client) -> None:
    assert posted(client, b"x" * 1_100_000) == 413
    assert client.get(ADDRESS).status_code == 405
    assert client.head(ADDRESS).status_code == 204


def test_without_a_service_or_its_secret_there_is_no_such_address(
    sent: Reminder, client: Client, settings: Settings
) -> None:
    settings.EMAIL_WEBHOOK_SECRET = ""
    assert posted(client, BOUNCE) == 404
    settings.EMAIL_WEBHOOK_SECRET, settings.EMAIL_REPORTS = SECRET, ""
    assert posted(client, BOUNCE) == 404


def test_neither_address_nor_words_of_a_report_are_logged(
    sent: Reminder, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        posted(client, BOUNCE)
        posted(client, BOUNCE, secret="postmark:guessed")
    assert "angela" not in caplog.text
    assert not Attempt.objects.filter(reported_code__contains="angela").exists()


# Anymail says of SendGrid that it is no longer tried out against the service itself.
@pytest.mark.filterwarnings("ignore:django-anymail has dropped official support")
@pytest.mark.parametrize("name", ["brevo", "mailgun", "mailjet", "postmark", "resend", "sendgrid", "sparkpost"])
def test_the_reports_of_each_service_are_read_and_a_stranger_is_not_believed(
    settings: Settings, client: Client, db: None, name: str
) -> None:
    use(settings, name, SECRET)
    assert import_string(settings.EMAIL_REPORTS).signal is not None
    said = b'{"signature": {"token": "t", "timestamp": "1", "signature": "guessed"}, "event-data": {}}'
    assert posted(client, said, secret="guessed") == 403


SOFT = [
    {"Type": "SoftBounce"},
    {"event": "soft_bounce"},
    {"event": "bounce", "hard_bounce": False},
    {"event": "bounce", "type": "blocked"},
    {"type": "bounce", "bounce_class": "22"},
]
HARD = [
    {"Type": "HardBounce"},
    {"event": "hard_bounce"},
    {"event": "bounce", "hard_bounce": True},
    {"event": "bounce", "type": "bounce"},
    {"type": "bounce", "bounce_class": "30"},
    None,
]


@pytest.mark.parametrize("said", SOFT)
def test_what_a_service_calls_soft_passes(said: dict[str, Any]) -> None:
    assert outcome("bounced", "bounced", said) is ReportOutcome.UNDER_WAY


@pytest.mark.parametrize("said", HARD)
def test_every_other_bounce_is_hard(said: dict[str, Any] | None) -> None:
    assert outcome("bounced", "bounced", said) is ReportOutcome.UNREACHABLE


@pytest.mark.parametrize(
    ("kind", "reason", "expected"),
    [
        ("bounced", "invalid", ReportOutcome.UNREACHABLE),
        ("bounced", "blocked", ReportOutcome.FAILED),
        ("rejected", "bounced", ReportOutcome.UNREACHABLE),
        ("rejected", "unsubscribed", ReportOutcome.UNREACHABLE),
        ("rejected", "blocked", ReportOutcome.FAILED),
        ("rejected", None, ReportOutcome.FAILED),
        ("failed", None, ReportOutcome.FAILED),
        ("complained", "spam", ReportOutcome.UNWANTED),
        ("deferred", None, ReportOutcome.UNDER_WAY),
        ("delivered", None, ReportOutcome.DELIVERED),
        ("clicked", None, None),
        ("inbound", None, None),
    ],
)
def test_each_event_says_one_thing(kind: str, reason: str | None, expected: ReportOutcome | None) -> None:
    assert outcome(kind, reason, {}) is expected


def outcome(kind: str, reason: str | None, said: dict[str, Any] | None) -> ReportOutcome | None:
    event = AnymailTrackingEvent(event_type=kind, reject_reason=reason, message_id="x", esp_event=said)
    report = read_event(event)
    return None if report is None else report.outcome


@pytest.mark.parametrize(
    ("name", "secret", "said"),
    [
        ("postmark", "", "is not set"),
        ("postmark", "only-a-password-of-thirty-letters", "no name and password"),
        ("postmark", "a:b", "could be guessed"),
        ("postmark", SECRET, ""),
        ("mailgun", "a-signing-key-of-thirty-letters", ""),
    ],
)
def test_the_check_says_what_is_missing(settings: Settings, name: str, secret: str, said: str) -> None:
    settings.PRODUCTION = True
    use(settings, name, secret)
    problems = [problem.msg for problem in reports_of_email_can_be_believed()]
    assert bool(problems) == bool(said)
    assert said in " ".join(problems)


def test_a_mail_server_needs_no_secret(settings: Settings) -> None:
    settings.PRODUCTION, settings.EMAIL_REPORTS, settings.EMAIL_WEBHOOK_SECRET = True, "", ""
    assert reports_of_email_can_be_believed() == []
