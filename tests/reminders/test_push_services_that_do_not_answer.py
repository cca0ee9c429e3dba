"""One push service that is dead stops neither the others nor any other channel, and is left alone for a while."""

from datetime import timedelta

import pytest

from patients.models import ChannelState, Message
from patients.reminders.channels import Envelope, HandOverFailed
from patients.reminders.line import SHUT_AFTER, SHUT_FOR
from patients.reminders.outbox import deliver_due
from tests.fixtures.sending import RecordingSender, SetClock
from tests.reminders.of_push import MOZILLA as DEAD
from tests.reminders.of_push import thirty_each_wait


@pytest.fixture
def waiting(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """To browsers of the dead service, to browsers of another one, and by email in turn."""
    thirty_each_wait(monkeypatch)


class SomeAreDead(RecordingSender):
    """Where a dead service is called, ten seconds go by without an answer."""

    def __init__(self, clock: SetClock) -> None:
        super().__init__()
        self.clock, self.dead, self.called = clock, {DEAD}, 0

    def send(self, envelope: Envelope) -> str | None:
        if envelope.provider in self.dead:
            self.called += 1
            self.clock.at += timedelta(seconds=10)
            raise HandOverFailed("No answer.", permanent=False, channel_down=True, provider=envelope.provider)
        return super().send(envelope)


@pytest.fixture
def some(clock: SetClock) -> SomeAreDead:
    return SomeAreDead(clock)


def until_nothing_is_left(some: SomeAreDead, clock: SetClock) -> int:
    """One worker’s turn after the other; how many it took."""
    for turn in range(1, 100):
        before = (len(some.accepted), some.called)
        deliver_due(sender=some, clock=clock)
        if (len(some.accepted), some.called) == before:
            return turn
    raise AssertionError("it never ends")


@pytest.mark.usefixtures("waiting")
def test_after_some_failures_in_a_row_it_is_left_alone_and_all_others_go(some: SomeAreDead, clock: SetClock) -> None:
    # So that what waits after a failure is not due again while this is looked at.
    assert until_nothing_is_left(some, clock) <= 6
    assert some.called == SHUT_AFTER
    assert len(some.accepted) == 60, "each email, and each message to the other service"
    state = ChannelState.objects.get()
    assert state.channel == f"push {DEAD}"
    left = Message.objects.filter(status="open", attempts=None)
    assert set(left.values_list("next_attempt_at", "claimed_until")) == {(state.shut_until, None)}


@pytest.mark.usefixtures("waiting")
def test_then_one_message_tries_and_the_rest_follows_it(some: SomeAreDead, clock: SetClock) -> None:
    until_nothing_is_left(some, clock)
    clock.at += SHUT_FOR[0]
    deliver_due(sender=some, clock=clock)
    assert some.called <= SHUT_AFTER + 2
    some.dead.clear()
    clock.at += timedelta(hours=2)
    until_nothing_is_left(some, clock)
    assert len(some.accepted) == 90
    assert len({each.idempotency_key for each in some.accepted}) == 90
    state = ChannelState.objects.get()
    assert (state.failure_count, state.shut_until) == (0, None)


def test_an_address_that_is_none_has_no_provider() -> None:
    for address in ("", "null", "[]", '{"endpoint": 1}', '{"endpoint": "https://[/"}', "p@example.org"):
        assert Envelope(address, "", "", "", "", "key", channel="push").provider == ""
