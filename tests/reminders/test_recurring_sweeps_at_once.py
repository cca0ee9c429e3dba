"""Several sweeps at one instant, and a move of the plan among them: one reminder for each date, and no deadlock."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from clinics.actor import Actor
from clinics.models import Clinic
from patients.models import Patient, Plan, Recurrence, Reminder
from patients.reminders import recurring
from patients.reminders.recurring import make_what_recurs
from patients.services import plan_moves
from protocols.domain.day_parts import DayPart
from tests.fixtures.personae import make_patient
from tests.reminders.of_days import AT_LUNCH, TOMORROW, asks_for, takes
from tests.services.test_two_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def twelve(clinic: Clinic, activate_plan: Callable[..., Plan]) -> list[Patient]:
    patients = [make_patient(clinic, "Somebody", email=f"somebody_{number}@example.org") for number in range(12)]
    for patient in patients:
        takes(activate_plan(patient), "with-lunch")
        asks_for(patient, DayPart.NOON)
    return patients


def test_four_sweeps_at_once_make_each_reminder_once(twelve: list[Patient], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurring, "BATCH", 5)
    results = at_once(*[lambda: make_what_recurs(at=AT_LUNCH)] * 4)
    assert results == [None] * 4
    make_what_recurs(at=AT_LUNCH)  # what was held by another at that moment
    made = Reminder.objects.filter(recurrence__isnull=False)
    assert sorted(made.values_list("recipient_code", flat=True)) == sorted(patient.code for patient in twelve)
    assert set(Recurrence.objects.values_list("next_on", flat=True)) == {TOMORROW + timedelta(days=1)}


def test_a_move_of_the_plan_at_the_same_instant_waits_for_nobody_for_ever(twelve: list[Patient], by: Actor) -> None:
    """Each locks the plan before what hangs on it, so that neither holds what the other wants."""
    plans = list(Plan.objects.filter(patient__in=twelve[:3]).order_by("pk"))
    moves = [
        lambda plan=plan: plan_moves.hold(plan, by=by, at=AT_LUNCH, revision=plan.revision)  # type: ignore[misc]
        for plan in plans
    ]
    results = at_once(*moves, lambda: make_what_recurs(at=AT_LUNCH))
    assert [type(result) for result in results] == [Plan, Plan, Plan, type(None)], results
    make_what_recurs(at=AT_LUNCH)
    made = Reminder.objects.filter(recurrence__isnull=False)
    assert made.count() == made.values("recurrence", "civil_date").distinct().count() >= 9
    assert set(Recurrence.objects.values_list("next_on", flat=True)) == {TOMORROW + timedelta(days=1)}
