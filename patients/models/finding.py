"""What a safety rule says about a plan, and what people decided about it."""

from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Q

from clinics.codes import new_code
from clinics.models import Membership, Prescriber
from clinics.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from patients.models.people import staffed_by
from patients.models.plan import Plan
from patients.models.signing import Door
from protocols.domain.safety_rules import Severity
from protocols.models.content import choices


class FindingStatus(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    OVERRIDDEN = "overridden"
    RESOLVED = "resolved"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, user: Any) -> "FindingQuerySet":
        """For staff: findings are written for clinicians, and patients read the clinic’s words."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(staffed_by(user, path="plan__patient__"))

    def standing(self) -> "FindingQuerySet":
        """Those whose facts are still so."""
        return self.exclude(status=FindingStatus.RESOLVED.value)

    def waiting(self) -> "FindingQuerySet":
        """Those on which somebody has to decide: undecided, grave, or hours apart that the timetable does not keep."""
        grave = Q(severity__in=[Severity.BLOCK.value, Severity.WARN.value])
        return self.undecided().filter(grave | Q(severity=Severity.SPACE.value, is_kept=False))

    def undecided(self) -> "FindingQuerySet":
        return self.filter(status=FindingStatus.OPEN.value)


class Finding(models.Model):
    """One rule and one set of facts of one plan: one row for ever, whose status comes and goes with the facts.

    What was acknowledged or overridden is so again when the same facts come back. about: names of substances, then
    condition codes; subjects: the codes of the orders, medicines in use and tapers that it is about; stops: the codes
    of the orders that a BLOCK stops. first_day: the first civil date on which it is so. spacing: for SPACE, what is to
    be how many hours apart. proposal: what is proposed, for one change at a time.
    """

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="findings")
    rule = models.CharField(max_length=20)
    part = models.CharField(max_length=40, blank=True)
    rule_version = models.CharField(max_length=20)
    facts_key = models.CharField(max_length=64)
    severity = models.CharField(max_length=10, choices=choices(Severity))
    about = models.JSONField(default=list)
    subjects = models.JSONField(default=list)
    stops = models.JSONField(default=list)
    text = models.TextField()
    patient_text = models.TextField(blank=True)
    cite = models.TextField()
    year = models.PositiveSmallIntegerField(null=True)
    mark = models.CharField(max_length=10)
    first_day = models.DateField()
    spacing = models.JSONField(null=True)
    # Of SPACE: the timetable of the day keeps these hours, so nobody has to be told.
    is_kept = models.BooleanField(default=False)
    proposal = models.JSONField(null=True)
    status = models.CharField(max_length=20, choices=choices(FindingStatus), default=FindingStatus.OPEN.value)
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    # What was decided about these facts; it stays while the finding is resolved, and counts when they come back.
    decision = models.CharField(max_length=20, blank=True, choices=choices(FindingStatus))
    decided_at = models.DateTimeField(null=True)
    decided_because = models.TextField(blank=True)
    decided_by_kind = models.CharField(max_length=20, blank=True)
    decided_by_code = models.CharField(max_length=20, blank=True)
    decided_by_user = models.ForeignKey("clinics.User", models.PROTECT, null=True, related_name="+")
    decided_by_prescriber = models.ForeignKey(Prescriber, models.PROTECT, null=True, related_name="+")
    # How and when the prescriber said it, where a practitioner wrote it down.
    said_through = models.CharField(max_length=20, blank=True, choices=choices(Door))
    said_on = models.DateField(null=True)
    # Counts what became of it. Whoever decides says which revision was on the screen.
    revision = models.PositiveIntegerField(default=0)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "rule", "part", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "rule", "part", "facts_key"], name="one_finding_per_rule_and_set_of_facts"
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True, decided_because="", decided_by_kind="")
                | Q(decision__in=[FindingStatus.ACKNOWLEDGED.value, FindingStatus.OVERRIDDEN.value])
                & Q(decided_at__isnull=False)
                & ~Q(decided_because="")
                & ~Q(decided_by_kind=""),
                name="a_decided_finding_says_who_when_and_why",
                violation_error_message="Say why.",
            ),
            models.CheckConstraint(
                condition=~Q(decision=FindingStatus.OVERRIDDEN.value) | Q(decided_by_prescriber__isnull=False),
                name="an_override_names_its_prescriber",
            ),
        ]
        indexes = [
            models.Index(fields=["plan"], condition=~Q(status="resolved"), name="finding_standing"),
        ]

    def __str__(self) -> str:
        return f"Finding {self.code}"

    @property
    def standing_status(self) -> FindingStatus:
        """Its status while its facts are so: what was decided about them, or open."""
        return FindingStatus(self.decision) if self.decision else FindingStatus.OPEN

    @property
    def is_decided(self) -> bool:
        return self.status in {FindingStatus.ACKNOWLEDGED.value, FindingStatus.OVERRIDDEN.value}


class FindingChangeQuerySet(AppendOnlyQuerySet):
    def visible_to(self, user: Any) -> "FindingChangeQuerySet":
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(staffed_by(user, path="finding__plan__patient__"))


class FindingChange(AppendOnlyModel):
    """One line of a finding’s history: opened, acknowledged, overridden, resolved, come back."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="changes")
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=20)
    by_code = models.CharField(max_length=20)
    by_user = models.ForeignKey("clinics.User", models.PROTECT, null=True, related_name="+")

    objects = FindingChangeQuerySet.as_manager()

    class Meta:
        ordering = ["finding", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.to_status} of {self.finding}"


class SafetyCheck(models.Model):
    """When a plan was last put before the rules, with which edition of them, and what they could not say.

    looks_at: the instant at which it is to be looked at again, because a date will have come; null: when something
    changes. totals: what is taken a day of each nutrient, with its limit. not_checked: substances that no rule knows,
    and what unknown facts leave undecided.
    """

    plan = models.OneToOneField(Plan, models.PROTECT, related_name="safety_check")
    checked_at = models.DateTimeField()
    edition = models.CharField(max_length=120)
    totals = models.JSONField(default=list)
    not_checked = models.JSONField(default=list)
    looks_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["looks_at"], condition=Q(looks_at__isnull=False), name="safety_check_due"),
            models.Index(fields=["edition"], name="safety_check_edition"),
        ]

    def __str__(self) -> str:
        return f"Safety check of {self.plan}"


class SafetyRoundQuerySet(models.QuerySet["SafetyRound"]):
    def visible_to(self, user: Any) -> "SafetyRoundQuerySet":
        return self.filter(clinic__in=Membership.objects.of(user).values("clinic"))


class SafetyRound(models.Model):
    """All running plans of a clinic put before a new edition of the rules: how far it has come."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="+")
    edition = models.CharField(max_length=120)
    plans = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    # The last plan that was looked at: those after it are still to come.
    cursor = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = SafetyRoundQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "edition"], name="one_round_per_clinic_and_edition"),
        ]

    def __str__(self) -> str:
        return f"Round {self.code}"
