"""An amount a thousand times the usual, or a thousandth, is asked about, and nothing else is."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.amount import Amount, Unit
from protocols.domain.substances import Substance
from protocols.domain.usual_amounts import looks_like_another_unit, usual_amount_words
from tests.domain.nutrition import KNOWN


def known(name: str) -> Substance:
    found = KNOWN.find(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "amount", "meant"),
    [
        ("glutamine", "5000 g", Unit.MG),
        ("glutamine", "5 mg", Unit.G),
        ("glutamine", "5 ug", Unit.G),
        ("glutamine", "4999.999 g", None),
        ("glutamine", "5.000001 mg", None),
        ("glutamine", "5 g", None),
        ("glutamine", "0 g", None),
        ("glutathione", "500 g", Unit.MG),
        ("glutathione", "500 ug", Unit.MG),
        ("glutathione", "100 g", None),
        ("vitamin d", "1000 mg", Unit.IU),
        ("vitamin d", "1000 g", Unit.IU),
        ("vitamin d", "100 mg", Unit.UG),
        ("vitamin d", "0.001 ug", None),  # the least was not read
        ("vitamin d", "4000000 [iU]", Unit.UG),
        ("glutamine", "5000 {capsule}", None),
        ("glutamine", "5000 10*9.[CFU]", None),
        ("ibuprofen", "400 g", None),  # nobody has read a usual amount
    ],
)
def test_the_unit_that_was_probably_meant(name: str, amount: str, meant: Unit | None) -> None:
    assert looks_like_another_unit(known(name), Amount.parse(amount)) is meant


@pytest.mark.parametrize(
    ("name", "amount", "words"),
    [
        ("glutamine", "5000 g", "5000 g of glutamine is 1000 times the usual 5 g. Did you mean mg?"),
        ("glutamine", "5 mg", "5 mg of glutamine is 1/1000 of the usual 5 g. Did you mean g?"),
        ("glutathione", "500 g", "500 g of glutathione is 500 times the usual 250 mg to 1000 mg. Did you mean mg?"),
        (
            "vitamin d",
            "100 mg",
            "100 mg of vitamin d is 1000 times the usual largest amount of 100 µg. Did you mean µg?",
        ),
        ("glutamine", "5 g", ""),
    ],
)
def test_it_is_asked_in_words(name: str, amount: str, words: str) -> None:
    assert usual_amount_words(known(name), Amount.parse(amount)) == words


@given(
    st.decimals(min_value="0.001", max_value=10**7, places=3, allow_nan=False, allow_infinity=False),
    st.sampled_from([Unit.UG, Unit.MG, Unit.G]),
)
def test_it_is_asked_exactly_from_a_thousand_times_on(value: object, unit: Unit) -> None:
    amount = Amount(value, unit)  # type: ignore[arg-type]
    grams = (
        Fraction(amount.value) * {Unit.UG: Fraction(1, 10**6), Unit.MG: Fraction(1, 1000), Unit.G: Fraction(1)}[unit]
    )
    meant = looks_like_another_unit(known("glutamine"), amount)
    assert (meant is not None) == (grams >= 5000 or grams <= Fraction(5, 1000))
    assert meant is not unit
    assert bool(usual_amount_words(known("glutamine"), amount)) == (meant is not None)
