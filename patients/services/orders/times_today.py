"""What today holds of an order whose times of day are changed: what was recorded, and what is due once more."""

from datetime import date

from patients.models import Intake, Order, Plan
from protocols.domain.dose_words import joined, slot_in_words
from protocols.domain.slots import Slot


def slots_recorded(plan: Plan, key: str, *, day: date) -> set[Slot]:
    """The times of that day that are recorded, with whichever version of the order."""
    rows = Intake.objects.standing().filter(order__plan=plan, order__key=key, taken_on=day)
    return {Slot(slot) for slot in rows.values_list("slot", flat=True)}


def slots_due(plan: Plan, key: str, *, day: date) -> set[Slot]:
    """The times of day at which it is due that day, recorded or not."""
    rows = Order.objects.to_reckon().filter(plan=plan, key=key)
    return {slot for order in rows if order.is_due_on(day) for slot in order.slots}


def times_words(plan: Plan, key: str, *, before: set[Slot], day: date) -> str:
    """What a change of its times means for that day, in a sentence; empty where it means nothing.

    before: when it was due until the change, which is rehearsed by now.
    """
    after, recorded = slots_due(plan, key, day=day), slots_recorded(plan, key, day=day)
    new = after - before - recorded
    if not new or not before:
        return ""
    if recorded - after:
        return (
            f"Today’s dose was recorded already, {_joined(recorded)}. With this change it is due today {_joined(new)} "
            "as well: let it count from tomorrow if that is once too often."
        )
    return f"Today it is due {_joined(after)} instead of {_joined(before)}: look whether that time is still to come."


def _joined(slots: set[Slot]) -> str:
    return joined(slot_in_words(slot.value) for slot in Slot.ordered(slots))
