"""A clinic admin sees how delivery goes in the own clinic, and whether the background work of the server lives."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinics.models import Clinic, User
from clinics.roles import Role
from patients.models import Part, Plan, Reminder
from patients.reminders.heartbeat import beating
from tests.admin.conftest import text_of
from tests.admin.test_ledger import LEDGER
from tests.fixtures.personae import NOON, make_member

MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
DELIVERY = "admin:patients_reminder_delivery"


def swept(at: datetime) -> None:
    with beating(Part.SWEEP, worker="worker_1", at=at):
        pass


def test_it_counts_what_is_due_and_ahead(manager: Client, plan: Plan, clock: time_machine.Traveller) -> None:
    clock.move_to(MORNING)
    swept(MORNING)
    owed = list(Reminder.objects.owed())
    due = [row for row in owed if row.send_at <= MORNING]
    words = text_of(manager.get(reverse(DELIVERY)))
    assert f"Due now {len(due)} The oldest is due since 15 January 2027, 08:00 Europe/Berlin" in words
    assert f"Owed for later {len(owed) - len(due)} " in words
    assert "The sweep ran last 15 January 2027, 09:00 Europe/Berlin" in words
    assert "Workers seen within the last hour 1" in words
    assert "Something has been due for more than 15 minutes." in words


def test_it_says_when_all_is_well_and_when_the_sweep_rests(manager: Client, plan: Plan) -> None:
    assert "The sweep has never run." in text_of(manager.get(reverse(DELIVERY)))
    swept(NOON - timedelta(minutes=6))
    assert "The sweep has not run for more than 5 minutes." in text_of(manager.get(reverse(DELIVERY)))
    swept(NOON)
    assert "Reminders go: the sweep runs" in text_of(manager.get(reverse(DELIVERY)))


def test_another_clinic_counts_its_own(
    plan: Plan, other_clinic: Clinic, sign_in: Callable[[User], Client], clock: time_machine.Traveller
) -> None:
    clock.move_to(MORNING)
    elsewhere = sign_in(make_member(other_clinic, "clinic_admin_3@example.org", Role.CLINIC_ADMIN))
    assert "Due now 0 The oldest is due since Nothing is due Owed for later 0" in text_of(
        elsewhere.get(reverse(DELIVERY))
    )


def test_whoever_does_not_run_the_clinic_is_not_let_in(cho: Client, assistant: Client, manager: Client) -> None:
    for client in (cho, assistant):
        assert client.get(reverse(DELIVERY)).status_code == 403
        assert reverse(DELIVERY) not in client.get(reverse(LEDGER)).content.decode()
    assert reverse(DELIVERY) in manager.get(reverse(LEDGER)).content.decode()
    assert Client().get(reverse(DELIVERY)).status_code == 302


def test_it_costs_no_more_for_more_of_everything(manager: Client, plan: Plan) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            manager.get(reverse(DELIVERY))
        return len(queries)

    cost()
    few = cost()
    for number in range(5):
        with beating(Part.DELIVERY, worker=f"worker_{number}", at=NOON):
            pass
    Reminder.objects.update(status="missed", reason="It could not go in time.", finished_at=NOON)
    assert cost() == few <= 20
