"""Races, on purpose: two practitioners, two requests, two sweeps at the same instant."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections

from clinics.actor import Actor, for_system
from clinics.models import User
from patients.models import Message, Patient, Plan, Transition
from patients.reminders.gathering import gather
from patients.services import plan_moves
from patients.services.assign import assign
from patients.services.errors import PlanAlreadyRunning, PlanChanged
from patients.services.sweeping import start_due_phases
from protocols.domain.amount import Amount
from protocols.models import TemplateVersion
from tests.fixtures.personae import NOON, TODAY

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run the calls in threads that set off together; what each returned or raised, in their order."""
    results: list[object] = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def run(index: int, call: Callable[[], object]) -> None:
        gate.wait(timeout=10)
        try:
            results[index] = call()
        except Exception as error:  # noqa: BLE001 — what was raised is the result
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def test_two_practitioners_moving_one_plan_at_once(plan: Plan, by: Actor) -> None:
    revision = plan.revision

    def hold() -> Plan:
        return plan_moves.hold(plan, by=by, at=NOON, revision=revision)

    def complete() -> Plan:
        return plan_moves.complete(plan, by=by, at=NOON, revision=revision)

    results = at_once(hold, complete)
    assert sum(isinstance(result, Plan) for result in results) == 1
    assert sum(isinstance(result, PlanChanged) for result in results) == 1
    plan.refresh_from_db()
    assert plan.revision == revision + 1


def test_a_double_submit_assigns_once(angela: Patient, version: TemplateVersion, dr_cho: User, by: Actor) -> None:
    def submit() -> Plan:
        return assign(angela, version, starts_on=TODAY, practitioner=dr_cho, request_key="one-form", by=by, at=NOON)

    first, second = at_once(submit, submit)
    assert isinstance(first, Plan), first
    assert isinstance(second, Plan), second
    assert first.pk == second.pk
    assert Plan.objects.count() == 1


def test_two_plans_of_one_patient_activated_at_once(
    angela: Patient, assign_plan: Callable[..., Plan], by: Actor
) -> None:
    def activate(plan: Plan) -> Callable[[], Plan]:
        amounts = {order.code: Amount.parse("1 {capsule}") for order in plan.orders.all() if order.needs_amount}
        return lambda: plan_moves.activate(plan, by=by, at=NOON, revision=0, amounts=amounts)

    results = at_once(activate(assign_plan(angela, key="a")), activate(assign_plan(angela, key="b")))
    assert sorted(type(result).__name__ for result in results) == ["Plan", PlanAlreadyRunning.__name__]
    assert Plan.objects.running().count() == 1


def test_two_sweeps_start_a_phase_once(plan: Plan) -> None:
    at = NOON + timedelta(days=14)
    counts = at_once(*[lambda: start_due_phases(by=for_system(), at=at)] * 3)
    assert sum(count for count in counts if isinstance(count, int)) == 1, counts
    assert Transition.objects.filter(plan=plan, move="start", phase__key="replace").count() == 1


def test_two_beats_fill_one_envelope(plan: Plan) -> None:
    at = NOON + timedelta(days=11)
    results = at_once(*[lambda: gather(at=at)] * 3)
    assert not [result for result in results if isinstance(result, Exception)], results
    assert sorted(Message.objects.values_list("recipient_kind", flat=True)) == ["patient", "staff"]
