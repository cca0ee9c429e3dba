"""What must hold for one medicine with its strengths, wherever it comes from: a pack's file or a clinic's form."""

from collections.abc import Sequence

from protocols.domain.amount import Amount, AmountError
from protocols.domain.dose_form import DoseForm, FoodRule, Halving
from protocols.domain.medicines import MedicineClass
from protocols.domain.taper_error import TaperError
from protocols.models import Medicine

LIQUID_FIELDS = ("liquid_value", "liquid_unit", "liquid_step_ml")


def problems_of(medicine: Medicine, strengths: Sequence[Amount]) -> dict[str, str]:
    """What is wrong, by field, each as a sentence; “strengths” and “liquid” stand for themselves. Empty: nothing.

    The medicine need not be saved, and neither need its strengths.
    """
    problems: dict[str, str] = {}
    given = [getattr(medicine, name) not in (None, "") for name in LIQUID_FIELDS]
    if any(given) and not all(given):
        problems["liquid"] = "A liquid needs the amount in 1 mL, its unit, and the smallest step in mL."
    elif any(given) and medicine.form != DoseForm.LIQUID.value:
        problems["liquid"] = "Only an oral liquid is measured in mL: choose that form, or give strengths."
    if any(given) and strengths:
        problems["strengths"] = "A liquid has no strengths: give either, not both."
    if medicine.medicine_class == MedicineClass.PPI.value and medicine.may_be_halved == Halving.HALF.value:
        problems["may_be_halved"] = "A proton pump inhibitor is never halved: its smallest step is one whole unit."
    if medicine.minutes_before_meal is not None:
        if medicine.food != FoodRule.BEFORE_MEAL.value:
            problems["minutes_before_meal"] = "Minutes belong to “Before a meal”: choose that, or leave them out."
        elif not 1 <= medicine.minutes_before_meal <= 240:
            problems["minutes_before_meal"] = "Give between 1 and 240 minutes."
    if not problems and (any(given) or strengths):
        problems |= _as_product(medicine, strengths)
    return problems


def _as_product(medicine: Medicine, strengths: Sequence[Amount]) -> dict[str, str]:
    """What the arithmetic of tapers says of it."""
    try:
        medicine.product_of(strengths)
    except TaperError as error:
        fields = {"liquid": "liquid", "splittable": "may_be_halved"}
        return {fields.get(error.field.partition(".")[0], "strengths"): error.text}
    except AmountError as error:
        return {"liquid": str(error)}
    return {}
