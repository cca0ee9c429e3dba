"""When a patient gets up, eats and goes to bed: what the timetable of a day is built around."""

from datetime import time
from typing import Any, Final

from django.db import models
from simple_history.models import HistoricalRecords

from patients.models.people import Patient, seen_by

USUAL: Final = {
    "wakes_at": time(7),
    "breakfast_at": time(7, 30),
    "lunch_at": time(12, 30),
    "dinner_at": time(18, 30),
    "sleeps_at": time(22, 30),
}
"""What is assumed, and said to be assumed, until somebody says otherwise."""


class DayRhythmQuerySet(models.QuerySet["DayRhythm"]):
    def visible_to(self, user: Any) -> "DayRhythmQuerySet":
        return self.filter(seen_by(user, path="patient__"))


class DayRhythm(models.Model):
    """Wall-clock times where the patient lives. A meal that is None is not eaten. Bed may be after midnight."""

    patient = models.OneToOneField(Patient, models.PROTECT, related_name="day_rhythm")
    wakes_at = models.TimeField("gets up", default=USUAL["wakes_at"])
    breakfast_at = models.TimeField("breakfast", null=True, blank=True, default=USUAL["breakfast_at"])
    lunch_at = models.TimeField("lunch", null=True, blank=True, default=USUAL["lunch_at"])
    dinner_at = models.TimeField("dinner", null=True, blank=True, default=USUAL["dinner_at"])
    sleeps_at = models.TimeField("goes to bed", default=USUAL["sleeps_at"])
    said_at = models.DateTimeField(editable=False)
    said_by_kind = models.CharField(max_length=20, editable=False)
    said_by_code = models.CharField(max_length=20, editable=False)

    history = HistoricalRecords(related_name="+")
    objects = DayRhythmQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Day of {self.patient}"
