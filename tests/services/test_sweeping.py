"""One plan that breaks does not keep the others from starting, nor reminders from going; and it shows."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

import pytest

from clinics.actor import for_system
from patients import tasks
from patients.models import Message, Patient, Plan, PlanPhase
from patients.reminders import gathering
from patients.reminders.gathering import Whose
from patients.services import sweeping
from patients.services.sweeping import start_due_phases
from tests.fixtures.personae import NOON
from tests.reminders.test_delivery import PATIENT_MORNING


@pytest.fixture
def broken_plan(activate_plan: Callable[..., Plan], ben: Patient) -> Plan:
    """Behind everybody's back one of its phases is counted from one that is not there, so that no move succeeds."""
    plan = activate_plan(ben)
    plan.phases.filter(key="repair").update(anchor_phase="nowhere")
    return plan


def test_the_others_start_and_the_broken_one_is_raised(broken_plan: Plan, plan: Plan) -> None:
    with pytest.raises(ExceptionGroup, match="a phase that begins"):
        start_due_phases(by=for_system(), at=NOON + timedelta(days=14))
    assert PlanPhase.objects.get(plan=plan, key="replace").status == "active"
    assert PlanPhase.objects.get(plan=broken_plan, key="replace").status == "planned"


def test_what_breaks_each_time_fills_no_batch(broken_plan: Plan, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 1)
    broken_plan.phases.filter(key="replace").update(begins_at=NOON)
    with pytest.raises(ExceptionGroup, match="1 × a phase that begins"):
        start_due_phases(by=for_system(), at=NOON + timedelta(days=14))
    assert PlanPhase.objects.get(plan=plan, key="replace").status == "active"


def test_reminders_go_on_when_phases_cannot_start(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[object] = []

    def breaks(**given: object) -> None:
        raise ExceptionGroup("1 × a phase that begins could not be dealt with", [ValueError()])

    monkeypatch.setattr(tasks, "do_what_is_due", breaks)
    monkeypatch.setattr(tasks.timezone, "now", lambda: PATIENT_MORNING)
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda **options: woken.append(options))
    with pytest.raises(ExceptionGroup, match="a phase that begins"):
        tasks.sweep()
    assert Message.objects.count() == 2
    assert len(woken) == 1


def test_one_recipient_who_breaks_keeps_no_worker_asleep(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[object] = []
    real = gathering._fill

    def breaks_for_patients(recipients: Collection[Whose], *, at: datetime) -> bool:
        if any(kind == "patient" for kind, _, _ in recipients):
            raise ZeroDivisionError
        return real(recipients, at=at)

    monkeypatch.setattr(gathering, "_fill", breaks_for_patients)
    monkeypatch.setattr(tasks.timezone, "now", lambda: PATIENT_MORNING)
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda **options: woken.append(options))
    with pytest.raises(ExceptionGroup, match="a set of recipients"):
        tasks.sweep()
    assert Message.objects.get().recipient_kind == "staff"
    assert len(woken) == 1
