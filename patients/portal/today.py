"""What is to be taken or done today, grouped by time of day as one tap records it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clinics.domain.instants import zone
from patients.models import Intake, Order, Plan
from patients.portal.words import day_in_full, evidence_words, lines, paragraphs
from protocols.domain.pattern import LONGEST_INTERVAL_DAYS
from protocols.domain.phases import PlanStatus
from protocols.domain.slots import Slot
from protocols.models.content import ItemKind

NEW_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Item:
    """One order as a patient reads it."""

    order: Order
    is_recorded: bool = False
    is_new: bool = False
    """Begun in these days: what is to be known about it stands open, later it is a tap away."""

    @property
    def amount(self) -> str:
        return self.order.amount.display() if self.order.amount else ""

    @property
    def pattern(self) -> str:
        """When it is not every day: “every 2 days”, “Mondays and Thursdays”."""
        words = self.order.parsed_pattern.display()
        return "" if words == "every day" else words

    @property
    def instructions(self) -> list[str]:
        return paragraphs(self.order.instructions)

    @property
    def evidence(self) -> str:
        return evidence_words(self.order.evidence)

    @property
    def sources(self) -> list[str]:
        return lines(self.order.source)


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """Everything that belongs to one time of this day. One tap records all of it.

    recorded_at: when the last of it was recorded; None as long as nothing was.
    """

    slot: Slot
    items: list[Item]
    recorded_at: datetime | None
    zone: ZoneInfo

    @property
    def recorded_words(self) -> str:
        """The wall clock where the patient lives: “08:12”."""
        return f"{self.recorded_at.astimezone(self.zone):%H:%M}" if self.recorded_at else ""

    @property
    def anchor(self) -> str:
        return f"at-{self.slot.value}"

    @property
    def is_recorded(self) -> bool:
        return all(item.is_recorded for item in self.items)

    @property
    def is_partly_recorded(self) -> bool:
        """Something was added to this time of day after the tap."""
        return not self.is_recorded and any(item.is_recorded for item in self.items)

    @property
    def button(self) -> str:
        """What the tap says. What is only done, or not done, is not taken."""
        if not all(ItemKind(item.order.item_kind).is_taken for item in self.items):
            return "I did this" if len(self.items) == 1 else "I did these"
        return "I took this" if len(self.items) == 1 else "I took these"


@dataclass(frozen=True, slots=True)
class Today:
    """times: with a tap. all_day: nothing to tap, since it has no time. as_needed: what no day plans."""

    times: list[TimeOfDay]
    all_day: list[Item]
    as_needed: list[Item]
    not_today: list[tuple[Item, str]]

    @property
    def is_empty(self) -> bool:
        return not (self.times or self.all_day)


def orders_of_today(plan: Plan, *, user: Any, day: date) -> Today:
    """Two queries, however much there is. user: whose eyes these are; day: the patient's civil date."""
    wall = zone(plan.patient.zone)
    if plan.status != PlanStatus.ACTIVE.value:
        return Today([], [], [], [])
    orders = list(Order.objects.visible_to(user).filter(plan=plan).select_related("first_phase", "last_phase"))
    recorded = {
        (intake.order_id, intake.slot): intake.recorded_at
        for intake in Intake.objects.visible_to(user).standing().filter(order__plan=plan, taken_on=day)
    }
    due = [order for order in orders if order.is_due_on(day)]
    open_today = [order for order in orders if order.is_open_on(day)]
    return Today(
        times=_times_of_day(due, recorded, day=day, wall=wall),
        all_day=[_item(order, day) for order in due if not order.slots],
        as_needed=[_item(order, day) for order in open_today if order.parsed_pattern.is_as_needed],
        not_today=list(_resting(open_today, day)),
    )


def _item(order: Order, day: date, *, is_recorded: bool = False, is_repeated: bool = False) -> Item:
    return Item(order, is_recorded, is_new=day - order.first_day < NEW_FOR and not is_repeated)


def _times_of_day(
    due: list[Order], recorded: dict[tuple[int, str], datetime], *, day: date, wall: ZoneInfo
) -> list[TimeOfDay]:
    times = []
    for slot in Slot:
        orders = [order for order in due if slot in order.slots]
        if orders:
            items = [
                _item(
                    order,
                    day,
                    is_recorded=(order.pk, slot.value) in recorded,
                    is_repeated=order.slots[0] is not slot,
                )
                for order in orders
            ]
            instants = [at for (order_id, name), at in recorded.items() if name == slot.value]
            times.append(TimeOfDay(slot, items, max(instants, default=None), wall))
    return times


def _resting(orders: list[Order], day: date) -> Iterable[tuple[Item, str]]:
    """What the pattern leaves out today, with the next day it plans."""
    for order in orders:
        if order.parsed_pattern.is_as_needed or order.is_due_on(day):
            continue
        coming = (day + timedelta(days=ahead) for ahead in range(1, LONGEST_INTERVAL_DAYS + 1))
        following = next((candidate for candidate in coming if order.is_due_on(candidate)), None)
        if following is not None:
            yield Item(order), day_in_full(following, day)
