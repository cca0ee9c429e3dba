"""What a plan orders of one product, as its reminders look at it: what is taken, and what is at home."""

from collections.abc import Collection
from dataclasses import dataclass

from patients.models import Order, Plan
from patients.models.order_supply import HomeSupply, home_supplies


@dataclass(frozen=True)
class OrderSubject:
    """One product in one plan, loaded. It goes by the code of the version that was written first, which stays."""

    supply: HomeSupply

    @property
    def plan(self) -> Plan:
        return self.supply.plan

    @property
    def order(self) -> Order:
        return self.supply.subject

    @property
    def code(self) -> str:
        return self.order.code


def order_subjects_of(plans: Collection[Plan]) -> list[OrderSubject]:
    """One for each product of these plans, where anybody has counted anything; else that is one query and no more."""
    found = home_supplies(plans, counted_alone=True)
    return [OrderSubject(supply) for plan in plans for supply in found.get(plan.pk, [])]
