"""A start that hangs on somebody's decision is announced once it is decided: until then its date is a guess."""

from collections.abc import Callable
from datetime import datetime, timedelta

from clinics.actor import Actor
from patients.models import Patient, Plan, PlanPhase, Reminder
from patients.reminders.channels import Envelope
from patients.services import phase_moves, plan_moves
from protocols.domain.amount import Amount
from tests.fixtures.personae import NOON, TODAY


def activate(plan: Plan, by: Actor) -> Plan:
    amounts = {order.code: Amount.parse("1 {capsule}") for order in plan.orders.all() if order.needs_amount}
    return plan_moves.activate(plan, by=by, at=NOON, revision=0, amounts=amounts)


def plan_that_waits(assign_plan: Callable[..., Plan], angela: Patient, by: Actor) -> Plan:
    """Re-inoculate waits for a person, and Repair is counted from its end."""
    plan = assign_plan(angela)
    PlanPhase.objects.filter(plan=plan, key="re-inoculate").update(starts_by_person=True)
    return activate(plan, by)


def owed_about(plan: Plan, key: str) -> set[tuple[str, str]]:
    rows = Reminder.objects.owed().filter(plan=plan, phase__key=key)
    return set(rows.values_list("kind", "recipient_kind"))


def test_only_the_practitioner_is_reminded_of_a_start_that_waits_for_a_person(
    assign_plan: Callable[..., Plan], angela: Patient, by: Actor
) -> None:
    plan = plan_that_waits(assign_plan, angela, by)
    assert owed_about(plan, "re-inoculate") == {("phase-coming", "staff"), ("phase-starts", "staff")}


def test_nobody_is_told_of_a_phase_counted_from_one_that_waits_for_a_person(
    assign_plan: Callable[..., Plan], angela: Patient, by: Actor
) -> None:
    plan = plan_that_waits(assign_plan, angela, by)
    assert owed_about(plan, "repair") == set()


def test_once_it_is_started_what_follows_is_announced(
    assign_plan: Callable[..., Plan], angela: Patient, by: Actor
) -> None:
    plan = plan_that_waits(assign_plan, angela, by)
    waiting = plan.phases.get(key="re-inoculate")
    at = NOON + timedelta(days=33)
    phase_moves.start(waiting, by=by, at=at, revision=plan.revision)
    both = {(kind, told) for kind in ("phase-coming", "phase-starts") for told in ("patient", "staff")}
    assert owed_about(plan, "repair") == both
    starts = Reminder.objects.get(kind="phase-starts", phase__key="repair", recipient_kind="patient")
    assert starts.civil_date == TODAY + timedelta(days=33 + 28)


def test_a_phase_counted_from_the_start_of_one_behind_a_resting_end_is_unknown_too(
    assign_plan: Callable[..., Plan], angela: Patient, by: Actor
) -> None:
    """Repair is counted from the start of Re-inoculate, and that from the end of Remove, which rests."""
    plan = assign_plan(angela)
    PlanPhase.objects.filter(plan=plan, key="repair").update(anchor="phase-start", offset_days=28)
    plan = activate(plan, by)
    assert owed_about(plan, "repair")
    phase_moves.hold(plan.phases.get(key="remove"), by=by, at=NOON, revision=plan.revision)
    assert owed_about(plan, "re-inoculate") == set()
    assert owed_about(plan, "repair") == set()


def test_nothing_goes_for_a_start_that_nobody_decided(
    assign_plan: Callable[..., Plan],
    angela: Patient,
    by: Actor,
    sweep_at: Callable[[datetime], list[Envelope]],
) -> None:
    """Repair's date passes while Re-inoculate still waits: Angela is not told that it starts today."""
    plan = plan_that_waits(assign_plan, angela, by)
    for day in range(1, 70):
        sweep_at(NOON + timedelta(days=day))
    assert not Reminder.objects.filter(plan=plan, phase__key="repair", status="sent").exists()
