"""A draft that is activated on another day than it was drafted for moves as a whole."""

from collections.abc import Callable
from datetime import timedelta

from clinics.actor import Actor
from patients.models import Patient, Plan, PlanPhase
from patients.services import phase_moves, plan_moves
from protocols.domain.amount import Amount
from tests.fixtures.personae import NOON, TODAY


def test_what_is_counted_from_a_phase_left_out_in_the_draft_moves_along(
    assign_plan: Callable[..., Plan], angela: Patient, by: Actor
) -> None:
    """Remove is left out, and Replace and Re-inoculate are counted from it."""
    plan = assign_plan(angela)
    phase_moves.skip(plan.phases.get(key="remove"), by=by, at=NOON, revision=0, reason="Done elsewhere.")
    drafted = {phase.key: phase.starts_on for phase in PlanPhase.objects.filter(plan=plan)}
    amounts = {order.code: Amount.parse("1 {capsule}") for order in plan.orders.all() if order.needs_amount}
    plan_moves.activate(plan, by=by, at=NOON, revision=1, starts_on=TODAY + timedelta(days=35), amounts=amounts)
    now = {phase.key: phase.starts_on for phase in PlanPhase.objects.filter(plan=plan)}
    assert now == {key: day + timedelta(days=35) for key, day in drafted.items()}
