"""What is due can be found by the partial index made for it, whatever else lies in the tables."""

import pytest
from django.db import connection
from django.db.models import QuerySet

from clinics.models import Clinic, Membership, Prescriber
from patients.models import Heard, Order, PlanPhase, Recurrence, Reminder, SafetyCheck, Taper
from patients.reminders.claim import due as due_envelopes
from tests.fixtures.personae import NOON, TODAY


def leave_only(index: str) -> None:
    """Let PostgreSQL read the table of this index by no other one, until the test is taken back.

    Which of several it would take depends on what other tests left in the tables; how fast the right one is with a
    million rows, `make bench-reminders` measures.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            """UPDATE pg_index SET indisvalid = (indexrelid = %(index)s::regclass)
            WHERE indrelid = (SELECT indrelid FROM pg_index WHERE indexrelid = %(index)s::regclass)""",
            {"index": index},
        )


def explained(rows: QuerySet, *, index: str) -> str:  # type: ignore[type-arg]
    """How PostgreSQL reads these rows where it has this index alone."""
    leave_only(index)
    return rows.explain()


@pytest.mark.django_db
def test_each_sweep_reads_by_its_own_index() -> None:
    if connection.vendor != "postgresql":
        return
    due = {
        "reminder_due": Reminder.objects.due(NOON),
        "recurrence_due": Recurrence.objects.due(NOON).order_by("next_at", "pk"),
        "message_due": due_envelopes(at=NOON),
        "reminder_falls_back": Reminder.objects.filter(falls_back_since__isnull=False),
        "silence_unplanned": Heard.objects.unplanned().filter(unanswered_since__lte=TODAY),
        "clinic_unnoticed": Clinic.objects.unnoticed().order_by("unnoticed_since"),
        "order_rests_until": Order.objects.current().filter(standing="held", ends_on__lt=TODAY),
        "phase_due_to_begin": PlanPhase.objects.filter(begins_at__lte=NOON).order_by("begins_at"),
        "taper_to_look_at": Taper.objects.to_look_at(NOON).order_by("looks_at"),
        "safety_check_due": SafetyCheck.objects.filter(looks_at__lte=NOON).order_by("looks_at", "pk"),
        "prescriber_unnoticed": Prescriber.objects.unnoticed().order_by("unnoticed_since"),
        "membership_unnoticed": Membership.objects.unnoticed().order_by("unnoticed_since"),
    }
    for index, rows in due.items():
        assert index in explained(rows, index=index), index
