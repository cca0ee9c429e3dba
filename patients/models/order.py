"""Something to take or do in a plan, in a window from one phase's start to the same or a later phase's end."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q

from clinics.codes import new_code
from clinics.models import Prescriber
from clinics.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from patients.models.people import staffed_by
from patients.models.plan import Plan, PlanPhase, plan_seen_by
from patients.models.taper import Taper
from protocols.domain.amount import Amount
from protocols.domain.order_states import OrderStanding, OrderStatus, StopReason, status_on
from protocols.domain.order_window import WAITS_FOR_TAPER
from protocols.domain.phases import PhaseStatus, PlanStatus
from protocols.domain.supplements import PrescribedBy, TaperTie
from protocols.domain.titration import Titration
from protocols.domain.window import Window, held_days
from protocols.models.content import OrderContent, choices, order_constraints

OPEN_STANDINGS = [standing.value for standing in OrderStanding if standing.is_open]
FOLLOWS_TAPER_ALONE = frozenset({TaperTie.DURING.value, TaperTie.WHILE_WATCHED.value})
"""Ties with which the phases of an order say nothing of its days."""


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, user: Any) -> "OrderQuerySet":
        """A patient does not see what was entered in error."""
        kept = staffed_by(user, path="plan__patient__") | ~Q(standing=OrderStanding.ENTERED_IN_ERROR.value)
        return self.filter(plan_seen_by(user, path="plan__") & kept)

    def current(self) -> "OrderQuerySet":
        """The newest version of each."""
        return self.filter(is_current=True)

    def prescriber_to_tell(self) -> "OrderQuerySet":
        """Ended without the prescriber's word, and nobody has written down yet that the prescriber was told."""
        return self.filter(prescriber_to_tell=True).exclude(standing=OrderStanding.ENTERED_IN_ERROR.value)

    def to_reckon(self) -> "OrderQuerySet":
        """With all that its dates, its status and its dose are reckoned from: three queries, however many there are."""
        return self.select_related("plan", "first_phase", "last_phase").prefetch_related("holds", "plan__holds")


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
    # Stopped for what happened, or ended with its phase or plan: somebody is still to tell the prescriber.
    prescriber_to_tell = models.BooleanField(default=False, editable=False)
    starts_on = models.DateField(
        "first day",
        null=True,
        blank=True,
        editable=False,
        help_text="Where it does not begin with its phase: the first day of this version, or a day chosen for it.",
    )
    # A finding of severity BLOCK stands against it: it is not taken until that is cleared.
    is_blocked = models.BooleanField(default=False, editable=False)
    # The civil date since which it is blocked. Days on which it was not taken do not count towards a higher dose.
    blocked_since = models.DateField(null=True, editable=False)
    prescriber = models.ForeignKey(
        Prescriber, models.PROTECT, null=True, blank=True, related_name="+", help_text="Who prescribes it."
    )
    taper = models.ForeignKey(Taper, models.PROTECT, null=True, blank=True, editable=False, related_name="tied_orders")
    # What its taper says of it, as `patients.services.orders.following` last read it. No first day: it waits.
    tied_from = models.DateField(null=True, editable=False)
    tied_until = models.DateField(null=True, editable=False)
    # “Every 2 days” is counted from here where an earlier version began it; else from the first day.
    counted_from = models.DateField(null=True, editable=False)
    # The stages of a slow start are counted from here where an earlier version began them; else from the first day.
    raised_from = models.DateField(null=True, editable=False)
    written_at = models.DateTimeField(null=True, editable=False)
    written_by_kind = models.CharField(max_length=20, blank=True, editable=False)
    written_by_code = models.CharField(max_length=20, blank=True, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "first_phase__position", "key", "number"]
        indexes = [
            # What rests, and on which last day it is over: looked at each minute.
            models.Index(fields=["ends_on"], condition=Q(is_current=True, standing="held"), name="order_rests_until"),
        ]
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
    def is_standing(self) -> bool:
        """Whether nobody has stopped it, left it out or marked it as entered in error."""
        return OrderStanding(self.standing).is_open

    @property
    def needs_amount(self) -> bool:
        return super().needs_amount and self.is_standing

    @property
    def is_prescribed(self) -> bool:
        """Whether it changes only by the word of whoever prescribes it."""
        return self.prescriber_id is not None or self.prescribed_by == PrescribedBy.PRESCRIBER.value

    @property
    def needs_prescriber(self) -> bool:
        """Whether nobody has said yet who prescribes it. Load the medicine with it."""
        if self.prescriber_id is not None or not self.is_standing:
            return False
        return self.is_prescribed or (self.medicine is not None and self.medicine.prescription_only is True)

    # --- Dates ----------------------------------------------------------------------------------------------

    @property
    def follows_taper_alone(self) -> bool:
        """Whether its days are those of the taper, whatever becomes of its phases."""
        return self.taper_tie in FOLLOWS_TAPER_ALONE

    def phases(self) -> list[PlanPhase]:
        """The phase it begins with and the one it ends with (often the same), without what was left out.

        If one of the two was left out, the order keeps to the other; if both were, there is nothing left of it.
        """
        named = [self.first_phase] if self.first_phase_id == self.last_phase_id else [self.first_phase, self.last_phase]
        return [phase for phase in named if phase.status != PhaseStatus.SKIPPED.value]

    @property
    def first_day(self) -> date | None:
        """So many days after the first of its phases has begun, or as its taper says; not before its own first day.

        None while it waits for its taper.
        """
        if self.taper_tie:
            begins = self.tied_from
        else:
            begins = (self.phases() or [self.first_phase])[0].starts_on + timedelta(days=self.starts_after_days)
        if begins is None or self.starts_on is None:
            return begins
        return max(begins, self.starts_on)

    @property
    def last_day(self) -> date | None:
        """The last day it is taken; None while there is no end in sight."""
        if self.follows_taper_alone:
            return min((day for day in (self.ends_on, self.tied_until) if day is not None), default=None)
        return self.ends_on or (self.phases() or [self.last_phase])[-1].ends_on

    @property
    def window(self) -> Window | None:
        """Its days; None while it waits for its taper, and where it ended before it began."""
        first, last = self.first_day, self.last_day
        if first is None or (last is not None and last < first):
            return None
        return Window(first, last)

    @property
    def waits(self) -> str:
        """Why it has no dates yet, in a sentence; empty where it has them."""
        return WAITS_FOR_TAPER if self.first_day is None else ""

    @property
    def is_end_said(self) -> bool:
        """Whether its last day is its own or its taper’s, and not the planned end of its phase."""
        return self.ends_on is not None or (self.follows_taper_alone and self.tied_until is not None)

    # --- What is so on a day --------------------------------------------------------------------------------

    def status_on(self, day: date) -> OrderStatus:
        """Planned, active, held, stopped, completed or entered in error. Load it by `to_reckon`."""
        phases = self.phases()
        if self.is_standing and not self.follows_taper_alone and not phases:
            return OrderStatus.STOPPED
        if self.is_standing and self._has_ended and self.last_day is not None and day > self.last_day:
            return OrderStatus.COMPLETED
        status = status_on(
            OrderStanding(self.standing),
            window=self.window,
            day=day,
            phases=[] if self.taper_tie else [PhaseStatus(phase.status) for phase in phases],
            is_end_said=self._has_ended,
        )
        rests = self.plan.status == PlanStatus.ON_HOLD.value
        return OrderStatus.HELD if rests and status is OrderStatus.ACTIVE else status

    @property
    def _has_ended(self) -> bool:
        """Whether its last day holds: somebody said it, the taper did, or its phase was finished on it."""
        if self.follows_taper_alone:
            return self.is_end_said
        phases = self.phases()
        return self.ends_on is not None or (bool(phases) and phases[-1].status == PhaseStatus.COMPLETED.value)

    def is_open_on(self, day: date, *, seen_on: date | None = None, despite_findings: bool = False) -> bool:
        """Whether its window is open that day: its phases have begun, and it neither rests nor has ended.

        Nothing stands open that a finding blocks, or that somebody held, stopped or left out. A phase past its planned
        last day is still lived until a person finishes it; so are its orders. An order rests while one of its phases
        is on hold and the other is not active. Load it by `to_reckon`.

        seen_on: that day is yet to come, and this is today. Then it is as planned: a phase that begins by itself has
        begun from its day on, and one whose last day is still to come is over after it. despite_findings: whether it
        would stand open if no finding blocked it.
        """
        phases = self.phases()
        first = self.first_day
        is_blocked = self.is_blocked and not despite_findings
        if not self.is_standing or is_blocked or first is None or day < first or self.is_held_on(day):
            return False
        last = self.last_day
        is_end_ahead = seen_on is not None and last is not None and seen_on <= last
        if (self._has_ended or is_end_ahead) and last is not None and day > last:
            return False
        if self.follows_taper_alone:
            return True
        if not phases:
            return False
        if phases[0].is_planned and not self.taper_tie and not (seen_on and phases[0].begins_by(day)):
            return False
        statuses = {phase.status for phase in phases}
        return bool(self.taper_tie) or PhaseStatus.ON_HOLD.value not in statuses or PhaseStatus.ACTIVE.value in statuses

    def is_held_on(self, day: date) -> bool:
        """Whether a person has it rest that day."""
        return any(window.contains(day) for window in self._held_windows())

    def is_due_on(self, day: date, *, seen_on: date | None = None) -> bool:
        """Whether it is taken or done that day: its window is open and its pattern says so.

        What is taken as needed is due on no day; `is_open_on` tells when it may be, and what `seen_on` is.
        """
        first = self.first_day
        if first is None or not self.is_open_on(day, seen_on=seen_on):
            return False
        return self.parsed_pattern.is_dose_day(day, first_day=self.counted_from or first)

    def amount_on(self, day: date) -> Amount | None:
        """What is taken each time on that day: less than the full amount while it is raised step by step.

        Days on which it rested do not count. Before its first day: what it begins with. None: nobody has decided yet.
        """
        full = self.amount
        if full is None or not self.titration:
            return full
        titration = Titration.parse(self.titration, full=full)
        first = self.first_day
        if first is None or day < first:
            return titration.stages[0].amount
        return titration.amount_on(day, first_day=self.raised_from or first, holds=self.rests(through=day))

    def rests(self, *, through: date) -> list[Window]:
        """The days up to that one on which it was not taken, because it, its phases or its plan rested."""
        return [*self._held_windows(), *self._blocked(), *self._with_its_plan(through)]

    def _held_windows(self) -> Iterator[Window]:
        return (window for hold in self.holds.all() if (window := hold.window) is not None)

    def _blocked(self) -> Iterator[Window]:
        if self.is_blocked and self.blocked_since is not None:
            yield Window(self.blocked_since, None)

    def _with_its_plan(self, through: date) -> Iterator[Window]:
        """Holds of the plan; and those of its phases, on the days on which neither of them was active."""
        held = [(hold.phase_id, window) for hold in self.plan.holds.all() if (window := hold.window) is not None]
        yield from (window for phase_id, window in held if phase_id is None)
        phases = [] if self.taper_tie else self.phases()
        for phase in phases:
            others = [other for other in phases if other.pk != phase.pk]
            for window in (window for phase_id, window in held if phase_id == phase.pk):
                if not others:
                    yield window
                    continue
                days = ((window.last or through) - window.first).days
                for day in (window.first + timedelta(days=ahead) for ahead in range(days + 1)):
                    if not any(_is_lived(other, day, held) for other in others):
                        yield Window(day, day)


def _is_lived(phase: PlanPhase, day: date, held: list[tuple[int | None, Window]]) -> bool:
    """Whether this phase was active that day: begun, not finished and not on hold."""
    if phase.is_planned or day < phase.starts_on:
        return False
    if not phase.is_open and phase.ends_on is not None and day > phase.ends_on:
        return False
    return not any(phase_id == phase.pk and window.contains(day) for phase_id, window in held)


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

    @property
    def is_open(self) -> bool:
        return self.resumed_on is None

    @property
    def window(self) -> Window | None:
        """The held days; None if there were none."""
        return held_days(self.first_day, self.resumed_on)


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
    # The patient’s civil date on which it was written down, wherever she lives by now.
    noted_on = models.DateField()
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
