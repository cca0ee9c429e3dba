"""Celery tasks: each reads the clock once, calls what does the work, and carries no health information."""

from celery import current_task, shared_task
from django.conf import settings
from django.utils import timezone

from clinics.actor import for_system
from patients.models import Part
from patients.reminders.channels.configured import senders
from patients.reminders.heartbeat import beating
from patients.reminders.outbox import deliver_due, let_time_pass, wake_workers
from patients.reminders.setbacks import spread
from patients.services.sweeping import do_what_is_due


@shared_task(ignore_result=True)
def sweep() -> None:
    """Each minute: do what is due today, put what is due into envelopes, wake workers to deliver them."""
    at = timezone.now()
    with beating(Part.SWEEP, worker=own_name(), at=at):
        try:
            do_what_is_due(by=for_system(), at=at)
        finally:
            # A wake-up that waited this long was overtaken by the next sweep’s.
            wake_workers(at=at, wake=_wake)


@shared_task(ignore_result=True)
def deliver() -> None:
    """Hand over what is due, for a while; then whoever waits in the queue has a turn."""
    with beating(Part.DELIVERY, worker=own_name(), at=timezone.now()):
        deliver_due(
            sender=senders(clock=timezone.now), clock=timezone.now, jitter=spread, wait=let_time_pass, go_on=_wake
        )


def own_name() -> str:
    """The name of the worker that does this; “here” where a task is called like a function."""
    return str((current_task and current_task.request.hostname) or "here")


def _wake() -> None:
    deliver.apply_async(expires=settings.SWEEP_EVERY_SECONDS)
