"""What all rows of the catalogue have in common: they never change, because plans were made from them.

A revision is a new row that replaces the old one.
"""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from clinics.codes import new_code
from clinics.models import Clinic, Membership
from protocols.domain.amount import Amount, AmountError, Unit
from protocols.domain.dose_form import FoodRule, Halving
from protocols.domain.sources import HowRead
from protocols.models.content import EvidenceGrade, choices


class CatalogueFrozen(Exception):
    """Somebody tried to change a row of the catalogue."""

    def __init__(self) -> None:
        super().__init__("A row of the catalogue never changes: plans were made from it. Revise it instead.")


class CatalogueQuerySet(models.QuerySet[Any]):
    """Rows that are neither changed nor deleted, not many at once either."""

    def update(self, **kwargs: Any) -> int:
        raise CatalogueFrozen

    def delete(self) -> tuple[int, dict[str, int]]:
        raise CatalogueFrozen


class CatalogueRow(models.Model):
    """Written once. On PostgreSQL a trigger says the same to whoever goes round the model."""

    written_later: ClassVar[frozenset[str]] = frozenset()
    """The columns that are written a second time, and that once: those that say that a row was retired."""

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if not self._state.adding and not (update_fields and set(update_fields) <= self.written_later):
            raise CatalogueFrozen
        super().save(*args, update_fields=update_fields, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise CatalogueFrozen


class CatalogueItemQuerySet(CatalogueQuerySet):
    def visible_to(self, user: Any) -> Self:
        """For staff of any clinic: what is shipped, and what their own clinics added; retired rows too."""
        clinics = Membership.objects.of(user).values("clinic")
        if not clinics.exists():
            return self.none()
        return self.filter(Q(clinic__isnull=True) | Q(clinic__in=clinics))

    def available_to(self, clinics: Iterable[Any] | models.QuerySet[Any]) -> Self:
        """What these clinics may choose from: shipped or their own, and not retired."""
        return self.current().filter(Q(clinic__isnull=True) | Q(clinic__in=clinics))

    def current(self) -> Self:
        """Not retired."""
        return self.filter(retired_at__isnull=True)


class CatalogueItem(CatalogueRow):
    """Something that can be taken. clinic None: gutclinic ships it, for every clinic.

    Nothing that is not known is filled in: an empty code, amount or rule says that nobody has read it.
    """

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, null=True, blank=True, related_name="+")
    key = models.SlugField(max_length=60, blank=True, editable=False, help_text="Its name in the shipped pack.")
    pack_version = models.CharField(max_length=40, blank=True, editable=False)
    number = models.PositiveIntegerField("version", default=1, editable=False)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="replacement"
    )
    name = models.CharField(max_length=120, help_text="What people call it.")
    may_be_halved = models.CharField(
        "may be halved",
        max_length=10,
        choices=choices(Halving),
        default=Halving.UNKNOWN.value,
        help_text="Never a proton pump inhibitor: its smallest step is one whole unit.",
    )
    food = models.CharField("meals", max_length=20, choices=choices(FoodRule), default=FoodRule.UNKNOWN.value)
    minutes_before_meal = models.PositiveSmallIntegerField(null=True, blank=True)
    instruction = models.TextField(blank=True, help_text="One or two sentences, as a patient reads them.")
    evidence = models.CharField(
        "evidence grade",
        max_length=10,
        blank=True,
        choices=choices(EvidenceGrade),
        help_text="For what this clinic uses it for. Empty: nobody has graded it.",
    )
    source = models.TextField(help_text="Where this was read.")
    mark = models.CharField(
        "how it was read", max_length=10, choices=choices(HowRead), default=HowRead.OWN.value, editable=False
    )

    created_at = models.DateTimeField(editable=False)
    created_by_kind = models.CharField(max_length=20, editable=False)
    created_by_code = models.CharField(max_length=20, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    retired_by_kind = models.CharField(max_length=20, blank=True, editable=False)
    retired_by_code = models.CharField(max_length=20, blank=True, editable=False)

    written_later = frozenset({"retired_at", "retired_by_kind", "retired_by_code"})

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes_before_meal__isnull=True)
                | Q(food=FoodRule.BEFORE_MEAL.value, minutes_before_meal__range=(1, 240)),
                name="minutes_before_a_meal_of_a_%(class)s",
                violation_error_message="Minutes belong to “Before a meal”, and are at most 240.",
            ),
            models.CheckConstraint(
                condition=Q(clinic__isnull=True) & ~Q(key="") | Q(clinic__isnull=False, key=""),
                name="a_shipped_%(class)s_has_a_key",
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, retired_by_kind="")
                | Q(retired_at__isnull=False) & ~Q(retired_by_kind=""),
                name="a_retired_%(class)s_says_when_and_by_whom",
            ),
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(clinic__isnull=True, retired_at__isnull=True),
                name="one_shipped_%(class)s_per_key",
            ),
        ]

    @property
    def is_shipped(self) -> bool:
        return self.clinic_id is None

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None


def labelled(enum: type[StrEnum]) -> list[tuple[str, str]]:
    """Like `choices`, with the words that each member has for itself."""
    return [(member.value, member.label) for member in enum]  # type: ignore[attr-defined]


def check_amount(field: str, value: Decimal, unit: str) -> None:
    """Raise a `ValidationError` at this field unless it is an amount."""
    try:
        Amount(value, Unit(unit))
    except AmountError as error:
        raise ValidationError({field: str(error)}) from error
