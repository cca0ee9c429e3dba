"""The core record: what is known about a patient, each fact with where it comes from and since when it is known.

Nothing here is deleted or overwritten. A fact that was wrong is marked as entered in error, and the right one is
another row; of two that stand, the one with the later date counts.
"""

from enum import StrEnum
from typing import Any, Self

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from clinics.codes import new_code
from patients.models.people import Patient, seen_by, staffed_by
from protocols.models.content import choices


class SourceKind(StrEnum):
    """Who or what says so; the label completes “Known from …”."""

    PATIENT = "patient"
    MEASURED_HERE = "measured-here"
    DOCUMENT = "document"
    CLINICIAN = "clinician"
    PHARMACY = "pharmacy"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "patient": "The patient says so",
            "measured-here": "Measured or seen here",
            "document": "A document",
            "clinician": "A letter or call from a clinician",
            "pharmacy": "The pharmacy",
            "other": "Another source",
        }[self.value]


def source_in_words(kind: str, note: str) -> str:
    """“A document: discharge letter of 3 May”; empty if nobody said where it comes from."""
    if not kind:
        return ""
    return f"{SourceKind(kind).label}: {note}" if note else SourceKind(kind).label


class RecordQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """For the clinic's staff, and for the patient what was not entered in error."""
        own = seen_by(user, path="patient__") & Q(entered_in_error_at__isnull=True)
        return self.filter(own | staffed_by(user, path="patient__"))

    def standing(self) -> Self:
        """Not entered in error."""
        return self.filter(entered_in_error_at__isnull=True)

    def newest_first(self) -> Self:
        """By the date on which it was so; of one date, what was written down last."""
        return self.order_by("-as_of", "-recorded_at", "-pk")


class RecordEntry(models.Model):
    """One fact about one patient.

    as_of: the civil date on which it was so, for what lasts; what happened on dates of its own (a condition, a
    medicine, a sample) has those beside it. corrects: the row that this one replaces, which is entered in error.
    """

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+", editable=False)
    source_kind = models.CharField("known from", max_length=20, choices=choices(SourceKind))
    source_note = models.CharField(
        "source in words",
        max_length=200,
        blank=True,
        help_text="Which document, whose letter, by telephone or in person.",
    )
    as_of = models.DateField("as of", help_text="The day on which it was so, or was said.")
    recorded_at = models.DateTimeField(editable=False)
    by_kind = models.CharField(max_length=20, editable=False)
    by_code = models.CharField(max_length=20, editable=False)
    by_user = models.ForeignKey("clinics.User", models.PROTECT, null=True, related_name="+", editable=False)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="correction", editable=False)
    entered_in_error_at = models.DateTimeField(null=True, editable=False)
    entered_in_error_by_kind = models.CharField(max_length=20, blank=True, editable=False)
    entered_in_error_by_code = models.CharField(max_length=20, blank=True, editable=False)
    entered_in_error_reason = models.TextField(blank=True, editable=False)

    history = HistoricalRecords(inherit=True, related_name="+")
    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-as_of", "-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    entered_in_error_at__isnull=True,
                    entered_in_error_by_kind="",
                    entered_in_error_by_code="",
                    entered_in_error_reason="",
                )
                | Q(entered_in_error_at__isnull=False)
                & ~Q(entered_in_error_by_kind="")
                & ~Q(entered_in_error_by_code="")
                & ~Q(entered_in_error_reason=""),
                name="%(class)s_error_says_when_who_and_why",
                violation_error_message="What was entered in error says when that was noticed, by whom, and why.",
            ),
        ]

    def __str__(self) -> str:
        name = str(self._meta.verbose_name)
        return f"{name[:1].upper()}{name[1:]} {self.code}"

    @property
    def is_in_error(self) -> bool:
        return self.entered_in_error_at is not None

    @property
    def source_words(self) -> str:
        return source_in_words(self.source_kind, self.source_note)
