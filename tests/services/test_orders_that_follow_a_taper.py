"""What hangs on a taper waits for the signature, moves with every hold, and never begins while the taper runs again.

Omeprazole 40 mg in four stages of 28 days from Monday, 11 January 2027: the last one takes it on Mondays and Thursdays,
so the last dose is on Thursday, 29 April, the 109th day; day 112 is Sunday, 2 May; twelve weeks later is 25 July.
"""

from datetime import date, timedelta

import pytest

from clinics.actor import Actor
from patients.models import Order, Plan, Taper
from patients.services.errors import InvalidRequest
from patients.services.orders.adding import add
from patients.services.orders.says import Says
from patients.services.orders.tying import tie
from protocols.domain.amount import Amount
from protocols.domain.order_states import OrderStatus
from protocols.domain.supplements import TaperTie
from protocols.models.content import ItemKind
from tests.fixtures.lives import Life
from tests.fixtures.personae import NOON

FIRST, LAST_DOSE, WATCHED = date(2027, 1, 11), date(2027, 4, 29), date(2027, 7, 25)


@pytest.fixture
def tied(plan: Plan, by: Actor) -> dict[TaperTie, Order]:
    """One order for each tie, written before any taper was drawn up. In the open Rebalance phase."""
    return {kind: ordered(plan, kind, by) for kind in TaperTie}


def ordered(plan: Plan, kind: TaperTie, by: Actor) -> Order:
    phase = plan.phases.get(key="rebalance")
    says = Says(
        first_phase=phase,
        last_phase=phase,
        name=f"Item {kind.value}",
        item_kind=ItemKind.SUPPLEMENT,
        amount=Amount.parse("5 mg"),
        taper_tie=kind,
        taper_tie_days=14 if kind is TaperTie.AFTER else None,
    )
    return add(plan, says=says, by=by, at=NOON, revision=Plan.objects.get(pk=plan.pk).revision)


def days(order: Order) -> tuple[date | None, date | None]:
    row = Order.objects.to_reckon().get(pk=order.pk)
    return row.first_day, row.last_day


def test_nothing_counts_before_the_signature(tied: dict[TaperTie, Order], unsigned: Life) -> None:
    for order in tied.values():
        row = Order.objects.to_reckon().get(pk=order.pk)
        assert row.taper_id == unsigned.taper.pk
        assert (row.first_day, row.waits) == (None, "It waits for the taper, which has no dates until it is signed.")
        assert row.status_on(FIRST) is OrderStatus.PLANNED
        assert not row.is_open_on(FIRST)


def test_signed_they_take_its_dates(tied: dict[TaperTie, Order], life: Life) -> None:
    assert days(tied[TaperTie.DURING]) == (FIRST, LAST_DOSE)
    assert days(tied[TaperTie.WHILE_WATCHED]) == (FIRST, WATCHED)
    assert days(tied[TaperTie.AFTER]) == (LAST_DOSE + timedelta(days=14), None)
    during = Order.objects.to_reckon().get(pk=tied[TaperTie.DURING].pk)
    assert [during.is_open_on(day) for day in (FIRST, LAST_DOSE)] == [True, True]
    assert during.status_on(LAST_DOSE + timedelta(days=1)) is OrderStatus.COMPLETED


def test_they_move_with_a_hold_and_know_no_end_while_it_lasts(tied: dict[TaperTie, Order], life: Life) -> None:
    life.hold(30)
    assert days(tied[TaperTie.DURING]) == (FIRST, None)
    assert days(tied[TaperTie.AFTER]) == (None, None)
    life.resume(37)
    assert days(tied[TaperTie.DURING]) == (FIRST, LAST_DOSE + timedelta(days=7))
    assert days(tied[TaperTie.WHILE_WATCHED]) == (FIRST, WATCHED + timedelta(days=7))
    assert days(tied[TaperTie.AFTER]) == (LAST_DOSE + timedelta(days=21), None)


def test_days_before_the_first_of_the_plan_are_not_taken_away(
    tied: dict[TaperTie, Order], life: Life, plan: Plan
) -> None:
    """The taper began first: what hangs on it has been taken since, whenever the plan is looked at."""
    Plan.objects.filter(pk=plan.pk).update(starts_on=FIRST + timedelta(days=20))
    life.hold(10)
    assert days(tied[TaperTie.DURING]) == (FIRST, None)
    assert days(tied[TaperTie.WHILE_WATCHED]) == (FIRST, None)


def test_what_comes_after_never_begins_where_the_taper_was_given_up(tied: dict[TaperTie, Order], life: Life) -> None:
    life.stop(40)
    assert days(tied[TaperTie.AFTER]) == (None, None)
    assert days(tied[TaperTie.DURING]) == (FIRST, FIRST + timedelta(days=38))
    # Stopped on the 40th day: what was signed counts until the 39th, and the watch ended with it.
    assert days(tied[TaperTie.WHILE_WATCHED]) == (FIRST, FIRST + timedelta(days=39))


def test_a_taper_there_is_already_is_tied_at_once(life: Life, plan: Plan, by: Actor) -> None:
    order = ordered(plan, TaperTie.DURING, by)
    assert days(order) == (FIRST, LAST_DOSE)


def test_a_practitioner_ties_it_to_a_taper_of_this_plan_alone(life: Life, plan: Plan, by: Actor) -> None:
    order, other = ordered(plan, TaperTie.DURING, by), plan.orders.get(key="glutamine")
    Order.objects.filter(pk=order.pk).update(taper=None, tied_from=None, tied_until=None)
    revision = Plan.objects.get(pk=plan.pk).revision
    with pytest.raises(InvalidRequest, match="follows its phases"):
        tie(other, taper=life.taper, by=by, at=NOON, revision=revision)
    tie(order, taper=life.taper, by=by, at=NOON, revision=revision)
    assert days(order) == (FIRST, LAST_DOSE)
    Taper.objects.filter(pk=life.taper.pk).update(status="entered-in-error")
    with pytest.raises(InvalidRequest, match="not over"):
        tie(order, taper=Taper.objects.get(), by=by, at=NOON, revision=revision + 1)
