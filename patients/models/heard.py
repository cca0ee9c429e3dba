"""When a patient was heard from last, and what was written to her since: what the message budget looks at."""

from typing import Any

from django.db import models
from django.db.models import Q

from clinics.domain.message_budget import Written
from patients.models.people import Patient, seen_by


class HeardQuerySet(models.QuerySet["Heard"]):
    def visible_to(self, user: Any) -> "HeardQuerySet":
        return self.filter(seen_by(user, path="patient__"))

    def unplanned(self) -> "HeardQuerySet":
        """Unanswered, and nobody has planned to tell the clinic: one read of one partial index."""
        return self.filter(unanswered_since__isnull=False, is_silence_planned=False)


class Heard(models.Model):
    """One row a patient; written at most once an hour for what she does, and once for each routine message.

    heard_at: the last visit to the portal, or link followed, to within an hour. heard_on: her civil date of it.
    unanswered_since: that of the first message since then, routine or not. written_on, written_count: the last date
    with a routine message, and how many went on it. is_silence_planned: whether the clinic is going to be told, if it
    lasts.
    """

    patient = models.OneToOneField(Patient, models.PROTECT, primary_key=True, related_name="heard")
    heard_at = models.DateTimeField(null=True)
    heard_on = models.DateField(null=True)
    unanswered_since = models.DateField(null=True)
    written_on = models.DateField(null=True)
    written_count = models.PositiveSmallIntegerField(default=0)
    is_silence_planned = models.BooleanField(default=False)

    objects = HeardQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["unanswered_since"],
                condition=Q(unanswered_since__isnull=False, is_silence_planned=False),
                name="silence_unplanned",
            ),
        ]

    def __str__(self) -> str:
        return f"What is heard of {self.patient_id}"

    def written(self, patient: Patient) -> Written:
        """As the budget counts it. patient: hers, loaded."""
        return Written(
            last_on=self.written_on,
            last_count=self.written_count,
            unanswered_since=self.unanswered_since,
            can_answer=patient.user_id is not None,
        )
