"""Which doses a prescriber may choose from: all that a product can make, and no other."""

from decimal import Decimal

import pytest

from protocols.domain.amount import Amount, Unit
from protocols.domain.makeable import doses_up_to
from protocols.domain.medicines import MedicineClass
from protocols.domain.product import Liquid, Product
from protocols.domain.taper_error import TaperError


def mg(*values: str) -> tuple[Amount, ...]:
    return tuple(Amount(Decimal(value), Unit.MG) for value in values)


CAPSULES = Product("omeprazole", MedicineClass.PPI, "capsule", mg("10", "20"))


def test_capsules_make_whole_multiples() -> None:
    assert doses_up_to(CAPSULES, *mg("40"), most=9) == mg("10", "20", "30", "40")


def test_the_greatest_may_be_one_that_cannot_be_made() -> None:
    assert doses_up_to(CAPSULES, *mg("39"), most=9) == mg("10", "20", "30")
    assert doses_up_to(CAPSULES, *mg("9"), most=9) == ()


def test_strengths_without_a_common_measure_leave_gaps() -> None:
    product = Product("rabeprazole", MedicineClass.PPI, "tablet", mg("6", "10"))
    found = {str(a * 6 + b * 10) for a in range(6) for b in range(4) if 0 < a * 6 + b * 10 <= 30}
    assert {str(dose.value) for dose in doses_up_to(product, *mg("30"), most=99) or ()} == found


def test_halves_count_where_they_may_be_made() -> None:
    product = Product("famotidine", MedicineClass.H2RA, "tablet", mg("20"), may_be_halved=True)
    assert doses_up_to(product, *mg("40"), most=9) == mg("10", "20", "30", "40")


def test_a_liquid_goes_by_the_step_of_its_measure() -> None:
    liquid = Liquid(*mg("2"), step_ml=Decimal("0.5"))
    product = Product("famotidine", MedicineClass.H2RA, "oral liquid", liquid=liquid)
    assert doses_up_to(product, *mg("4"), most=9) == mg("1", "2", "3", "4")


def test_too_many_to_choose_from_are_not_listed() -> None:
    assert doses_up_to(CAPSULES, *mg("40"), most=4) is not None
    assert doses_up_to(CAPSULES, *mg("40"), most=3) is None


def test_another_unit_is_refused() -> None:
    with pytest.raises(TaperError):
        doses_up_to(CAPSULES, Amount(Decimal(10), Unit.ML), most=9)
