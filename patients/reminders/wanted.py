"""What a plan calls for now: its phases while it is active, its tapers and supplies while it runs, on hold or not.

A warning sign that nobody has cleared is called for when the plan is over, too.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import prefetch_related_objects

from clinics.domain.recurring import Occurrence
from patients.models import Order, Plan, PlanPhase, RecipientKind, Recurrence, Taper
from patients.reminders.kind import Call, Kind, Pace, occurrence_of
from patients.reminders.order_kinds import ORDER_KINDS
from patients.reminders.order_subject import OrderSubject, order_subjects_of
from patients.reminders.phase_kinds import PHASE_KINDS
from patients.reminders.plan_kinds import PLAN_KINDS
from patients.reminders.plan_subject import PlanSubject, plan_subjects_of
from patients.reminders.recipients import AddressBook, Recipient
from patients.reminders.recurrence_subject import RecurrenceSubject
from patients.reminders.taper_kinds import TAPER_KINDS
from patients.reminders.taper_subject import TaperSubject, subjects_of
from protocols.domain.phases import PlanStatus

_ANYTHING_WHILE = frozenset[PlanStatus]().union(
    *(kind.while_plan_is for kinds in (PHASE_KINDS, TAPER_KINDS, ORDER_KINDS, PLAN_KINDS) for kind in kinds)
)
"""The statuses of a plan in which anything at all may be called for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One reminder that is called for, by the first of the ways to its recipient; or by none: `why_not` says why.

    hours: when it goes on its date, for what comes back each day; None for what a plan calls for.
    """

    kind: Kind[Any]
    subject: PlanPhase | TaperSubject | OrderSubject | PlanSubject | RecurrenceSubject
    call: Call
    recipient: Recipient
    hours: Occurrence | None = None

    @property
    def occurrence(self) -> str:
        recipient = self.recipient
        return occurrence_of(self.kind.name, self.call, recipient=recipient.kind.value, recipient_code=recipient.code)

    @property
    def why_not(self) -> str:
        """Why it can go to nobody as things stand; empty where it can."""
        return self.recipient.why_not

    @property
    def channels(self) -> list[str]:
        """By which it may go, the first choice first."""
        return [way.channel.value for way in self.recipient.ways] or [self.recipient.channel.value]

    @property
    def usable_channels(self) -> frozenset[str]:
        """By which anything may go to this recipient, whatever is wanted."""
        return frozenset(way.channel.value for way in self.recipient.usable) or frozenset(self.channels)

    @property
    def phase(self) -> PlanPhase | None:
        return self.subject if isinstance(self.subject, PlanPhase) else None

    @property
    def taper(self) -> Taper | None:
        return self.subject.taper if isinstance(self.subject, TaperSubject) else None

    @property
    def order(self) -> Order | None:
        return self.subject.order if isinstance(self.subject, OrderSubject) else None

    @property
    def recurrence(self) -> Recurrence | None:
        return self.subject.recurrence if isinstance(self.subject, RecurrenceSubject) else None

    @property
    def send_at(self) -> datetime:
        """The preferred instant of its day, or the next one after it arose; or the instant at which it arose, once the
        recipient’s quiet hours are over.
        """
        if self.hours is not None:
            return self.hours.at
        arose_at = self.call.arose_at
        if arose_at is None:
            return self.recipient.send_at(self.call.on)
        match self._pace:
            case Pace.PREFERRED_TIME:
                return self.recipient.send_at(self.call.on)
            case Pace.NEXT_TIME:
                return self.recipient.next_time(arose_at)
            case Pace.AT_ONCE:
                return self.recipient.next_allowed(arose_at)
            case Pace.DAY_AND_NIGHT:
                return arose_at

    @property
    def too_late_at(self) -> datetime:
        if self.hours is not None:
            return self.hours.too_late_at
        late_days = self.kind.late_days
        if self._pace is Pace.PREFERRED_TIME:
            return self.recipient.too_late_at(self.call.on, late_days=late_days)
        return self.recipient.too_late_after(self.send_at, late_days=late_days)

    def is_ahead(self, at: datetime) -> bool:
        """Whether it can still go. What has a day is over with its hour; what arose at an instant may go late."""
        return self.send_at >= at if self._pace is Pace.PREFERRED_TIME else at < self.too_late_at

    @property
    def _pace(self) -> Pace:
        return self.kind.pace_to(self.recipient.kind)


def wanted_by(plan: Plan, *, at: datetime) -> dict[str, Wanted]:
    """All that this plan calls for, by occurrence; also of people who cannot be reached."""
    if PlanStatus(plan.status) not in _ANYTHING_WHILE:
        return {}
    book = AddressBook(at=at)
    wanted: dict[str, Wanted] = {}
    # Each phase looks at those it is counted from; in a move they are loaded already.
    prefetch_related_objects([plan], "phases")
    for phase in plan.phases.all():
        _collect(wanted, PHASE_KINDS, phase, plan=plan, book=book)
    return (
        wanted
        | _wanted_by_tapers(plan, [], book=book)
        | _wanted_by_orders(plan, book=book)
        | _wanted_by_the_whole(plan, book=book)
    )


def wanted_beside(taper: Taper, *, at: datetime) -> dict[str, Wanted]:
    """What this taper calls for, and the others of its plan: one new medicine may call for one message about both.

    And what the orders of the plan call for, since some of them move with a taper.

    taper: as it was moved just now, with what its reminders look at loaded or not.
    """
    if PlanStatus(taper.plan.status) not in _ANYTHING_WHILE:
        return {}
    book = AddressBook(at=at)
    return _wanted_by_tapers(taper.plan, [taper], book=book) | _wanted_by_orders(taper.plan, book=book)


def wanted_by_orders(plan: Plan, *, at: datetime) -> dict[str, Wanted]:
    """What its orders alone call for."""
    if PlanStatus(plan.status) not in _ANYTHING_WHILE:
        return {}
    return _wanted_by_orders(plan, book=AddressBook(at=at))


def wanted_by_the_whole(plan: Plan, *, at: datetime) -> dict[str, Wanted]:
    """What this plan as a whole calls for."""
    return _wanted_by_the_whole(plan, book=AddressBook(at=at))


def _wanted_by_the_whole(plan: Plan, *, book: AddressBook) -> dict[str, Wanted]:
    wanted: dict[str, Wanted] = {}
    for subject in plan_subjects_of([plan]).values():
        _collect(wanted, PLAN_KINDS, subject, plan=plan, book=book)
    return wanted


def _wanted_by_orders(plan: Plan, *, book: AddressBook) -> dict[str, Wanted]:
    wanted: dict[str, Wanted] = {}
    for subject in order_subjects_of([plan]):
        _collect(wanted, ORDER_KINDS, subject, plan=plan, book=book)
    return wanted


def _wanted_by_tapers(plan: Plan, loaded: list[Taper], *, book: AddressBook) -> dict[str, Wanted]:
    # The others are read anew each time: what was written a moment ago counts.
    others = Taper.objects.filter(plan=plan).exclude(pk__in=[taper.pk for taper in loaded])
    tapers = sorted([*loaded, *others.select_related("prescriber__user")], key=_by_age)
    wanted: dict[str, Wanted] = {}
    for taper in tapers:
        taper.plan = plan
    for subject in subjects_of(tapers).values():
        _collect(wanted, TAPER_KINDS, subject, plan=plan, book=book)
    return wanted


def _by_age(taper: Taper) -> tuple[datetime, str]:
    return taper.created_at, taper.code


def _collect(
    wanted: dict[str, Wanted], kinds: tuple[Kind[Any], ...], subject: Any, *, plan: Plan, book: AddressBook
) -> None:
    unreachable: dict[tuple[str, str], datetime | None] = {}
    for kind in kinds:
        for recipient_kind in kind.recipients:
            for call in kind.calls_now(subject, recipient_kind):
                recipient = recipient_of(
                    recipient_kind, kind, plan=plan, subject=subject, call=call, on=call.on, book=book
                )
                at_once = unreachable.get((kind.hurries_without, call.about))
                item = Wanted(kind, subject, replace(call, arose_at=at_once or call.arose_at), recipient)
                wanted[item.occurrence] = item
                if item.why_not and recipient_kind is RecipientKind.PRESCRIBER:
                    unreachable[kind.name, call.about] = call.arose_at


def recipient_of(
    whom: RecipientKind,
    kind: Kind[Any],
    *,
    plan: Plan,
    subject: object,
    call: Call | None,
    on: date,
    book: AddressBook,
) -> Recipient:
    """To whom a message of this kind goes as things stand now, reachable or not.

    on: the civil date of what it is about. What waits for the morning after that is for whoever is there then; what
    cannot wait, for whoever is there at that instant.
    """
    if whom is RecipientKind.PATIENT:
        return book.patient(plan, kind)
    if whom is RecipientKind.STAFF:
        pace = kind.pace_to(whom)
        duty_on = on
        if call is not None and call.arose_at is not None:
            if pace is Pace.NEXT_TIME:
                duty_on = on + timedelta(days=1)
            elif pace is Pace.DAY_AND_NIGHT:
                duty_on = book.on_duty(plan.patient).day_of(call.arose_at)
        to = "" if call is None else call.to
        return book.staff(plan, on=duty_on, to=to, is_alert=pace is Pace.DAY_AND_NIGHT)
    assert isinstance(subject, TaperSubject)
    return book.prescriber(subject, None if call is None else call.request)
