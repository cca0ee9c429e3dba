"""The outbox as a whole: gather what is due, and deliver it in batches. Rows are the queue; a task is a wake-up."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from patients.reminders.channels import Sender
from patients.reminders.claim import Claim, claim_next, due_messages
from patients.reminders.delivery import deliver
from patients.reminders.gathering import gather
from patients.reminders.isolation import each
from patients.reminders.setbacks import set_aside

BATCH = 50
MOST_WORKERS = 8
# A slow mail server may need the whole lease for one message. A worker takes no further envelope after this long, so
# that it ends by itself before it is killed; what it leaves is there for the next wake-up.
TAKES_FOR = timedelta(minutes=2)


def waiting(*, at: datetime) -> int:
    """Gather what is due, and say how many batches wait to be delivered, at most eight."""
    gather(at=at)
    return _batches(at=at)


def wake_workers(*, at: datetime, wake: Callable[[], object]) -> None:
    """Gather what is due, and wake a worker for each batch that waits. A recipient who breaks it stops no wake-up."""
    try:
        gather(at=at)
    finally:
        for _ in range(_batches(at=at)):
            wake()


def _batches(*, at: datetime) -> int:
    envelopes = len(due_messages(at=at, limit=BATCH * MOST_WORKERS))
    return -(-envelopes // BATCH)


def deliver_due(*, sender: Sender, clock: Callable[[], datetime], limit: int = BATCH) -> int:
    """Deliver one batch; how many were accepted. An envelope that breaks does not stop the others, and is raised."""
    with sender as connection:
        return each(
            _take(clock=clock, limit=limit),
            lambda claimed: deliver(claimed, sender=connection, clock=clock),
            what="an envelope",
            on_error=lambda claimed, error: set_aside(claimed, error=error, at=clock()),
        )


def _take(*, clock: Callable[[], datetime], limit: int) -> Iterator[Claim]:
    """Envelopes one after the other, each claimed only when its turn has come: none is held while another is sent."""
    until = clock() + TAKES_FOR
    for _ in range(limit):
        at = clock()
        claimed = claim_next(at=at) if at < until else None
        if claimed is None:
            return
        yield claimed
