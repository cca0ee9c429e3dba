"""Counting what is at home: a few units of something that is taken every day, so that it soon runs low."""

from decimal import Decimal

from gutclinic.simulator.life import Life
from patients.actor import acting_patient
from patients.models import Order, Plan
from patients.services.orders.stock import count_stock

PIECES = ("{capsule}", "{tablet}")


def count_at_home(life: Life, days: int) -> bool:
    """She counts enough for so many days; whether there was anything to count."""

    def call(plan: Plan) -> object:
        order = plain_order(plan)
        if order is None or order.amount_value is None:
            return None
        count = Decimal(days) * order.amount_value * len(order.times_of_day)
        return count_stock(order, count=count, is_all=True, by=acting_patient(life.patient), at=life.clock.at)

    return life.act("count-at-home", call)


def plain_order(plan: Plan) -> Order | None:
    """The first order that is taken every day in whole pieces from one phase’s start to its end."""
    orders = plan.orders.current().filter(pattern="daily", titration=[], taper_tie="", amount_unit__in=PIECES)
    taken = orders.filter(item_kind="supplement").exclude(times_of_day=[]).select_related("supplement")
    for order in taken.order_by("pk"):
        whole = order.supplement is None or order.supplement.unit == order.amount_unit
        alone = order.supplement is None or plan.orders.filter(supplement=order.supplement).count() == 1
        if whole and alone and order.first_phase_id == order.last_phase_id and order.is_standing:
            return order
    return None
