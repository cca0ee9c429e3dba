"""The medicine half of the catalogue: what a medicine is, which strengths of it exist, and where that was read.

A row never changes, because tapers were drawn up from it: a revision is a new row that replaces the old one.
"""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from protocols.domain.amount import MAX_DECIMALS, MAX_DIGITS, Amount, Unit
from protocols.domain.contents import COUNTED_AS, Content, ProductContents
from protocols.domain.dose_count import PIECES, CountedProduct
from protocols.domain.dose_form import DoseForm, Halving, Release, form_in_words
from protocols.domain.equivalents import Preparation
from protocols.domain.medicines import MedicineClass
from protocols.domain.product import Liquid, Product
from protocols.models.catalogue_rows import (
    CatalogueItem,
    CatalogueItemQuerySet,
    CatalogueQuerySet,
    CatalogueRow,
    check_amount,
    labelled,
)

CONSULT = "Consult your prescriber before changing a prescription medicine."
"""Stands on every page about a medicine, for patients and for staff alike."""


class MedicineQuerySet(CatalogueItemQuerySet):
    def of_class(self, *classes: MedicineClass) -> "MedicineQuerySet":
        return self.filter(medicine_class__in=[each.value for each in classes])


class Medicine(CatalogueItem):
    """One medicine in one form, by its ingredient. What else is in it are `Ingredient` rows of its own."""

    substance = models.CharField(
        "ingredient",
        max_length=120,
        help_text="In lower case and without its salt: “omeprazole”. Medicines of one substance are the same molecule.",
    )
    medicine_class = models.CharField("class", max_length=20, choices=labelled(MedicineClass))
    is_rescue = models.BooleanField(
        "for rescue", default=False, help_text="May be offered for symptoms while another medicine is reduced."
    )
    form = models.CharField(max_length=40, blank=True, choices=labelled(DoseForm))
    release = models.CharField(max_length=20, blank=True, choices=labelled(Release))
    liquid_value = models.DecimalField(
        "of a liquid: amount in 1 mL", max_digits=MAX_DIGITS, decimal_places=MAX_DECIMALS, null=True, blank=True
    )
    liquid_unit = models.CharField("unit", max_length=20, blank=True, choices=labelled(Unit))
    liquid_step_ml = models.DecimalField(
        "of a liquid: smallest step in mL",
        max_digits=MAX_DIGITS,
        decimal_places=MAX_DECIMALS,
        null=True,
        blank=True,
        help_text="What its measure can still show, as in 0.5.",
    )
    rxnorm_ingredient_code = models.CharField(
        "RxNorm ingredient", max_length=20, blank=True, help_text="Empty: nobody has checked it."
    )
    prescription_only = models.BooleanField(
        null=True, blank=True, choices=[(None, "Not known"), (True, "Yes"), (False, "No")]
    )

    objects = MedicineQuerySet.as_manager()

    class Meta:
        ordering = ["name", "form", "pk"]
        constraints = [
            *CatalogueItem.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(medicine_class=MedicineClass.PPI.value, may_be_halved=Halving.HALF.value),
                name="a_ppi_is_never_halved",
                violation_error_message="A proton pump inhibitor is never halved: its smallest step is one whole unit.",
            ),
            models.CheckConstraint(
                condition=Q(liquid_value__isnull=True, liquid_unit="", liquid_step_ml__isnull=True)
                | Q(liquid_value__isnull=False, liquid_step_ml__isnull=False, liquid_value__gt=0, liquid_step_ml__gt=0)
                & ~Q(liquid_unit=""),
                name="a_liquid_says_amount_unit_and_step",
                violation_error_message="A liquid needs all three: the amount in 1 mL, its unit, and the smallest step "
                "in mL. Anything else has none of them.",
            ),
            models.UniqueConstraint(
                fields=["clinic", "name", "form", "release"],
                condition=Q(clinic__isnull=False, retired_at__isnull=True),
                name="one_medicine_of_a_clinic_per_name_and_form",
                violation_error_message="Your clinic has a medicine of this name and form already. Revise that one.",
            ),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.name, self.form_words]))

    def clean(self) -> None:
        super().clean()
        self.substance = " ".join(self.substance.lower().split())
        if self.liquid_value is not None and self.liquid_unit:
            check_amount("liquid_value", self.liquid_value, self.liquid_unit)
        if self.liquid_step_ml is not None:
            check_amount("liquid_step_ml", self.liquid_step_ml, Unit.ML.value)

    @property
    def form_words(self) -> str:
        """“delayed-release capsule”; empty where the form is not said."""
        return form_in_words(
            DoseForm(self.form) if self.form else None, Release(self.release) if self.release else None
        )

    @property
    def liquid(self) -> Liquid | None:
        """What 1 mL holds and what its measure shows; None for what is not measured."""
        if self.liquid_value is None or self.liquid_step_ml is None:
            return None
        # As amounts both are written without the zeros that a database pads them with.
        return Liquid(Amount(self.liquid_value, Unit(self.liquid_unit)), Amount(self.liquid_step_ml, Unit.ML).value)

    @property
    def amounts(self) -> list[Amount]:
        """Its strengths, highest first; empty where nobody has read any."""
        strengths = sorted(self.strengths.all(), key=lambda strength: strength.amount_value, reverse=True)
        return [strength.amount for strength in strengths]

    @property
    def is_measurable(self) -> bool:
        """Whether a dose of it can be counted or measured at all."""
        return self.liquid_value is not None or bool(self.strengths.all())

    @property
    def can_be_tapered(self) -> bool:
        """Whether every clinic may taper it: a PPI or an H2 blocker whose strengths are known.

        `enabling.may_be_tapered_in` also knows what a clinic's licensed prescriber has enabled.
        """
        return MedicineClass(self.medicine_class).is_acid_suppressant and self.is_measurable

    def contents(self, *, strength: Amount | None = None) -> ProductContents:
        """What a dose of it holds: its ingredient, and what else its rows name.

        Doses are counted where one unit is known to hold one amount: a single strength, the one of several that is
        said, or a liquid in mL. Otherwise a dose is an amount of the ingredient.
        """
        others = tuple(row.content() for row in self.ingredients.all() if row.substance != self.substance)
        strengths, liquid = self.amounts, self.liquid
        one, unit = None, COUNTED_AS.get(DoseForm(self.form)) if self.form else None
        if liquid is not None:
            one, unit = liquid.concentration_per_ml, Unit.ML
        elif unit is not Unit.ML:
            one = strengths[0] if len(strengths) == 1 else strength if strength in strengths else None
        known = one or next(iter(strengths), None)
        return ProductContents(
            name=str(self),
            counted_in=unit if one is not None else None,
            holds=(Content(self.substance, one if unit is not None else None), *others),
            leading=self.substance,
            written_in=known.unit if known is not None else None,
        )

    def counted(self, *, strength: Amount | None = None) -> CountedProduct:
        """How finely a dose of it can be taken, where it is counted in one unit; of several strengths in this one."""
        contents, liquid = self.contents(strength=strength), self.liquid
        unit = contents.counted_in
        return CountedProduct(
            contents=contents,
            may_be_halved=self.may_be_halved == Halving.HALF.value and unit in PIECES - {Unit.DROP},
            step=liquid.step_ml if liquid is not None and unit is Unit.ML else None,
        )

    def product(self) -> Product:
        """What the arithmetic of a taper needs of it. Raises `TaperError` if it is not measurable."""
        return self.product_of(self.amounts)

    def product_of(self, strengths: Iterable[Amount]) -> Product:
        """The same with these strengths, which need not be saved."""
        return Product(
            name=self.name,
            medicine_class=MedicineClass(self.medicine_class),
            form=self.form_words,
            strengths=tuple(strengths),
            liquid=self.liquid,
            may_be_halved=self.may_be_halved == Halving.HALF.value,
        )

    def preparation(self) -> Preparation:
        """The product with what decides what may stand in for it. Raises `TaperError` if it is not measurable."""
        return Preparation(
            substance=self.substance,
            release=Release(self.release) if self.release else None,
            product=self.product(),
        )


class MedicineStrengthQuerySet(CatalogueQuerySet):
    """Strengths are asked for through their medicine, whose own queryset says who sees it."""


class MedicineStrength(CatalogueRow):
    """How much of the ingredient one unit holds. It belongs to its medicine for ever."""

    medicine = models.ForeignKey(Medicine, models.PROTECT, related_name="strengths")
    amount_value = models.DecimalField("amount", max_digits=MAX_DIGITS, decimal_places=MAX_DECIMALS)
    amount_unit = models.CharField("unit", max_length=20, choices=labelled(Unit), default=Unit.MG.value)
    rxnorm_drug_code = models.CharField(
        "RxNorm clinical drug", max_length=20, blank=True, help_text="Empty: nobody has checked it."
    )

    objects = MedicineStrengthQuerySet.as_manager()

    class Meta:
        ordering = ["medicine", "-amount_value"]
        constraints = [
            models.UniqueConstraint(
                fields=["medicine", "amount_value", "amount_unit"],
                name="one_row_per_strength",
                violation_error_message="This strength stands there twice.",
            ),
            models.CheckConstraint(
                condition=Q(amount_value__gt=0),
                name="a_strength_is_more_than_zero",
                violation_error_message="A strength is more than zero.",
            ),
        ]

    def __str__(self) -> str:
        return self.amount.display()

    def clean(self) -> None:
        super().clean()
        if self.amount_value is not None and self.amount_unit:
            check_amount("amount_value", self.amount_value, self.amount_unit)

    @property
    def amount(self) -> Amount:
        return Amount(self.amount_value, Unit(self.amount_unit))
