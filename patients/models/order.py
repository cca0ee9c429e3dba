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

    def phases(self) -> list[PlanPhase]:
        """The phase it begins with and the one it ends with (often the same), without what was left out.

        If one of the two was left out, the order keeps to the other; if both were, there is nothing left of it.
        """
        named = [self.first_phase] if self.first_phase_id == self.last_phase_id else [self.first_phase, self.last_phase]
        return [phase for phase in named if phase.status != PhaseStatus.SKIPPED.value]

    @property
    def first_day(self) -> date:
        """The first day of the first of its phases."""
        return (self.phases() or [self.first_phase])[0].starts_on

    @property
    def last_day(self) -> date | None:
        """The last day it is taken; None while there is no end in sight."""
        return self.ends_on or (self.phases() or [self.last_phase])[-1].ends_on

    def is_open_on(self, day: date) -> bool:
        """Whether its window is open that day: its phases have begun, and it neither rests nor has ended.

        A phase past its planned last day is still lived until a person finishes it; so are its orders. An order rests
        while one of its phases is on hold and the other is not active.
        """
        phases = self.phases()
        if self.is_left_out or not phases or phases[0].is_planned or day < self.first_day:
            return False
        statuses = {phase.status for phase in phases}
        if PhaseStatus.ON_HOLD.value in statuses and PhaseStatus.ACTIVE.value not in statuses:
            return False
        ended = self.ends_on is not None or phases[-1].status == PhaseStatus.COMPLETED.value
        return not (ended and self.last_day is not None and day > self.last_day)

    def is_due_on(self, day: date) -> bool:
        """Whether it is taken or done that day: its window is open and its pattern says so.

        What is taken as needed is due on no day; `is_open_on` tells when it may be.
        """
        return self.is_open_on(day) and self.parsed_pattern.is_dose_day(day, first_day=self.first_day)
