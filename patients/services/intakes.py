"""Recording what was taken today, and taking that back. No tick means “not recorded”, never missed."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from clinics.actor import Actor, ActorKind
from clinics.domain.instants import civil_date, zone
from patients.models import Intake, Order, Plan
from patients.services.errors import InvalidRequest
from protocols.domain.phases import PlanStatus
from protocols.domain.slots import Slot


def due_orders(plan: Plan, *, day: date) -> list[Order]:
    """What is to be taken or done that day, in the order of the plan; nothing while the plan rests or has ended."""
    if plan.status != PlanStatus.ACTIVE.value:
        return []
    orders = plan.orders.select_related("first_phase", "last_phase")
    return [order for order in orders if order.is_due_on(day)]


def record_slot(plan: Plan, *, slot: Slot, day: date, by: Actor, at: datetime) -> list[Intake]:
    """Everything due at this time of this day was taken. A double tap, or a request sent again, counts once."""
    today = civil_date(at, zone(plan.patient.zone))
    if day != today:
        raise InvalidRequest("Only today’s intakes are recorded here. The day has changed: look again.", field="day")
    orders = [order for order in due_orders(plan, day=day) if slot in order.slots]
    if not orders:
        raise InvalidRequest(
            "Nothing is planned for this time of day. Look again: the plan may have changed.", field="slot"
        )
    return [_record(order, slot=slot, day=day, by=by, at=at) for order in orders]


def _record(order: Order, *, slot: Slot, day: date, by: Actor, at: datetime) -> Intake:
    wanted = {"order": order, "taken_on": day, "slot": slot.value, "undone_at": None}
    try:
        with transaction.atomic():
            intake, _ = Intake.objects.get_or_create(
                **wanted, defaults={"recorded_at": at, "by_kind": by.kind.value, "by_code": by.code}
            )
    except IntegrityError:
        intake = Intake.objects.get(**wanted)
    return intake


def undo_slot(plan: Plan, *, slot: Slot, day: date, by: Actor, at: datetime) -> int:
    """Take back what this patient alone recorded for this time of today. The rows stay, marked as undone."""
    if by.kind is not ActorKind.PATIENT or by.code != plan.patient.code:
        raise InvalidRequest("Only the patient takes back what the patient recorded.", field="slot")
    today = civil_date(at, zone(plan.patient.zone))
    if day != today:
        raise InvalidRequest("Only today’s intakes can be taken back. The day has changed: look again.", field="day")
    standing = Intake.objects.standing().filter(order__plan=plan, taken_on=day, slot=slot.value)
    own = standing.filter(by_kind=by.kind.value, by_code=by.code)
    if standing.exists() and not own.exists():
        raise InvalidRequest("The clinic recorded this. Ask the clinic to take it back.", field="slot")
    return own.update(undone_at=at, undone_by_kind=by.kind.value, undone_by_code=by.code)


def recorded_slots(plan: Plan, *, day: date) -> dict[str, set[str]]:
    """For each order's code, the times of that day that are recorded."""
    recorded: dict[str, set[str]] = {}
    rows: Sequence[tuple[str, str]] = list(
        Intake.objects.standing().filter(order__plan=plan, taken_on=day).values_list("order__code", "slot")
    )
    for code, slot in rows:
        recorded.setdefault(code, set()).add(slot)
    return recorded
