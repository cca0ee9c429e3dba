"""Making a thousand reminders and moving a thousand cursors costs as many queries as one batch of few."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.models import Clinic
from patients.models import Intake, OrderHold, Plan, Recurrence, Reminder
from patients.reminders import recurring
from patients.reminders.recurring import make_what_recurs
from tests.fixtures.personae import NOON, TODAY, make_patient
from tests.reminders.of_days import AT_LUNCH, TOMORROW, takes

KINDS = ["day-morning", "day-noon", "day-evening", "day-bed"]


def copied(rows: list, **fields: object) -> list:  # type: ignore[type-arg]
    """The same rows once more, with other keys and these fields."""
    for row in rows:
        row.pk = None
        row._state.adding = True
        for name, value in fields.items():
            setattr(row, name, value)
    return rows


def with_four_a_day(clinic: Clinic, first: Plan, count: int) -> None:
    """So many patients who each take something at all four parts of a day, and are to be reminded of all at once."""
    for number in range(count):
        patient = make_patient(clinic, "Somebody", email=f"somebody_{number}@example.org")
        plan = Plan.objects.get(pk=first.pk)
        plan.pk, plan.code, plan.patient, plan.request_key = None, f"PLAN{number:06}", patient, f"of {number}"
        plan._state.adding = True
        plan.save()
        (phase,) = copied(list(first.phases.filter(key="remove")), plan=plan, code=f"PHASE{number:05}")
        phase.save()
        (order,) = copied(
            list(first.orders.filter(key="zinc")),
            plan=plan,
            first_phase=phase,
            last_phase=phase,
            code=f"ZINC{number:06}",
        )
        order.save()
        OrderHold.objects.create(order=order, first_day=TODAY, resumed_on=TODAY)
        Intake.objects.create(
            order=order, taken_on=TODAY, slot="with-lunch", recorded_at=NOON, by_kind="patient", by_code=patient.code
        )
        Recurrence.objects.bulk_create(
            Recurrence(
                patient=patient,
                kind=kind,
                wall_time=AT_LUNCH.time(),
                next_on=TOMORROW,
                next_at=AT_LUNCH,
                said_at=NOON,
                said_by_kind="patient",
                said_by_code=patient.code,
            )
            for kind in KINDS
        )


def spent(at: datetime) -> int:
    """Queries. SQLite takes at most 999 values in one, and so writes a batch in pieces: these count as one."""
    with CaptureQueriesContext(connection) as queries:
        make_what_recurs(at=at)
    said = [query["sql"][:30] for query in queries]
    pieces = [sql for before, sql in pairwise(said) if sql.startswith("INSERT") and sql == before]
    assert not pieces or connection.vendor == "sqlite"
    return len(said) - len(pieces)


@pytest.fixture
def first(plan: Plan) -> Plan:
    takes(plan, "with-breakfast", "with-lunch", "with-dinner", "bedtime")
    return plan


def test_a_thousand_cost_what_eight_cost(clinic: Clinic, first: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurring, "BATCH", 1000)
    with_four_a_day(clinic, first, 250)
    few = Recurrence.objects.order_by("patient").values_list("pk", flat=True)[:8]
    later = AT_LUNCH + timedelta(days=1)
    Recurrence.objects.exclude(pk__in=list(few)).update(next_on=TOMORROW + timedelta(days=1), next_at=later)
    of_eight = spent(AT_LUNCH)
    assert Reminder.objects.filter(recurrence__isnull=False).count() == 8
    of_a_thousand = spent(later)
    assert Reminder.objects.filter(recurrence__isnull=False).count() == 1008
    assert not Recurrence.objects.due(later).exists()
    assert of_a_thousand == of_eight
    assert of_eight <= 20


def test_each_batch_costs_the_same(clinic: Clinic, first: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurring, "BATCH", 8)
    with_four_a_day(clinic, first, 10)
    looking = 1
    of_five = spent(AT_LUNCH) - looking
    assert Reminder.objects.filter(recurrence__isnull=False).count() == 40
    assert of_five % 5 == 0
    assert of_five // 5 <= 20
