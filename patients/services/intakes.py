"""Recording what was taken today, and taking that back. No tick means “not recorded”, never missed.

A dose is named by its order and by its time of day as it was written, wherever the timetable puts it on the clock. All
versions of an order are one thing here: whoever took the dose of the morning does not owe it again because the order
was changed at noon.
"""

from collections.abc import Collection
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from clinics.actor import Actor, ActorKind
from clinics.domain.instants import civil_date, zone
from patients.models import Intake, Order, Plan
from patients.services.day.rhythm import day_lived, rhythm_of
from patients.services.errors import InvalidRequest
from protocols.domain.phases import PlanStatus
from protocols.domain.slots import Slot

Dose = tuple[str, Slot]
"""The code of an order, and one of its times of day."""


def due_orders(plan: Plan, *, day: date) -> list[Order]:
    """What is to be taken or done that day, in the order of the plan; nothing while the plan rests or has ended.

    Each order in the version that counts that day; nothing that is held, stopped, or blocked by a finding.
    """
    if plan.status != PlanStatus.ACTIVE.value:
        return []
    return [order for order in plan.orders.to_reckon() if order.is_due_on(day)]


@transaction.atomic
def record_slot(plan: Plan, *, slot: Slot, day: date, by: Actor, at: datetime) -> list[Intake]:
    """Everything due at this time of this day was taken. A double tap, or a request sent again, counts once."""
    _check_day(plan, day, at=at, said="Only today’s intakes are recorded here.")
    orders = [order for order in due_orders(_locked(plan), day=day) if slot in order.slots]
    if not orders:
        raise InvalidRequest(
            "Nothing is planned for this time of day. Look again: the plan may have changed.", field="slot"
        )
    return [_record(order, slot=slot, day=day, by=by, at=at) for order in orders]


@transaction.atomic
def record_doses(plan: Plan, *, doses: Collection[Dose], day: date, by: Actor, at: datetime) -> list[Intake]:
    """These doses of this day were taken: all that are named, or none. A double tap counts once."""
    _check_day(plan, day, at=at, said="Only today’s intakes are recorded here.")
    keys = dict(plan.orders.values_list("code", "key"))
    due = {(order.key, slot): order for order in due_orders(_locked(plan), day=day) for slot in order.slots}
    named = [(keys.get(code, ""), slot) for code, slot in doses]
    if not doses or any(dose not in due for dose in named):
        raise InvalidRequest(
            "This is not planned for today any more. Look again: your plan has changed.", field="doses"
        )
    return [_record(due[dose], slot=dose[1], day=day, by=by, at=at) for dose in dict.fromkeys(named)]


def _locked(plan: Plan) -> Plan:
    """The plan as it is once nobody else moves it: no order is changed between reading it and recording it."""
    locked = Plan.objects.select_for_update(of=("self",), no_key=True).get(pk=plan.pk)
    locked.patient = plan.patient
    return locked


def _record(order: Order, *, slot: Slot, day: date, by: Actor, at: datetime) -> Intake:
    earlier = Intake.objects.standing().filter(
        order__plan=order.plan, order__key=order.key, taken_on=day, slot=slot.value
    )
    found = earlier.first()
    if found is not None:
        return found
    wanted = {"order": order, "taken_on": day, "slot": slot.value, "undone_at": None}
    try:
        with transaction.atomic():
            intake, _ = Intake.objects.get_or_create(
                **wanted, defaults={"recorded_at": at, "by_kind": by.kind.value, "by_code": by.code}
            )
    except IntegrityError:
        intake = Intake.objects.get(**wanted)
    return intake


def undo_doses(plan: Plan, *, doses: Collection[Dose], day: date, by: Actor, at: datetime) -> int:
    """Take back what this patient alone recorded of these doses of today. The rows stay, marked as undone."""
    if by.kind is not ActorKind.PATIENT or by.code != plan.patient.code:
        raise InvalidRequest("Only the patient takes back what the patient recorded.", field="slot")
    _check_day(plan, day, at=at, said="Only today’s intakes can be taken back.")
    named, keys = Q(pk__in=()), dict(plan.orders.values_list("code", "key"))
    for code, slot in doses:
        named |= Q(order__key=keys.get(code, ""), slot=slot.value)
    standing = Intake.objects.standing().filter(named, order__plan=plan, taken_on=day)
    own = standing.filter(by_kind=by.kind.value, by_code=by.code)
    if standing.exists() and not own.exists():
        raise InvalidRequest("The clinic recorded this. Ask the clinic to take it back.", field="slot")
    return Intake.objects.filter(pk__in=list(own.values_list("pk", flat=True))).update(
        undone_at=at, undone_by_kind=by.kind.value, undone_by_code=by.code
    )


def _check_day(plan: Plan, day: date, *, at: datetime, said: str) -> None:
    """Today, where she lives; and before a bedtime after midnight, the day that she has not ended yet."""
    if day == civil_date(at, zone(plan.patient.zone)):
        return
    if day != day_lived(plan.patient, rhythm_of(plan.patient), at=at):
        raise InvalidRequest(f"{said} The day has changed: look again.", field="day")
