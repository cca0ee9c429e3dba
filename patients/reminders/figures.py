"""How delivery goes, in numbers: what is due, what is ahead, what failed, what was missed, and who is at work.

Numbers, channels and reasons of ours alone: no name, no code, and nothing of anybody’s health.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Case, Count, DateTimeField, Exists, F, Max, Min, OuterRef, Q, QuerySet, When
from django.db.models.functions import Greatest

from patients.models import Attempt, Channel, Heartbeat, HeldFor, Part, Reminder, ReminderStatus
from patients.reminders import reasons
from patients.reminders.ledger_facts import NOT_ACCEPTED

FAILED_WITHIN: Final = timedelta(hours=1)
MISSED_WITHIN: Final = timedelta(days=1)
SEEN_WITHIN: Final = timedelta(hours=1)
SWEEP_MAY_REST: Final = timedelta(minutes=5)
DUE_MAY_WAIT: Final = timedelta(minutes=15)

REASONS: Final[Mapping[str, str]] = {
    reasons.TOO_LATE: "too-late",
    reasons.UNREACHABLE: "unreachable",
    reasons.REFUSED: "refused",
    reasons.UNDELIVERED: "undelivered",
    reasons.OVER_BUDGET: "over-budget",
    reasons.NOT_HEARD_FROM: "not-heard-from",
}
"""Why something was missed, as a short name. What is none of these is “other”: a sentence is never passed on."""
OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class Figures:
    """All that operators look at, at one instant.

    due: owed, and nothing but work keeps it from going, whether it was tried already or not. oldest_due_at: since when
    the oldest of these waits. ahead: owed for later, by its own instant, the message budget, a digest or a night.
    failed: attempts of the last hour that were not accepted, by channel. missed: of the last day, by reason. swept_at,
    broke_at: the last sweep, and the last one in which something broke; None for never. workers: how many did something
    within the last hour.
    """

    at: datetime
    due: int
    oldest_due_at: datetime | None
    ahead: int
    failed: Mapping[str, int]
    missed: Mapping[str, int]
    swept_at: datetime | None
    broke_at: datetime | None
    workers: int

    @property
    def oldest_due(self) -> timedelta:
        """How long the oldest has waited; zero where nothing does."""
        return timedelta(0) if self.oldest_due_at is None else max(timedelta(0), self.at - self.oldest_due_at)

    @property
    def faults(self) -> list[str]:
        """What is wrong, each in a sentence; empty while all is well."""
        found = []
        if self.swept_at is None:
            found.append("The sweep has never run.")
        elif self.at - self.swept_at > SWEEP_MAY_REST:
            found.append("The sweep has not run for more than 5 minutes.")
        if self.oldest_due > DUE_MAY_WAIT:
            found.append("Something has been due for more than 15 minutes.")
        return found


def figures(*, at: datetime, reminders: "QuerySet[Reminder] | None" = None) -> Figures:
    """The numbers at this instant. reminders: of which only; without, of the whole server."""
    rows = Reminder.objects.all() if reminders is None else reminders
    waiting = _waiting(rows, at=at)
    attempts = Attempt.objects.filter(outcome__in=NOT_ACCEPTED, finished_at__gt=at - FAILED_WITHIN, finished_at__lte=at)
    if reminders is not None:
        attempts = attempts.filter(message__reminders__in=reminders)
    return Figures(
        at=at,
        due=waiting.due,
        oldest_due_at=waiting.oldest_at,
        ahead=waiting.held + rows.filter(status=ReminderStatus.OWED.value, send_at__gt=at).count(),
        failed=_failed(attempts),
        missed=_missed(rows, at=at),
        swept_at=last_beat(Part.SWEEP),
        broke_at=last_beat(Part.SWEEP_BROKE),
        workers=Heartbeat.objects.filter(at__gt=at - SEEN_WITHIN).values("worker").distinct().count(),
    )


def pulse(*, at: datetime) -> list[str]:
    """What is wrong, looked at as cheaply as can be: two reads."""
    counted = Figures(
        at=at,
        due=0,
        oldest_due_at=_waiting(Reminder.objects.all(), at=at).oldest_at,
        ahead=0,
        failed={},
        missed={},
        swept_at=last_beat(Part.SWEEP),
        broke_at=None,
        workers=0,
    )
    return counted.faults


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Of what is owed and whose instant has come: how many are due, since when, and how many a rule holds back."""

    due: int
    held: int
    oldest_at: datetime | None


def _waiting(rows: "QuerySet[Reminder]", *, at: datetime) -> _Waiting:
    """One read of what one partial index finds."""
    come = rows.filter(status=ReminderStatus.OWED.value, send_at__lte=at).annotate(due_since=_DUE_SINCE)
    is_due = Q(due_since__lte=at)
    found = come.aggregate(
        due=Count("pk", filter=is_due), held=Count("pk", filter=~is_due), oldest_at=Min("due_since", filter=is_due)
    )
    return _Waiting(**found)


# An envelope that nobody has tried waits for room in a budget, for the next digest or for the end of a night. One that
# was tried, that broke before it could be, or that a setting of this server keeps back, waits for nothing that should
# be.
_DUE_SINCE: Final = Case(
    When(message__isnull=True, then=F("send_at")),
    When(message__held_for=HeldFor.SETTING.value, then=F("send_at")),
    When(message__frozen_at__isnull=False, then=Greatest("send_at", "message__frozen_at")),
    When(Exists(Attempt.objects.filter(message=OuterRef("message"))), then=F("send_at")),
    default=Greatest("send_at", "message__next_attempt_at"),
    output_field=DateTimeField(),
)


def last_beat(part: Part) -> datetime | None:
    """When any worker did this last."""
    found: datetime | None = Heartbeat.objects.filter(part=part.value).aggregate(last=Max("at"))["last"]
    return found


def _failed(attempts: "QuerySet[Attempt]") -> dict[str, int]:
    by_channel = attempts.values("message__channel").annotate(count=Count("pk", distinct=True))
    counted = {row["message__channel"]: row["count"] for row in by_channel}
    return {channel.value: counted.get(channel.value, 0) for channel in Channel}


def _missed(rows: "QuerySet[Reminder]", *, at: datetime) -> dict[str, int]:
    missed = rows.filter(
        status=ReminderStatus.MISSED.value, finished_at__gt=at - MISSED_WITHIN, finished_at__lte=at
    ).order_by()
    counted = dict.fromkeys([*REASONS.values(), OTHER], 0)
    for row in missed.values("reason").annotate(count=Count("pk")):
        counted[name_of(row["reason"])] += row["count"]
    return counted


def name_of(reason: str) -> str:
    """The short name of why something was missed."""
    return REASONS.get(reasons.TOO_LATE if reasons.is_too_late(reason) else reason, OTHER)
