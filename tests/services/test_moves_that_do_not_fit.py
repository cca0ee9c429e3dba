"""Moves of a plan that does not stand where the mover thinks: refused in words, and nothing is touched."""

import pytest

from clinics.actor import Actor
from patients.models import Plan
from patients.services import phase_moves, plan_moves
from protocols.domain.phases import IllegalTransition
from tests.fixtures.personae import NOON


def test_a_plan_that_does_not_rest_cannot_be_resumed(plan: Plan, by: Actor) -> None:
    with pytest.raises(IllegalTransition, match="An active plan cannot be resumed"):
        plan_moves.resume(plan, by=by, at=NOON, revision=plan.revision)
    assert Plan.objects.get(pk=plan.pk).revision == plan.revision


def test_a_phase_that_does_not_rest_cannot_be_resumed(plan: Plan, by: Actor) -> None:
    with pytest.raises(IllegalTransition, match="An active phase cannot be resumed"):
        phase_moves.resume(plan.phases.get(key="remove"), by=by, at=NOON, revision=plan.revision)
    assert Plan.objects.get(pk=plan.pk).revision == plan.revision
