"""What the clinic does for a kind of patient: a template, its numbered versions, and their parts."""

from collections.abc import Collection
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Q

from clinics.codes import new_code
from clinics.models import Clinic, Membership
from protocols.domain.layout import AnchorKind, PhaseSpec
from protocols.models.content import (
    CriterionContent,
    OrderContent,
    PhaseContent,
    duration_constraint,
    order_constraints,
)


class VersionStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class Frozen(Exception):
    """Somebody tried to change a published version."""

    def __init__(self) -> None:
        super().__init__("A published version never changes. Start a new draft from it instead.")


class ProtocolTemplateQuerySet(models.QuerySet["ProtocolTemplate"]):
    def visible_to(self, user: Any) -> "ProtocolTemplateQuerySet":
        return self.filter(clinic__in=Membership.objects.of(user).values("clinic"))


class ProtocolTemplate(models.Model):
    """The identity that versions share. It belongs to one clinic."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    pack = models.CharField(max_length=80, blank=True, editable=False, help_text="The shipped pack that it came from.")

    objects = ProtocolTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "pack"], condition=~Q(pack=""), name="one_template_per_clinic_and_pack"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class TemplateVersionQuerySet(models.QuerySet["TemplateVersion"]):
    def visible_to(self, user: Any) -> "TemplateVersionQuerySet":
        return self.filter(template__clinic__in=Membership.objects.of(user).values("clinic"))

    def published(self) -> "TemplateVersionQuerySet":
        """What may be assigned."""
        return self.filter(status=VersionStatus.PUBLISHED.value)


class TemplateVersion(models.Model):
    """One version: a draft that is edited, then published and frozen for ever."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    template = models.ForeignKey(ProtocolTemplate, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(editable=False)
    status = models.CharField(
        max_length=10,
        choices=[(status.value, status.label) for status in VersionStatus],
        default=VersionStatus.DRAFT.value,
        editable=False,
    )
    summary = models.TextField(help_text="For practitioners: whom this is for and how it goes.")
    pack_version = models.CharField(max_length=40, blank=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by_kind = models.CharField(max_length=20, editable=False)
    created_by_code = models.CharField(max_length=20, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    published_by_kind = models.CharField(max_length=20, blank=True, editable=False)
    published_by_code = models.CharField(max_length=20, blank=True, editable=False)

    objects = TemplateVersionQuerySet.as_manager()

    class Meta:
        ordering = ["template", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["template"],
                condition=Q(status="draft"),
                name="one_draft_per_template",
                violation_error_message="This protocol already has a draft.",
            ),
            models.CheckConstraint(
                condition=Q(status="draft", published_at__isnull=True)
                | ~Q(status="draft") & Q(published_at__isnull=False),
                name="published_versions_say_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template.title}, version {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            self.require_drafts({self.pk})
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self.require_drafts({self.pk})
        return super().delete(*args, **kwargs)

    @classmethod
    def require_drafts(cls, pks: Collection[int]) -> None:
        """Raise `Frozen` unless all of these are drafts.

        Read anew: an object loaded before the publication still calls itself a draft.
        """
        if cls.objects.filter(pk__in=pks).exclude(status=VersionStatus.DRAFT.value).exists():
            raise Frozen

    @property
    def is_draft(self) -> bool:
        return self.status == VersionStatus.DRAFT.value

    def specs(self) -> list[PhaseSpec]:
        """The phases as the layout understands them, in their order."""
        return [phase.spec() for phase in self.phases.all()]


class PartOfVersion(models.Model):
    """A part of a version: it changes only while the version is a draft.

    On PostgreSQL a trigger says the same to whoever goes round the model.
    """

    class Meta:
        abstract = True

    def owning_version(self) -> TemplateVersion:
        raise NotImplementedError

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._require_draft()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._require_draft()
        return super().delete(*args, **kwargs)

    def _require_draft(self) -> None:
        """Refuse to change a part of a published version, to add one to it, or to move one out of it."""
        owners = {self.owning_version().pk}
        stored = None if self.pk is None else type(self)._base_manager.filter(pk=self.pk).first()
        if stored is not None:
            owners.add(stored.owning_version().pk)
        TemplateVersion.require_drafts(owners)


class PhaseTemplate(PartOfVersion, PhaseContent):
    version = models.ForeignKey(TemplateVersion, models.CASCADE, related_name="phases")

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "key"],
                name="one_phase_template_per_key",
                violation_error_message="Two phases of this version have the same key.",
            ),
            duration_constraint("phase_template_lasts_a_day"),
        ]

    def owning_version(self) -> TemplateVersion:
        return self.version

    def spec(self) -> PhaseSpec:
        return PhaseSpec(
            key=self.key,
            anchor=AnchorKind(self.anchor),
            anchor_phase=self.anchor_phase or None,
            offset_days=self.offset_days,
            duration_days=self.duration_days,
        )


class OrderTemplate(PartOfVersion, OrderContent):
    version = models.ForeignKey(TemplateVersion, models.CASCADE, related_name="orders")
    first_phase = models.ForeignKey(
        PhaseTemplate, models.CASCADE, related_name="orders_that_start", help_text="Begins with this phase."
    )
    last_phase = models.ForeignKey(
        PhaseTemplate, models.CASCADE, related_name="orders_that_end", help_text="Ends with this phase."
    )

    class Meta:
        ordering = ["version", "first_phase__position", "key"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="one_order_template_per_key"),
            *order_constraints("order_template"),
        ]

    def owning_version(self) -> TemplateVersion:
        return self.version


class CriterionTemplate(PartOfVersion, CriterionContent):
    phase = models.ForeignKey(PhaseTemplate, models.CASCADE, related_name="criteria")

    class Meta:
        ordering = ["phase", "key"]
        constraints = [models.UniqueConstraint(fields=["phase", "key"], name="one_criterion_template_per_key")]

    def owning_version(self) -> TemplateVersion:
        return self.phase.version
