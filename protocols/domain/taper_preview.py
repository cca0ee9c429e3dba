"""A whole taper in one document, and its schedule in another: `manage.py preview_taper`, and every live preview."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from protocols.domain.amount import Amount, AmountError, Unit
from protocols.domain.document import Fields, text_of
from protocols.domain.medicines import MedicineClass
from protocols.domain.pattern import Pattern
from protocols.domain.product import Liquid, Product
from protocols.domain.recipe import Built, Entry, Recipe, Rounding, SlotAmount, build
from protocols.domain.recipe_terms import EVERY_METHOD, OWN_KEYS, Method
from protocols.domain.taper import DatedStep, Schedule, dose_as_json, schedule
from protocols.domain.taper_error import DocumentError, TaperError
from protocols.domain.taper_findings import dated_findings

CLASSES: Final = ("PPI", "H2RA", "corticosteroid", "SSRI", "benzodiazepine", "opioid", "other")
_PER_ML: Final = "/mL"


def preview(document: object) -> dict[str, Any]:
    """The schedule, the totals, what to dispense and what to look at, for a taper written as one document.

    Raises `TaperError` with a code, the path of what to change, and a sentence.
    """
    try:
        fields = Fields(document)
        fields.only({"medicine", "class", "form", "splittable", "strengths", "liquid", "start", "recipe", "starts_on"})
        product = read_product(fields)
        start = read_slots(fields, "start")
        recipe = read_recipe(Fields(fields.value("recipe"), "recipe"))
        first_day = fields.day("starts_on")
        built = build(product, start, recipe)
        return schedule_as_json(built, schedule(built.steps, first_day=first_day))
    except TaperError:
        raise
    except DocumentError as error:
        raise TaperError(error.code, error.field, error.text) from error
    except AmountError as error:
        # Each amount was read; only what they add up to can be more than an amount may be.
        raise TaperError("amount_out_of_range", "start", f"What is taken adds up to too much. {error}") from error


def read_product(fields: Fields) -> Product:
    """The medicine: name, class, form, and its strengths or the liquid it is."""
    name, form = fields.text("medicine"), fields.text("form")
    medicine_class = MedicineClass(fields.one_of("class", CLASSES))
    halved = "splittable" in fields and fields.one_of("splittable", ("no", "half")) == "half"
    if ("strengths" in fields) == ("liquid" in fields):
        raise TaperError("strengths_or_liquid", "strengths", "Give “strengths”, or “liquid” instead of them.")
    if "liquid" in fields:
        liquid = _read_liquid(Fields(fields.value("liquid"), "liquid"))
        return Product(name, medicine_class, form, liquid=liquid, may_be_halved=halved)
    strengths = tuple(_amount_of(value, path) for value, path in fields.entries("strengths"))
    if not strengths:
        raise TaperError("missing", "strengths", "Name at least one strength.")
    return Product(name, medicine_class, form, strengths, may_be_halved=halved)


def read_slots(fields: Fields, key: str) -> tuple[SlotAmount, ...]:
    """What is taken at each time of day."""
    return tuple(_slot_amount(entry) for entry in fields.objects(key))


def read_recipe(fields: Fields) -> Recipe:
    """The recipe; keys of another method are refused by name."""
    method = Method(fields.one_of("method", (each.value for each in Method)))
    fields.only(EVERY_METHOD | OWN_KEYS[method], why=f" with {method.value}")
    return Recipe(
        method=method,
        days_per_step=fields.integer("days_per_step") if "days_per_step" in fields else None,
        amount=fields.amount("amount") if "amount" in fields else None,
        percent=fields.decimal("percent") if "percent" in fields else None,
        steps=tuple(_entries(fields, "steps")),
        hold_start_days=fields.integer("hold_start_days") if "hold_start_days" in fields else 0,
        first_drop=_texts(fields, "first_drop"),
        floor=fields.amount("floor") if "floor" in fields else None,
        round=Rounding(fields.one_of("round", ("none", "down"))) if "round" in fields else Rounding.NONE,
        tail=tuple(_entries(fields, "tail")),
    )


def schedule_as_json(built: Built, dated: Schedule) -> dict[str, Any]:
    """The document that says a schedule without holds: steps, totals, what to dispense, findings by step."""
    findings = sorted((*built.findings, *dated_findings(dated)), key=lambda finding: finding.step)
    return {
        "steps": [_step_as_json(step) for step in dated.steps],
        "days": dated.days,
        "ends_on": _iso(dated.ends_on),
        "last_dose_on": _iso(dated.last_dose_on),
        "total": str(dated.total),
        "dispense": [dispensed.as_json() for dispensed in dated.dispense() or ()],
        "findings": [
            {"code": each.code, "severity": each.severity.value, "text": each.text, "step": each.step}
            for each in findings
        ],
    }


def _read_liquid(fields: Fields) -> Liquid:
    fields.only({"concentration", "step"})
    concentration = fields.text("concentration")
    if not concentration.endswith(_PER_ML):
        raise TaperError(
            "not_a_concentration", fields.at("concentration"), "Write what one millilitre holds, as in “20 mg/mL”."
        )
    held = _amount_of(concentration.removesuffix(_PER_ML), fields.at("concentration"))
    step = fields.amount("step")
    if step.unit is not Unit.ML:
        raise TaperError("wrong_unit", fields.at("step"), "The step of a measure is in mL: write, say, “0.1 mL”.")
    return Liquid(held, step.value)


def _slot_amount(fields: Fields) -> SlotAmount:
    fields.only({"slot", "amount"})
    return SlotAmount(fields.text("slot"), fields.amount("amount"))


def _entries(fields: Fields, key: str) -> Iterator[Entry]:
    for entry in fields.objects(key) if key in fields else ():
        entry.only({"pattern", "amount", "take", "days"})
        yield Entry(
            days=entry.integer("days"),
            pattern=entry.pattern("pattern") if "pattern" in entry else Pattern.daily(),
            amount=entry.amount("amount") if "amount" in entry else None,
            take=_take(entry),
        )


def _take(entry: Fields) -> tuple[SlotAmount, ...]:
    if "take" not in entry:
        return ()
    taken = read_slots(entry, "take")
    if not taken:
        raise TaperError("missing", entry.at("take"), "Say how much is taken at least at one time of day.")
    return taken


def _texts(fields: Fields, key: str) -> tuple[str, ...]:
    return tuple(text_of(value, path) for value, path in fields.entries(key)) if key in fields else ()


def _amount_of(value: object, path: str) -> Amount:
    try:
        return Amount.parse(text_of(value, path))
    except AmountError as error:
        raise TaperError("not_an_amount", path, str(error)) from error


def _step_as_json(dated: DatedStep) -> dict[str, Any]:
    return {
        "number": dated.number,
        "from": dated.first.isoformat(),
        "to": _iso(dated.last),
        "days": dated.step.days,
        "pattern": str(dated.step.pattern),
        "take": [dose_as_json(dose) for dose in dated.step.doses],
        "amount_per_dose_day": str(dated.step.amount_per_dose_day),
        "dose_days": dated.dose_days,
        "total": str(dated.total),
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
