"""Conditions by their ICD-10-CM code, and allergies. That there is none, and that nobody knows, can be said of both."""

from enum import StrEnum

from django.db import models
from django.db.models import F, Q

from patients.models.record import RecordEntry
from protocols.models.content import choices


class Presence(StrEnum):
    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return {
            "present": "Has it, or had it",
            "absent": "Looked for, and not there",
            "unknown": "Not known",
        }[self.value]


class Condition(RecordEntry):
    """One condition, by a leaf of ICD-10-CM with its title and the release that both were checked against.

    presence: present with a resolved_on is what somebody had. detail: what no code says, such as the grade.
    """

    icd10cm_code = models.CharField("ICD-10-CM code", max_length=10)
    title = models.CharField(max_length=255, editable=False)
    code_set_release = models.CharField("release of the codes", max_length=20, editable=False)
    presence = models.CharField(max_length=10, choices=choices(Presence), default=Presence.PRESENT.value)
    onset_on = models.DateField("since", null=True, blank=True, help_text="Leave empty if not known.")
    resolved_on = models.DateField("until", null=True, blank=True, help_text="Empty: not known, or not over.")
    detail = models.TextField(blank=True, help_text="What the code does not say, for example “Los Angeles grade B”.")

    class Meta(RecordEntry.Meta):
        constraints = [
            *RecordEntry.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(icd10cm_code="") & ~Q(title="") & ~Q(code_set_release=""),
                name="condition_has_code_title_and_release",
                violation_error_message="A condition has a code, its title, and the release they come from.",
            ),
            models.CheckConstraint(
                condition=Q(presence=Presence.PRESENT.value) | Q(onset_on__isnull=True, resolved_on__isnull=True),
                name="only_a_present_condition_has_dates",
                violation_error_message="Only a condition that the patient has or had has a first or last day.",
            ),
            models.CheckConstraint(
                condition=Q(onset_on__isnull=True) | Q(resolved_on__isnull=True) | Q(resolved_on__gte=F("onset_on")),
                name="condition_ends_after_it_began",
                violation_error_message="The last day is not before the first day.",
            ),
        ]
        indexes = [models.Index(fields=["patient", "icd10cm_code", "-as_of"], name="condition_of_patient")]


class AllergyAnswer(StrEnum):
    ALLERGY = "allergy"
    NONE_KNOWN = "none-known"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return {
            "allergy": "An allergy or intolerance",
            "none-known": "No allergies are known: asked, and none named",
            "unknown": "Not known: could not be asked",
        }[self.value]


class Severity(StrEnum):
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


class Allergy(RecordEntry):
    """One thing that a patient must not be given; or the answer that none is known, or that nobody knows."""

    answer = models.CharField(max_length=20, choices=choices(AllergyAnswer), default=AllergyAnswer.ALLERGY.value)
    substance = models.CharField(max_length=120, blank=True, help_text="What must not be given: “aspirin”.")
    reaction = models.CharField(max_length=200, blank=True, help_text="What happened. Empty: not known.")
    severity = models.CharField(
        max_length=10, blank=True, choices=choices(Severity), help_text="How bad it was. Empty: not known."
    )

    class Meta(RecordEntry.Meta):
        verbose_name_plural = "allergies"
        constraints = [
            *RecordEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(answer=AllergyAnswer.ALLERGY.value) & ~Q(substance="")
                | ~Q(answer=AllergyAnswer.ALLERGY.value) & Q(substance="", reaction="", severity=""),
                name="an_allergy_names_its_substance",
                violation_error_message="Name the substance, or choose that none is known and leave the rest empty.",
            ),
        ]
        indexes = [models.Index(fields=["patient", "-as_of"], name="allergy_of_patient")]
