"""What one kind of reminder is. Which kinds there are stands in `kinds.py`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Generic, TypeVar

from patients.models import PlanPhase, RecipientKind, SigningRequest
from patients.reminders.order_subject import OrderSubject
from patients.reminders.taper_subject import TaperSubject
from protocols.domain.phases import PlanStatus


class Pace(Enum):
    """When something goes on its day."""

    PREFERRED_TIME = "at the time of day at which the recipient wants messages"
    AT_ONCE = "as soon as the recipient’s quiet hours allow"
    DAY_AND_NIGHT = "at once, in quiet hours too"


EVER_BEGUN = frozenset({PlanStatus.ACTIVE, PlanStatus.ON_HOLD, PlanStatus.COMPLETED, PlanStatus.REVOKED})
"""For what must be heard of even when the plan is over."""

# What reminders are about: a phase or a taper of a plan, or a product that it orders.
SubjectT = TypeVar("SubjectT", PlanPhase, TaperSubject, OrderSubject)


@dataclass(frozen=True, slots=True)
class Call:
    """One day on which something calls for a reminder.

    on: the civil date, never one that depends on the zone in which somebody lives now: it is part of the key. about:
    the code of what it is about, of the subject itself or of a request, answer or report in it, of which one day may
    see two. arose_at: the instant at which it arose, for what goes at once. request: for a prescriber who is asked to
    sign, the request whose link it carries.
    """

    on: date
    about: str
    arose_at: datetime | None = None
    request: SigningRequest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[SubjectT]):
    """One kind of reminder.

    calls: the days on which this subject calls for it. It is asked when reminders are planned and once more right
    before one goes out: what it no longer says then is no longer true. It looks at rows alone, and not at the clock,
    so that what comes with time is planned ahead. late_days: how many civil days after that day it may still go;
    0 means that day only. words: what it says, for the ledger. while_plan_is: the statuses of the plan in which
    anything is called for at all. hurries_without: the kind of alert to a prescriber that this one stands in for;
    where that can go to nobody, it goes at that instant, and does not wait for it.
    """

    name: str
    recipients: tuple[RecipientKind, ...]
    calls: Callable[[SubjectT, RecipientKind], Iterable[Call]]
    late_days: int
    words: str
    pace: Pace = Pace.PREFERRED_TIME
    while_plan_is: frozenset[PlanStatus] = frozenset({PlanStatus.ACTIVE, PlanStatus.ON_HOLD})
    hurries_without: str = ""

    @property
    def goes_at_once(self) -> bool:
        """Whether it goes at the instant at which it arose, and not at a time of day."""
        return self.pace is not Pace.PREFERRED_TIME

    def calls_now(self, subject: SubjectT, recipient: RecipientKind) -> list[Call]:
        """Every call for this recipient, as things stand."""
        if recipient not in self.recipients or PlanStatus(subject.plan.status) not in self.while_plan_is:
            return []
        return list(self.calls(subject, recipient))


def key_of(kind: str, call: Call, *, recipient: str, recipient_code: str, channel: str) -> str:
    """What tells one owed thing from every other: the unique key of its row."""
    return f"{kind}:{call.about}:{call.on.isoformat()}:{recipient}-{recipient_code}:{channel}"


def about_of(key: str) -> str:
    """The code of what a reminder with this key is about."""
    return key.split(":")[1]
