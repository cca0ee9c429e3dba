"""The run: from one owed instant to the next, with what people do in between."""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from clinics.actor import Actor
from gutclinic.simulator.cast import EVERYBODY, Cast
from gutclinic.simulator.clock import after
from gutclinic.simulator.evidence import Evidence
from gutclinic.simulator.world import World, is_steady, leave, make_world
from patients.models import ChannelState, Message, MessageStatus, PlanPhase, Recurrence, Reminder, Taper
from patients.reminders.outbox import deliver_due, wake_workers
from patients.services.safety.looking import look_at_plans
from patients.services.sweeping import move_what_is_due

# In production beat sweeps as often; so long does it take until what could not be done is tried again.
BEAT = timedelta(minutes=1)
# Longer than the latest instant at which anything may still go, and the night after it.
SETTLES_WITHIN = timedelta(days=10)
LOOKS_EVERY = timedelta(days=7)
MOST_BEATS_WITHOUT_HEADWAY = 60
# An hour lies between the later attempts, and a week is the longest that anything is tried.
MOST_TRIES = 200

Progress = Callable[[datetime], None]


@dataclass(slots=True)
class _Agenda:
    """What people are going to do, by instant; whoever has the lower number goes first."""

    waiting: list[tuple[datetime, float, Iterator[datetime]]]

    def add(self, number: float, story: Iterator[datetime]) -> None:
        at = next(story, None)
        if at is not None:
            heapq.heappush(self.waiting, (at, number, story))

    def next_at(self) -> datetime | None:
        return self.waiting[0][0] if self.waiting else None

    def act(self, at: datetime) -> None:
        while self.waiting and self.waiting[0][0] <= at:
            _, number, story = heapq.heappop(self.waiting)
            self.add(number, story)


def run(
    *,
    patients: int,
    days: int,
    seed: int,
    by: Actor,
    cast: Cast = EVERYBODY,
    progress: Progress = lambda at: None,
) -> Evidence:
    """Live through it on the database at hand. by: the system. Afterwards what is owed is let go its way."""
    world = make_world(patients=patients, days=days, seed=seed, cast=cast, by=by)
    evidence, clock = world.evidence, world.clock
    agenda = _Agenda([])
    agenda.add(0, _leaving(world))
    for life, story in world.lives:
        agenda.add(life.number, story(life))
    for taper, taper_story in world.tapers:
        # After whatever the same patient does at that instant.
        agenda.add(taper.life.number + 0.5, taper_story(taper))
    beats_without_headway = 0
    while True:
        owed_at, moves_at = _next_owed()
        acts_at = agenda.next_at()
        if owed_at is not None:
            # Due and not done: the next beat tries again, as soon as there is a beat at all.
            owed_at = after(owed_at if owed_at > clock.at else clock.at + BEAT, evidence.outages)
        at = min((instant for instant in (owed_at, acts_at) if instant is not None), default=None)
        if at is None or at >= evidence.ends:
            break
        beats_without_headway = beats_without_headway + 1 if at == clock.at + BEAT else 0
        if beats_without_headway > MOST_BEATS_WITHOUT_HEADWAY or world.post.most_tries > MOST_TRIES:
            evidence.failures.append((at, "The same thing is done again and again, and comes to no end."))
            return evidence
        clock.move_on(at)
        progress(at)
        if at == acts_at:
            agenda.act(at)
        if not any(outage.covers(at) for outage in evidence.outages):
            may_move = at == acts_at or (moves_at is not None and moves_at <= at)
            _sweep(world, by=by, may_move=may_move)
    _settle(world, by=by)
    evidence.steady_plans.update(
        life.plan_id for life, story in world.lives if life.plan_id and is_steady(world, life, story)
    )
    return evidence


def _leaving(world: World) -> Iterator[datetime]:
    yield world.leaves_at
    leave(world, world.clock.at)


def _sweep(world: World, *, by: Actor, may_move: bool) -> None:
    """What `patients.tasks` does each minute, in one process. may_move: whether a phase or taper may be due.

    But for the morning’s look at the safety rules: of seven mornings it comes on one, for every day of it would take
    as long as all the rest. Beside that `order_acts.look` has it done whenever somebody looks at what was found.
    """
    at = world.clock.at
    with _breakage_noted(world):
        try:
            move_what_is_due(by=by, at=at)
        finally:
            if may_move:
                world.notebook.look_at_moved(at=at)
    if at >= world.looks_at:
        world.looks_at = at + LOOKS_EVERY
        with _breakage_noted(world):
            # A sweep looks at some plans, and the next one at the others.
            while look_at_plans(at=at):
                pass
    with _breakage_noted(world):
        wake_workers(at=at, wake=lambda: deliver_due(sender=world.post, clock=world.clock))


@contextmanager
def _breakage_noted(world: World) -> Iterator[None]:
    """What broke is raised once everything else is done; here it goes into the evidence."""
    try:
        yield
    except ExceptionGroup as broken:
        for error in broken.exceptions:
            world.evidence.failures.append((world.clock.at, f"The software broke: {type(error).__name__}."))


def _next_owed() -> tuple[datetime | None, datetime | None]:
    """The next instant at which a sweep would find something; and that at which a phase or a taper is due."""
    owed = Reminder.objects.owed().filter(message__isnull=True).aggregate(at=Min("send_at"))["at"]
    recurs = Recurrence.objects.open().aggregate(at=Min("next_at"))["at"]
    begins = PlanPhase.objects.filter(begins_at__isnull=False).aggregate(at=Min("begins_at"))["at"]
    looks = Taper.objects.filter(looks_at__isnull=False).aggregate(at=Min("looks_at"))["at"]
    shut = dict(ChannelState.objects.filter(shut_until__isnull=False).values_list("channel", "shut_until"))
    attempts = [
        max(instant for instant in (next_at, claimed_until, shut.get(channel)) if instant is not None)
        for next_at, claimed_until, channel in Message.objects.filter(status=MessageStatus.OPEN.value).values_list(
            "next_attempt_at", "claimed_until", "channel"
        )
    ]
    moves = min((at for at in (begins, looks) if at is not None), default=None)
    return min((at for at in (owed, recurs, moves, *attempts) if at is not None), default=None), moves


def _settle(world: World, *, by: Actor) -> None:
    """Go on without anybody acting, until all that was owed within the run has its outcome or is overdue."""
    evidence, clock = world.evidence, world.clock
    clock.move_on(max(clock.at, evidence.ends))
    until = evidence.ends + SETTLES_WITHIN
    while Reminder.objects.owed().filter(send_at__lt=evidence.ends).exists():
        owed_at, _ = _next_owed()
        if owed_at is None:
            return
        at = after(max(owed_at, clock.at + BEAT), evidence.outages)
        if at > until:
            return
        clock.move_on(at)
        _sweep(world, by=by, may_move=True)
