"""A product makes a dose of the fewest pieces, or names the nearest doses it can make."""

from decimal import Decimal
from itertools import product as every_combination
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.amount import Amount
from protocols.domain.medicines import MedicineClass
from protocols.domain.product import Liquid, NotMakeable, Product, Units
from protocols.domain.taper_error import TaperError


def product_of(*strengths: str, halves: bool = False) -> Product:
    amounts = tuple(Amount.parse(strength) for strength in strengths)
    return Product("a medicine", MedicineClass.OTHER, "tablet", amounts, may_be_halved=halves)


def liquid_of(concentration: str, step_ml: str) -> Product:
    liquid = Liquid(Amount.parse(concentration), Decimal(step_ml))
    return Product("a medicine", MedicineClass.OTHER, "solution", liquid=liquid)


def counts(made: tuple[Units, ...]) -> dict[str, str]:
    return {one.strength_text: f"{one.count:f}" for one in made}


@pytest.mark.parametrize(
    ("strengths", "halves", "amount", "expected"),
    [
        (["10 mg", "20 mg", "40 mg"], False, "40 mg", {"40 mg": "1"}),
        (["10 mg", "20 mg", "40 mg"], False, "70 mg", {"40 mg": "1", "20 mg": "1", "10 mg": "1"}),
        # Taking the highest first would need four pieces.
        (["1 mg", "3 mg", "4 mg"], False, "6 mg", {"3 mg": "2"}),
        (["5 mg", "7 mg", "11 mg"], False, "14 mg", {"7 mg": "2"}),
        (["24.65 mg", "49.3 mg"], False, "73.95 mg", {"49.3 mg": "1", "24.65 mg": "1"}),
        (["10 mg"], True, "35 mg", {"10 mg": "3.5"}),
        # As many pieces: a whole one of 5 rather than half of 10.
        (["5 mg", "10 mg"], True, "15 mg", {"10 mg": "1", "5 mg": "1"}),
        (["8 mg", "20 mg"], True, "30 mg", {"20 mg": "1.5"}),
        # Two pieces and no half (6 + 6), or two pieces and a half (8 + half of 8).
        (["6 mg", "8 mg"], True, "12 mg", {"6 mg": "2"}),
        # Three pieces without a half either way: 9 + 1 + 1 or 5 + 5 + 1.
        (["1 mg", "5 mg", "9 mg"], False, "11 mg", {"9 mg": "1", "1 mg": "2"}),
    ],
)
def test_the_fewest_pieces_then_fewest_halves_then_most_of_the_highest(
    strengths: list[str], halves: bool, amount: str, expected: dict[str, str]
) -> None:
    made = product_of(*strengths, halves=halves).make(Amount.parse(amount))
    assert counts(made) == expected
    assert list(counts(made)) == list(expected)


def test_a_liquid_is_measured_in_millilitres() -> None:
    made = liquid_of("20 mg", "0.1").make(Amount.parse("10 mg"))
    assert [one.as_json() for one in made] == [{"strength": "20 mg/mL", "count": "0.5", "unit": "mL"}]
    assert made[0].amount == Amount.parse("10 mg")


@pytest.mark.parametrize(
    ("made_of", "amount", "below", "above", "sentence"),
    [
        (product_of("10 mg", "20 mg"), "35 mg", "30 mg", "40 mg", "the nearest doses are 30 mg and 40 mg."),
        (product_of("10 mg", "20 mg"), "9 mg", None, "10 mg", "the nearest is 10 mg."),
        (product_of("10 mg", halves=True), "12 mg", "10 mg", "15 mg", "and its half: the nearest doses are"),
        (product_of("6 mg", "10 mg"), "8 mg", "6 mg", "10 mg", "the nearest doses are 6 mg and 10 mg."),
        (product_of("15 mg", "30 mg"), "0.5 mg", None, "15 mg", "the nearest is 15 mg."),
        (liquid_of("20 mg", "0.1"), "37.5 mg", "36 mg", "38 mg", "20 mg/mL, measured by 0.1 mL"),
        (liquid_of("20 mg", "0.1"), "1 mg", None, "2 mg", "the nearest is 2 mg."),
        # What lies above has more digits than an amount may have.
        (product_of("2 mg"), "999999999999999 mg", "999999999999998 mg", None, "the nearest is 999999999999998 mg."),
    ],
)
def test_a_dose_that_cannot_be_made_names_the_nearest_that_can(
    made_of: Product, amount: str, below: str | None, above: str | None, sentence: str
) -> None:
    with pytest.raises(NotMakeable) as caught:
        made_of.make(Amount.parse(amount))
    assert caught.value.below == (None if below is None else Amount.parse(below))
    assert caught.value.above == (None if above is None else Amount.parse(above))
    assert sentence in str(caught.value)
    assert caught.value.code == "not_makeable"


@pytest.mark.parametrize(
    ("amount", "rounded"), [("40 mg", "40 mg"), ("39.999 mg", "30 mg"), ("10 mg", "10 mg"), ("9 mg", "0 mg")]
)
def test_rounding_goes_down_to_what_can_be_made(amount: str, rounded: str) -> None:
    made_of = product_of("10 mg", "20 mg")
    assert made_of.round_down(Amount.parse(amount)) == Amount.parse(rounded)
    assert made_of.can_make(Amount.parse(amount)) is (amount == rounded)


@pytest.mark.parametrize("amount", ["40 ug", "0.04 g", "4 {capsule}"])
def test_a_dose_in_another_unit_is_refused(amount: str) -> None:
    with pytest.raises(TaperError, match="is not in mg") as caught:
        product_of("10 mg").make(Amount.parse(amount))
    assert caught.value.code == "wrong_unit"


def test_a_dose_of_nothing_is_refused() -> None:
    with pytest.raises(TaperError) as caught:
        product_of("10 mg").make(Amount.parse("0 mg"))
    assert caught.value.code == "not_positive"
    assert not product_of("10 mg").can_make(Amount.parse("0 mg"))


@pytest.mark.parametrize(
    ("strengths", "amount"),
    [
        (["999.999999 mg", "0.000007 mg"], "7777 mg"),
        (["1000000000 mg", "1 mg"], "99999999999999 mg"),
        (["700.001 mg", "700 mg"], "699999.999 mg"),
    ],
)
def test_strengths_without_a_common_measure_are_an_error_and_never_a_wait(strengths: list[str], amount: str) -> None:
    before = perf_counter()
    with pytest.raises(TaperError) as caught:
        product_of(*strengths).make(Amount.parse(amount))
    assert (caught.value.code, caught.value.field) == ("too_fine", "strengths")
    assert perf_counter() - before < 2


def test_a_great_many_pieces_take_no_time() -> None:
    before = perf_counter()
    made = product_of("1 mg", "1000 mg").make(Amount.parse("999999999999999 mg"))
    assert counts(made) == {"1000 mg": "999999999999", "1 mg": "999"}
    assert perf_counter() - before < 2


def fewest_by_trying(strengths: list[int], halves: bool, wanted: int) -> list[tuple[int, ...]]:
    """Counts in halves by strength, highest first: the best of every combination there is; all in half units.

    Tries everything and sorts by the rule, so that it shares nothing with the code under test.
    """
    steps = 1 if halves else 2
    found = []
    for counted in every_combination(*(range(0, 2 * wanted // strength + 1, steps) for strength in strengths)):
        if sum(count * strength for count, strength in zip(counted, strengths, strict=True)) == 2 * wanted:
            halved = sum(count % 2 for count in counted)
            pieces = sum(count // 2 for count in counted) + halved
            found.append((pieces, halved, tuple(-count for count in counted)))
    return [tuple(-count for count in min(found)[2])] if found else []


small_strengths = st.lists(st.integers(min_value=2, max_value=14), min_size=1, max_size=3, unique=True)


@given(small_strengths, st.booleans(), st.integers(min_value=1, max_value=45))
def test_every_dose_is_made_as_trying_everything_would_make_it(strengths: list[int], halves: bool, wanted: int) -> None:
    strengths = sorted(strengths, reverse=True)
    made_of = product_of(*(f"{strength} mg" for strength in strengths), halves=halves)
    best = fewest_by_trying(strengths, halves, wanted)
    assert made_of.can_make(Amount(Decimal(wanted), made_of.unit)) is bool(best)
    if best:
        made = {one.strength.value: one.count * 2 for one in made_of.make(Amount(Decimal(wanted), made_of.unit))}
        assert tuple(int(made.get(Decimal(strength), Decimal(0))) for strength in strengths) == best[0]


def sums_up_to(pieces: list[int], limit: int) -> set[int]:
    """Every sum of such pieces, grown one piece at a time."""
    found = {0}
    edge = {0}
    while edge:
        edge = {one + piece for one in edge for piece in pieces if one + piece <= limit} - found
        found |= edge
    return found


@given(
    st.lists(st.integers(min_value=1, max_value=60), min_size=1, max_size=4, unique=True),
    st.booleans(),
    st.integers(min_value=1, max_value=900),
)
def test_the_nearest_doses_are_the_nearest_of_all_sums(strengths: list[int], halves: bool, wanted: int) -> None:
    made_of = product_of(*(f"{strength} mg" for strength in strengths), halves=halves)
    pieces = [2 * strength for strength in strengths] + (strengths if halves else [])
    sums = sums_up_to(pieces, 2 * (wanted + max(strengths)))
    below = max(one for one in sums if one <= 2 * wanted)
    assert made_of.round_down(Amount(Decimal(wanted), made_of.unit)).value == Decimal(below) / 2
    if below < 2 * wanted:
        with pytest.raises(NotMakeable) as caught:
            made_of.make(Amount(Decimal(wanted), made_of.unit))
        assert caught.value.above is not None
        assert caught.value.above.value == Decimal(min(one for one in sums if one > 2 * wanted)) / 2
