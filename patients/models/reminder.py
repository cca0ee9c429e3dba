"""What is owed to somebody, the envelope it travels in, and every hand-over. Three tables.

A reminder is one owed thing. A message is one envelope to one recipient on one channel; its set and its idempotency
key are frozen at the first attempt. An attempt is one hand-over, written before it is tried.
"""

from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Q

from clinics.codes import new_code
from patients.models.order import Order
from patients.models.people import staffed_by
from patients.models.plan import Plan, PlanPhase
from patients.models.taper import Taper
from protocols.models.content import choices


class RecipientKind(StrEnum):
    PATIENT = "patient"
    STAFF = "staff"
    PRESCRIBER = "prescriber"


class Channel(StrEnum):
    EMAIL = "email"


class ReminderStatus(StrEnum):
    """owed: to be sent. sent: accepted. cancelled: no longer called for. missed: it could not go in time."""

    OWED = "owed"
    SENT = "sent"
    CANCELLED = "cancelled"
    MISSED = "missed"


class MessageStatus(StrEnum):
    """open: to be handed over. sent: accepted. closed: given up, or nothing left in it."""

    OPEN = "open"
    SENT = "sent"
    CLOSED = "closed"


class AttemptOutcome(StrEnum):
    """started: handed over, answer not yet recorded. unknown: the worker was gone before it recorded one."""

    STARTED = "started"
    ACCEPTED = "accepted"
    FAILED = "failed"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SUPERSEDED = "superseded"


class Message(models.Model):
    """One envelope. At most one per recipient and channel is being filled; a frozen one may be retried beside it."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    recipient_kind = models.CharField(max_length=10, choices=choices(RecipientKind))
    recipient_code = models.CharField(max_length=10)
    channel = models.CharField(max_length=10, choices=choices(Channel))
    status = models.CharField(max_length=10, choices=choices(MessageStatus), default=MessageStatus.OPEN.value)
    next_attempt_at = models.DateTimeField()
    # Set at the first attempt and never changed after it.
    frozen_at = models.DateTimeField(null=True)
    idempotency_key = models.CharField(max_length=120, blank=True)
    # Who works on it, and until when nobody else may.
    claim_token = models.CharField(max_length=32, blank=True)
    claimed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient_kind", "recipient_code", "channel"],
                condition=Q(status="open", frozen_at__isnull=True),
                name="one_filling_message_per_recipient_and_channel",
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(status="open"), name="message_due"),
        ]

    def __str__(self) -> str:
        return f"Message {self.code}"


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def visible_to(self, user: Any) -> "ReminderQuerySet":
        """The ledger is for staff: patients see their messages, not the bookkeeping."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(staffed_by(user, path="plan__patient__"))

    def owed(self) -> "ReminderQuerySet":
        return self.filter(status=ReminderStatus.OWED.value)

    def due(self, at: Any) -> "ReminderQuerySet":
        """Owed, its instant reached, and in no envelope yet: one read of one partial index."""
        return self.owed().filter(message__isnull=True, send_at__lte=at)


class Reminder(models.Model):
    """One owed thing. Its key says what it is, so that the same thing is never owed twice."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    key = models.CharField(
        max_length=160, unique=True, help_text="kind:subject code:civil date:recipient kind and code:channel"
    )
    kind = models.CharField(max_length=40)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="reminders")
    phase = models.ForeignKey(PlanPhase, models.PROTECT, null=True, related_name="reminders")
    taper = models.ForeignKey(Taper, models.PROTECT, null=True, related_name="reminders")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="reminders")
    civil_date = models.DateField()
    recipient_kind = models.CharField(max_length=10, choices=choices(RecipientKind))
    recipient_code = models.CharField(max_length=10)
    channel = models.CharField(max_length=10, choices=choices(Channel))
    status = models.CharField(max_length=10, choices=choices(ReminderStatus), default=ReminderStatus.OWED.value)
    reason = models.CharField(max_length=160, blank=True, help_text="Why it was cancelled or missed.")
    send_at = models.DateTimeField()
    too_late_at = models.DateTimeField()
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="reminders")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["-send_at", "code"]
        indexes = [
            models.Index(fields=["send_at"], condition=Q(status="owed", message__isnull=True), name="reminder_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(too_late_at__gt=models.F("send_at")), name="reminder_is_late_after_it_is_due"
            ),
        ]

    def __str__(self) -> str:
        return f"Reminder {self.code}"


class Attempt(models.Model):
    """One hand-over of one message."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    claim_token = models.CharField(max_length=32)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=choices(AttemptOutcome), default=AttemptOutcome.STARTED.value)
    detail = models.CharField(max_length=300, blank=True, help_text="What the mail server said.")

    class Meta:
        ordering = ["message", "number"]
        constraints = [models.UniqueConstraint(fields=["message", "number"], name="one_attempt_per_number")]

    def __str__(self) -> str:
        return f"Attempt {self.number} of {self.message}"
