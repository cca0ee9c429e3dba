"""What providers report later, and who only says to be one."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from clinics.domain.webhook_signatures import timed_signature, twilio_signature
from patients.models import ReportOutcome
from patients.reminders.channels.sms_here import ConsoleSms
from patients.reminders.channels.sms_http import HttpSms
from patients.reminders.channels.sms_twilio import TwilioSms
from patients.reminders.channels.status_report import Callback, ForgedReport, StatusReport, UnreadableReport

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
URL = "https://clinic.example.org/hooks/sms?key=abc-1"
ACCOUNT = "AC" + "0" * 32
TWILIO = TwilioSms(ACCOUNT, "token", "+4915200000000")
OWN = HttpSms("https://sms.example.org", "token", webhook_secret="secret")


def from_twilio(*, url: str = URL, secret: str = "token", **said: str) -> Callback:
    parameters = {"AccountSid": ACCOUNT, "MessageSid": "SM1", "To": "+4915123456789"} | said
    signature = twilio_signature(secret, url=url, parameters=parameters.items())
    return Callback(url, {"x-twilio-signature": signature}, urlencode(parameters).encode())


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        ("queued", "", ReportOutcome.UNDER_WAY),
        ("sent", "", ReportOutcome.UNDER_WAY),
        ("delivered", "", ReportOutcome.DELIVERED),
        ("undelivered", "30003", ReportOutcome.FAILED),
        ("undelivered", "30006", ReportOutcome.UNREACHABLE),
        ("failed", "21610", ReportOutcome.UNREACHABLE),
        ("failed", "30001", ReportOutcome.FAILED),
        ("delivered", "30006", ReportOutcome.DELIVERED),
    ],
)
def test_twilio_s_states_are_told_apart(status: str, code: str, outcome: ReportOutcome) -> None:
    report = TWILIO.read_report(from_twilio(MessageStatus=status, ErrorCode=code), at=AT)
    assert report == StatusReport("SM1", outcome, code, "abc-1")


def test_parameters_that_twilio_adds_some_day_are_signed_like_the_others() -> None:
    report = TWILIO.read_report(from_twilio(MessageStatus="sent", Zukunft="Grüße & mehr = +", Empty=""), at=AT)
    assert report.outcome is ReportOutcome.UNDER_WAY


@pytest.mark.parametrize(
    "callback",
    [
        from_twilio(MessageStatus="delivered", secret="guessed"),
        Callback(URL, {}, from_twilio(MessageStatus="delivered").body),
        Callback(
            URL + "2", from_twilio(MessageStatus="delivered").headers, from_twilio(MessageStatus="delivered").body
        ),
        Callback(URL, from_twilio(MessageStatus="sent").headers, from_twilio(MessageStatus="delivered").body),
        Callback(URL, from_twilio(MessageStatus="sent").headers, b"\xff\xfe"),
        Callback(URL, from_twilio(MessageStatus="sent").headers, b"&".join([b"a=b"] * 10_000)),
        Callback(URL, {"x-twilio-signature": "’\udcff"}, b""),
    ],
)
def test_a_forged_report_of_twilio_says_nothing(callback: Callback) -> None:
    with pytest.raises(ForgedReport):
        TWILIO.read_report(callback, at=AT)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"MessageStatus": "exploded"},
        {"MessageStatus": "sent", "MessageSid": ""},
        {"MessageStatus": "sent", "MessageSid": "a b <script>"},
        {"MessageStatus": "sent", "AccountSid": "AC1"},
    ],
)
def test_a_signed_report_that_says_nothing_known_is_unreadable(said: dict[str, str]) -> None:
    with pytest.raises(UnreadableReport):
        TWILIO.read_report(from_twilio(**said), at=AT)


def test_without_a_key_in_the_address_there_is_none() -> None:
    url = "https://clinic.example.org/hooks/sms"
    assert TWILIO.read_report(from_twilio(url=url, MessageStatus="sent"), at=AT).key == ""


def from_own(body: bytes, *, secret: str = "secret", at: datetime = AT) -> Callback:
    timestamp = str(int(at.timestamp()))
    signature = timed_signature(secret, timestamp=timestamp, body=body)
    headers = {"x-gutclinic-timestamp": timestamp, "x-gutclinic-signature": signature}
    return Callback("https://clinic.example.org/hooks/sms", headers, body)


@pytest.mark.parametrize("outcome", list(ReportOutcome))
def test_one_s_own_provider_says_it_in_our_words(outcome: ReportOutcome) -> None:
    said = {"id": "77-a", "status": outcome.value, "detail": "E.12", "key": "k_1", "more": 1}
    report = OWN.read_report(from_own(json.dumps(said).encode()), at=AT)
    assert report == StatusReport("77-a", outcome, "E.12", "k_1")


def test_what_is_more_than_a_code_is_not_kept() -> None:
    said = {"id": 77, "status": "failed", "detail": "to +4915123456789: a note", "key": ["k"]}
    assert OWN.read_report(from_own(json.dumps(said).encode()), at=AT) == StatusReport("77", ReportOutcome.FAILED)


DELIVERED = b'{"id": "1", "status": "delivered"}'


@pytest.mark.parametrize(
    "callback",
    [
        from_own(DELIVERED, secret="guessed"),
        from_own(DELIVERED, at=AT - timedelta(minutes=6)),
        from_own(DELIVERED, at=AT + timedelta(minutes=6)),
        Callback("", from_own(DELIVERED).headers, DELIVERED + b" "),
        Callback("", {}, DELIVERED),
        Callback("", from_own(DELIVERED).headers | {"x-gutclinic-timestamp": "soon"}, DELIVERED),
    ],
)
def test_a_forged_or_late_report_of_one_s_own_provider_says_nothing(callback: Callback) -> None:
    with pytest.raises(ForgedReport):
        OWN.read_report(callback, at=AT)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"id": "1"}',
        b'{"id": "1", "status": 1}',
        b'{"id": {}, "status": "failed"}',
        b"\xff",
    ],
)
def test_a_signed_body_that_says_nothing_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableReport):
        OWN.read_report(from_own(body), at=AT)


def test_without_a_secret_every_report_is_forged() -> None:
    with pytest.raises(ForgedReport):
        HttpSms("https://sms.example.org", "token").read_report(from_own(DELIVERED, secret=""), at=AT)


def test_what_stays_on_this_machine_is_reported_by_nobody() -> None:
    with pytest.raises(ForgedReport):
        ConsoleSms().read_report(from_own(DELIVERED), at=AT)
