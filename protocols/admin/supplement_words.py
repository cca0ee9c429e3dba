"""What the workspace says of a supplement, in words, and what is not known of it."""

from dataclasses import dataclass

from protocols.admin.catalogue_words import NOT_GRADED, NOT_KNOWN
from protocols.domain.dose_form import FoodRule, Halving
from protocols.domain.substances import Basis
from protocols.domain.supplements import Allergen, SupplementClass
from protocols.models import Supplement
from protocols.services.knowledge import shipped_knowledge

MOST_IN_SHORT = 3


@dataclass(frozen=True, slots=True)
class IngredientInWords:
    substance: str
    amount: str
    counts: str
    note: str


def ingredients_in_short(supplement: Supplement) -> str:
    """The first ones, for a list: “zinc carnosine 37.5 mg”, “amylase, protease, lipase and 3 more”."""
    rows = list(supplement.ingredients.all())
    words = [str(row) if row.amount is not None else row.substance for row in rows[:MOST_IN_SHORT]]
    more = len(rows) - len(words)
    return ", ".join(words) + (f" and {more} more" if more else "")


def ingredients_in_words(supplement: Supplement) -> list[IngredientInWords]:
    """Each with its amount in one unit, what that counts, and what is worth knowing of it."""
    substances = shipped_knowledge().substances
    found = []
    for row in supplement.ingredients.all():
        notes = ["Doses may be written in it."] if row.is_leading else []
        if substances.find(row.substance) is None:
            notes.append("Not checked: no rule and no daily total knows it.")
        found.append(
            IngredientInWords(
                substance=row.substance,
                amount=row.amount.display() if row.amount is not None else NOT_KNOWN,
                counts=Basis(row.basis).label if row.basis else "–",
                note=" ".join(notes),
            )
        )
    return found


def facts_in_words(supplement: Supplement) -> list[tuple[str, str]]:
    """Everything that the row says, and of everything else that it is not known."""
    meals = FoodRule(supplement.food).label
    if supplement.minutes_before_meal is not None:
        meals = f"{supplement.minutes_before_meal} minutes before a meal"
    doses = " or ".join(unit.label for unit in supplement.contents().dose_units)
    return [
        ("Class", SupplementClass(supplement.supplement_class).label),
        ("Brand", supplement.brand or "None: no product is named"),
        ("Form", supplement.get_form_display() if supplement.form else NOT_KNOWN),
        ("Doses are written in", doses),
        ("May be halved", Halving(supplement.may_be_halved).label),
        ("Package sizes", ", ".join(str(size) for size in supplement.package_sizes) or NOT_KNOWN),
        ("Allergens", allergens_in_words(supplement)),
        ("Meals", meals),
        ("What the patient reads", supplement.instruction or NOT_KNOWN),
        ("Evidence", supplement.get_evidence_display() if supplement.evidence else NOT_GRADED),
        ("Code", supplement.product_code or NOT_KNOWN),
    ]


def allergens_in_words(supplement: Supplement) -> str:
    if supplement.allergens is None:
        return "Not known: nobody has read its label"
    return ", ".join(Allergen(name).label for name in supplement.allergens) or "Its label names none"
