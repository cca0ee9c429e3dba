"""A version that was stopped before it began takes nothing from what is at home."""

from dataclasses import replace
from decimal import Decimal

from clinics.actor import Actor
from patients.models import Order, Plan
from patients.models.order_supply import home_supplies
from patients.services.orders.adding import add
from patients.services.orders.changing import change
from patients.services.orders.says import says_of
from patients.services.orders.stopping import stop
from protocols.domain.amount import Amount
from protocols.domain.order_states import StopReason
from protocols.domain.units_needed import units_needed
from tests.fixtures.personae import TODAY
from tests.stocks.conftest import on_day


def test_after_it_is_ordered_anew_only_the_new_one_counts(plan: Plan, zinc_order: Order, by: Actor) -> None:
    def revision() -> int:
        return Plan.objects.get(pk=plan.pk).revision

    doubled = replace(says_of(zinc_order), amount=Amount.parse("150 mg"))
    later = change(zinc_order, says=doubled, from_day=on_day(5).date(), by=by, at=on_day(1), revision=revision())
    stop(later, stop_reason=StopReason.NO_LONGER_NEEDED, by=by, at=on_day(2), revision=revision())
    add(plan, says=says_of(zinc_order), by=by, at=on_day(3), revision=revision())
    supply = next(each for each in home_supplies([plan])[plan.pk] if zinc_order in each.orders)
    needed = [units_needed(supply.uses(), on_day(number).date()) for number in range(3, 17)]
    assert needed == [Decimal(1)] * 14
    assert units_needed(supply.uses(), TODAY) == 1
