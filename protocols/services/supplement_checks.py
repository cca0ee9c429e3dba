"""What must hold for one supplement with its ingredients, wherever it comes from: a pack's file or a clinic's form."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from protocols.domain.amount import Amount, Unit
from protocols.domain.contents import COUNTED_AS, Content, is_ambiguous
from protocols.domain.dose_form import DoseForm, FoodRule, Halving
from protocols.domain.substances import Basis
from protocols.models import Supplement
from protocols.services.catalogue_writing import CatalogueRefused

MOST_INGREDIENTS: Final = 60
_CUT: Final = frozenset({Unit.TABLET})


class SupplementRefused(CatalogueRefused):
    """As things stand this cannot be done; nothing was written."""


@dataclass(frozen=True, slots=True)
class IngredientLine:
    """One ingredient as it is entered, for one unit of the product.

    amount: None: the label does not say it. basis: None: it makes no difference, or nobody knows what is counted.
    leads: doses may be written in it.
    """

    substance: str
    amount: Amount | None = None
    basis: Basis | None = None
    leads: bool = False

    @property
    def name(self) -> str:
        """As it is stored."""
        return " ".join(self.substance.lower().split())

    def is_the_unit_itself(self, unit: str) -> bool:
        """Whether its amount says no more than how the product is counted: 1 g of the powder holds 1 g."""
        return self.amount is not None and unit != "" and self.amount == Amount(Decimal(1), Unit(unit))


def problems_of(supplement: Supplement, ingredients: Sequence[IngredientLine]) -> dict[str, str]:
    """What is wrong, by field, each as a sentence; “ingredients” stands for itself. Empty: nothing.

    The supplement need not be saved.
    """
    problems: dict[str, str] = {}
    if supplement.minutes_before_meal is not None:
        if supplement.food != FoodRule.BEFORE_MEAL.value:
            problems["minutes_before_meal"] = "Minutes belong to “Before a meal”: choose that, or leave them out."
        elif not 1 <= supplement.minutes_before_meal <= 240:
            problems["minutes_before_meal"] = "Give between 1 and 240 minutes."
    if supplement.unit not in set(Unit):
        problems["unit"] = "Say what one dose of it is counted in."
        return problems
    unit = Unit(supplement.unit)
    expected = COUNTED_AS.get(DoseForm(supplement.form)) if supplement.form in set(DoseForm) else None
    if expected is not None and unit is not expected:
        problems["unit"] = f"A {supplement.form} is counted in {expected.label}."
    if supplement.may_be_halved == Halving.HALF.value and unit not in _CUT:
        problems["may_be_halved"] = "Only tablets are cut in two. What is weighed or measured needs no cutting."
    if sentence := _ingredient_problem(ingredients, unit):
        problems["ingredients"] = sentence
    return problems


def _ingredient_problem(ingredients: Sequence[IngredientLine], unit: Unit) -> str:
    """The first thing that is wrong with them; empty: nothing."""
    if not ingredients:
        return "Name at least one ingredient. If its amount is not known, leave the amount empty."
    if len(ingredients) > MOST_INGREDIENTS:
        return f"Name at most {MOST_INGREDIENTS} ingredients."
    names = [line.name for line in ingredients]
    for place, line in enumerate(ingredients):
        if not line.name:
            return f"Ingredient {place + 1} has no name: write it, or leave the row empty."
        if line.name in names[:place]:
            return f"“{line.name}” stands there twice: give its whole amount once."
        if line.amount is not None and not line.amount.value:
            return f"“{line.name}” has an amount of 0: leave it empty if it is not known, or leave the row out."
        if line.basis is not None and line.amount is None:
            return f"What the amount of “{line.name}” counts is said, but no amount: write both, or neither."
    leading = [line for line in ingredients if line.leads]
    if len(leading) > 1:
        return "Doses are written in one of the ingredients, not in two."
    if leading and leading[0].amount is None:
        return f"Doses can only be written in an ingredient whose amount is known: “{leading[0].name}” has none."
    if leading and is_ambiguous(unit, Content(leading[0].name, leading[0].amount)):
        return (
            f"It is weighed in {unit.label} and so is “{leading[0].name}”: nobody could tell which of the two a dose "
            "means. Do not write doses in it."
        )
    return ""
