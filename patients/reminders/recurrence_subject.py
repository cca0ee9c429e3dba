"""One day of what comes back each day, as its reminder looks at it: what is to be taken on it, and what is ticked."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from patients.models import Intake, Order, Plan, Recurrence, Reminder
from protocols.domain.day_parts import DayPart, part_of_slot
from protocols.domain.phases import PlanStatus
from protocols.domain.slots import Slot
from protocols.models.content import ItemKind

Recorded = tuple[int, date, str, str]
"""The plan, the day, and the dose that is ticked: the key of its order, and its time of day as written."""


@dataclass(frozen=True)
class RecurrenceSubject:
    """One recurrence on one civil date, with the plan that its patient lives in. It goes by the code of its row."""

    recurrence: Recurrence
    plan: Plan
    on: date
    orders: Sequence[Order]
    recorded: Collection[Recorded]

    @property
    def code(self) -> str:
        return self.recurrence.code

    def is_anything_left(self, part: DayPart) -> bool:
        """Whether anything is to be taken in that part of this day, and nobody has ticked it yet.

        What is on hold, stopped, or blocked by a finding is not to be taken.
        """
        return any(True for _ in self._left(part))

    def _left(self, part: DayPart) -> Iterator[tuple[Order, Slot]]:
        for order in self.orders:
            slots = [slot for slot in order.slots if self._part_of(order, slot) is part]
            if not slots or not ItemKind(order.item_kind).is_taken or not order.is_due_on(self.on):
                continue
            for slot in slots:
                if (self.plan.pk, self.on, order.key, slot.value) not in self.recorded:
                    yield order, slot

    def _part_of(self, order: Order, slot: Slot) -> DayPart:
        moved: Mapping[str, str] = self.recurrence.moved_doses
        found = moved.get(dose_name(order.key, slot.value))
        return part_of_slot(slot) if found is None else DayPart(found)


def dose_name(key: str, written: str) -> str:
    """What a dose is called in `Recurrence.moved_doses`; all versions of its order share it."""
    return f"{key}.{written}"


class Days:
    """What is taken and ticked in some plans, read in a few queries, however many plans and days there are."""

    def __init__(self, plans: Collection[Plan], *, since: date) -> None:
        """since: no earlier day is asked about."""
        running = [plan for plan in plans if plan.status == PlanStatus.ACTIVE.value]
        self._orders: dict[int, list[Order]] = {plan.pk: [] for plan in plans}
        for order in Order.objects.filter(plan__in=running).to_reckon() if running else ():
            self._orders[order.plan_id].append(order)
        ticked = Intake.objects.standing().filter(order__plan__in=running, taken_on__gte=since)
        names = ("order__plan_id", "taken_on", "order__key", "slot")
        self._recorded: frozenset[Recorded] = frozenset(ticked.values_list(*names)) if running else frozenset()

    def subject(self, recurrence: Recurrence, plan: Plan, *, on: date) -> RecurrenceSubject:
        """No query."""
        return RecurrenceSubject(recurrence, plan, on, self._orders[plan.pk], self._recorded)


def subjects_of_days(reminders: Collection[Reminder]) -> dict[int, RecurrenceSubject]:
    """By the key of each that comes back each day, and is still wanted: its day, as it is now. None: no query."""
    wanted = [(reminder, row) for reminder in reminders if (row := reminder.recurrence) is not None and row.is_open]
    if not wanted:
        return {}
    plans = {reminder.plan_id: reminder.plan for reminder, _ in wanted}
    days = Days(list(plans.values()), since=min(reminder.civil_date for reminder, _ in wanted))
    return {reminder.pk: days.subject(row, plans[reminder.plan_id], on=reminder.civil_date) for reminder, row in wanted}
