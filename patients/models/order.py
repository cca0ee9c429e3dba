"""Something to take or do in a plan, in a window from one phase's start to the same or a later phase's end."""

from datetime import date
from typing import Any

from django.db import models

from clinics.codes import new_code
from patients.models.plan import Plan, PlanPhase, plan_seen_by
from protocols.domain.phases import PhaseStatus
from protocols.models.content import OrderContent, amount_constraint


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, user: Any) -> "OrderQuerySet":
        return self.filter(plan_seen_by(user, path="plan__"))


class Order(OrderContent):
    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="orders")
    first_phase = models.ForeignKey(PlanPhase, models.PROTECT, related_name="orders_that_start")
    last_phase = models.ForeignKey(PlanPhase, models.PROTECT, related_name="orders_that_end")
    ends_on = models.DateField(
        "last day",
        null=True,
        blank=True,
        editable=False,
        help_text="Said when its phase was finished: how long it goes on. Empty: with its phase.",
    )

    is_left_out = models.BooleanField(
        default=False,
        editable=False,
        help_text="Decided at activation: this patient does not take it. It stays in the plan as a record.",
    )

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "first_phase__position", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "key"],
                name="one_order_per_key",
                violation_error_message="This plan has that order already.",
            ),
            amount_constraint("order_amount_has_unit"),
        ]

    @property
    def needs_amount(self) -> bool:
        return super().needs_amount and not self.is_left_out

    @property
    def first_day(self) -> date:
        return self.first_phase.starts_on

    @property
    def last_day(self) -> date | None:
        """The last day it is taken; None while there is no end in sight."""
        return self.ends_on or self.last_phase.ends_on

    def is_open_on(self, day: date) -> bool:
        """Whether its window is open that day: its phase has begun, and it neither rests nor has ended.

        A phase past its planned last day is still lived until a person finishes it; so are its orders. While its
        phase is on hold an order rests.
        """
        if self.is_left_out:
            return False
        if self.first_phase.status in {PhaseStatus.PLANNED.value, PhaseStatus.SKIPPED.value} or day < self.first_day:
            return False
        if self.last_phase.status == PhaseStatus.ON_HOLD.value:
            return False
        ended = self.ends_on is not None or (not self.last_phase.is_open and not self.last_phase.is_planned)
        return not (ended and self.last_day is not None and day > self.last_day)

    def is_due_on(self, day: date) -> bool:
        """Whether it is taken or done that day: its window is open and its pattern says so.

        What is taken as needed is due on no day; `is_open_on` tells when it may be.
        """
        return self.is_open_on(day) and self.parsed_pattern.is_dose_day(day, first_day=self.first_day)
