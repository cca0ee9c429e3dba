"""Which orders of a plan are open on a day."""

from datetime import date

from patients.models import Order, Plan
from protocols.domain.phases import PlanStatus


def open_orders(plan: Plan, *, on: date) -> list[Order]:
    """Those of which something may be taken that day, each in the version that counts then; none while the plan rests.

    Neither what a finding blocks, nor what somebody held, stopped or left out.
    """
    if plan.status != PlanStatus.ACTIVE.value:
        return []
    return [order for order in plan.orders.to_reckon() if order.is_open_on(on)]
