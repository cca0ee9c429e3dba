"""For a patient and a day the workspace says what was owed, and what every kind of reminder says of that day."""

from datetime import date

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinics.actor import Actor
from patients.models import Patient, Plan, Reminder
from patients.services import plan_moves
from tests.admin.conftest import text_of
from tests.admin.test_ledger import LEDGER, rows
from tests.fixtures.personae import NOON


def day_of(patient: Patient, on: str) -> str:
    return f"{reverse('admin:patients_patient_reminders', args=[patient.code])}?on={on}"


def test_a_day_without_reminders_says_why(cho: Client, plan: Plan) -> None:
    words = text_of(cho.get(day_of(plan.patient, "2027-01-10")))
    assert "Nothing is owed to the patient on Sunday 10 January 2027 because none of" in words
    assert (
        "A phase starts soon the patient Does not call for this day. Its next day is Friday 15 January 2027." in words
    )


def test_a_day_with_reminders_leads_to_them(cho: Client, plan: Plan) -> None:
    page = cho.get(day_of(plan.patient, "2027-01-15"))
    reminder = Reminder.objects.get(
        plan=plan, kind="phase-coming", recipient_kind="patient", civil_date=date(2027, 1, 15)
    )
    assert reverse("admin:patients_reminder_change", args=[reminder.code]) in page.content.decode()
    assert f"Calls for it: reminder {reminder.code}, owed." in text_of(page)


def test_a_day_that_is_none_is_today(cho: Client, plan: Plan) -> None:
    assert "Reminders of Monday 4 January 2027, today" in text_of(cho.get(day_of(plan.patient, "tomorrow")))


def test_it_does_not_exist_for_a_stranger(dee: Client, plan: Plan) -> None:
    assert dee.get(day_of(plan.patient, "2027-01-10")).status_code == 404


def test_the_ledger_is_narrowed_by_patient_and_day(cho: Client, plan: Plan) -> None:
    page = cho.get(reverse(LEDGER), {"patient": plan.patient.code.lower(), "day": "2027-01-15"})
    found = rows(page)
    assert {(row.plan_id, row.civil_date) for row in found} == {(plan.pk, date(2027, 1, 15))}
    assert day_of(plan.patient, "2027-01-15") in page.content.decode()
    assert rows(cho.get(reverse(LEDGER), {"patient": "NOBODY"})) == []
    assert rows(cho.get(reverse(LEDGER), {"day": "some day"})) == []
    both = cho.get(reverse(LEDGER), {"patient": plan.patient.code, "status": "sent"})
    assert 'name="status" value="sent"' in both.content.decode()


def test_a_stranger_learns_nothing_by_a_code(dee: Client, plan: Plan) -> None:
    page = dee.get(reverse(LEDGER), {"patient": plan.patient.code, "day": "2027-01-15"})
    assert rows(page) == []
    assert day_of(plan.patient, "2027-01-15") not in page.content.decode()


def test_pages_cost_no_more_for_a_longer_history(cho: Client, plan: Plan, by: Actor) -> None:
    reminder = Reminder.objects.filter(plan=plan, recipient_kind="patient").first()
    assert reminder is not None
    addresses = [
        reverse("admin:patients_reminder_change", args=[reminder.code]),
        day_of(plan.patient, "2027-01-15"),
    ]

    def cost() -> list[int]:
        counts = []
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                assert cho.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    cost()
    few = cost()
    for _ in range(3):
        for move in (plan_moves.hold, plan_moves.resume):
            move(plan, by=by, at=NOON, revision=Plan.objects.get(pk=plan.pk).revision)
    assert cost() == few
    assert max(few) <= 35, few
