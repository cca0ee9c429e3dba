"""A dose in words and in figures: what a fax must not spoil, and what a person reads aloud."""

from decimal import Decimal

import pytest

from protocols.domain.amount import Amount
from protocols.domain.dose_words import (
    counted,
    dose_in_words,
    joined,
    pattern_in_words,
    slot_in_words,
    taken_in_figures,
    units_in_figures,
    units_in_words,
)
from protocols.domain.pattern import Pattern
from protocols.domain.product import Units
from protocols.domain.taper import Dose

CAPSULE = "delayed-release capsule"


def units(count: str, strength: str = "20 mg", *, per_ml: bool = False) -> Units:
    return Units(Amount.parse(strength), Decimal(count), per_ml=per_ml)


@pytest.mark.parametrize(
    ("count", "words", "figures"),
    [
        ("1", "one tablet of 20 mg", "1 × 20 mg"),
        ("2", "two tablets of 20 mg", "2 × 20 mg"),
        ("0.5", "half a tablet of 20 mg", "½ × 20 mg"),
        ("1.5", "one and a half tablets of 20 mg", "1½ × 20 mg"),
        ("12", "twelve tablets of 20 mg", "12 × 20 mg"),
        ("13", "13 tablets of 20 mg", "13 × 20 mg"),
        ("13.5", "13 and a half tablets of 20 mg", "13½ × 20 mg"),
    ],
)
def test_units_are_said_in_words_and_in_figures(count: str, words: str, figures: str) -> None:
    assert units_in_words(units(count), "tablet") == words
    assert units_in_figures(units(count)) == figures


@pytest.mark.parametrize(
    ("count", "words"), [("1", "1 capsule"), ("2", "2 capsules"), ("0.5", "half a capsule"), ("1.5", "1½ capsules")]
)
def test_units_are_counted_for_a_label(count: str, words: str) -> None:
    assert counted(Decimal(count), CAPSULE) == words


@pytest.mark.parametrize(
    ("form", "one", "two"),
    [
        ("delayed-release capsule", "1 capsule", "2 capsules"),
        ("sprinkle capsule", "1 capsule", "2 capsules"),
        ("orally disintegrating tablet", "1 tablet", "2 tablets"),
        ("packet of granules", "1 packet", "2 packets"),
        ("something else", "1 unit", "2 units"),
        ("", "1 unit", "2 units"),
    ],
)
def test_what_is_counted_follows_from_the_form(form: str, one: str, two: str) -> None:
    assert (counted(Decimal(1), form), counted(Decimal(2), form)) == (one, two)


def test_a_liquid_is_said_in_millilitres() -> None:
    liquid = units("2.5", "20 mg", per_ml=True)
    assert units_in_words(liquid, "oral liquid") == "2.5 mL of 20 mg/mL"
    assert units_in_figures(liquid) == "2.5 mL (20 mg/mL)"


def test_a_dose_of_two_strengths_names_both() -> None:
    dose = Dose("before breakfast", (units("1", "20 mg"), units("2", "5 mg")))
    assert dose_in_words(dose, "tablet") == "one tablet of 20 mg and two tablets of 5 mg before breakfast"
    assert taken_in_figures(dose.units) == "1 × 20 mg + 2 × 5 mg"


@pytest.mark.parametrize(
    ("slot", "words"),
    [
        ("before-breakfast", "before breakfast"),
        ("on-waking", "on waking"),
        ("bedtime", "at bedtime"),
        ("Evening", "in the evening"),
        ("before the last meal", "before the last meal"),
        ("mid-morning", "mid-morning"),
    ],
)
def test_a_time_of_day_stands_in_a_sentence(slot: str, words: str) -> None:
    assert slot_in_words(slot) == words


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("daily", "every day"),
        ("every 2 days", "every 2 days"),
        ("weekdays mon,thu", "on Mondays and Thursdays"),
        ("as needed", "as needed"),
    ],
)
def test_a_pattern_stands_in_a_sentence(pattern: str, words: str) -> None:
    assert pattern_in_words(Pattern.parse(pattern)) == words


def test_words_are_joined_as_people_do() -> None:
    assert [joined("abc"[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
