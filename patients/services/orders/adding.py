"""Adding an order to a plan, from the catalogue or by its name alone."""

from datetime import datetime, timedelta

from django.utils.text import slugify

from clinics.actor import Actor
from patients.models import Intake, Order, Plan
from patients.services.errors import InvalidRequest
from patients.services.moving import Moving, moving, record
from patients.services.orders.checking import check_new, is_same_item
from patients.services.orders.following import tie_and_follow
from patients.services.orders.ordering import require_open
from patients.services.orders.says import Says
from protocols.domain.phases import PlanStatus

LONGEST_KEY = 50


def add(
    plan: Plan, *, says: Says, by: Actor, at: datetime, revision: int, reason: str = "", amount_confirmed: bool = False
) -> Order:
    """Order something more. Where its phase has begun already it begins today, unless a later day is said.

    Where today’s dose of the same was recorded already, under an order that was stopped since, it begins tomorrow.

    amount_confirmed: somebody looked at an amount that is far from the usual, and it is right; `UnusualAmount` asks.
    """
    with moving(plan, by=by, at=at, revision=revision) as move:
        require_open(move)
        order = Order(
            plan=move.plan,
            key=free_key(move.plan, says.name),
            **says.columns(),
            written_at=at,
            written_by_kind=by.kind.value,
            written_by_code=by.code,
        )
        _begin_no_earlier_than_today(order, move)
        check_new(order, move, amount_confirmed=amount_confirmed)
        order.save()
        tie_and_follow(order, today=move.today)
        fresh = Order.objects.to_reckon().get(pk=order.pk)
        if fresh.taper_tie and _begins_before(fresh, move):
            # Its taper runs already; nobody took it on the days before.
            fresh.starts_on = move.today
            fresh.save(update_fields=["starts_on"])
        record(
            move.plan,
            order=order,
            move="add",
            from_status="",
            to_status=fresh.status_on(move.today).value,
            reason=reason.strip(),
            details={"first_day": "" if fresh.first_day is None else fresh.first_day.isoformat()},
            by=by,
            at=at,
        )
    return fresh


def _begin_no_earlier_than_today(order: Order, move: Moving) -> None:
    if move.plan.status == PlanStatus.DRAFT.value:
        return
    is_today_said = order.starts_on == move.today
    for field, day in (("starts_on", order.starts_on), ("ends_on", order.ends_on)):
        if day is not None and day < move.today:
            raise InvalidRequest("A day gone by is not rewritten: choose today or a later day.", field=field)
    if not order.taper_tie and _begins_before(order, move):
        order.starts_on = move.today
    begins_today = order.first_day == move.today and not order.taper_tie
    if begins_today and not is_today_said and _was_taken_today(order, move):
        order.starts_on = move.today + timedelta(days=1)


def _was_taken_today(order: Order, move: Moving) -> bool:
    """Whether today’s dose of the same was recorded under another order: it would be taken twice."""
    rows = Intake.objects.standing().filter(order__plan=move.plan, taken_on=move.today)
    others = rows.select_related("order__supplement", "order__medicine")
    return any(is_same_item(order, row.order) for row in others)


def _begins_before(order: Order, move: Moving) -> bool:
    begins = order.first_day
    return move.plan.status != PlanStatus.DRAFT.value and begins is not None and begins < move.today


def free_key(plan: Plan, name: str) -> str:
    """The key by which this plan knows all versions of the order, made from its name."""
    base = slugify(name)[:LONGEST_KEY].strip("-") or "order"
    taken = set(Order.objects.filter(plan=plan, key__startswith=base).values_list("key", flat=True))
    if base not in taken:
        return base
    return next(key for number in range(2, len(taken) + 3) if (key := f"{base}-{number}") not in taken)
