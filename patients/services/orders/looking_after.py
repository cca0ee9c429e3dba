"""What the clock brings about with orders: one that rested until its own last day went by is stopped, not on hold."""

from datetime import date, datetime, timedelta

from clinics.actor import Actor
from clinics.domain.instants import civil_date, zone
from patients.models import Order, Plan
from patients.reminders.batches import in_batches
from patients.reminders.isolation import each
from patients.services.moving import moving
from patients.services.orders.ending import cut_versions, stop_held
from protocols.domain.order_states import OrderStanding, OrderStatus
from protocols.domain.phases import PlanStatus

BATCH = 200
_BY_THEN = "Its last day went by while it was on hold."


def stop_what_rested_to_its_end(*, by: Actor, at: datetime) -> int:
    """Stop what was on hold on its last day: nobody can resume it any more. How many plans had such an order."""
    # A civil date anywhere is at most a day after that of UTC; each plan is asked for its own.
    tomorrow = at.date() + timedelta(days=1)
    held = Order.objects.current().filter(standing=OrderStanding.HELD.value, ends_on__lt=tomorrow)
    # While the whole plan rests, last days wait with it: they move once it is resumed.
    active = Plan.objects.filter(status=PlanStatus.ACTIVE.value, pk__in=held.values("plan"))
    plans = active.select_related("patient").order_by("pk")
    return each(
        in_batches(plans, size=BATCH), lambda plan: _stop(plan, by=by, at=at), what="an order on hold that is over"
    )


def _stop(plan: Plan, *, by: Actor, at: datetime) -> bool:
    # Asked before the plan is moved: where its patient lives that day may not be over yet.
    if not _over(plan, today=civil_date(at, zone(plan.patient.zone))):
        return False
    with moving(plan, by=by, at=at, revision=None) as move:
        over = _over(plan, today=move.today)
        stop_held(over, move, reason=_BY_THEN)
        for order in over:
            assert order.last_day is not None  # else it would not be over
            cut_versions(order, last_day=order.last_day)
    return bool(over)


def _over(plan: Plan, *, today: date) -> list[Order]:
    held = Order.objects.current().to_reckon().filter(plan=plan, standing=OrderStanding.HELD.value)
    return [order for order in held if order.status_on(today) is OrderStatus.COMPLETED]
