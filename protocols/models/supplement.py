"""The other half of the catalogue: supplements, what is in one unit of them, and where a clinic says they are sold.

A row never changes, because plans were made from it: a revision is a new row that replaces the old one.
"""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from clinics.models import Clinic, Membership
from protocols.domain.amount import MAX_DECIMALS, MAX_DIGITS, Amount, Unit
from protocols.domain.contents import Content, ProductContents
from protocols.domain.dose_count import PIECES, CountedProduct
from protocols.domain.dose_form import DoseForm, Halving
from protocols.domain.substances import Basis
from protocols.domain.supplements import Allergen, SupplementClass
from protocols.domain.swapping import Swappable
from protocols.models.catalogue import Medicine
from protocols.models.catalogue_rows import (
    CatalogueItem,
    CatalogueItemQuerySet,
    CatalogueQuerySet,
    CatalogueRow,
    check_amount,
    labelled,
)


class SupplementQuerySet(CatalogueItemQuerySet):
    """What may be ordered without a prescription."""


class Supplement(CatalogueItem):
    """One product, or one ingredient in one form where no product is named.

    unit: what a dose of it is counted in, one of which holds what its ingredients say. allergens: None: nobody has
    read the label; an empty list: the label names none. package_sizes: units in the packages that are sold.
    """

    supplement_class = models.CharField("class", max_length=20, choices=labelled(SupplementClass))
    brand = models.CharField(max_length=120, blank=True, help_text="Who makes it. Empty: no product is named.")
    form = models.CharField(max_length=40, blank=True, choices=labelled(DoseForm))
    unit = models.CharField(
        "counted in", max_length=20, choices=labelled(Unit), help_text="What one dose is counted in: capsule, g, mL."
    )
    allergens = models.JSONField(
        null=True,
        blank=True,
        default=None,
        help_text="As its label names them: " + ", ".join(allergen.value for allergen in Allergen),
    )
    package_sizes = models.JSONField(default=list, blank=True, help_text="How many units are in a package: 60, 120.")
    product_code = models.CharField(
        "code", max_length=40, blank=True, help_text="RxNorm, or the maker’s own. Empty: nobody has checked it."
    )

    objects = SupplementQuerySet.as_manager()

    class Meta:
        ordering = ["name", "brand", "form", "pk"]
        constraints = [
            *CatalogueItem.Meta.constraints,
            models.UniqueConstraint(
                fields=["clinic", "name", "brand", "form"],
                condition=Q(clinic__isnull=False, retired_at__isnull=True),
                name="one_supplement_of_a_clinic_per_name_and_form",
                violation_error_message="Your clinic has a supplement of this name, brand and form already. "
                "Revise that one.",
            ),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.name, self.form, f"({self.brand})" if self.brand else ""]))

    def clean(self) -> None:
        super().clean()
        errors: dict[str, str] = {}
        known = {allergen.value for allergen in Allergen}
        if self.allergens is not None and (
            not isinstance(self.allergens, list) or any(name not in known for name in self.allergens)
        ):
            errors["allergens"] = f"Use only these: {', '.join(sorted(known))}."
        sizes = self.package_sizes
        if not isinstance(sizes, list) or any(type(size) is not int or not 0 < size < 100_000 for size in sizes):
            errors["package_sizes"] = "Whole numbers of units, as in 60."
        if errors:
            raise ValidationError(errors)

    @property
    def counted_in(self) -> Unit:
        return Unit(self.unit)

    def contents(self) -> ProductContents:
        """What one unit of it holds, as its ingredients say."""
        rows = list(self.ingredients.all())
        return ProductContents(
            name=str(self),
            counted_in=self.counted_in,
            holds=tuple(row.content() for row in rows),
            leading=next((row.substance for row in rows if row.is_leading), None),
        )

    def counted(self) -> CountedProduct:
        """How finely a dose of it can be taken."""
        is_halved = self.may_be_halved == Halving.HALF.value and self.counted_in in PIECES - {Unit.DROP}
        return CountedProduct(contents=self.contents(), may_be_halved=is_halved)

    def swappable(self) -> Swappable:
        """What decides whether it may stand in for another."""
        return Swappable(
            contents=self.contents(),
            allergens=None if self.allergens is None else frozenset(self.allergens),
            may_be_halved=self.may_be_halved == Halving.HALF.value,
        )


class Ingredient(CatalogueRow):
    """What one unit of a product holds of one substance.

    amount: None if the label does not say how much. basis: whether that amount counts the whole salt or the element
    in it; empty where it makes no difference. is_leading: doses may be written in it (“10 billion CFU”, “37.5 mg”).
    """

    supplement = models.ForeignKey(Supplement, models.PROTECT, null=True, related_name="ingredients")
    medicine = models.ForeignKey(Medicine, models.PROTECT, null=True, related_name="ingredients")
    position = models.PositiveSmallIntegerField()
    substance = models.CharField("ingredient", max_length=120, help_text="As the list of substances names it.")
    amount_value = models.DecimalField(
        "amount", max_digits=MAX_DIGITS, decimal_places=MAX_DECIMALS, null=True, blank=True
    )
    amount_unit = models.CharField("unit", max_length=20, blank=True, choices=labelled(Unit))
    basis = models.CharField(
        max_length=10,
        blank=True,
        choices=[("salt", "The whole compound"), ("elemental", "The element in it")],
        help_text="Of a mineral: what the amount counts.",
    )
    is_leading = models.BooleanField(
        "doses are written in it", default=False, help_text="At most one: “10 billion CFU”, “37.5 mg”."
    )

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        ordering = ["supplement", "medicine", "position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(supplement__isnull=True, medicine__isnull=False)
                | Q(supplement__isnull=False, medicine__isnull=True),
                name="an_ingredient_is_in_one_thing",
            ),
            models.CheckConstraint(
                # A comparison with nothing known would be true of anything: that there is an amount is asked by itself.
                condition=Q(amount_value__isnull=True, amount_unit="")
                | Q(amount_value__isnull=False, amount_value__gt=0) & ~Q(amount_unit=""),
                name="an_ingredient_has_an_amount_and_a_unit",
                violation_error_message="An amount is more than zero and has a unit, or is left open: not known.",
            ),
            models.CheckConstraint(
                condition=Q(is_leading=False) | Q(amount_value__isnull=False),
                name="a_leading_ingredient_has_an_amount",
                violation_error_message="Doses can only be written in an ingredient whose amount is known.",
            ),
            models.UniqueConstraint(
                fields=["supplement", "substance"],
                name="one_row_per_ingredient_of_a_supplement",
                violation_error_message="This ingredient stands there twice.",
            ),
            models.UniqueConstraint(
                fields=["medicine", "substance"],
                name="one_row_per_ingredient_of_a_medicine",
                violation_error_message="This ingredient stands there twice.",
            ),
            models.UniqueConstraint(
                fields=["supplement"],
                condition=Q(is_leading=True),
                name="one_leading_ingredient_of_a_supplement",
                violation_error_message="Doses are written in one of the ingredients, not in two.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.substance} {self.amount.display()}" if self.amount else self.substance

    def clean(self) -> None:
        super().clean()
        self.substance = " ".join(self.substance.lower().split())
        if self.amount_value is not None and self.amount_unit:
            check_amount("amount_value", Decimal(self.amount_value), self.amount_unit)

    @property
    def amount(self) -> Amount | None:
        """In one unit of the product; None if nobody knows."""
        return None if self.amount_value is None else Amount(self.amount_value, Unit(self.amount_unit))

    def content(self) -> Content:
        return Content(self.substance, self.amount, Basis(self.basis) if self.basis else None)


class PurchasePlaceQuerySet(models.QuerySet["PurchasePlace"]):
    def standing(self) -> "PurchasePlaceQuerySet":
        return self.filter(ended_at__isnull=True)

    def visible_to(self, user: Any) -> "PurchasePlaceQuerySet":
        return self.filter(clinic__in=Membership.objects.of(user).values("clinic"))


class FinancialInterest(models.TextChoices):
    NONE = "none", "The clinic earns nothing from it"
    SELLS = "sells", "The clinic sells it"
    COMMISSION = "commission", "The clinic is paid when patients buy it there"


class PurchasePlace(models.Model):
    """Where a clinic says that a supplement is sold, with what the clinic earns from it. Nothing is ranked by that."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+")
    supplement = models.ForeignKey(Supplement, models.PROTECT, related_name="purchase_places")
    where = models.CharField(max_length=200, help_text="A shop, a pharmacy or a page.")
    financial_interest = models.CharField(max_length=20, choices=FinancialInterest.choices)
    said_at = models.DateTimeField(editable=False)
    said_by_code = models.CharField(max_length=20, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by_code = models.CharField(max_length=20, blank=True, editable=False)

    objects = PurchasePlaceQuerySet.as_manager()

    class Meta:
        ordering = ["supplement", "where"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "supplement", "where"],
                condition=Q(ended_at__isnull=True),
                name="one_row_per_purchase_place",
                violation_error_message="This place is named already.",
            ),
        ]

    def __str__(self) -> str:
        return self.where
