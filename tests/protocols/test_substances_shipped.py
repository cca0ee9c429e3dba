"""What ships about substances and limits, against a second reckoning and what was read."""

import tomllib
from decimal import Decimal

import pytest

from protocols.domain.amount import ACTIVITIES, Amount, Unit
from protocols.domain.nutrients import TakenAmount, totals
from protocols.domain.sources import Mark
from protocols.domain.substances import Substance, Substances
from protocols.domain.upper_limits import Limits, LimitState, Person
from protocols.domain.usual_amounts import looks_like_another_unit
from protocols.services.limit_pack import read_upper_limits
from protocols.services.pack_files import PACKS_FOLDER
from protocols.services.substance_pack import read_substances

WEIGHTS = {
    "Mg": 24.305, "O": 15.999, "H": 1.008, "C": 12.011, "Cl": 35.45, "S": 32.06, "N": 14.007, "Zn": 65.38,
}  # fmt: skip
# Atoms of one formula unit; how many of them are the metal comes first.
FORMULAS = {
    "magnesium oxide": {"Mg": 1, "O": 1},
    "magnesium hydroxide": {"Mg": 1, "O": 2, "H": 2},
    "magnesium carbonate": {"Mg": 1, "C": 1, "O": 3},
    "magnesium chloride anhydrous": {"Mg": 1, "Cl": 2},
    "magnesium chloride hexahydrate": {"Mg": 1, "Cl": 2, "H": 12, "O": 6},
    "magnesium sulfate heptahydrate": {"Mg": 1, "S": 1, "O": 11, "H": 14},
    "magnesium citrate": {"Mg": 3, "C": 12, "H": 10, "O": 14},
    "magnesium bisglycinate": {"Mg": 1, "C": 4, "H": 8, "N": 2, "O": 4},
    "magnesium malate": {"Mg": 1, "C": 4, "H": 4, "O": 5},
    "magnesium lactate": {"Mg": 1, "C": 6, "H": 10, "O": 6},
    "magnesium taurate": {"Mg": 1, "C": 4, "H": 12, "N": 2, "O": 6, "S": 2},
    "magnesium l-threonate": {"Mg": 1, "C": 8, "H": 14, "O": 10},
    "zinc carnosine": {"Zn": 1, "C": 9, "H": 12, "N": 4, "O": 3},
}
SHIPPED = Substances(read_substances())
LIMITS = read_upper_limits()


def known(name: str) -> Substance:
    found = SHIPPED.find(name)
    assert found is not None, name
    return found


@pytest.mark.parametrize("name", FORMULAS)
def test_each_part_is_that_of_its_formula(name: str) -> None:
    atoms = FORMULAS[name]
    metal = next(iter(atoms))
    part = atoms[metal] * WEIGHTS[metal] / sum(WEIGHTS[atom] * count for atom, count in atoms.items())
    fraction = known(name).fraction
    assert fraction is not None
    assert abs(float(fraction) - part) < 0.0006, part


def test_no_other_part_ships_as_none_was_read() -> None:
    assert {item.name for item in SHIPPED if item.fraction is not None} == set(FORMULAS)


@pytest.mark.parametrize(
    "name",
    ["zinc gluconate", "iron bisglycinate", "calcium carbonate", "magnesium glycinate", "magnesium chloride", "Maalox"],
)
def test_a_compound_of_an_unknown_part_is_said_to_be_not_counted(name: str) -> None:
    item = TakenAmount(typed=name, substance=known(name), amount=Amount.parse("500 mg"), times_per_day=Decimal(1))
    result = totals([item], limits=LIMITS, person=Person(age=54))
    assert result.totals == ()
    assert [missed.typed for missed in result.not_counted] == [name]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Motrin", "ibuprofen"),
        ("Advil", "ibuprofen"),
        ("betaine HCl", "betaine hydrochloride"),
        ("Prilosec", "omeprazole"),
        ("LGG", "lactobacillus rhamnosus gg"),
        ("S. boulardii", "saccharomyces boulardii"),
        ("PHGG", "partially hydrolysed guar gum"),
        ("L-Glutamine", "glutamine"),
        ("NAC", "n-acetylcysteine"),
        ("DGL", "deglycyrrhizinated licorice"),
        ("DGL (deglycyrrhizinated licorice)", "deglycyrrhizinated licorice"),
        ("Licorice root", "licorice"),
        ("St. John’s Wort", "st john's wort"),
        ("Synthroid", "levothyroxine"),
        ("Zinc-L-Carnosine", "zinc carnosine"),
        ("Vitamin D3", "vitamin d"),
        ("cyclosporine", "ciclosporin"),
        ("birth-control pills", "oral contraceptive"),
        ("Tums", "calcium carbonate"),
    ],
)
def test_what_people_type_is_found(typed: str, name: str) -> None:
    assert known(typed).name == name


def test_every_medicine_of_the_catalogue_is_a_substance_by_its_own_name() -> None:
    medicines = tomllib.loads((PACKS_FOLDER / "medicines.toml").read_text(encoding="utf-8"))["medicines"]
    assert {item["substance"] for item in medicines} <= {item.name for item in SHIPPED}
    for item in medicines:
        code = known(item["substance"]).rxnorm
        assert code in {"", item.get("rxnorm", code)}


def test_licorice_without_glycyrrhizin_is_not_licorice_and_betaine_is_not_its_hydrochloride() -> None:
    assert known("DGL").name != known("licorice").name
    assert known("betaine").name != known("betaine HCl").name


def test_only_vitamin_d_converts_from_iu_and_its_limit_is_4000_iu() -> None:
    assert {item.name: item.ug_per_iu for item in SHIPPED if item.ug_per_iu} == {"vitamin d": Decimal("0.025")}
    item = TakenAmount(
        typed="D3", substance=known("vitamin D3"), amount=Amount.parse("4000 [iU]"), times_per_day=Decimal(1)
    )
    (total,) = totals([item], limits=LIMITS, person=Person(age=54)).totals
    assert total.amount == total.limit == Amount.parse("100 ug")


def test_enzymes_say_in_which_activity_they_are_labelled() -> None:
    units = {item.name: set(item.activities) for item in SHIPPED if item.activities}
    assert units["lactase"] == {Unit.ALU, Unit.FCC}
    assert units["pancrelipase"] == {Unit.USP}
    assert set.union(*units.values()) >= ACTIVITIES


@pytest.mark.parametrize(
    ("nutrient", "amount"),
    [
        ("vitamin a", "3000 ug"), ("vitamin c", "2000 mg"), ("vitamin d", "100 ug"), ("vitamin e", "1000 mg"),
        ("niacin", "35 mg"), ("vitamin b6", "100 mg"), ("folate", "1000 ug"), ("choline", "3.5 g"),
        ("zinc", "40 mg"), ("magnesium", "350 mg"), ("iron", "45 mg"), ("selenium", "400 ug"), ("omega-3", "5 g"),
    ],
)  # fmt: skip
def test_limits_for_adults_are_those_that_were_read(nutrient: str, amount: str) -> None:
    for age in (19, 54, 90):
        state, row = LIMITS.find(nutrient, Person(age=age))
        assert state is LimitState.SET
        assert row is not None
        assert str(row.amount) == amount
    assert LIMITS.find(nutrient, Person(age=18)) == (LimitState.NOT_FOR_AGE, None)


def test_what_was_only_remembered_is_disabled() -> None:
    disabled = {row.nutrient for row in LIMITS if not row.is_enabled}
    assert disabled == {"copper", "iodine", "manganese", "molybdenum", "calcium"}
    assert {LIMITS.find(nutrient, Person(age=54)) for nutrient in disabled} == {(LimitState.NOT_READ, None)}
    assert {row.mark for row in LIMITS} == {Mark.PRIMARY, Mark.REMEMBERED}


def test_where_none_is_set_it_says_so_and_potassium_was_not_read() -> None:
    none_set = {row.nutrient for row in LIMITS if row.amount is None}
    assert none_set == {
        "vitamin k", "thiamine", "riboflavin", "vitamin b12", "pantothenic acid", "biotin", "carotenoids",
    }  # fmt: skip
    assert LIMITS.find("biotin", Person(age=54))[0] is LimitState.NONE_SET
    assert LIMITS.find("potassium", Person(age=54))[0] is LimitState.NOT_READ


def test_every_limit_is_of_a_nutrient_that_something_holds() -> None:
    assert {row.nutrient for row in LIMITS} <= {item.nutrient for item in SHIPPED}
    assert isinstance(LIMITS, Limits)


@pytest.mark.parametrize(
    ("typed", "amount", "meant"),
    [
        ("L-glutamine", "5000 g", Unit.MG),
        ("magnesium", "400 g", Unit.MG),
        ("Prilosec", "20 g", Unit.MG),
        ("omeprazole", "20 ug", Unit.MG),
        ("omeprazole", "2.5 mg", None),
        ("zinc", "25 mg", None),
        ("vitamin c", "5 mg", None),
        ("PHGG", "6 mg", Unit.G),
    ],
)
def test_an_amount_in_another_unit_is_asked_about(typed: str, amount: str, meant: Unit | None) -> None:
    assert looks_like_another_unit(known(typed), Amount.parse(amount)) is meant
