"""What a patient says was taken. The schedule and what was really taken are two records; no row is “not recorded”."""

from typing import Any

from django.db import models
from django.db.models import Q

from patients.models.order import Order
from patients.models.plan import plan_seen_by


class IntakeQuerySet(models.QuerySet["Intake"]):
    def visible_to(self, user: Any) -> "IntakeQuerySet":
        return self.filter(plan_seen_by(user, path="order__plan__"))

    def standing(self) -> "IntakeQuerySet":
        """Recorded and not undone."""
        return self.filter(undone_at__isnull=True)


class Intake(models.Model):
    """One order taken at one time of one civil day. Undoing keeps the row and says when."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="intakes")
    taken_on = models.DateField()
    slot = models.CharField(max_length=20)
    recorded_at = models.DateTimeField()
    by_kind = models.CharField(max_length=20)
    by_code = models.CharField(max_length=20)
    undone_at = models.DateTimeField(null=True)
    undone_by_kind = models.CharField(max_length=20, blank=True)
    undone_by_code = models.CharField(max_length=20, blank=True)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        ordering = ["order", "taken_on", "slot"]
        constraints = [
            # A double tap, or a request sent again, counts once.
            models.UniqueConstraint(
                fields=["order", "taken_on", "slot"],
                condition=Q(undone_at__isnull=True),
                name="one_intake_per_order_day_and_slot",
            ),
        ]

    def __str__(self) -> str:
        return f"Intake of {self.taken_on}"
