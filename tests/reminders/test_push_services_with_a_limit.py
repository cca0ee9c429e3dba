"""A push service that takes only so many is used no faster, and nothing else waits for it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from pytest_django import Settings

from patients.models import Message
from patients.reminders import outbox
from patients.reminders.channels import Envelope
from patients.reminders.claim import Claim
from patients.reminders.delivery import Prepared
from patients.reminders.outbox import LONGEST_PAUSE, deliver_due
from tests.fixtures.personae import NOON
from tests.fixtures.sending import RecordingSender, SetClock
from tests.reminders.of_push import APPLE, MOZILLA, thirty_each_wait


class NotesWhen(RecordingSender):
    """Accepts everything, and writes down when; each hand-over takes a hundredth of a second."""

    def __init__(self, clock: SetClock) -> None:
        super().__init__()
        self.clock = clock
        self.at: dict[str, list[datetime]] = {"": [], MOZILLA: [], APPLE: []}

    def send(self, envelope: Envelope) -> str | None:
        self.at[envelope.provider].append(self.clock.at)
        self.clock.at += timedelta(milliseconds=10)
        return super().send(envelope)


@pytest.fixture
def made_up(db: None, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each envelope was made up, by its key."""
    counted: Counter[str] = Counter()
    thirty_each_wait(monkeypatch, made_up=lambda envelope: counted.update([envelope.idempotency_key]))
    return counted


@pytest.fixture
def limited(settings: Settings) -> None:
    settings.MESSAGE_RATES = {"push": f"{MOZILLA}=2/s"}


def most_within(seconds: int, instants: list[datetime]) -> int:
    """Counted apart from the code: the most that went in any so many seconds."""
    return max(sum(begins <= at < begins + timedelta(seconds=seconds) for at in instants) for begins in instants)


@pytest.mark.usefixtures("limited")
def test_it_is_used_no_faster_and_nobody_else_waits(made_up: Counter[str], clock: SetClock) -> None:
    sender = NotesWhen(clock)

    def wait(pause: timedelta) -> None:
        clock.at += pause

    deliver_due(sender=sender, clock=clock, wait=wait)
    assert [len(each) for each in sender.at.values()] == [30, 30, 30], "one turn is enough for all of it"
    assert most_within(5, sender.at[MOZILLA]) <= 5 * 2 + 2
    assert max(sender.at[APPLE] + sender.at[""]) < NOON + timedelta(seconds=1)
    assert max(sender.at[MOZILLA]) < NOON + timedelta(seconds=17), "and it is used as fast as it allows"
    assert max(made_up.values()) <= 3, "what waits is not made up again for each one that goes"


@pytest.mark.usefixtures("limited", "made_up")
def test_workers_who_cannot_wait_leave_it_for_later_in_turn(clock: SetClock) -> None:
    sender = NotesWhen(clock)
    deliver_due(sender=sender, clock=clock)
    left = Message.objects.filter(status="open", attempts=None)
    assert 25 <= left.count() <= 28
    due = sorted(left.values_list("next_attempt_at", flat=True))
    assert all(after - before == timedelta(milliseconds=500) for before, after in pairwise(due))
    assert not left.exclude(claim_token="").exists()


def test_a_limit_of_few_an_hour_holds_nothing_back_unseen(
    made_up: Counter[str], clock: SetClock, settings: Settings
) -> None:
    settings.MESSAGE_RATES = {"push": f"{MOZILLA}=2/h"}
    deliver_due(sender=NotesWhen(clock), clock=clock)
    left = Message.objects.filter(status="open", attempts=None)
    assert left.count() >= 28
    assert max(left.values_list("next_attempt_at", flat=True)) <= clock.at + LONGEST_PAUSE


@pytest.mark.usefixtures("limited", "made_up")
def test_it_holds_for_what_is_made_up_one_by_one(clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where one of the batch breaks."""
    prepare = outbox.prepare

    def breaks_together(claims: Sequence[Claim], *, at: datetime) -> list[Prepared]:
        assert len(claims) == 1, "they cannot be made up together"
        return prepare(claims, at=at)

    monkeypatch.setattr(outbox, "prepare", breaks_together)
    sender = NotesWhen(clock)
    deliver_due(sender=sender, clock=clock)
    assert [len(sender.at[provider]) for provider in ("", APPLE)] == [30, 30]
    assert 2 <= len(sender.at[MOZILLA]) <= 4
    assert not Message.objects.filter(status="open", attempts=None).exclude(claim_token="").exists()


@pytest.mark.usefixtures("made_up")
def test_nobody_waits_for_a_limit_whose_envelopes_another_worker_took(clock: SetClock, settings: Settings) -> None:
    settings.MESSAGE_RATES = {"email": "10/s"}
    pauses: list[timedelta] = []

    def wait(pause: timedelta) -> None:
        assert len(pauses) < 5, "or it asks again and again, without a pause, until its time is over"
        pauses.append(pause)
        clock.at += pause
        Message.objects.filter(status="open", channel="email", attempts=None).update(claimed_until=NOON + LONGEST_PAUSE)

    deliver_due(sender=NotesWhen(clock), clock=clock, wait=wait)
    assert len(pauses) == 1


@pytest.mark.usefixtures("made_up")
def test_the_limit_of_the_channel_holds_beside_it(clock: SetClock, settings: Settings) -> None:
    settings.MESSAGE_RATES = {"push": f"4/s, {MOZILLA}=2/s"}
    sender = NotesWhen(clock)

    def wait(pause: timedelta) -> None:
        clock.at += pause

    while Message.objects.filter(status="open", attempts=None).exists():
        deliver_due(sender=sender, clock=clock, wait=wait)
    assert most_within(5, sorted(sender.at[MOZILLA] + sender.at[APPLE])) <= 5 * 4 + 4
    assert most_within(5, sender.at[MOZILLA]) <= 5 * 2 + 2
