"""What a person did about reminders: asked for one again, cancelled one, muted a kind of them, or unmuted it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Q

from clinics.codes import new_code
from clinics.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from patients.models.people import Patient, staffed_by
from patients.models.reminder import Reminder
from protocols.models.content import choices


class NoteAct(StrEnum):
    ASKED_AGAIN = "asked-again"
    CANCELLED = "cancelled"
    MUTED = "muted"
    UNMUTED = "unmuted"


class ReminderNoteQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user: Any) -> "ReminderNoteQuerySet":
        """For staff: the reasons are written among colleagues."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(staffed_by(user, path="patient__"))

    def mutes_at(self, at: datetime) -> "ReminderNoteQuerySet":
        """What is muted at this instant: begun, neither over nor lifted."""
        goes_on = Q(silent_until__isnull=True) | Q(silent_until__gt=at)
        return self.filter(goes_on, act=NoteAct.MUTED.value, at__lte=at).exclude(lifted__at__lte=at)


class ReminderNote(AppendOnlyModel):
    """One act of one person about the reminders of one patient, never changed.

    request_key: of the form that was sent, so that a second click is no second act. kind: of what is muted; empty for
    all that the patient gets. until: the last civil day of a mute, and silent_until the instant at which it is over
    where the patient lived then; both empty for good. made: the row that was owed because it was asked for again.
    lifts: the mute that was taken back.
    """

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    request_key = models.CharField(max_length=64, unique=True)
    act = models.CharField(max_length=12, choices=choices(NoteAct))
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="reminder_notes")
    reminder = models.ForeignKey(Reminder, models.PROTECT, null=True, related_name="notes")
    made = models.OneToOneField(Reminder, models.PROTECT, null=True, related_name="asked_by")
    kind = models.CharField(max_length=40, blank=True)
    until = models.DateField(null=True)
    silent_until = models.DateTimeField(null=True)
    lifts = models.OneToOneField("self", models.PROTECT, null=True, related_name="lifted")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=20)
    by_code = models.CharField(max_length=20)
    by_roles = models.CharField(max_length=80, blank=True)
    by_clinic = models.CharField(max_length=10, blank=True)
    by_user = models.ForeignKey("clinics.User", models.PROTECT, null=True, related_name="+")

    objects = ReminderNoteQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(act__in=["muted", "unmuted"]) | Q(reminder__isnull=False),
                name="note_is_about_a_reminder",
            ),
            models.CheckConstraint(
                condition=Q(act="unmuted", lifts__isnull=False) | (~Q(act="unmuted") & Q(lifts__isnull=True)),
                name="note_lifts_what_was_muted",
            ),
            models.CheckConstraint(
                condition=Q(act="asked-again", made__isnull=False) | (~Q(act="asked-again") & Q(made__isnull=True)),
                name="note_names_what_it_made",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True, silent_until__isnull=True)
                | Q(act="muted", until__isnull=False, silent_until__isnull=False),
                name="note_says_until_when",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="note_says_why"),
        ]

    def __str__(self) -> str:
        return f"Note {self.code}"
