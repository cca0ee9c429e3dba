"""What a plan calls for now: its phases while it is active, its tapers and supplies while it runs, on hold or not.

A warning sign that nobody has cleared is called for when the plan is over, too.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects

from patients.models import Order, Plan, PlanPhase, RecipientKind, Taper
from patients.reminders.kind import Call, Kind, Pace, key_of
from patients.reminders.order_kinds import ORDER_KINDS
from patients.reminders.order_subject import OrderSubject, order_subjects_of
from patients.reminders.phase_kinds import PHASE_KINDS
from patients.reminders.recipients import AddressBook, Recipient
from patients.reminders.taper_kinds import TAPER_KINDS
from patients.reminders.taper_subject import TaperSubject, subjects_of
from protocols.domain.phases import PlanStatus

_ANYTHING_WHILE = frozenset[PlanStatus]().union(
    *(kind.while_plan_is for kinds in (PHASE_KINDS, TAPER_KINDS, ORDER_KINDS) for kind in kinds)
)
"""The statuses of a plan in which anything at all may be called for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One reminder that is called for."""

    kind: Kind[Any]
    subject: PlanPhase | TaperSubject | OrderSubject
    call: Call
    recipient: Recipient

    @property
    def key(self) -> str:
        recipient = self.recipient
        return key_of(
            self.kind.name,
            self.call,
            recipient=recipient.kind.value,
            recipient_code=recipient.code,
            channel=recipient.channel.value,
        )

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
    def send_at(self) -> datetime:
        """The preferred instant of its day; or that at which it arose, once the recipient’s quiet hours are over."""
        arose_at = self.call.arose_at
        if not self.kind.goes_at_once or arose_at is None:
            return self.recipient.send_at(self.call.on)
        return arose_at if self.kind.pace is Pace.DAY_AND_NIGHT else self.recipient.next_allowed(arose_at)

    @property
    def too_late_at(self) -> datetime:
        late_days = self.kind.late_days
        if not self.kind.goes_at_once:
            return self.recipient.too_late_at(self.call.on, late_days=late_days)
        return self.recipient.too_late_after(self.send_at, late_days=late_days)

    def is_ahead(self, at: datetime) -> bool:
        """Whether it can still go. What has a time of day is over with it; what goes at once may go late."""
        return at < self.too_late_at if self.kind.goes_at_once else self.send_at >= at


def wanted_by(plan: Plan, *, at: datetime) -> dict[str, Wanted]:
    """All that this plan calls for of people who can be reached, by key."""
    if PlanStatus(plan.status) not in _ANYTHING_WHILE:
        return {}
    book = AddressBook(at=at)
    wanted: dict[str, Wanted] = {}
    # Each phase looks at those it is counted from; in a move they are loaded already.
    prefetch_related_objects([plan], "phases")
    for phase in plan.phases.all():
        _collect(wanted, PHASE_KINDS, phase, plan=plan, book=book)
    return wanted | _wanted_by_tapers(plan, [], book=book) | _wanted_by_orders(plan, book=book)


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
                recipient = recipient_of(recipient_kind, plan=plan, subject=subject, call=call, book=book)
                if recipient.address is not None:
                    at_once = unreachable.get((kind.hurries_without, call.about))
                    item = Wanted(kind, subject, replace(call, arose_at=at_once or call.arose_at), recipient)
                    wanted[item.key] = item
                elif recipient_kind is RecipientKind.PRESCRIBER:
                    unreachable[kind.name, call.about] = call.arose_at


def recipient_of(
    kind: RecipientKind, *, plan: Plan, subject: object, call: Call | None, book: AddressBook
) -> Recipient:
    """To whom this goes as things stand now, reachable or not."""
    if kind is RecipientKind.PATIENT:
        return book.patient(plan)
    if kind is RecipientKind.STAFF:
        return book.staff(plan)
    assert isinstance(subject, TaperSubject)
    return book.prescriber(subject, None if call is None else call.request)
