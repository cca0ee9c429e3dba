"""What a template's phase and a patient's phase have in common, and likewise their orders and criteria.

A plan is a copy of a template, so both sides carry the same columns; they stand here once, and a copy is a loop over
`copied_fields`.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from protocols.domain.amount import Amount, AmountError, Unit
from protocols.domain.contents import ContentsError, contents_of_dose
from protocols.domain.layout import AnchorKind
from protocols.domain.pattern import Pattern, PatternError
from protocols.domain.phases import PhaseKind
from protocols.domain.readiness import CriterionError, check_criterion
from protocols.domain.slots import Slot
from protocols.domain.supplements import PrescribedBy, TaperTie
from protocols.domain.titration import Titration, TitrationError


class EvidenceGrade(StrEnum):
    """How well trials support it: consistent, few or mixed, uncontrolled or mechanism only, none."""

    GOOD = "good"
    LIMITED = "limited"
    WEAK = "weak"
    NONE = "none"

    @property
    def label(self) -> str:
        return {
            "good": "Good: consistent controlled trials",
            "limited": "Limited: few or mixed trials",
            "weak": "Weak: uncontrolled studies or mechanism only",
            "none": "None",
        }[self.value]


class ItemKind(StrEnum):
    SUPPLEMENT = "supplement"
    MEDICINE = "medicine"
    DIET = "diet"
    TEST = "test"
    PRACTICE = "practice"

    @property
    def is_taken(self) -> bool:
        """Whether it is swallowed, so that it needs an amount."""
        return self in {ItemKind.SUPPLEMENT, ItemKind.MEDICINE}


def choices(enum: type[StrEnum]) -> list[tuple[str, str]]:
    """Plain strings for the columns: an enum in `choices` would be written into migrations by its module path."""
    return [(item.value, getattr(item, "label", item.value.capitalize())) for item in enum]


class Evidenced(models.Model):
    """A claim and what stands behind it."""

    evidence = models.CharField("evidence grade", max_length=10, choices=choices(EvidenceGrade))
    source = models.TextField(blank=True, help_text="Where this was read, as it would be cited.")

    class Meta:
        abstract = True


class PhaseContent(Evidenced):
    """One phase as written down: what it is for, what it teaches, when it begins and how long it lasts."""

    key = models.SlugField(max_length=40, help_text="How other phases name it, for example “remove”.")
    kind = models.CharField(max_length=20, choices=choices(PhaseKind))
    position = models.PositiveSmallIntegerField(help_text="The order in which phases are listed.")
    title = models.CharField(max_length=80)
    purpose = models.TextField(help_text="One or two sentences: why this phase.")
    teaching = models.TextField(blank=True, help_text="What the patient reads in the portal.")
    hypothesis = models.TextField(
        blank=True,
        help_text="The idea behind it that is not established. Shown to patients with the word “hypothesis” beside it.",
    )
    anchor = models.CharField(
        "counted from",
        max_length=20,
        choices=[
            (AnchorKind.PLAN_START.value, "the plan’s first day"),
            (AnchorKind.PHASE_START.value, "the first day of another phase"),
            (AnchorKind.PHASE_END.value, "the last day of another phase"),
        ],
        default=AnchorKind.PLAN_START.value,
    )
    anchor_phase = models.SlugField("that phase", max_length=40, blank=True, help_text="The key of the other phase.")
    offset_days = models.SmallIntegerField(
        "days after that", default=0, help_text="1 after a last day is the next day. Negative: before it."
    )
    duration_days = models.PositiveSmallIntegerField(
        "days", null=True, blank=True, help_text="How many days it is planned to last. Empty: no fixed end."
    )
    starts_by_person = models.BooleanField(
        "a person starts it", default=False, help_text="If not, it starts by itself on its date."
    )

    copied_fields = (
        "key",
        "kind",
        "position",
        "title",
        "purpose",
        "teaching",
        "hypothesis",
        "evidence",
        "source",
        "anchor",
        "anchor_phase",
        "offset_days",
        "duration_days",
        "starts_by_person",
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def label(self) -> str:
        return PhaseKind(self.kind).label


class OrderContent(Evidenced):
    """Something to take or do, structured from the first day: amount with its unit, times of day, pattern."""

    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120, help_text="What is taken or done, as the patient reads it.")
    item_kind = models.CharField("kind", max_length=20, choices=choices(ItemKind))
    amount_value = models.DecimalField(
        "amount",
        max_digits=15,
        decimal_places=6,
        null=True,
        blank=True,
        help_text="Each time. Empty: still to be decided.",
    )
    amount_unit = models.CharField(
        "unit", max_length=20, blank=True, choices=[(unit.value, unit.label) for unit in Unit]
    )
    pattern = models.CharField(
        max_length=60, default="daily", help_text="daily · every 2 days · weekdays mon,thu · as needed"
    )
    times_of_day = models.JSONField(
        default=list, blank=True, help_text="One or more of: " + ", ".join(slot.value for slot in Slot)
    )
    instructions = models.TextField(blank=True, help_text="What the patient reads beside it.")
    supplement = models.ForeignKey(
        "protocols.Supplement", models.PROTECT, null=True, blank=True, related_name="+", help_text="From the catalogue."
    )
    medicine = models.ForeignKey(
        "protocols.Medicine", models.PROTECT, null=True, blank=True, related_name="+", help_text="From the catalogue."
    )
    prescribed_by = models.CharField(
        "decided by",
        max_length=20,
        choices=choices(PrescribedBy),
        default=PrescribedBy.CLINIC.value,
        help_text="A prescribed medicine changes only by its prescriber’s word.",
    )
    titration = models.JSONField(
        default=list,
        blank=True,
        help_text="A slow start: [{“days”: 3, “amount”: “1.25 g”}, …], then the full amount. Empty: the full amount.",
    )
    starts_after_days = models.PositiveSmallIntegerField(
        "days after its phase has begun", default=0, help_text="So that not everything begins on one day."
    )
    counts_as = models.SlugField(
        "begins together with",
        max_length=60,
        blank=True,
        help_text="Orders with the same word here count as one change when they begin on one day.",
    )
    taper_tie = models.CharField(
        "hangs on the taper",
        max_length=20,
        blank=True,
        choices=choices(TaperTie),
        help_text="Its days follow the taper of this plan and move with it. Empty: they follow the phases.",
    )
    taper_tie_days = models.PositiveSmallIntegerField("days after its last dose", null=True, blank=True)

    copied_fields = (
        "key",
        "name",
        "item_kind",
        "amount_value",
        "amount_unit",
        "pattern",
        "times_of_day",
        "instructions",
        "supplement",
        "medicine",
        "prescribed_by",
        "titration",
        "starts_after_days",
        "counts_as",
        "taper_tie",
        "taper_tie_days",
        "evidence",
        "source",
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        errors: dict[str, str] = {}
        try:
            self.pattern = str(Pattern.parse(self.pattern))
        except PatternError as error:
            errors["pattern"] = str(error)
        known = {slot.value for slot in Slot}
        times = self.times_of_day if isinstance(self.times_of_day, list) else [self.times_of_day]
        unknown = [str(name) for name in times if name not in known]
        if unknown:
            errors["times_of_day"] = f"No such time of day: {', '.join(unknown)}. Use {', '.join(sorted(known))}."
        elif len(set(times)) != len(times):
            errors["times_of_day"] = "A time of day stands there twice."
        if (self.amount_value is None) != (self.amount_unit == ""):
            errors["amount_value"] = "An amount needs a number and a unit, or neither."
        elif self.amount_value is not None:
            try:
                Amount(Decimal(self.amount_value), Unit(self.amount_unit))
            except AmountError as error:
                errors["amount_value"] = str(error)
        if not errors:
            errors |= self._dose_problems()
        if errors:
            raise ValidationError(errors)

    def _dose_problems(self) -> dict[str, str]:
        """What is wrong, by field, with the start, the product and the dose of it; all else is in order."""
        if self.supplement_id is not None and self.item_kind != ItemKind.SUPPLEMENT.value:
            return {"supplement": "Only a supplement is chosen from here: change the kind, or choose none."}
        if self.medicine_id is not None and self.item_kind != ItemKind.MEDICINE.value:
            return {"medicine": "Only a medicine is chosen from here: change the kind, or choose none."}
        full, product = self.amount, self.supplement or self.medicine
        if full is None:
            return {"titration": "A slow start needs the full amount: enter it first."} if self.titration else {}
        try:
            stages = Titration.parse(self.titration, full=full).stages
        except TitrationError as error:
            return {"titration": error.text}
        if product is None:
            return {}
        contents = product.contents()
        for field, dose in [("amount_value", full), *(("titration", stage.amount) for stage in stages)]:
            try:
                contents_of_dose(contents, dose)
            except ContentsError as error:
                return {field: str(error)}
        return {}

    @property
    def amount(self) -> Amount | None:
        """What is taken each time; None while it is still to be decided."""
        if self.amount_value is None:
            return None
        return Amount(self.amount_value, Unit(self.amount_unit))

    @property
    def needs_amount(self) -> bool:
        return ItemKind(self.item_kind).is_taken and self.amount_value is None

    @property
    def slots(self) -> list[Slot]:
        return list(Slot.ordered(Slot(name) for name in self.times_of_day))

    @property
    def parsed_pattern(self) -> Pattern:
        return Pattern.parse(self.pattern)


# Named apart from the classes above so that both sides word the same truth the same way.
def order_constraints(name: str) -> list[models.CheckConstraint]:
    return [
        amount_constraint(f"{name}_amount_has_unit"),
        models.CheckConstraint(
            condition=Q(supplement__isnull=True) | Q(medicine__isnull=True),
            name=f"{name}_is_one_product",
            violation_error_message="An order is a supplement or a medicine, not both.",
        ),
        models.CheckConstraint(
            condition=Q(taper_tie_days__isnull=True) & ~Q(taper_tie=TaperTie.AFTER.value)
            | Q(taper_tie_days__range=(0, 365), taper_tie=TaperTie.AFTER.value),
            name=f"{name}_says_how_long_after_the_taper",
            violation_error_message="Days after the last dose, 0 to 365, belong to what comes after the taper.",
        ),
    ]


def amount_constraint(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        # A comparison with nothing known would be true of anything: that there is an amount is asked by itself.
        condition=Q(amount_value__isnull=True, amount_unit="")
        | Q(amount_value__isnull=False, amount_value__gt=0) & ~Q(amount_unit=""),
        name=name,
        violation_error_message="An amount is more than zero and has a unit, or is left open.",
    )


def duration_constraint(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(duration_days__isnull=True) | Q(duration_days__gte=1),
        name=name,
        violation_error_message="A phase lasts at least one day. Leave the days empty if it has no fixed end.",
    )


class CriterionContent(models.Model):
    """When a phase may be finished: a kind the software may evaluate, its parameters, and a sentence for people."""

    key = models.SlugField(max_length=60)
    kind = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict, blank=True)
    sentence = models.TextField()

    copied_fields = ("key", "kind", "parameters", "sentence")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.sentence

    def clean(self) -> None:
        super().clean()
        try:
            check_criterion(self.kind, self.parameters)
        except CriterionError as error:
            raise ValidationError({"parameters": str(error)}) from error


def copied(content: Any) -> dict[str, Any]:
    """The columns of a template's row that a patient's row takes over; what they point at is not read."""
    columns = [content._meta.get_field(name).attname for name in content.copied_fields]
    return {column: getattr(content, column) for column in columns}
