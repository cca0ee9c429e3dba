"""The append-only history of statuses: who moved what, from where to where, when and why."""

from typing import Any

from django.db import models

from clinics.models.append_only import AppendOnly
from patients.models.order import Order
from patients.models.people import staffed_by
from patients.models.plan import Plan, PlanPhase
from patients.models.taper import Taper
from protocols.domain.phases import EndReason
from protocols.models.content import choices


class TransitionQuerySet(models.QuerySet["Transition"]):
    def visible_to(self, user: Any) -> "TransitionQuerySet":
        """For staff: the reasons are written among colleagues."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(staffed_by(user, path="plan__patient__"))

    def update(self, **kwargs: Any) -> int:
        raise AppendOnly

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly


class Transition(models.Model):
    """One move of a plan, of one of its phases or orders, or of a taper, written in the transaction that made it.

    On PostgreSQL a trigger refuses any later change; on SQLite the model does.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="transitions")
    phase = models.ForeignKey(PlanPhase, models.PROTECT, null=True, related_name="transitions")
    taper = models.ForeignKey(Taper, models.PROTECT, null=True, related_name="transitions")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="transitions")
    move = models.CharField(max_length=20)
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    end_reason = models.CharField(max_length=20, blank=True, choices=choices(EndReason))
    details = models.JSONField(default=dict, help_text="Dates before and after, and what else the move decided.")
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=20)
    by_code = models.CharField(max_length=20)
    by_roles = models.CharField(max_length=80, blank=True)
    by_clinic = models.CharField(max_length=10, blank=True)
    by_user = models.ForeignKey("clinics.User", models.PROTECT, null=True, related_name="+")

    objects = TransitionQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.move} of {self.taper or self.order or self.phase or self.plan}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly
