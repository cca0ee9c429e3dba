"""What is committed for every message is found by its key, with statements that PostgreSQL plans once."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection

from patients.models import Plan
from patients.reminders import committing
from patients.reminders.channels import Envelope
from patients.reminders.claim import LEASE
from tests.fixtures.personae import NOON
from tests.reminders.test_delivery import PATIENT_MORNING
from tests.reminders.test_what_is_due_is_an_indexed_read import leave_only


def runs_of_prepared_statements() -> int:
    """How often the statements that are prepared on this connection have run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(generic_plans + custom_plans), 0) FROM pg_prepared_statements")
        (runs,) = cursor.fetchone()
    return int(runs)


def test_attempts_and_outcomes_are_written_by_prepared_statements(
    plan: Plan, sweep_at: Callable[[datetime], list[Envelope]]
) -> None:
    if connection.vendor != "postgresql":
        return
    before = runs_of_prepared_statements()
    sent = sweep_at(PATIENT_MORNING)
    assert sent
    assert runs_of_prepared_statements() - before == 2 * len(sent)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", [committing._BEGIN, committing._ACCEPT_ONE, committing._ACCEPT_SEVERAL])
def test_no_envelope_is_looked_for_among_all_that_are_open(statement: str) -> None:
    """While few are open their index looks as cheap as the key. With a morning’s worth every message would read all."""
    if connection.vendor != "postgresql":
        return
    leave_only("message_due")
    values = {"message": 1, "token": "", "at": NOON, "lease_ends": NOON + LEASE, "attempt": 1, "provider_id": ""}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}", {**values, "reminder": 1, "reminders": [1], "did_not_go": [""]})
        read = "\n".join(line for (line,) in cursor.fetchall())
    assert "Update on patients_message" in read
    assert "message_due" not in read
