"""Letting orders that have not begun begin later, all of them or none: what one change at a time proposes."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from clinics.actor import Actor
from patients.models import Order, Plan
from patients.services.errors import InvalidRequest
from patients.services.moving import moving, record
from patients.services.orders.changes_ahead import ChangesAhead, changes_ahead, latest_start, may_be_moved

SPREAD = "spread"
"""The move’s name in the history of a plan."""
MOVE_START = "move-start"
"""And in that of each order that was moved."""


def move_starts(plan: Plan, *, to: Mapping[str, date], by: Actor, at: datetime, revision: int) -> list[Order]:
    """Give these orders, by their codes, another first day. Only later ones, within their windows.

    It is written as days after the phase has begun, so that it moves on with its phase. Raises `PlanChanged` where the
    plan is no longer what was on the screen, and `InvalidRequest` with nothing moved where one of them cannot.
    """
    with moving(plan, by=by, at=at, revision=revision) as move:
        if not to:
            raise InvalidRequest("Choose at least one of them.", field="moves")
        rows = move.plan.orders.filter(code__in=to).to_reckon().select_related("medicine")
        orders = {order.code: order for order in rows}
        if len(orders) != len(to):
            raise InvalidRequest("One of these is not in the plan. Look at it again.", field="moves")
        moved = [(order, order.first_day, to[code]) for code, order in orders.items()]
        for order, _, day in moved:
            _check(order, day=day, today=move.today)
            phase = (order.phases() or [order.first_phase])[0]
            order.starts_after_days = (day - phase.starts_on).days
        Order.objects.bulk_update(orders.values(), ["starts_after_days"])
        for order, before, day in moved:
            status = order.status_on(move.today).value
            record(
                move.plan,
                order=order,
                move=MOVE_START,
                from_status=status,
                to_status=status,
                details={"first_day": day.isoformat(), "planned_first_day": str(before or "")},
                by=by,
                at=at,
            )
        record(
            move.plan,
            move=SPREAD,
            from_status=move.plan.status,
            to_status=move.plan.status,
            details={
                "begin_later": [
                    {"order": order.code, "before": str(before or ""), "after": day.isoformat()}
                    for order, before, day in moved
                ]
            },
            by=by,
            at=at,
        )
    return list(orders.values())


def move_start(order: Order, *, to: date, by: Actor, at: datetime, revision: int) -> Order:
    """The same for one."""
    return move_starts(order.plan, to={order.code: to}, by=by, at=at, revision=revision)[0]


def _check(order: Order, *, day: date, today: date) -> None:
    latest, first = latest_start(order), order.first_day
    # A draft may still begin today.
    earliest = today if order.plan.activated_at is None else today + timedelta(days=1)
    if not may_be_moved(order, on=today):
        raise InvalidRequest(
            f"{order.name} has begun, or is not the clinic’s to move: leave it where it is.", field="moves"
        )
    if first is None or day <= first or day < earliest:
        raise InvalidRequest(f"{order.name} is only ever moved to a later day, after today.", field="moves")
    if latest is not None and day > latest:
        raise InvalidRequest(f"{order.name} can begin on {latest} at the latest: choose an earlier day.", field="moves")


def rehearse_starts(
    plan: Plan, *, to: Mapping[str, date], by: Actor, at: datetime, revision: int, on: date
) -> ChangesAhead:
    """What would change when, if they began on these days: it is done, read, and taken back. Refuses what that does."""
    with transaction.atomic():
        move_starts(plan, to=to, by=by, at=at, revision=revision)
        found = changes_ahead(Plan.objects.get(pk=plan.pk), on=on)
        transaction.set_rollback(True)
    return found
