"""A person's weight is read from words, and is no dose."""

import pytest

from protocols.domain.amount import Amount, AmountError
from protocols.domain.weight import parse_weight


@pytest.mark.parametrize(("text", "grams"), [("70 kg", "70000 g"), (" 62.5 kg ", "62500 g"), ("3.251 kg", "3251 g")])
def test_kilograms_become_grams(text: str, grams: str) -> None:
    assert parse_weight(text) == Amount.parse(grams)


@pytest.mark.parametrize("text", ["70", "0 kg", "-70 kg", "70kg", "70 mg", "1e3 kg", "7000 kg", "70.1234 kg", ""])
def test_what_is_no_weight_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(AmountError, match="“70 kg”"):
        parse_weight(text)


def test_kilograms_are_no_unit_of_a_dose() -> None:
    with pytest.raises(AmountError, match="not a unit"):
        Amount.parse("5 kg")
