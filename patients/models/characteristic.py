"""Plain facts of a person: sex, birth date, pregnancy, breastfeeding, weight. Each may be recorded as unknown."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from django.db import models
from django.db.models import Q

from patients.models.record import RecordEntry
from protocols.domain.amount import Amount, Unit
from protocols.models.content import choices


class CharacteristicKind(StrEnum):
    SEX = "sex"
    BIRTH_DATE = "birth-date"
    PREGNANCY = "pregnancy"
    BREASTFEEDING = "breastfeeding"
    WEIGHT = "weight"

    @property
    def label(self) -> str:
        return {"birth-date": "Birth date"}.get(self.value, self.value.capitalize())


class Sex(StrEnum):
    """As rules and reference ranges ask it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {"other": "Other, such as intersex"}.get(self.value, self.value.capitalize())


class WeightUnit(StrEnum):
    """As on the scales; the value is the UCUM code."""

    KILOGRAM = "kg"
    POUND = "[lb_av]"

    @property
    def label(self) -> str:
        return {"kg": "kg", "[lb_av]": "lb"}[self.value]

    @property
    def grams(self) -> Decimal:
        """What one of it weighs, exactly."""
        return {"kg": Decimal(1000), "[lb_av]": Decimal("453.59237")}[self.value]


_NOTHING = {
    "sex": "",
    "birth_date__isnull": True,
    "is_so__isnull": True,
    "weight_value__isnull": True,
    "weight_unit": "",
}


def _only(*, kinds: list[CharacteristicKind], said: Q, columns: list[str]) -> Q:
    """A row of one of these kinds that says what it is about, and nothing else."""
    rest = {key: value for key, value in _NOTHING.items() if key.partition("__")[0] not in columns}
    return Q(kind__in=[kind.value for kind in kinds], is_unknown=False, **rest) & said


class Characteristic(RecordEntry):
    """One plain fact. is_unknown: somebody looked for it and does not know; every value is then empty.

    is_so: whether she is pregnant, or breastfeeding, on `as_of`.
    """

    kind = models.CharField(max_length=20, choices=choices(CharacteristicKind), editable=False)
    is_unknown = models.BooleanField("not known", default=False)
    sex = models.CharField(max_length=10, blank=True, choices=choices(Sex))
    birth_date = models.DateField(null=True, blank=True)
    is_so = models.BooleanField("yes or no", null=True, blank=True)
    weight_value = models.DecimalField("weight", max_digits=7, decimal_places=3, null=True, blank=True)
    weight_unit = models.CharField("unit", max_length=10, blank=True, choices=choices(WeightUnit))

    class Meta(RecordEntry.Meta):
        verbose_name = "plain fact"
        constraints = [
            *RecordEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(is_unknown=True, **_NOTHING)
                | _only(kinds=[CharacteristicKind.SEX], said=~Q(sex=""), columns=["sex"])
                | _only(kinds=[CharacteristicKind.BIRTH_DATE], said=Q(birth_date__isnull=False), columns=["birth_date"])
                | _only(
                    kinds=[CharacteristicKind.PREGNANCY, CharacteristicKind.BREASTFEEDING],
                    said=Q(is_so__isnull=False),
                    columns=["is_so"],
                )
                | _only(
                    kinds=[CharacteristicKind.WEIGHT],
                    said=Q(weight_value__gt=0) & ~Q(weight_unit=""),
                    columns=["weight_value", "weight_unit"],
                ),
                name="characteristic_says_one_thing_or_unknown",
                violation_error_message="Say what is asked here, or that it is not known.",
            ),
        ]
        indexes = [models.Index(fields=["patient", "kind", "-as_of"], name="characteristic_of_patient")]

    @property
    def weight(self) -> Amount | None:
        """In whole grams; None if this is not a weight, or an unknown one."""
        if self.weight_value is None:
            return None
        grams = self.weight_value * WeightUnit(self.weight_unit).grams
        return Amount(grams.quantize(Decimal(1), rounding=ROUND_HALF_EVEN), Unit.G)

    @property
    def value(self) -> Sex | date | bool | Amount | None:
        """What it says, of the type of its kind; None for unknown."""
        return Sex(self.sex) if self.sex else self.birth_date or self.weight or self.is_so
