"""What a reminder, or an attempt, was before it was overwritten. Their usual life needs none: it is read off the rows.

Written where something ends that the row itself does not tell any more: an outcome that is taken back, another hour,
an envelope that is left, an answer that turns out to be another one.
"""

from typing import Any

from django.db import models

from clinics.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from patients.models.people import staffed_by
from patients.models.reminder import Attempt, AttemptOutcome, Message, Reminder, ReminderStatus, ReportOutcome
from protocols.models.content import choices


class ReminderPastQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user: Any) -> "ReminderPastQuerySet":
        """For staff, as the ledger is."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(staffed_by(user, path="reminder__plan__patient__"))


class ReminderPast(AppendOnlyModel):
    """A reminder as it stood until an instant, which is the first at which it stood otherwise. Never changed."""

    reminder = models.ForeignKey(Reminder, models.PROTECT, related_name="pasts")
    until = models.DateTimeField()
    status = models.CharField(max_length=10, choices=choices(ReminderStatus))
    reason = models.CharField(max_length=160, blank=True)
    send_at = models.DateTimeField()
    too_late_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="pasts")
    gathered_at = models.DateTimeField(null=True)

    objects = ReminderPastQuerySet.as_manager()

    class Meta:
        ordering = ["until", "pk"]

    def __str__(self) -> str:
        return f"{self.reminder} until {self.until:%Y-%m-%d %H:%M}"


class AttemptPast(AppendOnlyModel):
    """What was known of an attempt until a report of its provider, or its own worker, said otherwise. Never changed."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="pasts")
    until = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=choices(AttemptOutcome))
    detail = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True)
    reported = models.CharField(max_length=12, blank=True, choices=choices(ReportOutcome))
    reported_code = models.CharField(max_length=40, blank=True)
    reported_at = models.DateTimeField(null=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["until", "pk"]

    def __str__(self) -> str:
        return f"{self.attempt} until {self.until:%Y-%m-%d %H:%M}"
