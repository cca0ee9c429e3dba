"""What a clinic decided about a safety rule: that it counts here with this source, or that it does not.

The rules themselves are shipped data (`protocols/packs/safety_rules.toml`), the same for every clinic.
"""

from typing import Any

from django.db import models
from django.db.models import Q

from clinics.codes import new_code
from clinics.models import Clinic, Membership
from protocols.domain.sources import HowRead
from protocols.models.content import choices


class SafetyRuleReviewQuerySet(models.QuerySet["SafetyRuleReview"]):
    def visible_to(self, user: Any) -> "SafetyRuleReviewQuerySet":
        return self.filter(clinic__in=Membership.objects.of(user).values("clinic"))

    def in_force(self) -> "SafetyRuleReviewQuerySet":
        return self.filter(ended_at__isnull=True)


class SafetyRuleReview(models.Model):
    """One decision of one clinic about one part of a rule. It is ended by the next one, never changed.

    rule, part: as the shipped rules name them. rule_version: the version that was read. To count, a part that ships
    disabled needs a source that somebody read; to count no longer, it needs a reason.
    """

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+")
    rule = models.CharField(max_length=20)
    part = models.CharField(max_length=40, blank=True)
    rule_version = models.CharField(max_length=20)
    is_enabled = models.BooleanField("counts in this clinic")
    cite = models.TextField("source", blank=True, help_text="Where it was read, as it would be cited.")
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    how_read = models.CharField(max_length=10, blank=True, choices=choices(HowRead))
    reason = models.TextField(blank=True)
    reviewed_on = models.DateField(editable=False)
    reviewed_at = models.DateTimeField(editable=False)
    reviewed_by_kind = models.CharField(max_length=20, editable=False)
    reviewed_by_code = models.CharField(max_length=20, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by_kind = models.CharField(max_length=20, blank=True, editable=False)
    ended_by_code = models.CharField(max_length=20, blank=True, editable=False)

    objects = SafetyRuleReviewQuerySet.as_manager()

    class Meta:
        ordering = ["clinic", "rule", "part", "-reviewed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "rule", "part"],
                condition=Q(ended_at__isnull=True),
                name="one_review_in_force_per_part_of_a_rule",
            ),
            models.CheckConstraint(
                condition=Q(is_enabled=False) & ~Q(reason="")
                | Q(is_enabled=True, year__isnull=False, how_read__in=[HowRead.PRIMARY.value, HowRead.SECONDARY.value])
                & ~Q(cite=""),
                name="a_rule_counts_only_with_a_source",
                violation_error_message="A rule counts only with a source that somebody read, and its year; to let it "
                "count no longer, say why.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.part}".strip()
