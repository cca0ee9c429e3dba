"""Tasks that only a run under load has: one that does nothing, and delivery over a channel that only records."""

from types import TracebackType
from typing import Self

from celery import shared_task
from django.utils import timezone

from patients.reminders.channels import Envelope
from patients.reminders.outbox import deliver_due, wake_workers


class RecordingSender:
    """Accepts everything at once, and keeps the keys in the memory of the process."""

    keys: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, envelope: Envelope) -> None:
        """Accept it."""
        self.keys.append(envelope.idempotency_key)


@shared_task(ignore_result=True)
def nothing() -> None:
    """What a task costs by itself."""


@shared_task(ignore_result=True)
def deliver_recording() -> None:
    """As `patients.tasks.deliver`, without a mail server."""
    deliver_due(sender=RecordingSender(), clock=timezone.now)


@shared_task(ignore_result=True)
def sweep_recording() -> None:
    """As `patients.tasks.sweep`, for that channel."""
    wake_workers(at=timezone.now(), wake=deliver_recording.apply_async)
