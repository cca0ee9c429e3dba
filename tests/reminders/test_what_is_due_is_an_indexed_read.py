"""What is due is found by the partial indexes made for it, whatever else lies in the tables."""

from datetime import timedelta

from django.db import connection
from django.db.models import QuerySet

from clinics.models import Membership, Prescriber
from patients.models import Message, Plan, PlanPhase, Reminder, SafetyCheck, Taper
from tests.fixtures.personae import NOON, TODAY


def explained(rows: QuerySet) -> str:  # type: ignore[type-arg]
    """How PostgreSQL reads these rows when a walk through the whole table is out of the question."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    return rows.explain()


def lay_aside(plan: Plan) -> None:
    """A thousand reminders that went long ago: among few rows any index is as good as the right one."""
    Reminder.objects.bulk_create(
        Reminder(
            plan=plan,
            kind="phase-begins",
            key=f"of old {number}",
            recipient_kind="patient",
            recipient_code=plan.patient.code,
            channel="email",
            civil_date=TODAY,
            send_at=NOON,
            too_late_at=NOON + timedelta(days=1),
            status="sent",
            created_at=NOON,
            finished_at=NOON,
        )
        for number in range(1000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE patients_reminder")


def test_each_sweep_reads_by_its_own_index(plan: Plan) -> None:
    if connection.vendor != "postgresql":
        return
    lay_aside(plan)
    due = {
        "reminder_due": Reminder.objects.due(NOON),
        "message_due": Message.objects.filter(status="open", next_attempt_at__lte=NOON).order_by("next_attempt_at"),
        "phase_due_to_begin": PlanPhase.objects.filter(begins_at__lte=NOON).order_by("begins_at"),
        "taper_to_look_at": Taper.objects.to_look_at(NOON).order_by("looks_at"),
        "safety_check_due": SafetyCheck.objects.filter(looks_at__lte=NOON).order_by("looks_at", "pk"),
        "prescriber_unnoticed": Prescriber.objects.unnoticed().order_by("unnoticed_since"),
        "membership_unnoticed": Membership.objects.unnoticed().order_by("unnoticed_since"),
    }
    for index, rows in due.items():
        assert index in explained(rows), index
