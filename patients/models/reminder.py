"""What is owed to somebody, the envelope it travels in, and every hand-over. Three tables.

A reminder is one owed thing. A message is one envelope to one recipient on one channel; its set and its idempotency
key are frozen at the first attempt. An attempt is one hand-over, written before it is tried.
"""

from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Left, Length

from clinics.codes import new_code
from patients.models.order import Order
from patients.models.people import Patient, staffed_by
from patients.models.plan import Plan, PlanPhase
from patients.models.reaching import Channel
from patients.models.recurrence import Recurrence
from patients.models.taper import Taper
from protocols.models.content import choices


class RecipientKind(StrEnum):
    PATIENT = "patient"
    STAFF = "staff"
    PRESCRIBER = "prescriber"


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


class HeldFor(StrEnum):
    """By what rule an envelope that could be tried is held back."""

    DOUBT = "doubt"
    """The same is being handed over by another channel, and has no answer yet."""
    SETTING = "setting"
    """A setting of this server cuts off the only way that is wanted."""
    BUDGET = "budget"
    SILENCE = "silence"
    DIGEST = "digest"
    NIGHT = "night"
    HOUR = "hour"


class AttemptOutcome(StrEnum):
    """started: handed over, answer not yet recorded. unknown: the worker was gone before it recorded one."""

    STARTED = "started"
    ACCEPTED = "accepted"
    FAILED = "failed"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SUPERSEDED = "superseded"


class ReportOutcome(StrEnum):
    """What became of a message that a provider had accepted, as its reports say it. The last four are the end of it."""

    UNDER_WAY = "under way"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Not delivered, for a reason that may pass: a telephone that is off, a network that is down."""
    UNREACHABLE = "unreachable"
    """Not delivered: this address takes no messages, or its provider lets none of ours through to it."""
    UNWANTED = "unwanted"
    """It arrived, and whoever reads there wants no more of them: STOP was answered, or spam was reported."""


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: Any) -> "MessageQuerySet":
        """Those to patients whom this user may see: their own, and those of their clinics."""
        seen = Patient.objects.visible_to(user).values("code")
        return self.filter(recipient_kind=RecipientKind.PATIENT.value, recipient_code__in=seen)


class Message(models.Model):
    """One envelope. At most one per recipient and channel is being filled; a frozen one may be retried beside it."""

    code = models.CharField(max_length=10, default=new_code, editable=False)
    recipient_kind = models.CharField(max_length=10, choices=choices(RecipientKind))
    recipient_code = models.CharField(max_length=10)
    channel = models.CharField(max_length=10, choices=choices(Channel))
    status = models.CharField(max_length=10, choices=choices(MessageStatus), default=MessageStatus.OPEN.value)
    next_attempt_at = models.DateTimeField()
    # The last rule that held it back, from when to when: asked again and again with the same answer, it is one.
    held_for = models.CharField(max_length=10, blank=True, choices=choices(HeldFor))
    held_since = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)
    # Set at the first attempt and never changed after it.
    frozen_at = models.DateTimeField(null=True)
    idempotency_key = models.CharField(max_length=120, blank=True)
    # Who works on it, and until when nobody else may.
    claim_token = models.CharField(max_length=32, blank=True)
    claimed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            # Here and below as a constraint: `unique=True` brings a second index, for searches that nobody makes.
            models.UniqueConstraint(fields=["code"], name="one_message_per_code"),
            models.UniqueConstraint(
                fields=["recipient_kind", "recipient_code", "channel"],
                condition=Q(status="open", frozen_at__isnull=True),
                name="one_filling_message_per_recipient_and_channel",
            ),
            # So a claim that holds is of an open envelope, and whoever confirms it need not ask for that.
            models.CheckConstraint(
                condition=Q(status="open") | Q(claim_token="", claimed_until__isnull=True),
                name="only_open_messages_are_claimed",
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(status="open"), name="message_due"),
            # Whether a member of staff had the digest of this day.
            models.Index(
                fields=["recipient_code", "frozen_at"],
                condition=Q(recipient_kind="staff", frozen_at__isnull=False),
                name="message_to_staff_tried",
            ),
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
    """One owed thing on one channel. Its key says what it is, so that the same thing is never owed twice.

    occurrence: the key without its channel. Of the rows of one occurrence at most one is owed, and one is ever sent.
    gathered_at: since when it is in its envelope.
    falls_back_since: it could not go by its channel, or to this member of staff any more; until somebody has planned
    anew, whether another one takes it.
    """

    code = models.CharField(max_length=10, default=new_code, editable=False)
    key = models.CharField(max_length=160, help_text="kind:subject code:civil date:recipient kind and code:channel")
    occurrence = models.GeneratedField(
        expression=Left("key", Length("key") - Length("channel") - 1),
        output_field=models.CharField(max_length=160),
        db_persist=True,
        help_text="kind:subject code:civil date:recipient kind and code",
    )
    kind = models.CharField(max_length=40)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="reminders")
    phase = models.ForeignKey(PlanPhase, models.PROTECT, null=True, related_name="reminders")
    taper = models.ForeignKey(Taper, models.PROTECT, null=True, related_name="reminders")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="reminders")
    recurrence = models.ForeignKey(Recurrence, models.PROTECT, null=True, related_name="reminders")
    civil_date = models.DateField()
    recipient_kind = models.CharField(max_length=10, choices=choices(RecipientKind))
    recipient_code = models.CharField(max_length=10)
    channel = models.CharField(max_length=10, choices=choices(Channel))
    status = models.CharField(max_length=10, choices=choices(ReminderStatus), default=ReminderStatus.OWED.value)
    reason = models.CharField(max_length=160, blank=True, help_text="Why it was cancelled or missed.")
    send_at = models.DateTimeField()
    too_late_at = models.DateTimeField()
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="reminders")
    gathered_at = models.DateTimeField(null=True)
    # Of what a person asked for once more: the row that it repeats. The plan does not call for it, so planning leaves
    # it alone; whether it is still true is looked at before it goes.
    again_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="repeats")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    falls_back_since = models.DateTimeField(null=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["-send_at", "code"]
        indexes = [
            models.Index(fields=["occurrence"], name="reminder_occurrence"),
            models.Index(fields=["send_at"], condition=Q(status="owed", message__isnull=True), name="reminder_due"),
            models.Index(
                fields=["falls_back_since"], condition=Q(falls_back_since__isnull=False), name="reminder_falls_back"
            ),
            # What operators count: all that is owed, and what was missed of late.
            models.Index(fields=["send_at"], condition=Q(status="owed"), name="reminder_owed"),
            models.Index(fields=["finished_at"], condition=Q(status="missed"), name="reminder_missed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence"],
                condition=Q(status="owed"),
                name="one_channel_at_a_time",
                violation_error_message="This is owed by another channel already.",
            ),
            models.UniqueConstraint(fields=["code"], name="one_reminder_per_code"),
            models.UniqueConstraint(fields=["key"], name="one_reminder_per_key"),
            models.CheckConstraint(
                condition=Q(too_late_at__gt=models.F("send_at")), name="reminder_is_late_after_it_is_due"
            ),
        ]

    def __str__(self) -> str:
        return f"Reminder {self.code}"


class Attempt(models.Model):
    """One hand-over of one message.

    again_at: from when on the message might be tried again, as it was settled when this one failed.
    """

    # Its index is that of the constraint below.
    message = models.ForeignKey(Message, models.PROTECT, related_name="attempts", db_index=False)
    number = models.PositiveSmallIntegerField()
    claim_token = models.CharField(max_length=32)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=choices(AttemptOutcome), default=AttemptOutcome.STARTED.value)
    detail = models.CharField(max_length=300, blank=True, help_text="What the mail server said.")
    # What the provider calls the message, and the last that it reported of it. A report’s own words are never kept:
    # they may quote the address or the message.
    provider_id = models.CharField(max_length=200, blank=True)
    reported = models.CharField(max_length=12, blank=True, choices=choices(ReportOutcome))
    reported_code = models.CharField(max_length=40, blank=True, help_text="The provider’s own code for the reason.")
    reported_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["message", "number"]
        constraints = [models.UniqueConstraint(fields=["message", "number"], name="one_attempt_per_number")]
        indexes = [
            models.Index(
                fields=["finished_at"],
                condition=Q(outcome__in=["failed", "refused", "unknown"]),
                name="attempt_not_accepted",
            ),
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="attempt_of_provider"),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.number} of {self.message}"
