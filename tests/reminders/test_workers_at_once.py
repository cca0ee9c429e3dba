"""Several workers woken at once: each takes its own envelopes, and ends by itself before it is killed."""

from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from gutclinic.checks import lease_outlasts_the_mail_server, workers_end_before_they_are_killed
from patients.models import Message
from patients.reminders import outbox
from patients.reminders.claim import LEASE, Claim, claim_next, due_messages
from patients.reminders.outbox import TAKES_FOR, deliver_due
from tests.fixtures.personae import NOON
from tests.fixtures.sending import RecordingSender, SetClock


@pytest.fixture
def envelopes(db: None) -> list[int]:
    """Sixty, all due."""
    rows = [
        Message(recipient_kind="patient", recipient_code=str(n), channel="email", next_attempt_at=NOON, created_at=NOON)
        for n in range(60)
    ]
    return [message.pk for message in Message.objects.bulk_create(rows)]


def test_taking_turns_nobody_gets_what_another_has(envelopes: list[int]) -> None:
    taken = []
    while claimed := claim_next(at=NOON):
        taken.append(claimed.message_id)
    assert taken == envelopes


def test_a_worker_whose_list_is_stale_takes_what_is_left(envelopes: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Another worker takes everything this one has just read, before it can."""
    from patients.reminders import claim as claims

    def read_and_lose(*, at: datetime, limit: int) -> list[int]:
        monkeypatch.setattr(claims, "due_messages", due_messages)
        seen = due_messages(at=at, limit=limit)
        for message_id in seen:
            assert claims.claim(message_id, at=at)
        return seen

    monkeypatch.setattr(claims, "due_messages", read_and_lose)
    claimed = claim_next(at=NOON)
    assert claimed is not None
    assert claimed.message_id == envelopes[claims.LOOKS_AT]


def test_each_worker_delivers_a_batch_of_its_own(
    envelopes: list[int], sender: RecordingSender, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second is woken while the first works on its first envelope, and both do all they were woken for."""
    delivered: list[list[int]] = [[], []]

    def first(claimed: Claim, **given: object) -> bool:
        delivered[0].append(claimed.message_id)
        if len(delivered[0]) == 1:
            monkeypatch.setattr(outbox, "deliver", second)
            deliver_due(sender=sender, clock=clock, limit=20)
            monkeypatch.setattr(outbox, "deliver", first)
        return True

    def second(claimed: Claim, **given: object) -> bool:
        delivered[1].append(claimed.message_id)
        return True

    monkeypatch.setattr(outbox, "deliver", first)
    deliver_due(sender=sender, clock=clock, limit=20)
    assert [len(mine) for mine in delivered] == [20, 20]
    assert not set(delivered[0]) & set(delivered[1])


def test_a_worker_held_up_by_a_slow_server_takes_no_more(
    envelopes: list[int], sender: RecordingSender, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = []

    def slow(claimed: Claim, **given: object) -> bool:
        taken.append(claimed.message_id)
        clock.at += TAKES_FOR / 3
        return True

    monkeypatch.setattr(outbox, "deliver", slow)
    assert deliver_due(sender=sender, clock=clock) == 3
    assert due_messages(at=NOON, limit=60) == envelopes[3:], "what it left is free for the next"


def test_the_lease_outlasts_a_slow_hand_over_and_a_kill_is_no_routine(settings: Settings) -> None:
    assert timedelta(seconds=15 * settings.EMAIL_TIMEOUT) < LEASE
    assert lease_outlasts_the_mail_server() == []
    assert workers_end_before_they_are_killed() == []


@pytest.mark.parametrize("seconds", [None, 60])
def test_a_mail_timeout_that_does_not_fit_the_lease_is_said_at_start(settings: Settings, seconds: int | None) -> None:
    settings.EMAIL_TIMEOUT = seconds
    assert [problem.id for problem in lease_outlasts_the_mail_server()] == ["gutclinic.E003"]


def test_a_time_limit_that_kills_slow_workers_is_said_at_start(settings: Settings) -> None:
    settings.CELERY_TASK_TIME_LIMIT = 300
    assert [problem.id for problem in workers_end_before_they_are_killed()] == ["gutclinic.E004"]
