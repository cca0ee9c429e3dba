"""What a clinic may taper beyond PPIs and H2 blockers: what its licensed prescriber has enabled, by name."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from clinics.codes import new_code
from clinics.models import Clinic, Membership
from protocols.domain.medicines import MedicineClass
from protocols.models.catalogue import Medicine, MedicineQuerySet, MedicineStrength
from protocols.models.catalogue_rows import labelled


class EnabledSubstanceQuerySet(models.QuerySet["EnabledSubstance"]):
    def visible_to(self, user: Any) -> "EnabledSubstanceQuerySet":
        return self.filter(clinic__in=Membership.objects.of(user).values("clinic"))

    def in_force(self) -> "EnabledSubstanceQuerySet":
        return self.filter(ended_at__isnull=True)


class EnabledSubstance(models.Model):
    """One medicine, by its ingredient, that may become a taper in one clinic. It is ended, never deleted."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+")
    substance = models.CharField(max_length=120, help_text="The ingredient, in lower case.")
    medicine_class = models.CharField("class", max_length=20, choices=labelled(MedicineClass))
    prescriber_code = models.CharField(max_length=20, help_text="The licensed prescriber who enabled it.")
    enabled_at = models.DateTimeField()
    enabled_by_kind = models.CharField(max_length=20)
    enabled_by_code = models.CharField(max_length=20)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_kind = models.CharField(max_length=20, blank=True)
    ended_by_code = models.CharField(max_length=20, blank=True)

    objects = EnabledSubstanceQuerySet.as_manager()

    class Meta:
        ordering = ["clinic", "substance", "-enabled_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "substance", "medicine_class"],
                condition=Q(ended_at__isnull=True),
                name="one_enabling_in_force_per_substance",
                violation_error_message="This medicine is enabled already.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by_kind="") | Q(ended_at__isnull=False) & ~Q(ended_by_kind=""),
                name="an_ended_enabling_says_when_and_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.substance} · {self.clinic}"


def that_may_be_tapered_in(clinic: Clinic) -> MedicineQuerySet:
    """What may be chosen for a taper in this clinic: PPIs, H2 blockers and what was enabled by name.

    Only what has a strength or a liquid: of anything else no dose can be counted.
    """
    enabled = EnabledSubstance.objects.in_force().filter(
        clinic=clinic, substance=OuterRef("substance"), medicine_class=OuterRef("medicine_class")
    )
    strengths = MedicineStrength.objects.filter(medicine=OuterRef("pk"))
    acid = [each.value for each in MedicineClass if each.is_acid_suppressant]
    return Medicine.objects.available_to([clinic]).filter(
        Q(medicine_class__in=acid) | Exists(enabled), Q(liquid_value__isnull=False) | Exists(strengths)
    )


def may_be_tapered_in(clinic: Clinic, medicine: Medicine) -> bool:
    """Whether this medicine may be chosen for a new taper in this clinic."""
    return that_may_be_tapered_in(clinic).filter(pk=medicine.pk).exists()
