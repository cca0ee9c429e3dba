"""Results of laboratory and breath tests, with those that are still awaited."""

from enum import StrEnum

from django.db import models
from django.db.models import Q

from patients.models.record import RecordEntry
from protocols.models.content import choices


class CodeSystem(StrEnum):
    LOINC = "loinc"
    LOCAL = "local"

    @property
    def label(self) -> str:
        return {"loinc": "LOINC", "local": "Code of the clinic"}[self.value]


class LabStatus(StrEnum):
    PENDING = "pending"
    FINAL = "final"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return {
            "pending": "Awaited",
            "final": "The result is there",
            "unknown": "It was done; the result is not known",
        }[self.value]


class Comparator(StrEnum):
    EQUAL = "="
    BELOW = "<"
    ABOVE = ">"

    @property
    def label(self) -> str:
        return {"=": "is", "<": "is below", ">": "is above"}[self.value]


_NO_RESULT = Q(comparator="", value__isnull=True, unit="", text="")


class LabResult(RecordEntry):
    """One test: a number with its unit, a word such as “negative”, or nothing yet.

    unit: UCUM, as the laboratory wrote it. comparator: other than "=" where the laboratory gives a limit of its method.
    collected_on: the civil date of the sample; None while it is not taken, or where nobody knows.
    """

    lab_code = models.CharField("code", max_length=20)
    code_system = models.CharField(max_length=10, choices=choices(CodeSystem), editable=False)
    title = models.CharField("test", max_length=120)
    status = models.CharField(max_length=10, choices=choices(LabStatus), default=LabStatus.FINAL.value)
    comparator = models.CharField(max_length=1, blank=True, choices=choices(Comparator))
    value = models.DecimalField(max_digits=15, decimal_places=6, null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    text = models.CharField("result in words", max_length=200, blank=True)
    collected_on = models.DateField("sample taken on", null=True, blank=True)

    class Meta(RecordEntry.Meta):
        verbose_name = "result"
        constraints = [
            *RecordEntry.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(lab_code="") & ~Q(title=""),
                name="lab_result_has_code_and_title",
                violation_error_message="A result says which test it is.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[LabStatus.PENDING.value, LabStatus.UNKNOWN.value]) & _NO_RESULT
                | Q(status=LabStatus.FINAL.value, collected_on__isnull=False, value__isnull=False, text="")
                & ~Q(unit="")
                & ~Q(comparator="")
                | Q(status=LabStatus.FINAL.value, collected_on__isnull=False)
                & Q(comparator="", value__isnull=True, unit="")
                & ~Q(text=""),
                name="lab_result_is_number_word_or_awaited",
                violation_error_message="A result has the day of its sample and either a number with its unit "
                "or a word. One that is awaited, or not known, has neither.",
            ),
        ]
        indexes = [models.Index(fields=["patient", "lab_code", "-collected_on"], name="lab_result_of_patient")]
