"""What a patient is reminded of on each of her days: one row for each kind, and never a year of reminders in advance.

The row is a cursor: it says on which civil date it comes next, and at which instant. When that has come the sweep makes
the reminder of that date and moves the cursor on, in one transaction (`patients.reminders.recurring`).
"""

from typing import Any

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from clinics.codes import new_code
from patients.models.people import Patient, seen_by


class RecurrenceQuerySet(models.QuerySet["Recurrence"]):
    def visible_to(self, user: Any) -> "RecurrenceQuerySet":
        return self.filter(seen_by(user, path="patient__"))

    def open(self) -> "RecurrenceQuerySet":
        """Those that she wants."""
        return self.filter(ended_at__isnull=True)

    def due(self, at: Any) -> "RecurrenceQuerySet":
        """Wanted, and their instant reached: one read of one partial index."""
        return self.open().filter(next_at__lte=at)


class Recurrence(models.Model):
    """One kind of reminder that comes back each civil day. Switched off it keeps its row, and what it has done."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="recurrences")
    kind = models.CharField(max_length=40)
    wall_time = models.TimeField(help_text="Where the patient lives; quiet hours may move it.")
    is_own_time = models.BooleanField(
        default=False, help_text="Whether the patient chose this time. Else it follows from her day."
    )
    # Doses that her day puts elsewhere than they were written for: the part of the day of each, by "key.slot".
    moved_doses = models.JSONField(default=dict)
    # The first civil date that it has not dealt with; it never goes back, so that no date is dealt with twice.
    next_on = models.DateField()
    next_at = models.DateTimeField()
    said_at = models.DateTimeField()
    said_by_kind = models.CharField(max_length=20)
    said_by_code = models.CharField(max_length=20)
    ended_at = models.DateTimeField(null=True)

    # What she said, and not where the cursor stands.
    history = HistoricalRecords(excluded_fields=["next_on", "next_at", "moved_doses"], related_name="+")
    objects = RecurrenceQuerySet.as_manager()

    class Meta:
        ordering = ["patient", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "kind"],
                name="one_recurrence_per_patient_and_kind",
                violation_error_message="There is one already. Change that one.",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(ended_at__isnull=True), name="recurrence_due"),
        ]

    def __str__(self) -> str:
        return f"Recurrence {self.code}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None
