"""Looking at what somebody has at home: the rows become plain facts."""

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from gutclinic.simulator.home_evidence import CountState, HomeState
from patients.models import Order, OrderStock, Transition


def home_states(plan_id: int) -> tuple[HomeState, ...]:
    """Every order of this plan of which anything was counted, in the order of the rows."""
    stocks: dict[int, list[OrderStock]] = {}
    for row in OrderStock.objects.filter(order__plan=plan_id).order_by("recorded_at", "pk"):
        stocks.setdefault(row.order_id, []).append(row)
    if not stocks:
        return ()
    orders = (
        Order.objects.filter(pk__in=stocks)
        .select_related("first_phase", "last_phase", "plan__patient")
        .prefetch_related("holds")
    )
    return tuple(_home(order, stocks[order.pk]) for order in orders.order_by("pk"))


def _home(order: Order, stocks: list[OrderStock]) -> HomeState:
    rests: list[tuple[date, date | None]] = [
        (hold.first_day, None if hold.resumed_on is None else hold.resumed_on - timedelta(days=1))
        for hold in order.holds.all()
        if hold.resumed_on != hold.first_day
    ]
    if order.blocked_since is not None:
        rests.append((order.blocked_since, None))
    assert order.amount_value is not None  # it was counted
    return HomeState(
        code=order.code,
        is_open=order.standing in {"open", "held"},
        phases=(order.first_phase.key, order.last_phase.key),
        starts_after_days=order.starts_after_days,
        ends_on=order.ends_on,
        a_day=order.amount_value * len(order.times_of_day),
        rests=tuple(rests),
        lengthened_on=tuple({*_lengthened(order), *(hold.resumed_on for hold in order.holds.all() if hold.resumed_on)}),
        counts=tuple(CountState(row.count, row.on, row.noted_on) for row in stocks),
    )


def _lengthened(order: Order) -> Iterator[date]:
    where = ZoneInfo(order.plan.patient.zone)
    for row in Transition.objects.filter(move="continue", order=order):
        yield row.at.astimezone(where).date()
    for phase in (order.first_phase, order.last_phase):
        if phase.more_since is not None:
            yield phase.more_since
