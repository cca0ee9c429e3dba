"""An amount is an exact, canonical number with a unit."""

import copy
import pickle
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.amount import Amount, AmountError, Unit

values = st.integers(min_value=0, max_value=10**15 - 1).flatmap(
    lambda digits: st.integers(min_value=0, max_value=6).map(lambda places: Decimal(digits).scaleb(-places))
)
units = st.sampled_from(Unit)
amounts = st.builds(Amount, values, units)


def mg(number: str) -> Amount:
    return Amount(Decimal(number), Unit.MG)


@pytest.mark.parametrize(
    ("written", "canonical", "displayed"),
    [
        ("40 mg", "40 mg", "40 mg"),
        ("40.000000 mg", "40 mg", "40 mg"),
        ("2.50 mg", "2.5 mg", "2.5 mg"),
        ("0.125 mg", "0.125 mg", "0.125 mg"),
        ("0 g", "0 g", "0 g"),
        ("  5 g ", "5 g", "5 g"),
        ("007 ug", "7 ug", "7 µg"),
        ("10 10*9.[CFU]", "10 10*9.[CFU]", "10 billion CFU"),
        ("1000 [iU]", "1000 [iU]", "1000 IU"),
        ("15 mL", "15 mL", "15 mL"),
        ("1 {capsule}", "1 {capsule}", "1 capsule"),
        ("2 {capsule}", "2 {capsule}", "2 capsules"),
        ("0.5 {tablet}", "0.5 {tablet}", "0.5 tablets"),
        ("1.0 {packet}", "1 {packet}", "1 packet"),
        ("20 {drop}", "20 {drop}", "20 drops"),
        ("999999999999999 mg", "999999999999999 mg", "999999999999999 mg"),
        ("999999999.999999 mg", "999999999.999999 mg", "999999999.999999 mg"),
        ("1.0000000000 mg", "1 mg", "1 mg"),
    ],
)
def test_an_amount_is_read_and_written_canonically(written: str, canonical: str, displayed: str) -> None:
    amount = Amount.parse(written)
    assert str(amount) == canonical
    assert amount.display() == displayed


@pytest.mark.parametrize(
    "text",
    ["", "40", "mg", "40mg", "2,5 mg", "-1 mg", "+1 mg", "1e3 mg", ".5 mg", "1. mg", "NaN mg", "1/2 {tablet}",
     "40 MG", "40 mcg", "10 10*9[CFU]", "5 FCC", "40 mg mg", "٤ mg", "40 mg\n5 g", "1_0 mg"],
)  # fmt: skip
def test_what_is_not_an_amount_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(AmountError, match=r"\.$"):
        Amount.parse(text)


@pytest.mark.parametrize("value", [2.5, 40, True, "40", None])
def test_a_value_that_is_not_a_decimal_is_a_programming_error(value: object) -> None:
    with pytest.raises(TypeError, match="Decimal"):
        Amount(value, Unit.MG)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value",
    ["NaN", "sNaN", "Infinity", "-Infinity", "-1", "-0.000001", "0.0000001", "1E-7", "1E-999999", "1E+15",
     "1E+999999", "1000000000000000", "1000000000.000001", "123456789012345.6"],
)  # fmt: skip
def test_a_number_no_dose_can_be_is_refused(value: str) -> None:
    with pytest.raises(AmountError, match=r"\.$"):
        Amount(Decimal(value), Unit.MG)


def test_an_amount_read_from_sqlite_equals_the_one_that_was_written() -> None:
    assert mg("40.000000") == mg("40") == mg("4E+1") == mg("0.00004E+6")
    assert {str(mg("40.000000")), str(mg("40")), str(mg("4E+1"))} == {"40 mg"}


def test_negative_zero_is_zero() -> None:
    assert str(mg("-0.0")) == "0 mg"
    assert not mg("-0").value.is_signed()


def test_the_plain_code_of_a_unit_becomes_the_unit() -> None:
    amount = Amount(Decimal(1), "[iU]")  # type: ignore[arg-type]
    assert amount.unit is Unit.IU
    with pytest.raises(AmountError, match="not a unit"):
        Amount(Decimal(1), "teaspoon")  # type: ignore[arg-type]


def test_an_amount_does_not_change_after_it_is_made() -> None:
    with pytest.raises(AttributeError):
        mg("1").value = Decimal(2)  # type: ignore[misc]


def test_units_are_the_ucum_codes_and_have_words() -> None:
    assert {unit.value: unit.label for unit in Unit} == {
        "mg": "mg",
        "ug": "µg",
        "g": "g",
        "[iU]": "IU",
        "[USP'U]": "USP units",
        "U": "units",
        "{DU}": "DU",
        "{HUT}": "HUT",
        "{ALU}": "ALU",
        "{FIP}": "FIP",
        "{GalU}": "GalU",
        "{FCC'U}": "FCC units",
        "10*9.[CFU]": "billion CFU",
        "mL": "mL",
        "{capsule}": "capsules",
        "{tablet}": "tablets",
        "{packet}": "packets",
        "{drop}": "drops",
    }


@given(amounts)
def test_text_and_back_is_the_same_amount(amount: Amount) -> None:
    again = Amount.parse(str(amount))
    assert again == amount
    assert again.value.as_tuple() == amount.value.as_tuple()
    assert pickle.loads(pickle.dumps(amount)) == copy.deepcopy(amount) == amount


@given(values, units, st.integers(min_value=0, max_value=20))
def test_trailing_zeros_change_neither_text_nor_hash(value: Decimal, unit: Unit, zeros: int) -> None:
    with localcontext(prec=60):
        padded = value.quantize(Decimal(1).scaleb(-6 - zeros))
    one, other = Amount(value, unit), Amount(padded, unit)
    assert one == other
    assert str(one) == str(other)
    assert hash(one) == hash(other)
    assert "E" not in f"{one.value}"
    text = f"{one.value}"
    assert "." not in text or not text.endswith("0")


@given(st.decimals(allow_nan=True, allow_infinity=True), units)
def test_any_decimal_makes_a_sound_amount_or_a_sentence(value: Decimal, unit: Unit) -> None:
    try:
        amount = Amount(value, unit)
    except AmountError as error:
        assert str(error).endswith(".")  # noqa: PT017
    else:
        assert amount.value == value
        assert amount.value >= 0
        assert -6 <= int(amount.value.as_tuple().exponent) <= 0
        assert len(str(amount.value).replace(".", "").lstrip("0")) <= 15


@given(st.text())
def test_any_text_is_an_amount_or_a_sentence(text: str) -> None:
    try:
        Amount.parse(text)
    except AmountError as error:
        assert str(error).endswith(".")  # noqa: PT017
