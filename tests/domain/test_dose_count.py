"""How many units a dose is, against labels reckoned by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.amount import Amount, Unit
from protocols.domain.contents import Content, ProductContents
from protocols.domain.dose_count import CountedProduct, DoseCountError, NotEven, units_to_take


def content(substance: str, amount: str | None) -> Content:
    return Content(substance, None if amount is None else Amount.parse(amount))


def product(
    unit: Unit | None,
    *holds: Content,
    leading: str | None = None,
    may_be_halved: bool = False,
    step: str | None = None,
) -> CountedProduct:
    contents = ProductContents(name="It", counted_in=unit, holds=holds, leading=leading)
    return CountedProduct(contents=contents, may_be_halved=may_be_halved, step=None if step is None else Decimal(step))


ZINC = product(Unit.CAPSULE, content("zinc carnosine", "37.5 mg"), leading="zinc carnosine")
MAGNESIUM = product(Unit.TABLET, content("magnesium", "200 mg"), leading="magnesium", may_be_halved=True)
PROBIOTIC = product(
    Unit.CAPSULE,
    content("lactobacillus rhamnosus gg", "10 10*9.[CFU]"),
    content("inulin", "200 mg"),
    content("vitamin d", None),
    leading="lactobacillus rhamnosus gg",
)
ENZYMES = product(Unit.CAPSULE, content("lipase", None), content("amylase", None))
GLUTAMINE = product(Unit.G, content("glutamine", "1 g"), leading="glutamine", step="0.5")
BLEND = product(Unit.G, content("glutamine", "0.8 g"))
DROPS = product(Unit.DROP, content("vitamin d", "1000 [iU]"), leading="vitamin d")
LIQUID = product(Unit.ML, content("famotidine", "8 mg"), leading="famotidine", step="0.5")
THIRDS = product(Unit.ML, content("it", "3 mg"), leading="it")


@pytest.mark.parametrize(
    ("amount", "of", "units"),
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
def test_a_dose_is_so_many_units(amount: str, of: CountedProduct, units: str) -> None:
    assert units_to_take(Amount.parse(amount), of) == Amount.parse(units)


@pytest.mark.parametrize(
    ("amount", "of", "sentence", "below", "above"),
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
            THIRDS,
            "10 mg cannot be taken in mL, with at most 6 decimals: "
            "the nearest doses are 3.333333 mL (9.999999 mg) and 3.333334 mL (10.000002 mg).",
            "3.333333 mL",
            "3.333334 mL",
        ),
    ],
)
def test_what_does_not_come_out_even_names_the_nearest(
    amount: str, of: CountedProduct, sentence: str, below: str | None, above: str
) -> None:
    with pytest.raises(NotEven) as refused:
        units_to_take(Amount.parse(amount), of)
    assert refused.value.text == sentence
    assert refused.value.below == (None if below is None else Amount.parse(below))
    assert refused.value.above == Amount.parse(above)


@pytest.mark.parametrize(
    ("amount", "of", "code", "words"),
    [
        ("0 mg", ZINC, "not_countable", "A dose of 0 is no dose"),
        ("10 mg", ENZYMES, "not_countable", "10 mg does not fit It: write the dose in capsules."),
        ("500 mg", PROBIOTIC, "not_countable", "write the dose in capsules or billion CFU."),
        ("2 {tablet}", ZINC, "not_countable", "write the dose in capsules or mg."),
        (
            "20 mg",
            product(None, content("omeprazole", None), leading="omeprazole"),
            "no_one_unit",
            "choose one strength",
        ),
        (
            "999999999999 mg",
            product(Unit.CAPSULE, content("it", "0.0001 mg"), leading="it"),
            "too_large",
            "more units than can be written",
        ),
    ],
)
def test_what_cannot_be_counted_is_a_sentence(amount: str, of: CountedProduct, code: str, words: str) -> None:
    with pytest.raises(DoseCountError) as refused:
        units_to_take(Amount.parse(amount), of)
    assert refused.value.code == code
    assert words in refused.value.text


def test_drops_liquids_and_powders_are_never_halved_and_pieces_have_no_step() -> None:
    for unit in (Unit.DROP, Unit.ML, Unit.G):
        with pytest.raises(DoseCountError, match="never halved"):
            product(unit, may_be_halved=True)
    for unit, step in ((Unit.CAPSULE, "0.5"), (Unit.ML, "0"), (Unit.ML, "NaN")):
        with pytest.raises(DoseCountError, match="Only what is measured"):
            product(unit, step=step)


@given(held=st.integers(1, 5000), wanted=st.integers(1, 20000), may_be_halved=st.booleans())
def test_it_comes_out_even_or_names_the_neighbours(held: int, wanted: int, may_be_halved: bool) -> None:
    of = product(Unit.TABLET, content("it", f"{held} mg"), leading="it", may_be_halved=may_be_halved)
    parts = 2 if may_be_halved else 1
    amount = Amount(Decimal(wanted), Unit.MG)
    if wanted * parts % held == 0:
        assert Fraction(units_to_take(amount, of).value) == Fraction(wanted, held)
        return
    with pytest.raises(NotEven) as refused:
        units_to_take(amount, of)
    below = Fraction(refused.value.below.value) if refused.value.below else Fraction(0)
    above = Fraction(refused.value.above.value)
    assert below * held < wanted < above * held
    assert above - below == Fraction(1, parts)
