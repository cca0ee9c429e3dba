"""What becomes of the orders when a phase is finished or the whole plan ends."""

from collections.abc import Iterable
from datetime import date

from patients.models import Order, OrderHold
from patients.services.moving import Moving, record
from patients.services.orders.telling import let_be_told
from protocols.domain.order_states import OrderMove, OrderStanding, OrderStatus, StopReason
from protocols.domain.phases import PlanStatus


def end_all(move: Moving, *, reason: str) -> None:
    """The plan is over: nothing of it is taken after today, whatever its orders were to outlive."""
    rows = list(Order.objects.to_reckon().select_related("prescriber", "medicine").filter(plan=move.plan))
    if move.plan.status != PlanStatus.ENTERED_IN_ERROR.value:
        let_be_told([order for order in rows if _is_cut_short(order, today=move.today)], move)
    for order in rows:
        if not order.is_standing:
            continue
        first, last = order.first_day, order.last_day
        if first is not None and first <= move.today and (last is None or last > move.today or not order.is_end_said):
            order.ends_on = move.today if order.ends_on is None else min(order.ends_on, move.today)
            order.save(update_fields=["ends_on"])
        elif first is None or first > move.today:
            # It never began; what hung on a taper or on a later day would otherwise seem to be still to come.
            order.ends_on = min(filter(None, [order.ends_on, move.today]))
            order.save(update_fields=["ends_on"])
    held = [order for order in rows if order.is_current and order.standing == OrderStanding.HELD.value]
    stop_held(held, move, reason=reason)
    for order in held:
        cut_versions(order, last_day=move.today)


def _is_cut_short(order: Order, *, today: date) -> bool:
    """Whether it would have been taken after today, or it ends today for no other reason than its phase or plan."""
    first, last = order.first_day, order.last_day
    if not order.is_current or not order.is_standing or (not order.phases() and not order.follows_taper_alone):
        return False
    if first is None or first > today or last is None or last > today:
        return True
    return last == today and not order.is_end_said


def stop_held(orders: Iterable[Order], move: Moving, *, reason: str) -> None:
    """What rests when its time is over does not wait to be resumed: it is stopped."""
    for order in orders:
        if order.standing != OrderStanding.HELD.value:
            continue
        OrderHold.objects.filter(order=order, resumed_on__isnull=True, first_day__lte=move.today).update(
            resumed_on=move.today
        )
        order.standing, order.stop_reason = OrderStanding.STOPPED.value, StopReason.FINISHED.value
        order.save(update_fields=["standing", "stop_reason"])
        record(
            move.plan,
            order=order,
            move=OrderMove.STOP.value,
            from_status=OrderStatus.HELD.value,
            to_status=OrderStatus.STOPPED.value,
            reason=reason,
            details={"stop_reason": StopReason.FINISHED.value},
            by=move.by,
            at=move.at,
        )


def cut_versions(order: Order, *, last_day: date) -> None:
    """Earlier versions of an order that would outlive its end, because the newest was to begin later."""
    earlier = Order.objects.filter(plan_id=order.plan_id, key=order.key, is_current=False)
    if order.standing == OrderStanding.STOPPED.value:
        # They rested together, and are stopped together; the history says it once.
        rested = earlier.filter(standing=OrderStanding.HELD.value)
        for hold in OrderHold.objects.filter(order__in=rested, resumed_on__isnull=True):
            hold.resumed_on = max(last_day, hold.first_day)
            hold.save(update_fields=["resumed_on"])
        rested.update(standing=OrderStanding.STOPPED.value, stop_reason=StopReason.FINISHED.value)
    for version in earlier:
        if version.ends_on is not None and version.ends_on > last_day:
            version.ends_on = last_day
            version.save(update_fields=["ends_on"])
