"""What the workspace says of a medicine, in words: whether it may be tapered here, and what is not known of it."""

from collections.abc import Collection

from protocols.domain.dose_form import FoodRule, Halving
from protocols.domain.medicines import MedicineClass
from protocols.models import EnabledSubstance, Medicine

NOT_KNOWN = "Not known"
NOT_GRADED = "Nobody has graded it"


def strengths_in_words(medicine: Medicine) -> str:
    """“10 mg, 20 mg, 40 mg”, lowest first; what a liquid holds; or that nobody knows."""
    if medicine.liquid is not None:
        return f"{medicine.liquid.concentration_per_ml.display()} in 1 mL, by {medicine.liquid.step_ml:f} mL"
    amounts = [amount.display() for amount in reversed(medicine.amounts)]
    return ", ".join(amounts) or NOT_KNOWN


def meals_in_words(medicine: Medicine) -> str:
    if medicine.minutes_before_meal is not None:
        return f"{medicine.minutes_before_meal} minutes before a meal"
    return FoodRule(medicine.food).label


def tapers_in_words(medicine: Medicine, enabled: Collection[tuple[str, str]]) -> str:
    """Whether it may be tapered, and if not, what would have to happen. enabled: substance and class, of one clinic."""
    if medicine.is_retired:
        return "No new ones: this version is retired"
    if not medicine.is_measurable:
        return "No: its strengths are not known. Add a medicine of your own that says them"
    if medicine.can_be_tapered:
        return "Yes"
    if (medicine.substance, medicine.medicine_class) in enabled:
        return "Yes: enabled by a licensed prescriber"
    return "No, until a licensed prescriber of your clinic enables it"


def tapers_in_short(medicine: Medicine, enabled: Collection[tuple[str, str]]) -> str:
    """The same for a list: yes, no, or what would have to happen."""
    if not medicine.is_measurable or medicine.is_retired:
        return "No"
    if medicine.can_be_tapered or (medicine.substance, medicine.medicine_class) in enabled:
        return "Yes"
    return "Once enabled"


def enabled_in(clinics: Collection[int]) -> set[tuple[str, str]]:
    """What is enabled in any of these clinics, by their ids. One query."""
    rows = EnabledSubstance.objects.in_force().filter(clinic__in=clinics)
    return set(rows.values_list("substance", "medicine_class"))


def facts_in_words(medicine: Medicine) -> list[tuple[str, str]]:
    """Everything that the row says, and of everything else that it is not known."""
    prescription = {True: "Yes", False: "No", None: NOT_KNOWN}[medicine.prescription_only]
    facts = [
        ("Ingredient", medicine.substance),
        ("Class", MedicineClass(medicine.medicine_class).label),
        ("Form", medicine.form_words or NOT_KNOWN),
        ("Release", medicine.get_release_display() if medicine.release else NOT_KNOWN),
        ("Strengths", strengths_in_words(medicine)),
        ("May be halved", Halving(medicine.may_be_halved).label),
        ("Meals", meals_in_words(medicine)),
        ("What the patient reads", medicine.instruction or NOT_KNOWN),
        ("For rescue", "Yes" if medicine.is_rescue else "No"),
        ("Only on prescription", prescription),
        ("Evidence", medicine.get_evidence_display() if medicine.evidence else NOT_GRADED),
        ("RxNorm ingredient", medicine.rxnorm_ingredient_code or NOT_KNOWN),
    ]
    strengths = sorted(medicine.strengths.all(), key=lambda row: row.amount_value)
    codes = [f"{row} {row.rxnorm_drug_code}" for row in strengths if row.rxnorm_drug_code]
    return [*facts, ("RxNorm clinical drugs", ", ".join(codes) or NOT_KNOWN)]
