"""A clinic's own supplements: added, revised as a new row that replaces the old one, and retired. Never changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction

from clinics.actor import Actor, require
from clinics.models import Clinic
from clinics.roles import Act
from protocols.domain.substances import Basis
from protocols.models import Ingredient, Supplement
from protocols.services.catalogue_writing import only_known, own_and_current, retire_row, sign_row
from protocols.services.purchase_places import move_places
from protocols.services.supplement_checks import IngredientLine, SupplementRefused, problems_of

FACTS: Final = (
    "name",
    "brand",
    "supplement_class",
    "form",
    "unit",
    "may_be_halved",
    "package_sizes",
    "allergens",
    "food",
    "minutes_before_meal",
    "instruction",
    "evidence",
    "source",
    "product_code",
)
"""What a supplement says, apart from its ingredients: the columns that somebody fills in."""


@transaction.atomic
def add_supplement(
    *, clinic: Clinic, facts: Mapping[str, Any], ingredients: Sequence[IngredientLine], by: Actor, at: datetime
) -> Supplement:
    """A new supplement of this clinic's own. facts: any of `FACTS`; what is left out is unknown.

    Raises `NotAllowed`, and `ValidationError` with sentences by field (“ingredients” among them).
    """
    require(by, Act.PUBLISH_TEMPLATE, clinic=clinic)
    # Two who add the same supplement at once take turns here, and the second is told of the first.
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    added = Supplement(clinic=clinic, **only_known(facts, FACTS, of="supplement"))
    return write_supplement(added, ingredients, by=by, at=at)


@transaction.atomic
def revise_supplement(
    supplement: Supplement,
    *,
    facts: Mapping[str, Any],
    ingredients: Sequence[IngredientLine],
    by: Actor,
    at: datetime,
) -> Supplement:
    """A new version in place of this one, which is retired and stays as it is for the plans that use it.

    Where it is sold is said of the new version too. Saying exactly what stands there already changes nothing and
    gives the same row. Raises `NotAllowed`, `SupplementRefused` and `ValidationError`.
    """
    stored = own_and_current(supplement, by=by, refused=SupplementRefused)
    known = only_known(facts, FACTS, of="supplement")
    revised = Supplement(clinic=stored.clinic, number=stored.number + 1, replaces=stored, **known)
    if content_of(revised, ingredients) == content_of(stored, ingredients_of(stored)):
        return stored
    retire_row(stored, by=by, at=at)
    written = write_supplement(revised, ingredients, by=by, at=at)
    move_places(written)
    return written


@transaction.atomic
def retire_supplement(supplement: Supplement, *, by: Actor, at: datetime) -> Supplement:
    """Offer this supplement no more. Plans that use it go on. Raises `NotAllowed` and `SupplementRefused`."""
    stored = own_and_current(supplement, by=by, refused=SupplementRefused)
    retire_row(stored, by=by, at=at)
    return stored


def write_supplement(
    supplement: Supplement, ingredients: Sequence[IngredientLine], *, by: Actor, at: datetime
) -> Supplement:
    """Save a checked row with its ingredients. Raises `ValidationError`; whoever calls has asked who may."""
    sign_row(supplement, by=by, at=at)
    if problems := problems_of(supplement, ingredients):
        raise ValidationError(problems)
    supplement.full_clean()
    supplement.save()
    for position, line in enumerate(ingredients):
        row = Ingredient(
            supplement=supplement,
            position=position,
            substance=line.name,
            amount_value=line.amount.value if line.amount else None,
            amount_unit=line.amount.unit.value if line.amount else "",
            basis=line.basis.value if line.basis else "",
            is_leading=line.leads,
        )
        row.full_clean(exclude=["medicine"])
        row.save()
    return supplement


def content_of(supplement: Supplement, ingredients: Sequence[IngredientLine]) -> tuple[Any, ...]:
    """All that a supplement says: the same for two rows exactly if neither says anything else."""
    return (
        supplement.mark,
        *(getattr(supplement, name) for name in FACTS),
        [(line.name, str(line.amount), line.basis, line.leads) for line in ingredients],
    )


def ingredients_of(supplement: Supplement) -> list[IngredientLine]:
    rows = sorted(supplement.ingredients.all(), key=lambda row: row.position)
    return [
        IngredientLine(row.substance, row.amount, Basis(row.basis) if row.basis else None, row.is_leading)
        for row in rows
    ]
