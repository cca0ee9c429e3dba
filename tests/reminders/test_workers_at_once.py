"""Several workers woken at once: each takes its own envelopes, and ends by itself before it is killed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from gutclinic.checks import lease_outlasts_the_mail_server, workers_end_before_they_are_killed
from patients.models import Message
from patients.reminders import claim as claims
from patients.reminders import outbox
from patients.reminders.channels import Envelope
from patients.reminders.claim import LEASE, Claim, claim_batch, due_messages
from patients.reminders.delivery import Prepared
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
    while claimed := claim_batch(at=NOON, limit=7):
        taken.append([one.message_id for one in claimed])
    assert [len(batch) for batch in taken] == [7] * 8 + [4]
    assert [message_id for batch in taken for message_id in batch] == envelopes


def test_a_worker_whose_list_is_stale_takes_what_is_left(envelopes: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Another worker takes some of what this one has just read, before it can; then all of it."""
    real = claims.claim_together

    def lose_some(message_ids: list[int], *, at: datetime) -> list[Claim]:
        monkeypatch.setattr(claims, "claim_together", real)
        assert real(message_ids[:lost], at=at)
        return real(message_ids, at=at)

    for lost, begins in ((4, 4), (10, 20)):
        monkeypatch.setattr(claims, "claim_together", lose_some)
        claimed = claim_batch(at=NOON, limit=10)
        assert [one.message_id for one in claimed] == envelopes[begins : begins + (10 - lost or 10)]


def ready(claims: Sequence[Claim], *, at: datetime) -> list[Prepared]:
    """Prepared, though there is nothing in them."""
    envelope = Envelope("p@example.org", "Clinic", "Subject", "Text", "<p>Text</p>", "key")
    return [
        Prepared(claimed, "email", envelope, reminders=(), until=at + timedelta(days=1), night=None)
        for claimed in claims
    ]


@pytest.fixture
def delivered(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What is handed over instead of being sent."""
    taken: list[int] = []

    def note(prepared: Prepared, **given: object) -> bool:
        taken.append(prepared.claim.message_id)
        return True

    monkeypatch.setattr(outbox, "prepare", ready)
    monkeypatch.setattr(outbox, "hand_over", note)
    return taken


def test_each_worker_delivers_batches_of_its_own(
    envelopes: list[int],
    delivered: list[int],
    sender: RecordingSender,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second is woken while the first works on its first envelope, and both do all they were woken for."""
    note, second = outbox.hand_over, []

    def wake_another(prepared: Prepared, **given: object) -> bool:
        monkeypatch.setattr(outbox, "hand_over", note)
        assert deliver_due(sender=sender, clock=clock, limit=20) == 20
        second.extend(delivered)
        return note(prepared, sender=sender, clock=clock)

    monkeypatch.setattr(outbox, "hand_over", wake_another)
    assert deliver_due(sender=sender, clock=clock, limit=20) == 20
    assert second == envelopes[20:40]
    assert delivered[20:] == envelopes[:20]


def test_one_worker_goes_on_until_nothing_is_left(
    envelopes: list[int], delivered: list[int], sender: RecordingSender, clock: SetClock
) -> None:
    assert deliver_due(sender=sender, clock=clock) == 60
    assert delivered == envelopes


def test_a_worker_held_up_by_a_slow_server_gives_back_what_it_has_no_time_for(
    envelopes: list[int],
    delivered: list[int],
    sender: RecordingSender,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    note = outbox.hand_over
    woken = []

    def slow(prepared: Prepared, **given: object) -> bool:
        clock.at += TAKES_FOR / 3
        return note(prepared, sender=sender, clock=clock)

    monkeypatch.setattr(outbox, "hand_over", slow)
    assert deliver_due(sender=sender, clock=clock, go_on=lambda: woken.append(clock.at)) == 3
    assert due_messages(at=NOON, limit=60) == [*envelopes[3:50], *envelopes[50:]], "free for the next, at once"
    assert len(woken) == 1, "another is woken to go on"


def test_the_lease_outlasts_a_slow_hand_over_and_a_kill_is_no_routine(settings: Settings) -> None:
    assert timedelta(seconds=15 * settings.EMAIL_TIMEOUT) < LEASE
    assert lease_outlasts_the_mail_server() == []
    assert workers_end_before_they_are_killed() == []


@pytest.mark.parametrize("seconds", [None, 60])
def test_a_mail_timeout_that_does_not_fit_the_lease_is_said_at_start(settings: Settings, seconds: int | None) -> None:
    settings.EMAIL_TIMEOUT = seconds
    assert [problem.id for problem in lease_outlasts_the_mail_server()] == ["gutclinic.E003"]


def test_a_time_limit_that_kills_slow_workers_is_said_at_start(settings: Settings) -> None:
    settings.CELERY_TASK_TIME_LIMIT = 200
    assert [problem.id for problem in workers_end_before_they_are_killed()] == ["gutclinic.E004"]
