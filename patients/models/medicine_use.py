"""What a patient takes, apart from what a plan orders; and whether anybody asked if that is all."""

from decimal import Decimal
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from patients.models.record import RecordEntry, SourceKind, source_in_words
from protocols.domain.amount import Amount, AmountError, Unit
from protocols.domain.medicines import MedicineClass
from protocols.domain.pattern import Pattern, PatternError
from protocols.domain.slots import Slot
from protocols.models import Medicine
from protocols.models.content import amount_constraint, choices


class MedicineUse(RecordEntry):
    """One medicine as it is taken: how much at each time, when, since when, why, and who prescribes it.

    medicine: a row of the catalogue, whose name, substance and class stand here too; None for what was only named.
    medicine_class: empty if nobody knows what it is. pattern: empty if not known. until: the last day, None while it
    is taken. is_bought_without_prescription: None if not known; prescriber: None if it is nobody's, or not known.
    The end_ columns say who said that it was stopped, if that was written down later than the rest.
    """

    medicine = models.ForeignKey(Medicine, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120, blank=True, help_text="If it is not in the list: its name.")
    substance = models.CharField(max_length=120, editable=False)
    medicine_class = models.CharField("class", max_length=20, blank=True, choices=choices(MedicineClass))
    amount_value = models.DecimalField(
        "amount",
        max_digits=15,
        decimal_places=6,
        null=True,
        blank=True,
        help_text="Each time. Empty: not known.",
    )
    amount_unit = models.CharField("unit", max_length=20, blank=True, choices=choices(Unit))
    pattern = models.CharField(
        "how often",
        max_length=60,
        blank=True,
        help_text="daily · every 2 days · weekdays mon,thu · as needed. Empty: not known.",
    )
    times_of_day = models.JSONField(default=list, blank=True)
    directions = models.CharField(
        max_length=200, blank=True, help_text="What the fields above cannot say, for example two different amounts."
    )
    since = models.DateField(null=True, blank=True, help_text="The first day. Empty: not known.")
    until = models.DateField(null=True, blank=True, help_text="The last day. Empty: it is still taken.")
    indication = models.CharField(max_length=200, blank=True, help_text="Why it is taken. Empty: not known.")
    indication_code = models.CharField("ICD-10-CM code of the reason", max_length=10, blank=True)
    prescriber = models.ForeignKey(
        "clinics.Prescriber", models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: not known."
    )
    is_bought_without_prescription = models.BooleanField(
        "bought without prescription", null=True, blank=True, help_text="Empty: not known."
    )
    end_recorded_at = models.DateTimeField(null=True, editable=False)
    end_by_kind = models.CharField(max_length=20, blank=True, editable=False)
    end_by_code = models.CharField(max_length=20, blank=True, editable=False)
    end_source_kind = models.CharField(max_length=20, blank=True, choices=choices(SourceKind), editable=False)
    end_source_note = models.CharField(max_length=200, blank=True, editable=False)

    class Meta(RecordEntry.Meta):
        verbose_name = "medicine"
        constraints = [
            *RecordEntry.Meta.constraints,
            amount_constraint("medicine_use_amount_has_unit"),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(substance=""),
                name="medicine_use_is_named",
                violation_error_message="Choose the medicine, or write its name.",
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                name="medicine_use_ends_after_it_began",
                violation_error_message="The last day is not before the first day.",
            ),
            models.CheckConstraint(
                condition=Q(prescriber__isnull=True) | Q(is_bought_without_prescription=False),
                name="what_is_prescribed_is_not_bought_without",
                violation_error_message="Either somebody prescribes it, or it is bought without a prescription.",
            ),
            models.CheckConstraint(
                condition=Q(end_recorded_at__isnull=True, end_by_kind="", end_by_code="", end_source_kind="")
                | Q(end_recorded_at__isnull=False, until__isnull=False)
                & ~Q(end_by_kind="")
                & ~Q(end_by_code="")
                & ~Q(end_source_kind=""),
                name="medicine_use_end_says_who_and_from_where",
                violation_error_message="An end that was written down later has a last day, a source and a name.",
            ),
        ]
        indexes = [models.Index(fields=["patient", "medicine_class", "until"], name="medicine_use_of_patient")]

    def clean(self) -> None:
        super().clean()
        errors: dict[str, str] = {}
        try:
            self.pattern = str(Pattern.parse(self.pattern)) if self.pattern.strip() else ""
        except PatternError as error:
            errors["pattern"] = str(error)
        unknown = [str(name) for name in self.times_of_day if name not in set(Slot)]
        if unknown:
            errors["times_of_day"] = f"No such time of day: {', '.join(unknown)}."
        elif len(set(self.times_of_day)) != len(self.times_of_day):
            errors["times_of_day"] = "A time of day stands there twice."
        if (self.amount_value is None) != (self.amount_unit == ""):
            errors["amount_value"] = "An amount needs a number and a unit, or neither."
        elif self.amount_value is not None:
            try:
                Amount(Decimal(self.amount_value), Unit(self.amount_unit))
            except AmountError as error:
                errors["amount_value"] = str(error)
        if errors:
            raise ValidationError(errors)

    @property
    def amount(self) -> Amount | None:
        """What is taken each time; None if nobody knows."""
        return None if self.amount_value is None else Amount(self.amount_value, Unit(self.amount_unit))

    @property
    def known_class(self) -> MedicineClass | None:
        return MedicineClass(self.medicine_class) if self.medicine_class else None

    @property
    def parsed_pattern(self) -> Pattern | None:
        """On which days it is taken; None if nobody knows."""
        return Pattern.parse(self.pattern) if self.pattern else None

    @property
    def is_prn(self) -> bool:
        """Whether it is taken as needed; False also if nobody knows."""
        return self.parsed_pattern is not None and self.parsed_pattern.is_as_needed

    @property
    def slots(self) -> list[Slot]:
        return list(Slot.ordered(Slot(name) for name in self.times_of_day))

    @property
    def end_source_words(self) -> str:
        return source_in_words(self.end_source_kind, self.end_source_note)


class ReviewAnswer(StrEnum):
    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    NOT_ASKED = "not-asked"

    @property
    def label(self) -> str:
        return {
            "complete": "Asked, and the list is complete: nothing else is taken",
            "incomplete": "Asked, but it is not certain that this is all",
            "not-asked": "Not asked",
        }[self.value]


class MedicineReview(RecordEntry):
    """Whether anything else is taken: without a complete answer, what is not on the list is unknown, not absent."""

    answer = models.CharField(max_length=20, choices=choices(ReviewAnswer))

    class Meta(RecordEntry.Meta):
        verbose_name = "review of medicines"
        verbose_name_plural = "reviews of medicines"
        indexes = [models.Index(fields=["patient", "-as_of"], name="medicine_review_of_patient")]
