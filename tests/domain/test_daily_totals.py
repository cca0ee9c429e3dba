"""Daily totals are exact, of the nutrient itself, and say what they could not count."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.amount import Amount, Unit
from protocols.domain.nutrients import TakenAmount, Total, Totals, totals
from protocols.domain.pattern import Pattern
from protocols.domain.upper_limits import LimitState, Person
from tests.domain.nutrition import KNOWN, LIMITS, taken

ADULT = Person(age=54, sex="female", pregnant=False)


def add_up(*items: TakenAmount, person: Person = ADULT) -> Totals:
    return totals(items, limits=LIMITS, person=person)


def total_of(nutrient: str, *items: TakenAmount, **more: Any) -> Total:
    found = add_up(*items, **more).of(nutrient)
    assert found is not None
    return found


def test_the_oxide_counts_as_the_magnesium_in_it() -> None:
    total = total_of("magnesium", taken("magnesium oxide", "500 mg", basis="salt", code="a"))
    assert (str(total.amount), str(total.limit)) == ("301.5 mg", "350 mg")
    assert (total.codes, total.typed, total.incomplete, total.is_over) == (("a",), ("magnesium oxide",), False, False)


@pytest.mark.parametrize(
    ("typed", "amount", "times", "basis", "elemental"),
    [
        ("magnesium oxide", "500 mg", 1, None, "301.5 mg"),
        ("magnesium oxide", "0.5 g", 2, "salt", "603 mg"),
        ("magnesium oxide", "200 mg", 1, "elemental", "200 mg"),
        ("magnesium bisglycinate", "1000 mg", 3, None, "423 mg"),
        ("magnesium glycinate", "120 mg", 1, "elemental", "120 mg"),
        ("Mg", "120 mg", 2, None, "240 mg"),
        ("zinc carnosine", "37.5 mg", 2, None, "16.95 mg"),
        ("zinc carnosine", "150 mg", 1, "salt", "33.9 mg"),
        ("Vitamin D3", "4000 [iU]", 1, None, "100 ug"),
        ("Vitamin D3", "1 [iU]", 1, None, "0.025 ug"),
        ("Vitamin D3", "0.05 mg", "1.5", None, "75 ug"),
    ],
)
def test_reckoned_by_hand(typed: str, amount: str, times: int | str, basis: str | None, elemental: str) -> None:
    (total,) = add_up(taken(typed, amount, times, basis=basis)).totals
    assert str(total.amount) == elemental


def test_all_products_add_up_whatever_unit_they_are_in() -> None:
    total = total_of(
        "magnesium",
        taken("magnesium oxide", "500 mg", code="a"),
        taken("Mg", "50000 ug", code="b"),
        taken("magnesium bisglycinate", "0.1 g", 2, code="a"),
    )
    assert str(total.amount) == "379.7 mg"  # 301.5 + 50 + 28.2
    assert (total.codes, total.is_over) == (("a", "b"), True)


@pytest.mark.parametrize(
    ("typed", "amount", "times", "basis", "why"),
    [
        ("magnesium glycinate", "500 mg", 1, None, "was not read"),
        ("magnesium glycinate", "500 mg", 1, "salt", "was not read"),
        ("magnesium", "500 mg", 1, "salt", "Which compound of magnesium"),
        ("magnesium", "10 10*9.[CFU]", 1, None, "says nothing about the weight"),
        ("magnesium", "2 {capsule}", 1, None, "says nothing about the weight"),
        ("magnesium", "5 [USP'U]", 1, None, "says nothing about the weight"),
        ("magnesium", "5 {HUT}", 1, None, "says nothing about the weight"),
        ("vitamin e", "400 [iU]", 1, None, "was not read: enter µg or mg"),
        ("magnesium", None, 1, None, "How much"),
        ("magnesium", "100 mg", None, None, "How often"),
        ("magnesium", "100 mg", "0", None, "above zero"),
        ("magnesium", "100 mg", "Infinity", None, "above zero"),
        ("magnesium oxide", "0.000001 ug", 1, None, "too fine"),
        ("magnesium oxide", "999999999999999 g", 1, None, "too large"),
    ],
)
def test_what_cannot_be_counted_is_named_with_its_reason(
    typed: str, amount: str | None, times: Any, basis: str | None, why: str
) -> None:
    bad = taken(typed, amount, times, basis=basis, code="bad")
    alone = add_up(bad)
    assert alone.totals == ()
    (missed,) = alone.not_counted
    assert (missed.typed, missed.code) == (typed, "bad")
    assert why in missed.why
    assert missed.why.endswith(".")
    assert bad.substance is not None
    nutrient = bad.substance.nutrient or ""
    beside = add_up(taken(nutrient, "10 mg"), bad)
    total = beside.of(nutrient)
    assert total is not None
    assert (str(total.amount), total.incomplete, total.is_over) == ("10 mg", True, None)


def test_an_incomplete_total_above_its_limit_is_above_it_all_the_same() -> None:
    assert total_of("magnesium", taken("Mg", "400 mg"), taken("magnesium glycinate", "1 g")).is_over is True


def test_what_holds_no_nutrient_or_is_not_known_is_in_no_total() -> None:
    assert add_up(taken("glutamine", "5 g", 3), taken("something else", "5 g")) == Totals()


def test_amounts_too_large_to_add_are_all_named_instead_of_counted_wrong() -> None:
    huge = [taken("zinc", "999999999999999 mg", code=code) for code in "ab"]
    result = add_up(*huge, taken("Mg", "1 mg"))
    assert [total.nutrient for total in result.totals] == ["magnesium"]
    assert [missed.code for missed in result.not_counted] == ["a", "b"]


def test_the_largest_day_is_compared_and_the_average_told_beside_it() -> None:
    every_other = taken("Mg", "400 mg", pattern=Pattern.every(2))
    total = total_of("magnesium", every_other, taken("Mg", "100 mg"))
    assert (str(total.amount), str(total.average), total.is_over) == ("500 mg", "300 mg", True)


def test_given_weekdays_add_up_only_where_they_meet() -> None:
    total = total_of(
        "magnesium",
        taken("Mg", "200 mg", pattern=Pattern.on_weekdays([0, 3])),
        taken("Mg", "190 mg", pattern=Pattern.on_weekdays([1, 3])),
        taken("Mg", "100 mg", pattern=Pattern.on_weekdays([5])),
    )
    assert str(total.amount) == "390 mg"
    assert total.average is not None
    assert abs(Fraction(total.average.value) - Fraction(880, 7)) <= Fraction(1, 2_000_000)


def test_a_third_of_a_dose_is_rounded_once() -> None:
    parts = [taken("Mg", "100 mg", pattern=Pattern.every(3)) for _ in range(3)]
    assert str(total_of("magnesium", *parts).average) == "100 mg"
    assert str(total_of("magnesium", parts[0]).average) == "33.333333 mg"


def test_as_needed_counts_with_all_its_times_and_has_no_average() -> None:
    total = total_of("magnesium", taken("Mg", "100 mg", 4, pattern=Pattern.as_needed()))
    assert (str(total.amount), total.average, total.is_over) == ("400 mg", None, True)


def test_a_nutrient_without_a_limit_has_a_total_in_the_unit_it_was_entered_in() -> None:
    total = total_of("potassium", taken("potassium", "99000 ug"), taken("potassium", "1 mg"))
    assert (str(total.amount), total.limit, total.limit_state) == ("100 mg", None, LimitState.NOT_READ)


masses = st.sampled_from([Unit.UG, Unit.MG, Unit.G])
amounts = st.builds(
    Amount, st.decimals(min_value=0, max_value=10**4, places=3, allow_nan=False, allow_infinity=False), masses
)
patterns = (
    st.none() | st.integers(2, 90).map(Pattern.every) | st.sets(st.integers(0, 6), min_size=1).map(Pattern.on_weekdays)
)
items = st.builds(
    lambda typed, amount, times, pattern, code: TakenAmount(
        typed=typed, substance=KNOWN.find(typed), amount=amount, times_per_day=times, pattern=pattern, code=code
    ),
    st.sampled_from(
        ["magnesium", "magnesium oxide", "magnesium bisglycinate", "magnesium glycinate", "zinc", "zinc carnosine"]
    ),
    amounts,
    st.integers(1, 6).map(Decimal),
    patterns,
    st.sampled_from("abc"),
)
UG = {Unit.UG: 1, Unit.MG: 1000, Unit.G: 1_000_000}
PARTS = {
    "magnesium": Fraction(1), "magnesium oxide": Fraction(603, 1000), "magnesium bisglycinate": Fraction(141, 1000),
    "zinc": Fraction(1), "zinc carnosine": Fraction(226, 1000),
}  # fmt: skip


def by_fractions(item: TakenAmount) -> Fraction:
    """mg of the nutrient on one of its days."""
    assert item.amount is not None
    assert item.times_per_day is not None
    return Fraction(item.amount.value) * UG[item.amount.unit] / 1000 * PARTS[item.typed] * Fraction(item.times_per_day)


def fits(item: TakenAmount) -> bool:
    """Whether it can be written down in mg."""
    return item.typed in PARTS and (by_fractions(item) * 10**6).denominator == 1


def falls_on(item: TakenAmount, weekday: int) -> bool:
    return item.pattern is None or not item.pattern.weekdays or weekday in item.pattern.weekdays


def amounts_of(result: Totals) -> list[object]:
    return [(total.nutrient, total.amount, total.average, total.incomplete) for total in result.totals]


@given(st.lists(items, max_size=8), st.randoms())
def test_totals_are_those_of_fractions_in_any_order(parts: list[TakenAmount], random: Any) -> None:
    result = add_up(*parts)
    assert len(result.not_counted) == sum(not fits(part) for part in parts)
    for nutrient in ("magnesium", "zinc"):
        mine = [part for part in parts if fits(part) and part.typed.startswith(nutrient)]
        total = result.of(nutrient)
        assert (total is not None) == bool(mine)
        if total is not None:
            days = [sum(by_fractions(part) for part in mine if falls_on(part, weekday)) for weekday in range(7)]
            assert Fraction(total.amount.value) == max(days)
            assert total.incomplete == any(missed.nutrient == nutrient for missed in result.not_counted)
    random.shuffle(parts)
    assert amounts_of(add_up(*parts)) == amounts_of(result)


@given(
    st.lists(
        items.filter(lambda item: item.pattern is None and item.typed != "magnesium glycinate"), min_size=1, max_size=6
    ),
    st.integers(0, 6),
)
def test_totals_of_daily_things_are_additive(parts: list[TakenAmount], at: int) -> None:
    whole, first, second = add_up(*parts), add_up(*parts[:at]), add_up(*parts[at:])
    for nutrient in ("magnesium", "zinc"):
        sums = [total.amount for one in (first, second) if (total := one.of(nutrient)) is not None]
        total = whole.of(nutrient)
        assert (total.amount if total else None) == (sum(sums[1:], start=sums[0]) if sums else None)
