"""Celery tasks: each reads the clock once, calls what does the work, and carries no health information."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from clinics.actor import for_system
from patients.reminders.channels import EmailSender
from patients.reminders.outbox import deliver_due, wake_workers
from patients.services.sweeping import do_what_is_due


@shared_task(ignore_result=True)
def sweep() -> None:
    """Each minute: do what is due today, put what is due into envelopes, wake workers to deliver them."""
    at = timezone.now()
    try:
        do_what_is_due(by=for_system(), at=at)
    finally:
        # A wake-up that waited this long was overtaken by the next sweep’s.
        wake_workers(at=at, wake=lambda: deliver.apply_async(expires=settings.SWEEP_EVERY_SECONDS))


@shared_task(ignore_result=True)
def deliver() -> None:
    """Hand over one batch of envelopes."""
    deliver_due(sender=EmailSender(), clock=timezone.now)
