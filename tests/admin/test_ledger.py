"""The ledger says what is owed to whom on the recipient's own clock, and shows every attempt and failure."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinics.models import User
from patients.models import Attempt, AttemptOutcome, Message, Plan, Reminder, ReminderStatus
from patients.reminders.gathering import gather
from patients.services.people import save_patient
from tests.admin.conftest import text_of
from tests.fixtures.personae import NOON

LEDGER = "admin:patients_reminder_changelist"


@pytest.fixture
def failing(plan: Plan) -> Reminder:
    """A reminder whose first hand-over failed."""
    reminder = Reminder.objects.filter(plan=plan, recipient_kind="patient", status="owed").order_by("send_at").first()
    assert reminder is not None
    gather(at=reminder.send_at)
    reminder.refresh_from_db()
    assert reminder.message is not None
    Attempt.objects.create(
        message=reminder.message,
        number=1,
        claim_token="token",
        started_at=reminder.send_at,
        finished_at=reminder.send_at,
        outcome=AttemptOutcome.FAILED.value,
        detail="The mail server could not be reached (TimeoutError).",
    )
    Message.objects.filter(pk=reminder.message_id).update(next_attempt_at=reminder.send_at + timedelta(minutes=1))
    return reminder


def rows(page: Any) -> list[Reminder]:
    return list(page.context["cl"].result_list)


def test_a_reminder_says_kind_patient_recipient_and_time(cho: Client, plan: Plan, by: Any) -> None:
    plan.patient.zone = "Pacific/Auckland"
    save_patient(plan.patient, by=by, at=NOON)
    words = text_of(cho.get(reverse(LEDGER)))
    # Replace begins on 18 January: announced on the 15th at nine where she lives, at eight where dr_cho works.
    assert f"A phase starts soon {plan.patient.code} the patient 15 January 2027, 09:00 Pacific/Auckland Owed" in words
    assert f"A phase starts soon {plan.patient.code} dr_cho 15 January 2027, 08:00 Europe/Berlin Owed" in words
    assert "Angela" not in words


def test_failing_reminders_are_found_and_counted(cho: Client, failing: Reminder) -> None:
    assert "1 reminder could not be handed over yet and is tried again." in text_of(cho.get(reverse("admin:index")))
    page = cho.get(reverse(LEDGER), {"status": "failing"})
    assert rows(page) == [failing]
    assert "Owed, failing" in text_of(page)


def test_a_reminder_shows_its_attempts(cho: Client, failing: Reminder) -> None:
    words = text_of(cho.get(reverse("admin:patients_reminder_change", args=[failing.code])))
    assert "1 15 January 2027, 09:00 Europe/Berlin Failed The mail server could not be reached (TimeoutError)." in words
    assert "Next attempt 15 January 2027, 09:01 Europe/Berlin" in words


def test_missed_reminders_say_why_and_are_counted(cho: Client, plan: Plan) -> None:
    missed = Reminder.objects.filter(plan=plan, status="owed").first()
    assert missed is not None
    Reminder.objects.filter(pk=missed.pk).update(
        status=ReminderStatus.MISSED.value, reason="It could not go in time.", finished_at=NOON - timedelta(days=1)
    )
    page = cho.get(reverse(LEDGER), {"status": "missed"})
    assert rows(page) == [missed]
    assert "Missed It could not go in time." in text_of(page)
    assert "1 reminder of the last seven days was missed." in text_of(cho.get(reverse("admin:index")))
    Reminder.objects.filter(pk=missed.pk).update(finished_at=NOON - timedelta(days=8))
    assert "missed" not in text_of(cho.get(reverse("admin:index")))


def test_the_ledger_is_narrowed_by_kind(cho: Client, plan: Plan) -> None:
    page = cho.get(reverse(LEDGER), {"kind": "phase-due"})
    assert {row.kind for row in rows(page)} == {"phase-due"}


def test_a_practitioner_who_was_replaced_keeps_the_own_clock(cho: Client, plan: Plan, dr_cho: User) -> None:
    """The zone shown is that of whom the reminder is for, whoever looks after the plan by now."""
    Reminder.objects.filter(plan=plan, recipient_kind="staff").update(recipient_code="GONE")
    words = text_of(cho.get(reverse(LEDGER)))
    assert "GONE 15 January 2027, 07:00 UTC" in words


def test_nothing_in_the_ledger_can_be_changed(cho: Client, plan: Plan) -> None:
    reminder = Reminder.objects.filter(plan=plan).first()
    assert reminder is not None
    address = reverse("admin:patients_reminder_change", args=[reminder.code])
    assert "<textarea" not in cho.get(address).content.decode()
    cho.post(address, {"status": "sent"})
    before = reminder.status
    reminder.refresh_from_db()
    assert reminder.status == before
    assert cho.get(reverse("admin:patients_reminder_add")).status_code == 403


@pytest.mark.parametrize(
    ("channel", "words"),
    [("email", "by email"), ("sms", "by text message"), ("portal", "on the patient’s own pages")],
)
def test_a_reminder_says_by_which_way_it_goes(cho: Client, plan: Plan, channel: str, words: str) -> None:
    reminder = Reminder.objects.filter(plan=plan, recipient_kind="patient", status="owed").first()
    assert reminder is not None
    Reminder.objects.filter(pk=reminder.pk).update(channel=channel)
    page = text_of(cho.get(reverse("admin:patients_reminder_change", args=[reminder.code])))
    assert f"For the patient, {words} About the day" in page
