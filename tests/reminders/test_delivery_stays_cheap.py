"""Queries of a sweep and of a morning message do not grow with what is in them."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.models import Clinic
from patients.models import Message, Patient, Plan, Reminder
from patients.reminders.channels import Envelope
from tests.fixtures.personae import make_patient

STAFF_MORNING = datetime(2027, 1, 15, 7, 0, tzinfo=UTC)


def test_a_morning_message_about_ten_patients_costs_what_one_about_two_does(
    clinic: Clinic, activate_plan: Callable[..., Plan], sweep_at: Callable[[datetime], list[Envelope]]
) -> None:
    counts = []
    for number in (2, 10):
        # Nothing of the round before counts: neither what is owed, nor that this morning’s digest has gone.
        Reminder.objects.all().update(status="cancelled")
        Message.objects.all().update(status="closed")
        for _ in range(number):
            activate_plan(make_patient(clinic, "Somebody"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            (message,) = sweep_at(STAFF_MORNING)
        assert message.text.count(": 1 note") == number
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 45


def test_sweeping_when_nothing_is_due_is_four_reads(
    plan: Plan, angela: Patient, sweep_at: Callable[[datetime], list[Envelope]]
) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert sweep_at(STAFF_MORNING.replace(hour=3)) == []
    assert len(queries) == 4, "what recurs, due reminders, open envelopes to wake for, open envelopes to deliver"
