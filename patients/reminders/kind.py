"""What one kind of reminder is. Which kinds there are stands in `kinds.py`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Generic, TypeVar

from patients.models import MessageGroup, PlanPhase, RecipientKind, SigningRequest
from patients.reminders.order_subject import OrderSubject
from patients.reminders.plan_subject import PlanSubject
from patients.reminders.recurrence_subject import RecurrenceSubject
from patients.reminders.taper_subject import TaperSubject
from protocols.domain.day_parts import DayPart
from protocols.domain.phases import PlanStatus


class Pace(Enum):
    """When something goes on its day."""

    PREFERRED_TIME = "at the time of day at which the recipient wants messages"
    NEXT_TIME = "the next time after it arose that it is the time of day at which the recipient wants messages"
    AT_ONCE = "as soon as the recipient’s quiet hours allow"
    DAY_AND_NIGHT = "at once, in quiet hours too"


class Asks(Enum):
    """What somebody at the clinic is asked to do, as the morning’s digest counts it: nothing about anybody’s health."""

    DECIDE = "to decide"
    CALL = "to telephone"
    LOOK = "to look at"


EVER_BEGUN = frozenset({PlanStatus.ACTIVE, PlanStatus.ON_HOLD, PlanStatus.COMPLETED, PlanStatus.REVOKED})
"""For what must be heard of even when the plan is over."""

# What reminders are about: a phase or a taper of a plan, a product that it orders, the plan as a whole, or one day of
# what comes back.
SubjectT = TypeVar("SubjectT", PlanPhase, TaperSubject, OrderSubject, PlanSubject, RecurrenceSubject)


@dataclass(frozen=True, slots=True)
class Call:
    """One day on which something calls for a reminder.

    on: the civil date, never one that depends on the zone in which somebody lives now: it is part of the key. about:
    the code of what it is about, of the subject itself or of a request, answer or report in it, of which one day may
    see two. arose_at: the instant at which it arose, for what goes at once. request: for a prescriber who is asked to
    sign, the request whose link it carries. to: the code of the member of staff it is for, where that is not whoever
    looks after the plan on that day. What has `arose_at` and waits for the recipient’s time of day waits for the next
    one after it.
    """

    on: date
    about: str
    arose_at: datetime | None = None
    request: SigningRequest | None = None
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurs:
    """Each civil day of the patient who wants it.

    part: the part of her day at whose time it goes, unless she chose a time of her own. late: how long after its
    instant it may still go; it is over with its day in any case.
    """

    part: DayPart
    late: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[SubjectT]):
    """One kind of reminder.

    calls: the days on which this subject calls for it. It is asked when reminders are planned and once more right
    before one goes out: what it no longer says then is no longer true. It looks at rows alone, and not at the clock,
    so that what comes with time is planned ahead. late_days: how many civil days after that day it may still go;
    0 means that day only. words: what it says, for the ledger. while_plan_is: the statuses of the plan in which
    anything is called for at all. hurries_without: the kind of alert to a prescriber that this one stands in for;
    where that can go to nobody, it goes at that instant, and does not wait for it. group: what a patient may want by
    another channel, or not at all; None for what nobody can switch off. says: the same as words, as she reads it on her
    own pages; empty where the words serve for both. recurs: how it comes back each
    day; None for what a plan calls for. asks: what it asks of staff.
    """

    name: str
    recipients: tuple[RecipientKind, ...]
    calls: Callable[[SubjectT, RecipientKind], Iterable[Call]]
    late_days: int
    words: str
    pace: Pace = Pace.PREFERRED_TIME
    while_plan_is: frozenset[PlanStatus] = frozenset({PlanStatus.ACTIVE, PlanStatus.ON_HOLD})
    hurries_without: str = ""
    group: MessageGroup | None = None
    says: str = ""
    recurs: "Recurs | None" = None
    asks: Asks = Asks.LOOK

    def pace_to(self, recipient: RecipientKind) -> Pace:
        """When it goes to this kind of recipient.

        Staff get one digest in the morning: single messages to them are of warning signs alone, whatever a kind says.
        """
        waits = self.pace is Pace.AT_ONCE and recipient is RecipientKind.STAFF
        return Pace.NEXT_TIME if waits else self.pace

    @property
    def her_words(self) -> str:
        """What it says, as the patient reads it on her own pages."""
        return self.says or self.words

    @property
    def is_routine(self) -> bool:
        """Whether it counts in the message budget of a patient.

        What waits for its time of day does, but for what she asked for each day.
        """
        return self.pace in {Pace.PREFERRED_TIME, Pace.NEXT_TIME} and self.recurs is None

    def calls_now(self, subject: SubjectT, recipient: RecipientKind) -> list[Call]:
        """Every call for this recipient, as things stand."""
        if recipient not in self.recipients or PlanStatus(subject.plan.status) not in self.while_plan_is:
            return []
        return list(self.calls(subject, recipient))


def occurrence_of(kind: str, call: Call, *, recipient: str, recipient_code: str) -> str:
    """What tells one thing that is said to somebody from every other, by whichever channel it is said."""
    return f"{kind}:{call.about}:{call.on.isoformat()}:{recipient}-{recipient_code}"


def whatever_the_person(occurrence: str) -> str:
    """An occurrence without its person: what is said of one date to the patient, to staff or to a prescriber."""
    return occurrence.rpartition("-")[0]


def key_of(kind: str, call: Call, *, recipient: str, recipient_code: str, channel: str) -> str:
    """What tells one owed thing from every other: the unique key of its row."""
    return f"{occurrence_of(kind, call, recipient=recipient, recipient_code=recipient_code)}:{channel}"


def about_of(key: str) -> str:
    """The code of what a reminder with this key is about."""
    return key.split(":")[1]
