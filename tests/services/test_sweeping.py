"""One plan that breaks does not keep the others from starting, nor reminders from going; and it shows."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from clinics.actor import for_system
from patients import tasks
from patients.models import Patient, Plan, PlanPhase
from patients.services.sweeping import start_due_phases
from tests.fixtures.personae import NOON


@pytest.fixture
def broken_plan(activate_plan: Callable[..., Plan], ben: Patient) -> Plan:
    """Behind everybody's back its phases wait for each other, so that no move can lay it out."""
    plan = activate_plan(ben)
    plan.phases.filter(key="replace").update(anchor="phase-start", anchor_phase="repair")
    plan.phases.filter(key="repair").update(anchor="phase-start", anchor_phase="replace")
    return plan


def test_the_others_start_and_the_broken_one_is_raised(broken_plan: Plan, plan: Plan) -> None:
    with pytest.raises(ExceptionGroup, match="a phase that begins"):
        start_due_phases(by=for_system(), at=NOON + timedelta(days=14))
    assert PlanPhase.objects.get(plan=plan, key="replace").status == "active"
    assert PlanPhase.objects.get(plan=broken_plan, key="replace").status == "planned"


def test_reminders_go_on_when_phases_cannot_start(monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[object] = []

    def breaks(**given: object) -> int:
        raise ExceptionGroup("1 × a phase that begins could not be dealt with", [ValueError()])

    monkeypatch.setattr(tasks, "start_due_phases", breaks)
    monkeypatch.setattr(tasks, "waiting", lambda *, at: 2)
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda **options: woken.append(options))
    with pytest.raises(ExceptionGroup):
        tasks.sweep()
    assert len(woken) == 2
