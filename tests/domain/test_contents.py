"""What one dose of a product holds: reckoned by hand, and by counting units one by one."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.amount import Amount, Unit
from protocols.domain.contents import Content, ContentsError, ProductContents, contents_of_dose, units_of_dose
from protocols.domain.substances import Basis


def amount(text: str) -> Amount:
    return Amount.parse(text)


ZINC_CARNOSINE = ProductContents(
    name="Zinc carnosine",
    counted_in=Unit.CAPSULE,
    holds=(
        Content("zinc carnosine", amount("37.5 mg"), Basis.SALT),
        Content("zinc", amount("8.5 mg"), Basis.ELEMENTAL),
    ),
    leading="zinc carnosine",
)
STRAINS = ProductContents(
    name="Probiotic with many strains",
    counted_in=Unit.CAPSULE,
    holds=(
        Content("probiotic", amount("25 10*9.[CFU]")),
        Content("lactobacillus rhamnosus gg", None),
        Content("bifidobacterium longum", None),
    ),
    leading="probiotic",
)
GUAR_GUM = ProductContents(name="PHGG", counted_in=Unit.G, holds=(Content("phgg", amount("1 g")),), leading="phgg")
OMEPRAZOLE = ProductContents(
    name="Omeprazole", counted_in=None, holds=(Content("omeprazole", None),), leading="omeprazole", written_in=Unit.MG
)


def held(product: ProductContents, dose: str) -> dict[str, str]:
    return {content.substance: str(content.amount) for content in contents_of_dose(product, amount(dose))}


def test_counted_doses_hold_so_many_times_what_one_unit_holds() -> None:
    assert held(ZINC_CARNOSINE, "2 {capsule}") == {"zinc carnosine": "75 mg", "zinc": "17 mg"}


def test_a_dose_in_the_leading_ingredient_brings_the_others_with_it() -> None:
    assert held(ZINC_CARNOSINE, "75 mg") == {"zinc carnosine": "75 mg", "zinc": "17 mg"}
    assert held(ZINC_CARNOSINE, "0.075 g") == held(ZINC_CARNOSINE, "75 mg")
    assert str(units_of_dose(ZINC_CARNOSINE, amount("112.5 mg"))) == "3 {capsule}"


def test_what_an_amount_counts_stays_beside_it() -> None:
    bases = [content.basis for content in contents_of_dose(ZINC_CARNOSINE, amount("1 {capsule}"))]
    assert bases == [Basis.SALT, Basis.ELEMENTAL]


def test_amounts_that_nobody_knows_stay_unknown() -> None:
    expected = {"probiotic": "50 10*9.[CFU]", "lactobacillus rhamnosus gg": "None", "bifidobacterium longum": "None"}
    assert held(STRAINS, "2 {capsule}") == held(STRAINS, "50 10*9.[CFU]") == expected


def test_a_powder_is_weighed() -> None:
    assert held(GUAR_GUM, "6 g") == {"phgg": "6 g"}
    assert held(GUAR_GUM, "1500 mg") == {"phgg": "1.5 g"}
    assert str(units_of_dose(GUAR_GUM, amount("1500 mg"))) == "1.5 g"


def test_millilitres_and_drops_are_counted() -> None:
    drops = ProductContents(name="D drops", counted_in=Unit.DROP, holds=(Content("vitamin d3", amount("400 [iU]")),))
    assert held(drops, "3 {drop}") == {"vitamin d3": "1200 [iU]"}
    liquid = ProductContents(name="Liquid", counted_in=Unit.ML, holds=(Content("famotidine", amount("8 mg")),))
    assert held(liquid, "2.5 mL") == {"famotidine": "20 mg"}


def test_a_medicine_of_several_strengths_takes_its_dose_as_an_amount() -> None:
    assert held(OMEPRAZOLE, "30 mg") == {"omeprazole": "30 mg"}
    assert held(OMEPRAZOLE, "0.02 g") == {"omeprazole": "20 mg"}
    assert units_of_dose(OMEPRAZOLE, amount("30 mg")) is None


def test_what_else_is_in_a_medicine_without_one_unit_is_not_reckoned() -> None:
    both = ProductContents(
        name="Both",
        counted_in=None,
        holds=(Content("omeprazole", None), Content("sodium bicarbonate", amount("1100 mg"))),
        leading="omeprazole",
        written_in=Unit.MG,
    )
    assert held(both, "20 mg") == {"omeprazole": "20 mg", "sodium bicarbonate": "None"}


@pytest.mark.parametrize(
    ("product", "dose", "sentence"),
    [
        (STRAINS, "5 mg", "write the dose in capsules or billion CFU."),
        (STRAINS, "1 {tablet}", "write the dose in capsules or billion CFU."),
        (GUAR_GUM, "1 {packet}", "write the dose in g."),
        (ZINC_CARNOSINE, "1000 [iU]", "write the dose in capsules or mg."),
        (OMEPRAZOLE, "1 {capsule}", "write the dose in mg."),
        (OMEPRAZOLE, "5 [iU]", "write the dose in mg."),
        (GUAR_GUM, "0 g", "A dose of 0 is no dose"),
        (OMEPRAZOLE, "0 mg", "A dose of 0 is no dose"),
    ],
)
def test_a_unit_that_does_not_fit_is_told_with_those_that_do(
    product: ProductContents, dose: str, sentence: str
) -> None:
    for reckoned in (contents_of_dose, units_of_dose):
        with pytest.raises(ContentsError, match=sentence):
            reckoned(product, amount(dose))


def test_a_medicine_whose_strengths_nobody_read_takes_any_measured_amount() -> None:
    rifaximin = ProductContents(
        name="Rifaximin", counted_in=None, holds=(Content("rifaximin", None),), leading="rifaximin"
    )
    assert held(rifaximin, "550 mg") == {"rifaximin": "550 mg"}
    with pytest.raises(ContentsError, match="as in “20 mg”"):
        contents_of_dose(rifaximin, amount("1 {tablet}"))


def test_nothing_is_rounded() -> None:
    three = ProductContents(
        name="Three",
        counted_in=Unit.CAPSULE,
        holds=(Content("zinc", amount("30 mg")), Content("copper", amount("1 mg"))),
        leading="zinc",
    )
    assert held(three, "15 mg") == {"zinc": "15 mg", "copper": "0.5 mg"}
    with pytest.raises(ContentsError, match="cannot be written exactly: write a plainer dose, in capsules"):
        contents_of_dose(three, amount("10 mg"))
    with pytest.raises(ContentsError, match="cannot be written exactly"):
        contents_of_dose(GUAR_GUM, amount("0.1 ug"))


def test_a_powder_whose_dose_could_mean_two_things_cannot_be() -> None:
    with pytest.raises(ContentsError, match="nobody could tell"):
        ProductContents(
            name="Magnesium powder",
            counted_in=Unit.G,
            holds=(Content("magnesium citrate", amount("200 mg")),),
            leading="magnesium citrate",
        )


def test_what_leads_is_in_the_product() -> None:
    with pytest.raises(ContentsError, match="which is not in it"):
        ProductContents(name="X", counted_in=Unit.CAPSULE, holds=(), leading="zinc")


SMALL = st.decimals(min_value="0.001", max_value="900", places=3)


@given(held_in_one=SMALL, other=SMALL, count=st.integers(min_value=1, max_value=40))
def test_counting_units_one_by_one_gives_the_same(held_in_one: Decimal, other: Decimal, count: int) -> None:
    product = ProductContents(
        name="Any",
        counted_in=Unit.CAPSULE,
        holds=(Content("a", Amount(held_in_one, Unit.MG)), Content("b", Amount(other, Unit.IU))),
        leading="a",
    )
    first, second = Amount(Decimal(0), Unit.MG), Amount(Decimal(0), Unit.IU)
    for _ in range(count):
        first, second = first + Amount(held_in_one, Unit.MG), second + Amount(other, Unit.IU)
    counted = contents_of_dose(product, Amount(Decimal(count), Unit.CAPSULE))
    assert [content.amount for content in counted] == [first, second]
    assert contents_of_dose(product, first) == counted
