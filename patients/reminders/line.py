"""Whether a channel is tried at all: not while its other side is dead, and no faster than its provider allows.

Both are kept in one row of the database, changed by conditional UPDATEs: workers share it however many there are, and a
cache that loses everything changes nothing. It only ever holds something back: what is owed stays owed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F

from patients.models import ChannelState
from patients.reminders.channels import HandOverFailed
from patients.reminders.claim import LEASE
from patients.reminders.rates import rate_of
from patients.reminders.setbacks import Jitter

SHUT_AFTER = 5
"""Failures in a row after which nobody tries for a while."""
SHUT_FOR = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10))
"""How long: after each further failure the next one, or as long as the other side asks for."""
CLOCKS_AGREE_WITHIN = timedelta(minutes=1)
"""Those of the machines that workers run on."""


class Line:
    """One channel, as one worker uses it for a while. jitter: spreads the pauses of several workers.

    provider: one of several of this channel, as a host name: whether that one answers, and its own limit.
    """

    def __init__(self, channel: str, *, clock: Callable[[], datetime], jitter: Jitter, provider: str = "") -> None:
        self._channel = f"{channel} {provider}" if provider else channel
        self._provider = provider
        self._clock = clock
        self._jitter = jitter
        self._rate = rate_of(channel, provider)
        self._has_failed = False
        self._probes = False
        # Until when nobody tries; None while somebody may.
        self.shut_until: datetime | None = None
        # Until when the provider’s limit lets nothing more through; None while it does.
        self.full_until: datetime | None = None

    @property
    def is_shut(self) -> bool:
        """Whether nobody is to try."""
        return self.shut_until is not None

    @property
    def apart(self) -> timedelta:
        """From one hand-over to the next, by its limit."""
        return timedelta() if self._rate is None else self._rate.apart

    def look(self) -> ChannelState | None:
        """Learn whether somebody may try, and take it on to be the first where that is due; the row it stands in."""
        state = ChannelState.objects.filter(channel=self._channel).first()
        self._has_failed = state is not None and state.failure_count > 0
        self._probes, self.shut_until, self.full_until = False, None, None
        if state is not None and state.shut_until is not None:
            self._probes = self._may_probe(state.shut_until)
            if not self._probes:
                # Where its time is over somebody else tries at this moment.
                at = self._clock()
                self.shut_until = state.shut_until if state.shut_until > at else at + SHUT_FOR[0]
        return state

    def may_try(self, wanted: int) -> int:
        """How many of so many hand-overs may be tried now."""
        state = self.look()
        if self.is_shut:
            return 0
        return self._paced(min(wanted, 1) if self._probes else wanted, state)

    def lets_one_through(self) -> bool:
        """Whether the limit allows one more now, which is then counted. Whether it answers was looked at before."""
        self.full_until = None
        return self._paced(1, None) == 1

    def answered(self) -> None:
        """The other side took it, or said for good that it does not: it is there."""
        if self._has_failed:
            ChannelState.objects.filter(channel=self._channel).update(failure_count=0, shut_until=None)
            self._has_failed = self._probes = False
            self.shut_until = None

    def failed(self, failure: HandOverFailed) -> None:
        """It was not accepted. What is about this recipient, or about another provider, is an answer too."""
        if failure.permanent or not failure.channel_down or failure.provider != self._provider:
            self.answered()
            return
        at = self._clock()
        self._has_failed, self._probes = True, False
        ChannelState.objects.get_or_create(channel=self._channel)
        own = ChannelState.objects.filter(channel=self._channel)
        own.update(failure_count=F("failure_count") + 1)
        beyond = own.values_list("failure_count", flat=True).get() - SHUT_AFTER
        if beyond >= 0 or failure.retry_after is not None:
            pause = self._jitter(SHUT_FOR[max(0, min(beyond, len(SHUT_FOR) - 1))])
            self.shut_until = at + max(pause, failure.retry_after or pause)
            own.update(shut_until=self.shut_until)

    def probe_again(self) -> None:
        """Where the one envelope that was to try it was not to go now: the next one may try, without delay.

        Otherwise something urgent would stand behind everything that waits for the morning.
        """
        if self._probes:
            self._probes = False
            ChannelState.objects.filter(channel=self._channel).update(shut_until=self._clock())

    def _may_probe(self, shut_until: datetime) -> bool:
        """Whether the time is over, and this worker is the one that tries first."""
        at = self._clock()
        if at < shut_until:
            return False
        first = ChannelState.objects.filter(channel=self._channel, shut_until=shut_until)
        return first.update(shut_until=at + LEASE) == 1

    def _paced(self, wanted: int, state: ChannelState | None) -> int:
        """How many the rate lets through; they are counted as tried from now on. state: as read, if it was."""
        if self._rate is None or wanted == 0:
            return wanted
        if state is None:
            state, _ = ChannelState.objects.get_or_create(channel=self._channel)
        while True:
            at = self._clock()
            begins = max(state.paced_until or at, at)
            if begins > at + self._rate.ahead + CLOCKS_AGREE_WITHIN:
                # No hand-over at this rate can have left that: the limit was lower then, or a clock was wrong.
                begins = at
            count = min(wanted, (at + self._rate.ahead - begins) // self._rate.apart)
            if count < wanted:
                self.full_until = begins + self._rate.apart - self._rate.ahead
            if count <= 0:
                return 0
            ends = begins + count * self._rate.apart
            own = ChannelState.objects.filter(pk=state.pk, paced_until=state.paced_until)
            if own.update(paced_until=ends):
                return count
            state.refresh_from_db()
