"""A step is written in one canonical way, because what is written is signed."""

import json
from decimal import Decimal
from typing import Any

import pytest

from protocols.domain.amount import Amount
from protocols.domain.pattern import Pattern
from protocols.domain.product import Units
from protocols.domain.taper import Dose, Step, dose_as_json, dose_from_json, step_as_json, step_from_json
from protocols.domain.taper_error import TaperError

TEN = Units(Amount.parse("10 mg"), Decimal("1.5"))
LIQUID = Units(Amount.parse("20 mg"), Decimal("0.5"), per_ml=True)
STEP = Step((Dose("before breakfast", (TEN,)), Dose("bedtime", (LIQUID,))), Pattern.parse("every 2 days"), 28, 3)
WRITTEN: dict[str, Any] = {
    "take": [
        {"slot": "before breakfast", "units": [{"strength": "10 mg", "count": "1.5"}]},
        {"slot": "bedtime", "units": [{"strength": "20 mg/mL", "count": "0.5", "unit": "mL"}]},
    ],
    "pattern": "every 2 days",
    "days": 28,
    "lived_days": 3,
}


def changed(path: str, value: Any) -> dict[str, Any]:
    copy: Any = json.loads(json.dumps(WRITTEN))
    *parents, last = path.split(".")
    inner = copy
    for name in parents:
        inner = inner[int(name)] if isinstance(inner, list) else inner[name]
    inner[last] = value
    return dict(copy)


def test_a_step_is_written_with_text_for_every_amount() -> None:
    assert step_as_json(STEP) == WRITTEN
    assert dose_as_json(STEP.doses[0]) == WRITTEN["take"][0]


def test_what_was_written_is_read_back() -> None:
    assert step_from_json(json.loads(json.dumps(WRITTEN))) == STEP
    assert dose_from_json(WRITTEN["take"][1]) == STEP.doses[1]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("days", 0),
        ("days", "28"),
        ("days", True),
        ("days", 28.0),
        ("lived_days", -1),
        ("lived_days", False),
        ("pattern", "Every 2 days"),
        ("pattern", "every  2 days"),
        ("pattern", "sometimes"),
        ("pattern", None),
        ("take", []),
        ("take", None),
        ("note", "with water"),
        ("take.0.slot", ""),
        ("take.1.slot", "Before  breakfast"),
        ("take.0.units", []),
        ("take.0.units.0.count", "1.50"),
        ("take.0.units.0.count", "0"),
        ("take.0.units.0.count", "many"),
        ("take.0.units.0.count", 1),
        ("take.0.units.0.strength", "10.0 mg"),
        ("take.0.units.0.strength", "10mg"),
        ("take.0.units.0.strength", "10 mg/mL"),
        ("take.0.units.0.unit", "mL"),
        ("take.1.units.0.unit", "L"),
        ("take.1.units.0.strength", "20 mg"),
    ],
)
def test_another_way_to_write_it_is_refused(path: str, value: Any) -> None:
    with pytest.raises(TaperError, match=r"\.$"):
        step_from_json(changed(path, value))


@pytest.mark.parametrize("key", ["take", "pattern", "days", "lived_days"])
def test_every_key_is_needed(key: str) -> None:
    with pytest.raises(TaperError):
        step_from_json({name: value for name, value in WRITTEN.items() if name != key})


@pytest.mark.parametrize("value", [None, [], "step", 7])
def test_what_is_no_step_is_refused(value: Any) -> None:
    with pytest.raises(TaperError):
        step_from_json(value)
    with pytest.raises(TaperError):
        dose_from_json(value)


def test_a_step_without_doses_days_or_distinct_slots_cannot_be() -> None:
    dose = STEP.doses[0]
    with pytest.raises(TaperError):
        Step((), Pattern.daily(), 7)
    with pytest.raises(TaperError):
        Step((dose,), Pattern.daily(), 0)
    with pytest.raises(TaperError, match="named twice"):
        Step((dose, Dose("Before breakfast", (TEN,))), Pattern.daily(), 7)
    with pytest.raises(TaperError):
        Dose("noon", ())
