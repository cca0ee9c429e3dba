"""The outbox as a whole: gather what is due, and deliver it in batches. Rows are the queue; a task is a wake-up."""

from collections.abc import Callable
from datetime import datetime

from patients.reminders.channels import Sender
from patients.reminders.claim import due_messages
from patients.reminders.delivery import deliver, set_aside
from patients.reminders.gathering import gather
from patients.reminders.isolation import each

BATCH = 50
MOST_WORKERS = 8


def waiting(*, at: datetime) -> int:
    """Gather what is due, and say how many batches wait to be delivered, at most eight."""
    gather(at=at)
    envelopes = len(due_messages(at=at, limit=BATCH * MOST_WORKERS))
    return -(-envelopes // BATCH)


def deliver_due(*, sender: Sender, clock: Callable[[], datetime], limit: int = BATCH) -> int:
    """Deliver one batch; how many were accepted. An envelope that breaks does not stop the others, and is raised."""
    with sender as connection:
        return each(
            due_messages(at=clock(), limit=limit),
            lambda message_id: deliver(message_id, sender=connection, clock=clock),
            what="an envelope",
            on_error=lambda message_id, error: set_aside(message_id, error=error, at=clock()),
        )
