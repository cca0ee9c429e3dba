"""How many units a dose is, against labels reckoned by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.amount import Amount, Unit
from protocols.domain.dose_count import (
    CountedProduct,
    DoseCountError,
    Holding,
    NotEven,
    amount_of_units,
    units_of_dose,
)


def holding(substance: str, amount: str | None, *, is_leading: bool = False) -> Holding:
    return Holding(substance, None if amount is None else Amount.parse(amount), is_leading)


ZINC = CountedProduct(unit=Unit.CAPSULE, holds=(holding("zinc carnosine", "37.5 mg"),))
MAGNESIUM = CountedProduct(unit=Unit.TABLET, holds=(holding("magnesium", "200 mg"),), may_be_halved=True)
PROBIOTIC = CountedProduct(
    unit=Unit.CAPSULE,
    holds=(
        holding("lactobacillus rhamnosus gg", "10 10*9.[CFU]", is_leading=True),
        holding("inulin", "200 mg"),
        holding("vitamin d", None),
    ),
)
ENZYMES = CountedProduct(unit=Unit.CAPSULE, holds=(holding("lipase", None), holding("amylase", None)))
GLUTAMINE = CountedProduct(unit=Unit.G, holds=(holding("glutamine", "1 g"),), step=Decimal("0.5"))
BLEND = CountedProduct(unit=Unit.G, holds=(holding("glutamine", "0.8 g"),))
DROPS = CountedProduct(unit=Unit.DROP, holds=(holding("vitamin d", "1000 [iU]"),))
LIQUID = CountedProduct(unit=Unit.ML, holds=(holding("famotidine", "8 mg"),), step=Decimal("0.5"))


@pytest.mark.parametrize(
    ("amount", "product", "units"),
    [
        ("75 mg", ZINC, "2 {capsule}"),
        ("0.0375 g", ZINC, "1 {capsule}"),
        ("3 {capsule}", ZINC, "3 {capsule}"),
        ("300 mg", MAGNESIUM, "1.5 {tablet}"),
        ("0.5 {tablet}", MAGNESIUM, "0.5 {tablet}"),
        ("20 10*9.[CFU]", PROBIOTIC, "2 {capsule}"),
        ("1 {capsule}", ENZYMES, "1 {capsule}"),
        ("2.5 g", GLUTAMINE, "2.5 g"),
        ("2500 mg", GLUTAMINE, "2.5 g"),
        ("1.25 g", BLEND, "1.25 g"),
        ("2000 [iU]", DROPS, "2 {drop}"),
        ("20 mg", LIQUID, "2.5 mL"),
        ("2.5 mL", LIQUID, "2.5 mL"),
    ],
)
def test_a_dose_is_so_many_units(amount: str, product: CountedProduct, units: str) -> None:
    assert units_of_dose(Amount.parse(amount), product) == Amount.parse(units)


@pytest.mark.parametrize(
    ("amount", "product", "sentence", "below", "above"),
    [
        (
            "50 mg",
            ZINC,
            "50 mg cannot be taken in whole capsules: "
            "the nearest doses are 1 capsule (37.5 mg) and 2 capsules (75 mg).",
            "1 {capsule}",
            "2 {capsule}",
        ),
        (
            "250 mg",
            MAGNESIUM,
            "250 mg cannot be taken in whole tablets and halves: "
            "the nearest doses are 1 tablet (200 mg) and 1.5 tablets (300 mg).",
            "1 {tablet}",
            "1.5 {tablet}",
        ),
        (
            "5 10*9.[CFU]",
            PROBIOTIC,
            "5 billion CFU cannot be taken in whole capsules: the smallest dose is 1 capsule (10 billion CFU).",
            None,
            "1 {capsule}",
        ),
        (
            "0.5 {capsule}",
            ENZYMES,
            "0.5 capsules cannot be taken in whole capsules: the smallest dose is 1 capsule.",
            None,
            "1 {capsule}",
        ),
        (
            "1.25 g",
            GLUTAMINE,
            "1.25 g cannot be taken in g, measured by 0.5 g: the nearest doses are 1 g and 1.5 g.",
            "1 g",
            "1.5 g",
        ),
        (
            "10 mg",
            CountedProduct(unit=Unit.ML, holds=(holding("it", "3 mg"),)),
            "10 mg cannot be taken in mL, with at most 6 decimals: "
            "the nearest doses are 3.333333 mL (9.999999 mg) and 3.333334 mL (10.000002 mg).",
            "3.333333 mL",
            "3.333334 mL",
        ),
    ],
)
def test_what_does_not_come_out_even_names_the_nearest(
    amount: str, product: CountedProduct, sentence: str, below: str | None, above: str
) -> None:
    with pytest.raises(NotEven) as refused:
        units_of_dose(Amount.parse(amount), product)
    assert refused.value.text == sentence
    assert refused.value.below == (None if below is None else Amount.parse(below))
    assert refused.value.above == Amount.parse(above)


@pytest.mark.parametrize(
    ("amount", "product", "code", "words"),
    [
        ("0 mg", ZINC, "not_positive", "A dose of 0 is no dose"),
        ("10 mg", ENZYMES, "no_leading", "holds several ingredients: write the dose in capsules."),
        (
            "10 mg",
            CountedProduct(unit=Unit.PACKET),
            "no_leading",
            "does not say what it holds: write the dose in packets.",
        ),
        (
            "10 mg",
            CountedProduct(unit=Unit.PACKET, holds=(holding("phgg", None),)),
            "no_leading",
            "does not say what it holds",
        ),
        ("10 mg", CountedProduct(unit=Unit.PACKET, holds=(holding("phgg", "0 g"),)), "not_positive", "check the label"),
        (
            "500 mg",
            PROBIOTIC,
            "wrong_unit",
            "write the dose in capsules, or in billion CFU of lactobacillus rhamnosus gg.",
        ),
        ("2 {tablet}", ZINC, "wrong_unit", "2 tablets cannot be counted: write the dose in capsules, or in mg"),
        ("500 mg", BLEND, "ambiguous", "500 mg may mean the powder or the glutamine in it"),
        (
            "1 g",
            CountedProduct(unit=Unit.CAPSULE, holds=(holding("b12", "0.5 ug"),)),
            "too_fine",
            "Write the dose of b12 in µg",
        ),
        (
            "999999999999 mg",
            CountedProduct(unit=Unit.CAPSULE, holds=(holding("it", "0.0001 mg"),)),
            "too_large",
            "more units than can be written",
        ),
    ],
)
def test_what_cannot_be_counted_is_a_sentence(amount: str, product: CountedProduct, code: str, words: str) -> None:
    with pytest.raises(DoseCountError) as refused:
        units_of_dose(Amount.parse(amount), product)
    assert refused.value.code == code
    assert words in refused.value.text


def test_drops_liquids_and_powders_are_never_halved_and_pieces_have_no_step() -> None:
    for unit in (Unit.DROP, Unit.ML, Unit.G):
        with pytest.raises(DoseCountError, match="never halved"):
            CountedProduct(unit=unit, may_be_halved=True)
    for unit, step in ((Unit.CAPSULE, "0.5"), (Unit.ML, "0"), (Unit.ML, "NaN")):
        with pytest.raises(DoseCountError, match="Only what is measured"):
            CountedProduct(unit=unit, step=Decimal(step))


def test_of_several_ingredients_one_may_lead_and_of_two_leading_ones_none() -> None:
    two = (holding("a", "1 mg", is_leading=True), holding("b", "1 mg", is_leading=True))
    assert CountedProduct(unit=Unit.CAPSULE, holds=two).leading is None
    assert PROBIOTIC.leading == PROBIOTIC.holds[0]
    assert ZINC.leading == ZINC.holds[0]


def test_units_hold_so_much_of_everything() -> None:
    assert amount_of_units(Amount.parse("2 {capsule}"), PROBIOTIC) == (
        ("lactobacillus rhamnosus gg", Amount.parse("20 10*9.[CFU]")),
        ("inulin", Amount.parse("400 mg")),
        ("vitamin d", None),
    )
    with pytest.raises(DoseCountError, match="not counted in capsules"):
        amount_of_units(Amount.parse("2 {tablet}"), PROBIOTIC)
    with pytest.raises(DoseCountError):
        amount_of_units(Amount.parse("0.000001 g"), CountedProduct(unit=Unit.G, holds=(holding("a", "0.1 mg"),)))


@given(held=st.integers(1, 5000), wanted=st.integers(1, 20000), may_be_halved=st.booleans())
def test_it_comes_out_even_or_names_the_neighbours(held: int, wanted: int, may_be_halved: bool) -> None:
    product = CountedProduct(
        unit=Unit.TABLET, holds=(Holding("it", Amount(Decimal(held), Unit.MG)),), may_be_halved=may_be_halved
    )
    parts = 2 if may_be_halved else 1
    amount = Amount(Decimal(wanted), Unit.MG)
    if wanted * parts % held == 0:
        assert Fraction(units_of_dose(amount, product).value) == Fraction(wanted, held)
        return
    with pytest.raises(NotEven) as refused:
        units_of_dose(amount, product)
    below = Fraction(refused.value.below.value) if refused.value.below else Fraction(0)
    above = Fraction(refused.value.above.value)
    assert below * held < wanted < above * held
    assert above - below == Fraction(1, parts)
