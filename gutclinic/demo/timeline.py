"""Living the past again: people act at their instants, and the sweep runs wherever something falls due in between."""

import heapq
from collections.abc import Generator, Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Min

from clinics.actor import Actor
from patients.models import Heard, Message, MessageStatus, PlanPhase, Recurrence, Reminder, Taper
from patients.reminders.channels import Sender
from patients.reminders.outbox import deliver_due, waiting
from patients.services.hearing import hear
from patients.services.sweeping import do_what_is_due, move_what_is_due

LOOKS_IN_WITHIN: Final = timedelta(days=2)
# What somebody lives through: it yields the instant of its next act, and goes on when that has come.
Story = Generator[datetime, None, None]


class Clock:
    """Called, it says what time it is in the story."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def live(stories: Iterable[Story], *, clock: Clock, until: datetime, sender: Sender, system: Actor) -> None:
    """Let all stories happen in the order of time, up to `until`; what lies beyond never happens.

    A story that asks for an instant gone by goes on at once. sender: what becomes of messages. system: who starts
    phases on their day.
    """
    queue: list[tuple[datetime, int, Story]] = []
    for number, story in enumerate(stories):
        _go_on(queue, number, story, clock)
    while queue and queue[0][0] <= until:
        at, number, story = heapq.heappop(queue)
        _sweep(clock, until=at, sender=sender, by=system)
        clock.at = at
        _go_on(queue, number, story, clock)
    _sweep(clock, until=until, sender=sender, by=system)
    clock.at = until
    do_what_is_due(by=system, at=until)
    # What the morning's look at the rules has found is told as well.
    _sweep(clock, until=until, sender=sender, by=system)


def _go_on(queue: list[tuple[datetime, int, Story]], number: int, story: Story, clock: Clock) -> None:
    wanted = next(story, None)
    if wanted is not None:
        heapq.heappush(queue, (max(wanted, clock.at), number, story))


def _sweep(clock: Clock, *, until: datetime, sender: Sender, by: Actor) -> None:
    """From one owed instant to the next: what worker and beat would have done.

    Every move puts its plan before the safety rules. Of the mornings without a move none is lived here: with forty
    patients and half a year they would take longer than all the rest. The morning of `live`’s last day is.
    """
    while (at := _next_owed()) is not None and at <= until:
        clock.at = max(clock.at, at)
        move_what_is_due(by=by, at=clock.at)
        for _ in range(waiting(at=clock.at)):
            deliver_due(sender=sender, clock=clock)
        _look_in(at=clock.at)


def _look_in(*, at: datetime) -> None:
    """Whoever was written to days ago has looked in since, or would be written to once a week and called."""
    written_to = Heard.objects.filter(patient__user__isnull=False, unanswered_since__lt=at.date() - LOOKS_IN_WITHIN)
    for heard in written_to.select_related("patient"):
        hear(heard.patient, at=at)


def _next_owed() -> datetime | None:
    instants = [
        PlanPhase.objects.filter(begins_at__isnull=False).aggregate(first=Min("begins_at"))["first"],
        Taper.objects.filter(looks_at__isnull=False).aggregate(first=Min("looks_at"))["first"],
        Recurrence.objects.open().aggregate(first=Min("next_at"))["first"],
        Reminder.objects.owed().filter(message__isnull=True).aggregate(first=Min("send_at"))["first"],
        Message.objects.filter(status=MessageStatus.OPEN.value).aggregate(first=Min("next_attempt_at"))["first"],
    ]
    return min((instant for instant in instants if instant is not None), default=None)
