"""One patient's copy of one template version: the plan, its phases, their criteria, and days on hold."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q

from clinics.codes import new_code
from patients.models.people import Patient, seen_by, staffed_by
from protocols.domain.layout import AnchorKind, PhaseSpec, Window, lived_days
from protocols.domain.phases import EndReason, PhaseStatus, PlanStatus
from protocols.domain.window import held_days
from protocols.models import TemplateVersion
from protocols.models.content import CriterionContent, PhaseContent, choices, duration_constraint

RUNNING = [PlanStatus.ACTIVE.value, PlanStatus.ON_HOLD.value]


def plan_seen_by(user: Any, *, path: str = "") -> Q:
    """Plans of patients this user may see. `path` leads to the plan.

    A patient never sees what was never begun, such as a draft that was given up, nor what was entered in error.
    """
    shown = Q(**{f"{path}activated_at__isnull": False}) & ~Q(**{f"{path}status": PlanStatus.ENTERED_IN_ERROR.value})
    own = seen_by(user, path=f"{path}patient__") & shown
    return own | staffed_by(user, path=f"{path}patient__")


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, user: Any) -> "PlanQuerySet":
        return self.filter(plan_seen_by(user))

    def running(self) -> "PlanQuerySet":
        """Active or on hold: at most one per patient."""
        return self.filter(status__in=RUNNING)


class Plan(models.Model):
    """A copy of a template version for one patient. Changing the template changes no plan."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="plans")
    template_version = models.ForeignKey(TemplateVersion, models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(
        "clinics.User", models.PROTECT, related_name="+", help_text="Who is told, each morning, what is due."
    )
    title = models.CharField(max_length=120)
    status = models.CharField(
        max_length=20, choices=choices(PlanStatus), default=PlanStatus.DRAFT.value, editable=False
    )
    starts_on = models.DateField("first day", editable=False)
    activated_at = models.DateTimeField(null=True, editable=False)
    ended_on = models.DateField(null=True, editable=False)
    end_reason = models.CharField(max_length=20, blank=True, choices=choices(EndReason), editable=False)
    request_key = models.CharField(max_length=64, unique=True, editable=False)
    # Counts the moves. Whoever confirms a move says which revision was on the screen.
    revision = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by_kind = models.CharField(max_length=20, editable=False)
    created_by_code = models.CharField(max_length=20, editable=False)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(status__in=RUNNING),
                name="one_running_plan_per_patient",
                violation_error_message="This patient already has a plan that is active or on hold.",
            ),
        ]

    def __str__(self) -> str:
        return f"Plan {self.code}"

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING


class PlanPhase(PhaseContent):
    """One phase of one plan. `starts_on` and `ends_on` are planned until it starts or ends, then they are what was."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="phases")
    status = models.CharField(
        max_length=20, choices=choices(PhaseStatus), default=PhaseStatus.PLANNED.value, editable=False
    )
    starts_on = models.DateField("first day")
    ends_on = models.DateField("last day", null=True, blank=True)
    # The instant its first day begins where the patient lives, while it is to start by itself; else null. The sweep
    # finds what is due by this column alone.
    begins_at = models.DateTimeField(null=True, editable=False)
    # The patient’s date on which a move last let it begin sooner or end later than was planned: then more is taken.
    more_since = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="one_phase_per_key"),
            duration_constraint("phase_lasts_a_day"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="phase_ends_after_it_starts",
                violation_error_message="A phase cannot end before it starts.",
            ),
        ]
        indexes = [
            models.Index(fields=["begins_at"], condition=Q(begins_at__isnull=False), name="phase_due_to_begin"),
        ]

    @property
    def is_open(self) -> bool:
        """Started and not ended."""
        return self.status in {PhaseStatus.ACTIVE.value, PhaseStatus.ON_HOLD.value}

    @property
    def is_planned(self) -> bool:
        return self.status == PhaseStatus.PLANNED.value

    def begins_by(self, day: date) -> bool:
        """Whether, as things stand, it will have begun by that day without anybody starting it."""
        return self.is_planned and not self.starts_by_person and self.starts_on <= day

    @property
    def window(self) -> Window:
        return Window(self.starts_on, self.ends_on)

    def spec(self) -> PhaseSpec:
        return PhaseSpec(
            key=self.key,
            anchor=AnchorKind(self.anchor),
            anchor_phase=self.anchor_phase or None,
            offset_days=self.offset_days,
            duration_days=self.duration_days,
        )

    def held_windows(self) -> list[Window]:
        """Days that do not count for this phase: those of the plan and its own. Prefetch `plan__holds`."""
        windows = (hold.window for hold in self.plan.holds.all() if hold.phase_id in {None, self.pk})
        return [window for window in windows if window is not None]

    def day_number(self, today: date) -> int:
        """“Day n”: lived days that were not on hold, today included; 0 before the first day."""
        return lived_days(self.starts_on, today=min(today, self._last_counted(today)), holds=self.held_windows())

    def _last_counted(self, today: date) -> date:
        return self.ends_on if self.ends_on and not self.is_open else today


class Hold(models.Model):
    """Days that do not count, of a whole plan or of one phase: from `first_day` up to the day it was resumed.

    Resumed on the day it began, it held for no day at all.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="holds")
    phase = models.ForeignKey(PlanPhase, models.PROTECT, null=True, related_name="holds")
    first_day = models.DateField()
    resumed_on = models.DateField(null=True)

    class Meta:
        ordering = ["plan", "first_day"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(phase__isnull=True, resumed_on__isnull=True),
                name="one_open_hold_per_plan",
            ),
            models.UniqueConstraint(
                fields=["phase"], condition=Q(resumed_on__isnull=True), name="one_open_hold_per_phase"
            ),
            models.CheckConstraint(
                condition=Q(resumed_on__isnull=True) | Q(resumed_on__gte=F("first_day")),
                name="hold_is_resumed_after_it_starts",
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


class PlanCriterion(CriterionContent):
    """When this patient's phase may be finished, and whether a person has signed it off."""

    phase = models.ForeignKey(PlanPhase, models.PROTECT, related_name="criteria")
    signed_off_at = models.DateTimeField(null=True, editable=False)
    signed_off_by_kind = models.CharField(max_length=20, blank=True, editable=False)
    signed_off_by_code = models.CharField(max_length=20, blank=True, editable=False)

    class Meta:
        ordering = ["phase", "key"]
        constraints = [models.UniqueConstraint(fields=["phase", "key"], name="one_criterion_per_key")]
