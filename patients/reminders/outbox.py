"""The outbox as a whole: gather what is due, and deliver it in batches. Rows are the queue; a task is a wake-up."""

import logging
from collections.abc import Callable
from datetime import datetime

from patients.reminders.channels import Sender
from patients.reminders.claim import due_messages
from patients.reminders.delivery import deliver, set_aside
from patients.reminders.gathering import gather

log = logging.getLogger(__name__)

BATCH = 50
MOST_WORKERS = 8


def waiting(*, at: datetime) -> int:
    """Gather what is due, and say how many batches wait to be delivered, at most eight."""
    gather(at=at)
    envelopes = len(due_messages(at=at, limit=BATCH * MOST_WORKERS))
    return -(-envelopes // BATCH)


def deliver_due(*, sender: Sender, clock: Callable[[], datetime], limit: int = BATCH) -> int:
    """Deliver one batch; how many were accepted. An envelope that breaks does not stop the others, and is raised."""
    accepted = 0
    broken: list[Exception] = []
    with sender as connection:
        for message_id in due_messages(at=clock(), limit=limit):
            try:
                accepted += deliver(message_id, sender=connection, clock=clock)
            except Exception as error:  # noqa: BLE001 — the one edge that must survive anything; it is raised below
                log.error("Envelope %s could not be delivered: %s", message_id, type(error).__name__)
                set_aside(message_id, error=error, at=clock())
                broken.append(error)
    if broken:
        raise ExceptionGroup(f"{len(broken)} envelopes could not be delivered", broken)
    return accepted
