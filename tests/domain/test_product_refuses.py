"""What cannot be a product is refused, with the field that is wrong."""

from decimal import Decimal
from typing import Any

import pytest

from protocols.domain.amount import Amount
from protocols.domain.medicines import MedicineClass
from protocols.domain.product import MOST_STRENGTHS, Liquid, Product, Units
from protocols.domain.taper_error import TaperError

TEN = Amount.parse("10 mg")
LIQUID = Liquid(Amount.parse("20 mg"), Decimal("0.1"))


def make(medicine_class: MedicineClass = MedicineClass.OTHER, **fields: Any) -> Product:
    return Product("a medicine", medicine_class, "a form", **fields)


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({}, "strengths_or_liquid", "strengths"),
        ({"strengths": (TEN,), "liquid": LIQUID}, "strengths_or_liquid", "strengths"),
        ({"strengths": (TEN, Amount.parse("20 {capsule}"))}, "wrong_unit", "strengths[1]"),
        ({"strengths": (TEN, Amount.parse("10000 ug"))}, "wrong_unit", "strengths[1]"),
        ({"strengths": (TEN, Amount.parse("20 mg"), Amount.parse("10.0 mg"))}, "twice", "strengths[2]"),
        ({"strengths": (Amount.parse("0 mg"),)}, "not_positive", "strengths[0]"),
        ({"strengths": (Amount.parse("0.000001 mg"),), "may_be_halved": True}, "too_fine", "strengths[0]"),
        ({"strengths": tuple(TEN * n for n in range(1, MOST_STRENGTHS + 2))}, "too_many_strengths", "strengths"),
        ({"liquid": LIQUID, "may_be_halved": True}, "never_halved", "splittable"),
    ],
)
def test_what_contradicts_itself_is_refused(fields: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(TaperError, match=r"\.$") as caught:
        make(**fields)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_a_proton_pump_inhibitor_is_never_halved() -> None:
    with pytest.raises(TaperError, match="proton pump inhibitor") as caught:
        make(MedicineClass.PPI, strengths=(TEN,), may_be_halved=True)
    assert (caught.value.code, caught.value.field) == ("never_halved", "splittable")


def test_strengths_are_put_in_order() -> None:
    found = make(strengths=(TEN, Amount.parse("40 mg"), Amount.parse("20 mg")))
    assert [str(strength) for strength in found.strengths] == ["40 mg", "20 mg", "10 mg"]
    assert found.describe() == "10 mg, 20 mg and 40 mg"


@pytest.mark.parametrize(
    ("concentration", "step_ml", "field"),
    [("0 mg", "0.1", "liquid.concentration"), ("20 mg", "0", "liquid.step"), ("20 mg", "-1", "liquid.step"),
     ("20 mg", "NaN", "liquid.step"), ("0.001 mg", "0.0001", "liquid.step")],
)  # fmt: skip
def test_what_is_no_liquid_is_refused(concentration: str, step_ml: str, field: str) -> None:
    with pytest.raises(TaperError) as caught:
        Liquid(Amount.parse(concentration), Decimal(step_ml))
    assert caught.value.field == field


@pytest.mark.parametrize("count", ["0", "-1", "NaN", "Infinity"])
def test_a_count_of_units_is_above_zero(count: str) -> None:
    with pytest.raises(TaperError):
        Units(TEN, Decimal(count))


def test_equal_counts_are_written_alike() -> None:
    assert Units(TEN, Decimal("1.50")).as_json() == {"strength": "10 mg", "count": "1.5"}
    assert Units(TEN, Decimal("1E+1")).as_json() == {"strength": "10 mg", "count": "10"}
    assert Units(TEN, Decimal("2.0")) == Units(TEN, Decimal(2))
