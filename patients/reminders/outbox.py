"""The outbox as a whole: gather what is due, and deliver it in batches. Rows are the queue; a task is a wake-up."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from heapq import heappop, heappush

from patients.reminders.channels import Sender
from patients.reminders.claim import Claim, claim_batch, claim_together, due_messages, let_go, over, put_off
from patients.reminders.delivery import Clock, Prepared, hand_over, prepare
from patients.reminders.gathering import gather
from patients.reminders.isolation import each, together
from patients.reminders.line import Line
from patients.reminders.recurring import make_what_recurs
from patients.reminders.setbacks import Jitter, set_aside, steady
from patients.reminders.taking_out import CannotBeMadeUp, take_out, what_breaks

BATCH = 100
MOST_WORKERS = 8
# A worker takes no further envelope after this long, so that a sweep gets its turn in the queue; what it leaves is
# there for the next. A slow mail server may need the whole lease for the last one, and the worker must end before it
# is killed.
TAKES_FOR = timedelta(seconds=20)
# What a limit holds back is looked at again after so long at the latest: by then it may be over.
LONGEST_PAUSE = timedelta(minutes=10)


def waiting(*, at: datetime) -> int:
    """Gather what is due, and say how many batches wait to be delivered, at most eight."""
    _gather(at=at)
    return _batches(at=at)


def wake_workers(*, at: datetime, wake: Callable[[], object]) -> None:
    """Gather what is due, and wake a worker for each batch that waits, the first ones while the rest is gathered.

    A recipient who breaks it stops no wake-up.
    """
    woken = 0

    def wake_for_what_waits() -> None:
        nonlocal woken
        for _ in range(woken, _batches(at=at)):
            wake()
            woken += 1

    try:
        _gather(at=at, after_each=wake_for_what_waits)
    finally:
        wake_for_what_waits()


def _gather(*, at: datetime, after_each: Callable[[], object] = lambda: None) -> None:
    """What recurs is made first, so that it goes into the same envelope as what else is due.

    after_each: called after each full set of recipients.
    """
    try:
        make_what_recurs(at=at)
    finally:
        gather(at=at, after_each=after_each)


def _batches(*, at: datetime) -> int:
    envelopes = len(due_messages(at=at, limit=BATCH * MOST_WORKERS))
    return -(-envelopes // BATCH)


def deliver_due(
    *,
    sender: Sender,
    clock: Clock,
    limit: int | None = None,
    jitter: Jitter = steady,
    wait: Callable[[timedelta], object] | None = None,
    go_on: Callable[[], object] = lambda: None,
) -> int:
    """Deliver what is due; how many were accepted. An envelope that breaks does not stop the others, and is raised.

    limit: at most so many envelopes. jitter: spreads the pauses after failures. wait: lets the time pass for which a
    provider’s limit is used up; None ends instead. go_on: called where the time of this worker is over while something
    may still be due.
    """
    with sender as connection:
        turn = _Turn(connection, clock=clock, jitter=jitter, wait=wait)
        try:
            return each(
                turn.envelopes(limit),
                turn.try_one,
                what="an envelope",
                on_error=lambda one, error: set_aside(_claim_of(one), error=error, at=clock(), jitter=jitter),
            )
        finally:
            if turn.is_over:
                go_on()


def let_time_pass(pause: timedelta) -> None:
    """Wait, with the real clock."""
    time.sleep(pause.total_seconds())


class _Turn:
    """One worker’s turn: batches are claimed and prepared together, and handed over one after the other."""

    def __init__(
        self, sender: Sender, *, clock: Clock, jitter: Jitter, wait: Callable[[timedelta], object] | None
    ) -> None:
        self._sender = sender
        self._clock = clock
        self._jitter = jitter
        self._wait = wait
        self._until = clock() + TAKES_FOR
        self._lines: dict[str, Line] = {}
        # Of the providers of one batch, where a channel has several.
        self._providers: dict[str, Line] = {}
        # When the next envelope may go to a provider whose limit was reached: what waits for it does so one behind the
        # other. Due again all at once, it would be made up again and again for the one that may go.
        self._next_slots: dict[str, datetime] = {}
        self._slots: list[datetime] = []

    @property
    def is_over(self) -> bool:
        """Whether its time is up."""
        return self._clock() >= self._until

    def envelopes(self, limit: int | None) -> Iterator[Prepared | Claim]:
        """Prepared envelopes; bare claims where a batch could not be prepared together."""
        left = limit
        while not self.is_over and left != 0:
            batch = claim_batch(
                at=self._clock(), limit=BATCH if left is None else min(left, BATCH), may_try=self._may_try
            )
            if not batch:
                if self._waits():
                    continue
                self._close_what_is_over()
                return
            left = None if left is None else left - len(batch)
            yield from self._of(batch)
            for line in [*self._lines.values(), *self._providers.values()]:
                line.probe_again()
            self._providers.clear()

    def try_one(self, one: Prepared | Claim) -> bool:
        """Hand it over; whether it was accepted."""
        if isinstance(one, Claim):
            return self._try_singly(one)
        lines = [self._line(one.channel), *self._line_of_provider(one)]
        return hand_over(one, sender=self._sender, clock=self._clock, jitter=self._jitter, lines=lines)

    def _try_singly(self, one: Claim) -> bool:
        """Make it up by itself, without what breaks it, and hand it over; whether it was accepted."""
        ready: list[Prepared] | None = together(lambda: prepare([one], at=self._clock()), what="an envelope")
        is_without = False
        if ready is None:
            at = self._clock()
            broken = what_breaks(one, at=at)
            is_without = bool(broken) and take_out(one, broken, at=at)
            # Where nothing could be taken out it breaks again, and is set aside as a whole.
            ready = prepare([one], at=at)
        went = [self.try_one(prepared) for prepared in ready if not self._is_put_off(prepared)]
        if is_without:
            raise CannotBeMadeUp
        return any(went)

    def _of(self, batch: list[Claim]) -> Iterator[Prepared | Claim]:
        ready: list[Prepared] | None = together(lambda: prepare(batch, at=self._clock()), what="envelopes")
        given_back: list[Claim] = []
        for one in batch if ready is None else ready:
            if self.is_over or (isinstance(one, Prepared) and self._line(one.channel).is_shut):
                given_back.append(_claim_of(one))
            elif isinstance(one, Claim) or not self._is_put_off(one):
                yield one
        let_go(given_back)

    def _is_put_off(self, one: Prepared) -> bool:
        """Whether it waits for its provider. Given back it would be claimed at once, in front of all that can go."""
        until = self._left_alone_until(one)
        if until is not None:
            put_off(one.claim, until=until)
        return until is not None

    def _left_alone_until(self, one: Prepared) -> datetime | None:
        """Until when this one waits for its provider, where its channel has several; None if it may go."""
        for line in self._line_of_provider(one):
            if line.is_shut:
                return line.shut_until
            if not line.lets_one_through():
                return self._slot(one.envelope.provider, line)
        return None

    def _slot(self, provider: str, line: Line) -> datetime:
        """The next free instant by the limit of this provider, but not so late that nobody would notice it as over."""
        assert line.full_until is not None
        slot = max(line.full_until, self._next_slots.get(provider, line.full_until))
        self._next_slots[provider] = slot + line.apart
        slot = min(slot, self._clock() + LONGEST_PAUSE)
        heappush(self._slots, slot)
        return slot

    def _close_what_is_over(self) -> None:
        """What can no longer go in time has its outcome, though its channel is shut: it needs nobody to answer."""
        shut = [channel for channel, line in self._lines.items() if line.is_shut]
        if not shut:
            return
        at = self._clock()
        claims = claim_together(over(at=at, channels=shut, limit=BATCH), at=at)
        if claims:
            together(lambda: prepare(claims, at=at), what="envelopes that are over")
            let_go(claims)

    def _waits(self) -> bool:
        """Wait for the limit of a channel or provider, if that comes within this turn; whether something may be due."""
        at = self._clock()
        if self._forgets_what_has_come(at=at):
            return True
        full = [line.full_until for line in self._lines.values() if line.full_until is not None] + self._slots[:1]
        if self._wait is None or not full or min(full) >= self._until:
            return False
        self._wait(min(full) - at)
        return True

    def _forgets_what_has_come(self, *, at: datetime) -> bool:
        """Whether there was an instant to wait for that has come. What was to go then may be another worker’s by now:
        whoever went on waiting for it would ask without a pause.
        """
        has_come = False
        while self._slots and self._slots[0] <= at:
            heappop(self._slots)
            has_come = True
        for line in self._lines.values():
            if line.full_until is not None and line.full_until <= at:
                line.full_until, has_come = None, True
        return has_come

    def _may_try(self, channel: str, wanted: int) -> int:
        return self._line(channel).may_try(wanted)

    def _line_of_provider(self, one: Prepared) -> list[Line]:
        """That of its provider, where its channel has several."""
        provider = one.envelope.provider
        if not provider:
            return []
        if provider not in self._providers:
            line = Line(one.channel, provider=provider, clock=self._clock, jitter=self._jitter)
            line.look()
            self._providers[provider] = line
        return [self._providers[provider]]

    def _line(self, channel: str) -> Line:
        if channel not in self._lines:
            self._lines[channel] = Line(channel, clock=self._clock, jitter=self._jitter)
        return self._lines[channel]


def _claim_of(one: Prepared | Claim) -> Claim:
    return one if isinstance(one, Claim) else one.claim
