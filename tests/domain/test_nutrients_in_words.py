"""How a nutrient is written for people."""

import pytest

from protocols.domain.nutrients import nutrient_in_words


@pytest.mark.parametrize(
    ("nutrient", "words"),
    [
        ("magnesium", "Magnesium"),
        ("vitamin d", "Vitamin D"),
        ("vitamin b12", "Vitamin B12"),
        ("pantothenic acid", "Pantothenic acid"),
        ("omega-3", "Omega-3"),
    ],
)
def test_a_vitamin_has_its_letter_in_capitals(nutrient: str, words: str) -> None:
    assert nutrient_in_words(nutrient) == words
