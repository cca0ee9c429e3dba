"""A rehearsal shows exactly what the move then does, and leaves nothing behind."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from clinics.actor import Actor
from patients.models import Hold, Message, Order, Patient, Plan, PlanPhase, Reminder, Transition
from patients.services import phase_moves, plan_moves
from patients.services.errors import PlanChanged
from patients.services.rehearsal import rehearse
from protocols.domain.amount import Amount
from protocols.domain.phases import EndReason, IllegalTransition
from tests.fixtures.personae import NOON, TODAY

TABLES = [Plan, PlanPhase, Order, Hold, Transition, Reminder, Message]


def everything() -> list[list[Any]]:
    return [list(model.objects.order_by("pk").values_list()) for model in TABLES]


def moves(plan: Plan, by: Actor) -> dict[str, Callable[[], object]]:
    usual = {"by": by, "at": NOON + timedelta(days=3), "revision": plan.revision}
    remove = plan.phases.get(key="remove")
    return {
        "hold": partial(plan_moves.hold, plan, **usual),
        "complete the plan": partial(plan_moves.complete, plan, **usual),
        "revoke": partial(plan_moves.revoke, plan, end_reason=EndReason.LOST, **usual),
        "extend": partial(phase_moves.extend, remove, days=9, **usual),
        "skip": partial(phase_moves.skip, remove.plan.phases.get(key="repair"), reason="No.", **usual),
        "finish early": partial(phase_moves.complete, remove, reason="Well.", pull_forward=True, **usual),
    }


@pytest.mark.parametrize("name", ["hold", "complete the plan", "revoke", "extend", "skip", "finish early"])
def test_what_is_shown_is_what_is_done_and_nothing_stays(plan: Plan, by: Actor, name: str) -> None:
    before = everything()
    rehearsal = rehearse(plan, moves(plan, by)[name])
    assert everything() == before
    moves(plan, by)[name]()
    phases = {phase.title: phase for phase in PlanPhase.objects.filter(plan=plan)}
    for change in rehearsal.changes:
        phase = phases[change.title]
        assert (change.after.status, change.after.first, change.after.last) == (
            phase.status,
            phase.starts_on,
            phase.ends_on,
        )
    plan.refresh_from_db()
    assert rehearsal.status_after == plan.status


def test_a_rehearsal_knows_what_moves(plan: Plan, by: Actor) -> None:
    longer = rehearse(plan, moves(plan, by)["extend"])
    moved = {change.title for change in longer.changes if change.is_moved}
    assert moved == {"Remove", "Re-inoculate", "Repair"}
    assert longer.moves_dates
    resting = rehearse(plan, moves(plan, by)["hold"])
    assert not resting.moves_dates
    assert not any(change.has_new_status for change in resting.changes)


def test_equal_outcomes_have_equal_fingerprints(plan: Plan, by: Actor) -> None:
    first, second = (rehearse(plan, moves(plan, by)["extend"]) for _ in range(2))
    assert first.fingerprint == second.fingerprint
    others = {rehearse(plan, move).fingerprint for name, move in moves(plan, by).items() if name != "extend"}
    assert first.fingerprint not in others
    assert len(others) == 5


def test_what_the_move_refuses_the_rehearsal_refuses(plan: Plan, by: Actor) -> None:
    before = everything()
    with pytest.raises(IllegalTransition):
        rehearse(plan, partial(plan_moves.resume, plan, by=by, at=NOON, revision=plan.revision))
    with pytest.raises(PlanChanged):
        rehearse(plan, partial(plan_moves.hold, plan, by=by, at=NOON, revision=99))
    assert everything() == before


def test_activating_is_rehearsed_too(assign_plan: Callable[..., Plan], angela: Patient, by: Actor) -> None:
    draft = assign_plan(angela, starts_on=TODAY - timedelta(days=30))
    amounts = {draft.orders.get(key="enzymes").code: Amount.parse("1 {capsule}")}
    activate = partial(plan_moves.activate, draft, by=by, at=NOON, revision=draft.revision, amounts=amounts)
    rehearsal = rehearse(draft, activate)
    after = {change.title: change.after.status for change in rehearsal.changes}
    assert (after["Remove"], after["Replace"], after["Repair"]) == ("completed", "active", "planned")
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert draft.orders.get(key="enzymes").amount is None
