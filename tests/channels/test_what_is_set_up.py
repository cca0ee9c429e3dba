"""Which channels there are follows from the settings; what is missing is said at start, and no secret with it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from gutclinic.channel_checks import lease_outlasts_the_providers, push_messages_can_go, text_messages_can_go
from patients.reminders.channels.configured import (
    portal_sender,
    push_public_key,
    push_sender,
    read_subscription,
    sms_provider,
    sms_sender,
)
from patients.reminders.channels.push_subscription import SubscriptionRefused
from patients.reminders.channels.sms_http import HttpSms
from patients.reminders.channels.sms_twilio import TwilioSms
from patients.reminders.channels.vapid import KeyUnusable, new_vapid_key, vapid_key
from tests.channels.envelopes import NUMBER, Browser, envelope

COMPLETE = {
    "http": {"SMS_URL": "https://sms.example.org", "SMS_TOKEN": "hidden", "SMS_WEBHOOK_SECRET": "hidden" * 4},
    "twilio": {"SMS_ACCOUNT": "AC1", "SMS_TOKEN": "hidden", "SMS_FROM": "+4915200000000"},
}


def now() -> datetime:
    return datetime(2026, 11, 23, tzinfo=UTC)


def choose(settings: Settings, provider: str, **values: str) -> None:
    settings.SMS_PROVIDER = provider
    for name, value in values.items():
        setattr(settings, name, value)


def test_the_tests_own_settings_lack_nothing() -> None:
    assert [*text_messages_can_go(), *push_messages_can_go(), *lease_outlasts_the_providers()] == []


def test_without_a_provider_or_a_key_there_is_no_such_channel(settings: Settings) -> None:
    settings.SMS_PROVIDER = ""
    assert (sms_provider(), sms_sender(), push_sender(clock=now), push_public_key()) == (None, None, None, "")


@pytest.mark.parametrize("text", ["hidden", "A" * 43])
def test_a_key_that_cannot_be_read_takes_no_other_channel_along(settings: Settings, text: str) -> None:
    """The checks at start refuse it. Whoever passes over them still gets messages out."""
    settings.VAPID_PRIVATE_KEY = text
    assert (push_sender(clock=now), push_public_key()) == (None, "")


def test_the_portal_takes_everything_and_sends_nothing() -> None:
    with portal_sender() as sender:
        assert sender.send(envelope("")) is None


@pytest.mark.parametrize("provider", ["http", "twilio"])
def test_a_complete_provider_is_one(settings: Settings, provider: str) -> None:
    choose(settings, provider, **COMPLETE[provider])
    assert text_messages_can_go() == []
    assert isinstance(sms_provider(), HttpSms | TwilioSms)
    assert sms_sender() is not None


@pytest.mark.parametrize(("provider", "name"), [(one, name) for one, values in COMPLETE.items() for name in values])
def test_each_missing_setting_is_named(settings: Settings, provider: str, name: str) -> None:
    choose(settings, provider, **COMPLETE[provider] | {name: ""})
    (problem,) = text_messages_can_go()
    assert (problem.id, problem.msg) == ("gutclinic.E006", f"SMS_PROVIDER is {provider}, but {name} is not set.")
    assert problem.hint


@pytest.mark.parametrize(
    "url",
    [
        "http://sms.example.org",
        "https://user:hidden@sms.example.org",
        "sms.example.org",
        "ftp://sms.example.org",
        "http://127.0.0.1.example.org/",
    ],
)
def test_an_address_that_could_be_read_on_the_way_is_refused(settings: Settings, url: str) -> None:
    choose(settings, "http", **COMPLETE["http"] | {"SMS_URL": url})
    (problem,) = text_messages_can_go()
    assert "SMS_URL is no" in problem.msg
    assert "hidden" not in problem.msg
    settings.SMS_URL = "http://127.0.0.1:8125/"
    assert text_messages_can_go() == []


def test_a_secret_for_reports_that_could_be_guessed_is_said(settings: Settings) -> None:
    """Nothing limits how often somebody tries one."""
    choose(settings, "http", **COMPLETE["http"] | {"SMS_WEBHOOK_SECRET": "hidden"})
    (problem,) = text_messages_can_go()
    assert problem.msg == "SMS_WEBHOOK_SECRET could be guessed."


def test_a_provider_that_does_not_exist_is_said(settings: Settings) -> None:
    settings.SMS_PROVIDER = "pigeon"
    (problem,) = text_messages_can_go()
    assert "names no provider" in problem.msg


@pytest.mark.parametrize("provider", ["console", "file"])
def test_in_production_text_messages_must_leave_the_server(settings: Settings, provider: str) -> None:
    settings.PRODUCTION, settings.SMS_PROVIDER = True, provider
    (problem,) = text_messages_can_go()
    assert "would stay on this server" in problem.msg


def test_on_this_machine_a_message_that_is_sent_again_is_still_one(settings: Settings, tmp_path: Path) -> None:
    settings.SMS_PROVIDER, settings.SMS_FOLDER = "file", str(tmp_path / "sms")
    sender = sms_sender()
    assert sender is not None
    with sender:
        for _ in range(2):
            assert sender.send(envelope(NUMBER, text="A note.")) == envelope("").opaque_key
    (written,) = (tmp_path / "sms").iterdir()
    assert json.loads(written.read_text(encoding="utf-8")) == {"number": NUMBER, "text": "A note."}


def test_the_console_shows_a_message(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.SMS_PROVIDER = "console"
    sender = sms_sender()
    assert sender is not None
    with sender:
        sender.send(envelope(NUMBER, text="A note."))
    assert capsys.readouterr().out == f"SMS to {NUMBER}:\nA note.\n"


def test_a_key_makes_push_messages_possible(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_push_key")
    name, _, key = capsys.readouterr().out.strip().partition("=")
    setattr(settings, name, key)
    settings.VAPID_CONTACT = "mailto:clinic@example.org"
    assert push_messages_can_go() == []
    assert push_sender(clock=now) is not None
    # An uncompressed point: 65 octets, the first of them 4.
    assert len(push_public_key()) == 87
    assert push_public_key().startswith("B")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"VAPID_PRIVATE_KEY": "hidden"}, "cannot be read"),
        ({"VAPID_PRIVATE_KEY": "A" * 43}, "cannot be read"),
        ({"VAPID_CONTACT": ""}, "neither a mailto: nor an https:"),
        ({"VAPID_CONTACT": "clinic@example.org"}, "neither a mailto: nor an https:"),
        ({"PUSH_HOSTS": []}, "is empty"),
        ({"PUSH_HOSTS": ["*"]}, "allows more than"),
        ({"PUSH_HOSTS": ["*.com"]}, "allows more than"),
        ({"PUSH_HOSTS": ["localhost"]}, "allows more than"),
        ({"PUSH_HOSTS": ["push.*.com"]}, "allows more than"),
    ],
)
def test_what_push_messages_lack_is_said(settings: Settings, values: dict[str, object], said: str) -> None:
    usable = {"VAPID_PRIVATE_KEY": new_vapid_key(), "VAPID_CONTACT": "mailto:clinic@example.org"}
    for name, value in {**usable, **values}.items():
        setattr(settings, name, value)
    (problem,) = push_messages_can_go()
    assert problem.id == "gutclinic.E007"
    assert said in problem.msg
    assert "hidden" not in problem.msg


@pytest.mark.parametrize("text", ["", "hidden", "A" * 43, "é" * 43, "A" * 44 + "=", "-----BEGIN PRIVATE KEY-----"])
def test_what_is_no_key_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(KeyUnusable) as refused:
        vapid_key(text)
    assert not text or text not in str(refused.value)


def test_a_subscription_is_read_by_the_hosts_of_the_settings(settings: Settings) -> None:
    text = Browser().subscription()
    assert read_subscription(text).host == "updates.push.services.mozilla.com"
    settings.PUSH_HOSTS = ["fcm.googleapis.com"]
    with pytest.raises(SubscriptionRefused):
        read_subscription(text)


@pytest.mark.parametrize("seconds", [None, 0, 60])
def test_a_provider_without_a_time_limit_is_refused(settings: Settings, seconds: int | None) -> None:
    settings.HTTP_TIMEOUT = seconds
    (problem,) = lease_outlasts_the_providers()
    assert problem.id == "gutclinic.E008"
