"""No channel is used faster than its provider allows, however many workers use it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pytest_django import Settings

from gutclinic.checks import rates_can_be_read
from patients.models import ChannelState
from patients.reminders.line import Line
from patients.reminders.rates import Rate, RateError, Rates
from patients.reminders.setbacks import steady
from tests.fixtures.personae import NOON
from tests.fixtures.sending import SetClock


@pytest.fixture
def line(db: None, settings: Settings, clock: SetClock) -> Callable[[], Line]:
    """Another worker’s hold on a channel with ten hand-overs a second."""
    settings.MESSAGE_RATES = {"email": "10/s"}
    return lambda: Line("email", clock=clock, jitter=steady)


@pytest.mark.parametrize(
    ("text", "apart", "ahead"),
    [("10/s", 0.1, 1), ("600/min", 0.1, 1), ("30/min", 2, 2), ("3600/h", 1, 1), ("1/h", 3600, 3600)],
)
def test_a_rate_is_so_many_in_a_time(text: str, apart: float, ahead: float) -> None:
    rate = Rate.parse(text)
    assert rate is not None
    assert rate.apart == timedelta(seconds=apart)
    assert rate.ahead == timedelta(seconds=ahead)


def test_no_rate_is_no_limit(db: None, clock: SetClock) -> None:
    assert Rate.parse("") is None
    assert Line("email", clock=clock, jitter=steady).may_try(1000) == 1000
    assert not ChannelState.objects.exists(), "and costs nothing"


def test_a_provider_may_have_a_limit_of_its_own() -> None:
    rates = Rates.parse("push", "100/s, fcm.googleapis.com=3/s,*.push.apple.com = 10/s")
    assert rates.whole == Rate.parse("100/s")
    assert rates.of("fcm.googleapis.com") == Rate.parse("3/s")
    assert rates.of("web.push.apple.com") == Rate.parse("10/s")
    assert rates.of("updates.push.services.mozilla.com") is None
    assert Rates.parse("push", "fcm.googleapis.com=3/s").whole is None
    assert Rates.parse("sms", "") == Rates(None, {})


@pytest.mark.parametrize(
    ("channel", "text"),
    [
        ("email", "10/s, mail.example.org=5/s"),
        ("sms", "api.twilio.com=5/s"),
        ("push", "10/s, 5/s"),
        ("push", "10/s,"),
        ("push", "10/s, =5/s"),
        ("push", "10/s, fcm.googleapis.com="),
        ("push", "10/s, fcm.googleapis.com=fast"),
        ("push", "10/s, https://fcm.googleapis.com/=5/s"),
        ("push", "10/s, push.*.com=5/s"),
    ],
)
def test_what_is_no_rate_of_a_provider_is_said_at_start(settings: Settings, channel: str, text: str) -> None:
    with pytest.raises(RateError):
        Rates.parse(channel, text)
    settings.MESSAGE_RATES = {channel: text}
    assert [problem.id for problem in rates_can_be_read()] == ["gutclinic.E009"]


@pytest.mark.parametrize("text", ["10", "0/s", "-1/s", "10/day", "fast", "1.5/s", "10/s;", "99999999/s"])
def test_what_is_no_rate_is_said_at_start(settings: Settings, text: str) -> None:
    with pytest.raises(RateError, match="is no rate"):
        Rate.parse(text)
    settings.MESSAGE_RATES = {"email": text}
    assert [problem.id for problem in rates_can_be_read()] == ["gutclinic.E009"]


def test_the_first_second_goes_at_once_and_then_one_every_tenth(line: Callable[[], Line], clock: SetClock) -> None:
    assert line().may_try(50) == 10
    assert line().may_try(50) == 0
    clock.at += timedelta(milliseconds=100)
    assert line().may_try(50) == 1
    clock.at += timedelta(milliseconds=350)
    assert line().may_try(50) == 3
    clock.at += timedelta(hours=1)
    assert line().may_try(50) == 10, "what was not used is not saved up"


def test_what_no_hand_over_at_this_rate_can_have_left_holds_nothing_back(
    line: Callable[[], Line], clock: SetClock, settings: Settings
) -> None:
    """A limit that was raised since, or a machine whose clock was wrong; one a little ahead of this one counts."""
    rate, settings.MESSAGE_RATES = settings.MESSAGE_RATES, {"email": "1/h"}
    assert line().may_try(1) == 1
    settings.MESSAGE_RATES = rate
    assert line().may_try(50) == 10
    clock.at += timedelta(days=1)
    assert line().may_try(50) == 10
    clock.at -= timedelta(days=1)
    assert line().may_try(50) == 10
    clock.at -= timedelta(seconds=5)
    assert line().may_try(50) == 0


def test_workers_together_never_pass_it(line: Callable[[], Line], clock: SetClock) -> None:
    """Counted apart: in no ten seconds more than the pace and its first second."""
    workers, granted = [line() for _ in range(4)], []
    for _ in range(400):
        for worker in workers:
            granted += [clock.at] * worker.may_try(3)
        clock.at += timedelta(milliseconds=37)
    for begins in granted:
        within = sum(begins <= at < begins + timedelta(seconds=10) for at in granted)
        assert within <= 110
    assert len(granted) >= 10 * 400 * 0.037, "and it is used"


def test_it_says_when_the_next_may_go(line: Callable[[], Line], clock: SetClock) -> None:
    worker = line()
    assert worker.may_try(10) == 10
    assert worker.full_until is None
    assert worker.may_try(1) == 0
    assert worker.full_until == NOON + timedelta(milliseconds=100)
    clock.at = worker.full_until
    assert worker.may_try(1) == 1
