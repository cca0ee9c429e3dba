"""How a fault run is judged: from what the mail server counted, beside what stands in the tables."""

from collections.abc import Callable
from datetime import datetime

import pytest

from patients.models import Attempt, Message, Patient, Plan, Reminder
from patients.reminders.channels import Envelope
from patients.reminders.delivery import WORKER_WAS_GONE
from tests.reminders.test_delivery import PATIENT_MORNING
from tests.servers.counting_sink import Accepted
from tools.chaos.judging import Verdict, judge


@pytest.fixture
def message(plan: Plan, sweep_at: Callable[[datetime], list[Envelope]]) -> Message:
    """Angela’s, sent; of nobody else is anything owed."""
    sweep_at(PATIENT_MORNING)
    Reminder.objects.exclude(message__recipient_kind="patient").delete()
    return Message.objects.get(recipient_kind="patient")


def came(*keys: str) -> list[Accepted]:
    return [Accepted(key, "angela@example.org", 0.0, True) for key in keys]


def again(message: Message, outcome: str, detail: str = "") -> None:
    """An earlier attempt."""
    Attempt.objects.create(
        message=message, number=9, claim_token="t", started_at=PATIENT_MORNING, outcome=outcome, detail=detail
    )


def test_what_came_once_is_as_it_should_be(message: Message) -> None:
    verdict = judge(came(message.idempotency_key), asleep=())
    assert verdict == Verdict(0, 0, 0, 0)
    assert verdict.is_kept


def test_what_never_came_is_lost_though_it_is_called_sent(message: Message) -> None:
    verdict = judge([], asleep=())
    assert verdict.lost == 1
    assert not verdict.is_kept


def test_what_came_and_is_not_called_sent_is_lost_too(message: Message) -> None:
    Reminder.objects.update(status="owed")
    assert judge(came(message.idempotency_key), asleep=()).lost == 1


def test_twice_without_a_reason_is_doubled(message: Message) -> None:
    verdict = judge(came(message.idempotency_key, message.idempotency_key), asleep=())
    assert verdict == Verdict(0, 1, 0, 0)
    assert not verdict.is_kept


@pytest.mark.parametrize(
    ("outcome", "detail"),
    [
        ("unknown", ""),
        ("accepted", WORKER_WAS_GONE),
        ("failed", "The mail server could not be reached (SMTPServerDisconnected)."),
        ("failed", "The SMS provider did not answer (timeout)."),
    ],
)
def test_twice_where_nobody_could_know_lies_in_the_window(message: Message, outcome: str, detail: str) -> None:
    again(message, outcome, detail)
    verdict = judge(came(message.idempotency_key, message.idempotency_key), asleep=())
    assert verdict == Verdict(0, 1, 1, 0)
    assert verdict.is_kept


def test_one_window_explains_one_duplicate(message: Message) -> None:
    again(message, "unknown")
    assert judge(came(*[message.idempotency_key] * 3), asleep=()) == Verdict(0, 2, 1, 0)


def test_a_provider_is_given_the_key_as_it_can_take_it(message: Message) -> None:
    again(message, "unknown")
    key = Envelope("", "", "", "", "", message.idempotency_key).opaque_key
    assert judge(came(key, key), asleep=()) == Verdict(0, 1, 1, 0)
    assert judge(came(key, message.idempotency_key), asleep=()) == Verdict(0, 1, 0, 0)


def test_another_key_is_never_explained(message: Message) -> None:
    again(message, "unknown")
    assert judge(came(message.idempotency_key, "another@example.org"), asleep=()) == Verdict(0, 1, 0, 0)


def test_a_refusal_opens_no_window(message: Message) -> None:
    again(message, "failed", "The mail server refused the recipient (451).")
    assert not judge(came(*[message.idempotency_key] * 2), asleep=()).is_kept


def test_what_reaches_somebody_who_sleeps_is_counted_and_not_kept(message: Message, angela: Patient) -> None:
    verdict = judge(came(message.idempotency_key), asleep={angela.code})
    assert verdict == Verdict(0, 0, 0, 1)
    assert not verdict.is_kept


def test_what_was_given_up_because_somebody_sleeps_is_lost(message: Message, angela: Patient) -> None:
    Reminder.objects.update(status="owed")
    assert judge([], asleep={angela.code}).is_kept
    Reminder.objects.update(status="missed")
    assert judge([], asleep={angela.code}) == Verdict(1, 0, 0, 0)
