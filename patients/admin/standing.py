"""Which of a patient's plans is meant when one asks how it stands, and in which words."""

from collections.abc import Iterable
from datetime import date, datetime

from clinics.domain.instants import civil_date, zone
from patients.models import Patient, Plan
from patients.services.progress import sentence
from protocols.domain.phases import PlanStatus


def today_of(patient: Patient, at: datetime) -> date:
    """The date on the patient's own calendar."""
    return civil_date(at, zone(patient.zone))


def current_plan(plans: Iterable[Plan]) -> Plan | None:
    """The plan that runs; else the newest draft; else the one that ended last. None without any."""
    importance = {PlanStatus.ACTIVE.value: 0, PlanStatus.ON_HOLD.value: 0, PlanStatus.DRAFT.value: 1}
    ended = {PlanStatus.COMPLETED.value, PlanStatus.REVOKED.value}
    candidates = [plan for plan in plans if plan.status in importance or plan.status in ended]
    # Sorting keeps the order of the plans, newest first, among equals.
    return min(candidates, key=lambda plan: importance.get(plan.status, 2), default=None)


def standing(patient: Patient, *, at: datetime) -> str:
    """“Repair · day 9 of 28, and Rebalance”. Needs the plans prefetched by `with_progress`."""
    plan = current_plan(patient.plans.all())
    return "No plan" if plan is None else sentence(plan, today=today_of(patient, at))
