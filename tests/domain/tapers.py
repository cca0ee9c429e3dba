"""Tapers as documents, for tests: the smallest one, what it becomes with other values, and its days one by one."""

from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from protocols.domain.amount import Amount
from protocols.domain.document import Fields
from protocols.domain.medicines import MedicineClass
from protocols.domain.pattern import Pattern
from protocols.domain.product import Product
from protocols.domain.recipe import build
from protocols.domain.taper import Dose, Schedule, Step, schedule
from protocols.domain.taper_preview import preview, read_product, read_recipe, read_slots

MONDAY = date(2027, 1, 4)
MORNING = "before breakfast"

LADDER: dict[str, Any] = {
    "medicine": "omeprazole",
    "class": "PPI",
    "form": "delayed-release capsule",
    "splittable": "no",
    "strengths": ["10 mg", "20 mg", "40 mg"],
    "start": [{"slot": MORNING, "amount": "40 mg"}],
    "recipe": {"method": "strength_ladder", "days_per_step": 28},
    "starts_on": "2027-01-04",
}


def document(*leave_out: str, **changes: Any) -> dict[str, Any]:
    """The ladder with other values; `medicine_class` stands for the key “class”, which Python keeps for itself."""
    changed = deepcopy(LADDER)
    if "medicine_class" in changes:
        changes["class"] = changes.pop("medicine_class")
    changed.update(deepcopy(changes))
    return {key: value for key, value in changed.items() if key not in leave_out}


def tablets(*strengths: str, halves: bool = False) -> dict[str, Any]:
    """What makes the document one of tablets that may be anything but daily, and halved if so."""
    return {"medicine_class": "other", "strengths": list(strengths), "splittable": "half" if halves else "no"}


def taken(*amounts: str) -> list[dict[str, str]]:
    """So much at one time of day after another: morning, noon, evening."""
    return [
        {"slot": slot, "amount": amount} for slot, amount in zip(("morning", "noon", "evening"), amounts, strict=False)
    ]


def fives_document(*, days: int, **recipe: Any) -> dict[str, Any]:
    """40 mg of halved 10 mg tablets, five off each step."""
    fixed = {"method": "fixed_amount", "amount": "5 mg", "days_per_step": days, **recipe}
    return document(**tablets("10 mg", halves=True), recipe=fixed)


def doses_of(result: dict[str, Any]) -> list[str]:
    """The amount of a dose day, step by step."""
    return [step["amount_per_dose_day"] for step in result["steps"]]


def by_slot(result: dict[str, Any]) -> list[dict[str, str]]:
    """What is taken at each time of day, in milligrams, step by step: added up from the units."""
    return [
        {
            dose[
                "slot"
            ]: f"{sum(Amount.parse(one['strength']).value * Decimal(one['count']) for one in dose['units']):f}"
            for dose in step["take"]
        }
        for step in result["steps"]
    ]


def codes_of(result: dict[str, Any]) -> list[tuple[str, int]]:
    """Code and step of each finding."""
    return [(finding["code"], finding["step"]) for finding in result["findings"]]


def preview_of(*leave_out: str, **changes: Any) -> dict[str, Any]:
    return preview(document(*leave_out, **changes))


def laid_out(written: dict[str, Any]) -> Schedule:
    """The schedule behind a preview."""
    fields = Fields(written)
    recipe = read_recipe(Fields(written["recipe"], "recipe"))
    built = build(read_product(fields), read_slots(fields, "start"), recipe)
    return schedule(built.steps, first_day=date.fromisoformat(written["starts_on"]))


def day_by_day(one: Schedule, days: int) -> list[str]:
    """What is taken on each of so many days from the first: "20", "3.5", or "0" on a day without."""
    found = []
    for number in range(days):
        doses = one.take_on(one.first_day + timedelta(days=number))
        found.append(f"{sum((dose.amount.value for dose in doses), Decimal(0)):f}")
    return found


CAPSULES = Product(
    "omeprazole",
    MedicineClass.PPI,
    "delayed-release capsule",
    (Amount.parse("10 mg"), Amount.parse("20 mg"), Amount.parse("40 mg")),
)


def step(amount: str, days: int, pattern: str = "daily", *, lived_days: int = 0) -> Step:
    """A step of capsules taken in the morning."""
    dose = Dose(MORNING, CAPSULES.make(Amount.parse(amount)))
    return Step((dose,), Pattern.parse(pattern), days, lived_days)
