"""Who signed a report. Twilio’s examples stand in its library, twilio-python, tests/unit/test_request_validator.py."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from clinics.domain.webhook_signatures import (
    is_signed_by_twilio,
    is_signed_in_time,
    timed_signature,
    twilio_signature,
)

URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
PARAMETERS = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Caller", "+14158675309"),
]
TWICE = [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")]
AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("parameters", "signature"),
    [(PARAMETERS, "RSOYDt4T1cUTdK1PDd93/VVr8B8="), (TWICE, "IK+Dwps556ElfBT0I3Rgjkr1wJU=")],
)
def test_twilio_s_published_examples_come_out(parameters: list[tuple[str, str]], signature: str) -> None:
    assert twilio_signature("12345", url=URL, parameters=parameters) == signature
    assert is_signed_by_twilio(signature, secret="12345", url=URL, parameters=parameters)


@pytest.mark.parametrize(
    ("signature", "secret", "url", "parameters"),
    [
        ("", "12345", URL, PARAMETERS),
        ("RSOYDt4T1cUTdK1PDd93/VVr8B9=", "12345", URL, PARAMETERS),
        ("RSOYDt4T1cUTdK1PDd93/VVr8B8=", "12346", URL, PARAMETERS),
        ("RSOYDt4T1cUTdK1PDd93/VVr8B8=", "12345", URL + "3", PARAMETERS),
        ("RSOYDt4T1cUTdK1PDd93/VVr8B8=", "12345", URL, [*PARAMETERS, ("More", "")]),
        ("RSOYDt4T1cUTdK1PDd93/VVr8B8=", "12345", URL, PARAMETERS[1:]),
        ("\udcff’", "12345", URL, PARAMETERS),
        (twilio_signature("", url=URL, parameters=PARAMETERS), "", URL, PARAMETERS),
    ],
)
def test_a_forged_one_is_none(signature: str, secret: str, url: str, parameters: list[tuple[str, str]]) -> None:
    assert not is_signed_by_twilio(signature, secret=secret, url=url, parameters=parameters)


def signed(body: bytes, *, secret: str = "secret", at: datetime = AT) -> tuple[str, str]:
    """Timestamp and signature, reckoned apart from the code under test."""
    timestamp = str(int(at.timestamp()))
    return timestamp, hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_right(body: bytes, timestamp: str, signature: str, *, secret: str = "secret") -> bool:
    return is_signed_in_time(signature, secret=secret, timestamp=timestamp, body=body, at=AT)


@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_a_report_within_five_minutes_counts(minutes: int) -> None:
    timestamp, signature = signed(b"{}", at=AT + timedelta(minutes=minutes))
    assert is_right(b"{}", timestamp, signature)


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_an_old_report_played_again_does_not(seconds: int) -> None:
    timestamp, signature = signed(b"{}", at=AT + timedelta(seconds=seconds))
    assert not is_right(b"{}", timestamp, signature)


def test_neither_its_body_nor_its_time_can_be_changed() -> None:
    timestamp, signature = signed(b"{}")
    assert not is_right(b"{} ", timestamp, signature)
    assert not is_right(b"{}", str(int(timestamp) + 1), signature)
    assert not is_right(b"{}", timestamp, signature[:-1] + ("0" if signature[-1] != "0" else "1"))
    assert not is_right(b"{}", timestamp, signed(b"{}", secret="other")[1])
    assert not is_right(b"{}", timestamp, "")


@pytest.mark.parametrize(
    "timestamp",
    ["", "now", "-1", "1e9", "\N{ARABIC-INDIC DIGIT ONE}", "9" * 400, "1700000000.0"],
)
def test_what_is_no_time_is_refused(timestamp: str) -> None:
    signature = timed_signature("secret", timestamp=timestamp, body=b"{}")
    assert not is_right(b"{}", timestamp, signature)


def test_without_a_secret_nothing_is_signed() -> None:
    timestamp, signature = signed(b"{}", secret="")
    assert not is_right(b"{}", timestamp, signature, secret="")
