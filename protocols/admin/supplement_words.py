"""What the workspace says of a supplement, in words, and what is not known of it."""

from decimal import Decimal

from protocols.admin.catalogue_words import NOT_GRADED, NOT_KNOWN
from protocols.domain.amount import Amount
from protocols.domain.dose_form import FoodRule, Halving
from protocols.domain.substances import Basis
from protocols.domain.supplements import Allergen, SupplementClass
from protocols.models import Supplement
from protocols.services.knowledge import shipped_knowledge

MOST_IN_SHORT = 3


def holds_in_short(supplement: Supplement) -> str:
    """For a list: “zinc carnosine 37.5 mg in 1 capsule”; “psyllium, counted in g”; “amylase, lipase and 3 more, …”."""
    rows = list(supplement.ingredients.all())
    unit = supplement.counted_in
    measured = [row for row in rows if row.amount is not None and row.amount != Amount(Decimal(1), unit)]
    words = [str(row) if row in measured else row.substance for row in rows[:MOST_IN_SHORT]]
    more = f" and {len(rows) - len(words)} more" if len(rows) > len(words) else ""
    return ", ".join(words) + more + (f" in 1 {unit.label_of_one}" if measured else f", counted in {unit.label}")


def ingredients_in_words(supplement: Supplement) -> list[tuple[str, str]]:
    """Each with its amount in one unit, what that counts, and what is worth knowing of it."""
    substances = shipped_knowledge().substances
    found = []
    for row in supplement.ingredients.all():
        words = "How much: not known." if row.amount is None else f"{row.amount.display()}."
        if row.basis and row.amount is not None:
            words = f"{row.amount.display()} of {Basis(row.basis).label}."
        notes = ["Doses may be written in it."] if row.is_leading else []
        if substances.find(row.substance) is None:
            notes.append("Not checked: no rule and no daily total knows it.")
        found.append((row.substance, " ".join([words, *notes])))
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
