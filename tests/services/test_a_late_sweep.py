"""A sweep that comes late, after the server was down, starts each phase as of its own day."""

from collections.abc import Callable
from datetime import date, timedelta

from clinics.actor import Actor, for_system, staff_in
from patients.models import Patient, Plan, PlanPhase
from patients.services import phase_moves, plan_moves
from patients.services.sweeping import start_due_phases
from tests.fixtures.personae import NOON, TODAY

BOTH_BEGIN = TODAY + timedelta(days=14)


def plan_with_two_that_begin_together(activate_plan: Callable[..., Plan], angela: Patient) -> Plan:
    """Replace and Rebalance both begin after 14 days."""
    plan = activate_plan(angela)
    PlanPhase.objects.filter(plan=plan, key="rebalance").update(offset_days=14)
    held = plan_moves.hold(plan, by=by_of(plan), at=NOON, revision=plan.revision)
    return plan_moves.resume(held, by=by_of(plan), at=NOON, revision=held.revision)


def by_of(plan: Plan) -> Actor:
    return staff_in(plan.patient.clinic, plan.practitioner)


def starts(plan: Plan) -> dict[str, date]:
    return {phase.key: phase.starts_on for phase in PlanPhase.objects.filter(plan=plan)}


def test_phases_that_begin_together_begin_on_their_day_however_late_the_sweep(
    activate_plan: Callable[..., Plan], angela: Patient
) -> None:
    plan = plan_with_two_that_begin_together(activate_plan, angela)
    before = starts(plan)
    assert before["replace"] == before["rebalance"] == BOTH_BEGIN
    start_due_phases(by=for_system(), at=NOON + timedelta(days=16))
    assert set(PlanPhase.objects.filter(plan=plan, status="active").values_list("key", flat=True)) == {
        "remove",
        "replace",
        "rebalance",
    }
    assert starts(plan) == before


def test_what_a_person_does_meanwhile_leaves_a_phase_whose_day_has_come_on_its_day(
    activate_plan: Callable[..., Plan], angela: Patient
) -> None:
    plan = plan_with_two_that_begin_together(activate_plan, angela)
    before = starts(plan)
    at = NOON + timedelta(days=16)
    phase_moves.extend(plan.phases.get(key="remove"), days=2, by=by_of(plan), at=at, revision=plan.revision)
    assert starts(plan)["replace"] == before["replace"]
    start_due_phases(by=for_system(), at=at)
    assert starts(plan)["replace"] == before["replace"]


def test_a_phase_whose_day_has_come_can_still_be_made_longer(
    activate_plan: Callable[..., Plan], angela: Patient
) -> None:
    plan = plan_with_two_that_begin_together(activate_plan, angela)
    at = NOON + timedelta(days=16)
    phase_moves.extend(plan.phases.get(key="replace"), days=2, by=by_of(plan), at=at, revision=plan.revision)
    replace = plan.phases.get(key="replace")
    assert (replace.starts_on, replace.ends_on) == (BOTH_BEGIN, BOTH_BEGIN + timedelta(days=29))


def test_the_sweep_leaves_a_phase_that_waits_for_a_person_where_it_is(
    activate_plan: Callable[..., Plan], angela: Patient
) -> None:
    plan = activate_plan(angela)
    PlanPhase.objects.filter(plan=plan, key="replace").update(starts_by_person=True, begins_at=None)
    before = starts(plan)
    start_due_phases(by=for_system(), at=NOON + timedelta(days=22))
    assert PlanPhase.objects.get(plan=plan, key="rebalance").status == "active"
    assert starts(plan) == before


def test_the_sweep_does_not_undo_what_a_person_s_move_did_to_a_phase_that_waits(
    activate_plan: Callable[..., Plan], angela: Patient
) -> None:
    """Past its date, it was brought to the day of the last move; there it stays until somebody moves the plan again."""
    plan = activate_plan(angela)
    PlanPhase.objects.filter(plan=plan, key="replace").update(starts_by_person=True, begins_at=None)
    at = NOON + timedelta(days=17)
    phase_moves.extend(plan.phases.get(key="remove"), days=2, by=by_of(plan), at=at, revision=plan.revision)
    assert starts(plan)["replace"] == TODAY + timedelta(days=17)
    start_due_phases(by=for_system(), at=NOON + timedelta(days=22))
    assert PlanPhase.objects.get(plan=plan, key="rebalance").status == "active"
    assert starts(plan)["replace"] == TODAY + timedelta(days=17)
