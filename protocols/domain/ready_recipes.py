"""Recipes that are offered by name: published ways to go down, made concrete for the strengths of one product.

Only what was read stands here. Where the source says “a month” or “once or twice a week”, the days are our own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from protocols.domain.medicines import MedicineClass
from protocols.domain.product import Product
from protocols.domain.sources import HowRead


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyRecipe:
    """One of them. rule: the published one in short; ours: what of it is our own choice. rescue: what it offers
    for symptoms in between.

    document: the recipe for this product, as `preview_taper` reads it.
    """

    key: str
    name: str
    rule: str
    ours: str
    rescue: str
    source: str
    mark: HowRead
    classes: frozenset[MedicineClass]
    document: Callable[[Product], dict[str, Any]]

    def suits(self, product: Product) -> bool:
        """Whether it is meant for this class, and there are strengths to go down by."""
        return product.medicine_class in self.classes and bool(product.strengths)


def _sixteen_weeks(product: Product) -> dict[str, Any]:
    lowest = str(min(product.strengths))
    return {
        "method": "strength_ladder",
        "days_per_step": 28,
        "floor": lowest,
        "tail": [
            {"pattern": "every 2 days", "amount": lowest, "days": 28},
            {"pattern": "weekdays mon,thu", "amount": lowest, "days": 28},
        ],
    }


_LISTED: Final = (
    ReadyRecipe(
        key="ppi-tam213",
        name="PPI step-down over 16 weeks (NHS Highland TAM213 made concrete)",
        rule="The next lower strength for a month, down to the lowest; that on alternate days for a month; once or "
        "twice a week for a month; then none.",
        ours="A month is 28 days, twice a week is Mondays and Thursdays. Sixteen weeks from a dose two strengths above "
        "the lowest; from another it is shorter or longer.",
        rescue="Alginate",
        source="NHS Highland, TAM213, 2018 (rightdecisions.scot.nhs.uk)",
        mark=HowRead.PRIMARY,
        classes=frozenset({MedicineClass.PPI}),
        document=_sixteen_weeks,
    ),
)
READY_RECIPES: Final[Mapping[str, ReadyRecipe]] = MappingProxyType({recipe.key: recipe for recipe in _LISTED})
"""By key, in the order in which they are offered."""


def recipes_for(product: Product) -> tuple[ReadyRecipe, ...]:
    """Those that suit this product."""
    return tuple(recipe for recipe in READY_RECIPES.values() if recipe.suits(product))
