"""Adding, comparing and converting amounts is exact, and never mixes units."""

from collections.abc import Callable
from decimal import Decimal, getcontext, localcontext
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.amount import Amount, AmountError, Unit, UnitMismatch

small_values = st.decimals(min_value=0, max_value=10**7, places=6, allow_nan=False, allow_infinity=False)
MASSES = {Unit.G: Fraction(1), Unit.MG: Fraction(1, 1000), Unit.UG: Fraction(1, 1_000_000)}

MIXED: dict[str, Callable[[Amount, Amount], object]] = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def mg(number: str | int) -> Amount:
    return Amount(Decimal(number), Unit.MG)


def test_hand_computed_sums() -> None:
    assert mg("0.1") + mg("0.2") == mg("0.3")
    assert mg(40) - mg("2.5") == mg("37.5")
    assert mg(40) - mg(40) == mg(0)
    assert mg("2.5") * 3 == 3 * mg("2.5") == mg("7.5")
    assert mg(5) * Decimal("0.5") == Decimal("0.5") * mg(5) == mg("2.5")
    assert mg(5) * 0 == mg(0)
    assert sum([mg(1), mg(2)], start=mg(0)) == mg(3)


@pytest.mark.parametrize("symbol", MIXED)
def test_two_units_never_mix(symbol: str) -> None:
    calculate = MIXED[symbol]
    for one, other in product(Unit, Unit):
        if one is other:
            calculate(Amount(Decimal(2), one), Amount(Decimal(1), other))
        else:
            with pytest.raises(UnitMismatch, match="same unit"):
                calculate(Amount(Decimal(2), one), Amount(Decimal(1), other))


def test_amounts_of_different_units_are_unequal_and_can_share_a_set() -> None:
    assert Amount.parse("1 g") != Amount.parse("1000 mg")
    assert len({Amount.parse("1 g"), Amount.parse("1 mg"), Amount.parse("1.0 mg")}) == 2


def test_less_than_nothing_is_refused() -> None:
    with pytest.raises(AmountError, match="never below zero"):
        mg(1) - mg(2)
    with pytest.raises(AmountError, match="never below zero"):
        mg(1) * -1


@pytest.mark.parametrize("factor", [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("1E+999999"), 10**15])
def test_a_factor_that_makes_no_dose_is_refused(factor: Decimal | int) -> None:
    with pytest.raises(AmountError, match=r"\.$"):
        mg(5) * factor


def test_a_product_that_needs_rounding_is_refused() -> None:
    with pytest.raises(AmountError, match="6 decimals"):
        mg("0.1") * Decimal("0.000001")


@pytest.mark.parametrize("stranger", [2.0, "2", None, True])
def test_amounts_calculate_with_nothing_but_amounts_and_exact_numbers(stranger: object) -> None:
    with pytest.raises(TypeError):
        mg(1) * stranger  # type: ignore[operator]
    for calculate in MIXED.values():
        with pytest.raises(TypeError):
            calculate(mg(1), stranger)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "unit", "converted"),
    [
        ("1 g", Unit.MG, "1000 mg"),
        ("1 mg", Unit.UG, "1000 ug"),
        ("400 ug", Unit.MG, "0.4 mg"),
        ("2.5 g", Unit.UG, "2500000 ug"),
        ("1 ug", Unit.G, "0.000001 g"),
        ("5 mg", Unit.MG, "5 mg"),
        ("5 [iU]", Unit.IU, "5 [iU]"),
    ],
)
def test_listed_conversions_are_exact(written: str, unit: Unit, converted: str) -> None:
    assert str(Amount.parse(written).to(unit)) == converted


@pytest.mark.parametrize("one", Unit)
def test_only_masses_convert(one: Unit) -> None:
    amount = Amount(Decimal(3), one)
    for other in Unit:
        if one is other or {one, other} <= set(MASSES):
            assert amount.to(other).unit is other
        else:
            with pytest.raises(UnitMismatch, match="only g, mg and µg convert"):
                amount.to(other)


def test_a_conversion_that_needs_rounding_is_refused() -> None:
    with pytest.raises(AmountError, match="6 decimals"):
        Amount.parse("0.1 ug").to(Unit.G)


@given(small_values, small_values)
def test_sums_and_differences_are_those_of_fractions(one: Decimal, other: Decimal) -> None:
    low, high = sorted([one, other])
    assert Fraction((mg(str(one)) + mg(str(other))).value) == Fraction(one) + Fraction(other)
    assert Fraction((mg(str(high)) - mg(str(low))).value) == Fraction(high) - Fraction(low)
    assert mg(str(one)) + mg(str(other)) - mg(str(other)) == mg(str(one))


@given(small_values, st.integers(min_value=0, max_value=99))
def test_a_multiple_is_the_repeated_sum(value: Decimal, count: int) -> None:
    assert mg(str(value)) * count == sum([mg(str(value))] * count, start=mg(0))


@given(small_values, small_values)
def test_comparisons_are_those_of_the_numbers(one: Decimal, other: Decimal) -> None:
    left, right = mg(str(one)), mg(str(other))
    assert (left < right, left <= right, left > right, left >= right, left == right) == (
        one < other,
        one <= other,
        one > other,
        one >= other,
        one == other,
    )


@given(small_values, st.sampled_from(list(MASSES)), st.sampled_from(list(MASSES)))
def test_a_converted_mass_is_the_same_mass_or_is_refused(value: Decimal, one: Unit, other: Unit) -> None:
    amount = Amount(value, one)
    mass = Fraction(value) * MASSES[one]
    fits = (mass / MASSES[other] * 10**6).denominator == 1 and mass / MASSES[other] < 10**9
    try:
        converted = amount.to(other)
    except AmountError:
        assert not fits
    else:
        assert Fraction(converted.value) * MASSES[other] == mass
        assert converted.to(one) == amount


def test_a_caller_with_a_coarse_decimal_context_still_gets_exact_sums() -> None:
    with localcontext(prec=3):
        assert getcontext().prec == 3
        assert mg("123456.789") + mg("0.000001") == mg("123456.789001")
        assert mg("123456.789") * 2 == mg("246913.578")
        assert str(mg("123456.7890")) == "123456.789 mg"
        assert Amount.parse("123456.789 mg").to(Unit.UG) == Amount.parse("123456789 ug")
