"""When the software itself breaks: the ledger tells the truth, others go on, and nobody's health gets into a log."""

import logging
import traceback
from datetime import datetime
from typing import NoReturn

import pytest

from patients.models import Attempt, Message, Plan
from patients.reminders import delivery
from patients.reminders.channels import HandOverFailed
from patients.reminders.claim import LEASE, Claim, still_held
from patients.reminders.isolation import each
from patients.reminders.outbox import deliver_due, waiting
from patients.reminders.setbacks import record_failure, set_aside
from tests.fixtures.sending import RecordingSender, SetClock, claim
from tests.reminders.test_delivery import PATIENT_MORNING, coming


@pytest.fixture
def message(plan: Plan, clock: SetClock) -> Message:
    """The envelope to Angela, due now."""
    clock.at = PATIENT_MORNING
    waiting(at=PATIENT_MORNING)
    return Message.objects.get(recipient_kind="patient")


def breaks(*given: object, **more: object) -> NoReturn:
    raise ZeroDivisionError


def begun(claimed: Claim, *, at: datetime) -> int:
    """The key of an attempt that was written, and of whose hand-over nothing is known yet."""
    delivery.prepare([claimed], at=at)
    attempt = delivery.begin_attempt(claimed, at=at)
    assert attempt is not None
    return attempt


def test_what_went_and_could_not_be_recorded_is_unknown_and_keeps_its_key(
    message: Message, sender: RecordingSender, clock: SetClock
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery, "record_acceptance", breaks)
        with pytest.raises(ExceptionGroup):
            deliver_due(sender=sender, clock=clock)
    (attempt,) = message.attempts.all()
    assert attempt.outcome == "unknown"
    assert "it may have gone" in attempt.detail
    assert "ZeroDivisionError" in attempt.detail
    clock.at = Message.objects.get(pk=message.pk).next_attempt_at
    deliver_due(sender=sender, clock=clock)
    keys = [envelope.idempotency_key for envelope in sender.accepted if envelope.address == "angela@example.org"]
    assert len(keys) == 2
    assert len(set(keys)) == 1, "the mail server can tell that it is the same"
    assert coming().status == "sent"


def test_a_stale_worker_that_breaks_leaves_the_next_one_its_claim_and_its_attempt(message: Message) -> None:
    frozen = claim(message.pk, at=PATIENT_MORNING)
    later = PATIENT_MORNING + LEASE
    working = claim(message.pk, at=later)
    assert frozen is not None
    assert working is not None
    begun(working, at=later)
    set_aside(frozen, error=ZeroDivisionError(), at=later)
    assert still_held(working, at=later)
    assert list(Attempt.objects.values_list("outcome", flat=True)) == ["started"]


def test_a_stale_worker_whose_hand_over_breaks_marks_its_own_attempt_alone(message: Message) -> None:
    frozen = claim(message.pk, at=PATIENT_MORNING)
    assert frozen is not None
    begun(frozen, at=PATIENT_MORNING)
    later = PATIENT_MORNING + LEASE
    working = claim(message.pk, at=later)
    assert working is not None
    set_aside(frozen, error=ZeroDivisionError(), at=later)
    assert still_held(working, at=later)
    assert list(Attempt.objects.values_list("outcome", "claim_token")) == [("unknown", frozen.token)]


def test_a_stale_refusal_decides_nothing(message: Message) -> None:
    frozen = claim(message.pk, at=PATIENT_MORNING)
    assert frozen is not None
    attempt = begun(frozen, at=PATIENT_MORNING)
    later = PATIENT_MORNING + LEASE
    working = claim(message.pk, at=later)
    assert working is not None
    record_failure(frozen, attempt, HandOverFailed("No.", permanent=True), at=later)
    assert still_held(working, at=later)
    assert coming().status == "owed"


ROWS = ["angela, remove, 5 g", "ben, re-inoculate, 3 g"]


def failing_row(row: str) -> bool:
    raise ValueError(f"Failing row contains ({row}).")


def test_what_an_error_says_reaches_neither_the_log_nor_what_is_raised(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(ExceptionGroup) as raised:
        each(ROWS, failing_row, what="a reminder")
    said = "".join(traceback.format_exception(raised.value)) + repr(raised.value) + caplog.text
    for telling in ("angela", "5 g", "ben,", "re-inoculate"):
        assert telling not in said
    assert said.count("ValueError") > 2, "what kind of error it was"
    assert "in failing_row" in said, "and where"


def test_an_item_whose_setback_breaks_too_stops_nobody() -> None:
    done: list[int] = []

    def do(item: int) -> bool:
        if item == 1:
            raise ValueError
        done.append(item)
        return True

    with pytest.raises(ExceptionGroup) as raised:
        each([1, 2, 3], do, what="an item", on_error=breaks)
    assert done == [2, 3]
    assert [str(error) for error in raised.value.exceptions] == ["ValueError", "ZeroDivisionError"]
