"""What hangs on a taper and was raised begins with its small amounts again when the taper comes again.

HCl 600 mg, 150 mg for three days and 300 mg for three, fully raised; its amount was changed afterwards.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinics.actor import Actor
from patients.models import Order, Plan
from patients.services.orders.adding import add
from patients.services.orders.changing import change
from patients.services.orders.says import Says, says_of
from protocols.domain.amount import Amount
from protocols.domain.supplements import TaperTie
from protocols.domain.titration import Titration
from protocols.models.content import ItemKind
from tests.fixtures.lives import Life
from tests.fixtures.personae import NOON, TODAY

FIRST = date(2027, 1, 11)
RAISED = ({"days": 3, "amount": "150 mg"}, {"days": 3, "amount": "300 mg"})


@pytest.fixture
def hcl(plan: Plan, life: Life, by: Actor) -> Order:
    """Taken while the taper lasts, from 11 January on."""
    phase = plan.phases.get(key="rebalance")
    says = Says(
        first_phase=phase,
        last_phase=phase,
        name="HCl",
        item_kind=ItemKind.SUPPLEMENT,
        amount=Amount.parse("600 mg"),
        titration=RAISED,
        taper_tie=TaperTie.DURING,
    )
    return add(plan, says=says, by=by, at=NOON, revision=Plan.objects.get(pk=plan.pk).revision)


def changed(order: Order, amount: str, by: Actor, *, on: date) -> Order:
    current = Order.objects.to_reckon().get(pk=order.pk)
    said = replace(says_of(current), amount=Amount.parse(amount))
    revision = Plan.objects.get(pk=order.plan_id).revision
    return change(current, says=said, by=by, at=NOON + (on - TODAY), revision=revision)


def amounts(order: Order, *, first: date, days: int) -> list[str]:
    row = Order.objects.to_reckon().get(pk=order.pk)
    return [str(row.amount_on(first + timedelta(days=ahead))) for ahead in range(days)]


@pytest.mark.parametrize(
    ("amount", "again"),
    [
        ("450 mg", ["150 mg"] * 3 + ["300 mg"] * 3 + ["450 mg"]),
        ("300 mg", ["150 mg"] * 3 + ["300 mg"] * 4),
        ("900 mg", ["150 mg"] * 3 + ["300 mg"] * 3 + ["900 mg"]),
        ("100 mg", ["100 mg"] * 7),
    ],
)
def test_with_the_stages_that_lie_below_the_new_amount(
    hcl: Order, by: Actor, life: Life, amount: str, again: list[str]
) -> None:
    today = FIRST + timedelta(days=19)
    new = changed(hcl, amount, by, on=today)
    assert amounts(new, first=today, days=2) == [amount] * 2, "it was raised already, and goes on in full"
    # The taper comes again, later: what hangs on it begins anew.
    later = date(2027, 6, 7)
    order = Order.objects.to_reckon().get(pk=new.pk)
    order.tied_from, order.starts_on, order.raised_from = later, None, None
    order.save()
    assert amounts(order, first=later, days=7) == again
    assert order.amount is not None
    Titration.parse(order.titration, full=order.amount)
