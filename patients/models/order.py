"""Something to take or do in a plan, in a window from one phase's start to the same or a later phase's end."""

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q

from clinics.codes import new_code
from clinics.models import Prescriber
from clinics.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from patients.models.plan import Plan, PlanPhase, plan_seen_by
from patients.models.taper import Taper
from protocols.domain.order_states import OrderStanding, StopReason
from protocols.domain.phases import PhaseStatus
from protocols.models.content import OrderContent, choices, order_constraints

OPEN_STANDINGS = [standing.value for standing in OrderStanding if standing.is_open]


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, user: Any) -> "OrderQuerySet":
        return self.filter(plan_seen_by(user, path="plan__"))

    def current(self) -> "OrderQuerySet":
        """The newest version of each."""
        return self.filter(is_current=True)


class Order(OrderContent):
    """One version of one order: what is taken, how much, when, and who decides about it.

    Before the plan is activated an order is filled in; after that a change is a new row that `replaces` this one, so
    that what was once said stands as it was said. What is planned, active or completed follows from the window; what
    a person decided is `standing`.
    """

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

    number = models.PositiveIntegerField("version", default=1, editable=False)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, editable=False, related_name="replacement")
    # False once another version has replaced this one, from whichever day on.
    is_current = models.BooleanField(default=True, editable=False)
    standing = models.CharField(
        max_length=20, choices=choices(OrderStanding), default=OrderStanding.OPEN.value, editable=False
    )
    stop_reason = models.CharField(max_length=20, blank=True, choices=choices(StopReason), editable=False)
    starts_on = models.DateField(
        "first day",
        null=True,
        blank=True,
        editable=False,
        help_text="Where it does not begin with its phase: the first day of this version, or a day chosen for it.",
    )
    # A finding of severity BLOCK stands against it: it is not taken until that is cleared.
    is_blocked = models.BooleanField(default=False, editable=False)
    prescriber = models.ForeignKey(
        Prescriber, models.PROTECT, null=True, blank=True, related_name="+", help_text="Who prescribes it."
    )
    taper = models.ForeignKey(Taper, models.PROTECT, null=True, blank=True, editable=False, related_name="tied_orders")
    written_at = models.DateTimeField(null=True, editable=False)
    written_by_kind = models.CharField(max_length=20, blank=True, editable=False)
    written_by_code = models.CharField(max_length=20, blank=True, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "first_phase__position", "key", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "key"],
                condition=Q(is_current=True, standing__in=OPEN_STANDINGS),
                name="one_open_order_per_key",
                violation_error_message="This plan has that order already.",
            ),
            models.UniqueConstraint(fields=["plan", "key", "number"], name="one_order_per_key_and_version"),
            models.CheckConstraint(
                condition=Q(standing=OrderStanding.STOPPED.value) & ~Q(stop_reason="")
                | ~Q(standing=OrderStanding.STOPPED.value) & Q(stop_reason=""),
                name="a_stopped_order_says_why",
                violation_error_message="Say why it is stopped.",
            ),
            *order_constraints("order"),
        ]

    @property
    def is_left_out(self) -> bool:
        """Decided at activation: this patient does not take it. It stays in the plan as a record."""
        return self.standing == OrderStanding.LEFT_OUT.value

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
        """Its own first day if it has one; else so many days after the first of its phases has begun."""
        if self.starts_on is not None:
            return self.starts_on
        return (self.phases() or [self.first_phase])[0].starts_on + timedelta(days=self.starts_after_days)

    @property
    def last_day(self) -> date | None:
        """The last day it is taken; None while there is no end in sight."""
        return self.ends_on or (self.phases() or [self.last_phase])[-1].ends_on

    def is_open_on(self, day: date) -> bool:
        """Whether its window is open that day: its phases have begun, and it neither rests nor has ended.

        Nothing stands open that a finding blocks, or that somebody held, stopped or left out. A phase past its planned
        last day is still lived until a person finishes it; so are its orders. An order rests while one of its phases
        is on hold and the other is not active.
        """
        phases = self.phases()
        if self.standing != OrderStanding.OPEN.value or self.is_blocked:
            return False
        if not phases or phases[0].is_planned or day < self.first_day:
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


class OrderHold(models.Model):
    """Days on which an order rests, from `first_day` up to the day it was resumed, which is a day of it again."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="holds")
    first_day = models.DateField()
    resumed_on = models.DateField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["order", "first_day"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(resumed_on__isnull=True), name="one_open_hold_per_order"
            ),
            models.CheckConstraint(
                condition=Q(resumed_on__isnull=True) | Q(resumed_on__gte=F("first_day")),
                name="an_order_is_resumed_after_it_was_held",
            ),
        ]

    def __str__(self) -> str:
        return f"On hold from {self.first_day}"


class OrderStockQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user: Any) -> "OrderStockQuerySet":
        return self.filter(plan_seen_by(user, path="order__plan__"))


class OrderStock(AppendOnlyModel):
    """Units of a product that a patient has: what was bought that day, or what was counted at home."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="stocks")
    count = models.DecimalField(max_digits=9, decimal_places=2, help_text="In units of the product.")
    unit = models.CharField(max_length=20)
    is_all = models.BooleanField(help_text="Counted: this is all there is. If not, it came on top of the rest.")
    on = models.DateField(help_text="Before that day’s dose.")
    recorded_at = models.DateTimeField()
    by_kind = models.CharField(max_length=20)
    by_code = models.CharField(max_length=20)

    objects = OrderStockQuerySet.as_manager()

    class Meta:
        ordering = ["order", "on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(count__gte=0),
                name="an_order_stock_is_zero_or_more",
                violation_error_message="A count of units is zero or more.",
            ),
        ]

    def __str__(self) -> str:
        return f"Stock {self.code}"
