"""What the shipped supplements say, against what was read, written down here by hand."""

import re

import pytest

from protocols.domain.amount import Amount
from protocols.domain.contents import contents_of_dose
from protocols.domain.wording import forbidden_claims
from protocols.models import Supplement
from protocols.services.knowledge import shipped_knowledge
from protocols.services.pack_lines import read_pack_and_lines
from protocols.services.supplement_rows import SupplementRow, supplement_rows_of

# Everything that the protocol and its sources name by themselves.
NAMED = {
    "betaine-hydrochloride", "digestive-enzymes", "probiotic-many-strains", "lactobacillus-rhamnosus-gg",
    "saccharomyces-boulardii", "phgg-powder", "inulin-powder", "psyllium-powder", "glutamine-powder",
    "glutathione-250", "glutathione-500", "zinc-carnosine-37-5", "zinc-carnosine-75", "nac", "berberine", "dgl",
    "vitamin-d3", "vitamin-d3-ug", "omega-3", "magnesium", "magnesium-citrate", "magnesium-bisglycinate",
    "magnesium-oxide", "iron", "zinc", "biotin", "curcumin", "aloe", "bitters", "ox-bile",
}  # fmt: skip
# The only amounts that say more than how a thing is counted, each with its source.
MEASURED = {
    "glutathione-250": ("glutathione", "250 mg", None, "Richie 2015: 250 mg a day"),
    "glutathione-500": ("glutathione", "500 mg", None, "Allen & Bradley 2011: 500 mg twice a day"),
    "zinc-carnosine-37-5": ("zinc carnosine", "37.5 mg", "salt", "Mahmood 2007: 37.5 mg twice a day"),
    "zinc-carnosine-75": ("zinc carnosine", "75 mg", "salt", "Hewlings & Kalman 2020: 75 to 150 mg a day"),
}
EIGHT_STRAINS = {
    "lactobacillus paracasei", "lactobacillus plantarum", "lactobacillus acidophilus", "lactobacillus bulgaricus",
    "bifidobacterium longum", "bifidobacterium breve", "bifidobacterium infantis", "streptococcus thermophilus",
}  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> dict[str, SupplementRow]:
    file_name, content, lines = read_pack_and_lines("supplements")
    return {row.supplement.key: row for row in supplement_rows_of(content, file_name=file_name, lines=lines)[1]}


def test_everything_that_is_named_is_there(rows: dict[str, SupplementRow]) -> None:
    assert rows.keys() >= NAMED


def test_no_amount_ships_but_those_that_were_read(rows: dict[str, SupplementRow]) -> None:
    measured = {
        key: (line.substance, str(line.amount), line.basis)
        for key, row in rows.items()
        for line in row.ingredients
        if line.amount is not None and not line.is_the_unit_itself(row.supplement.unit)
    }
    assert measured == {key: facts[:3] for key, facts in MEASURED.items()}


def test_every_ingredient_is_known_to_the_rules(rows: dict[str, SupplementRow]) -> None:
    substances = shipped_knowledge().substances
    for key, row in rows.items():
        for line in row.ingredients:
            found = substances.find(line.substance)
            assert found is not None, (key, line.substance)
            # A mineral says what its amount counts.
            if found.nutrient in {"magnesium", "zinc", "iron", "calcium", "selenium"} and line.amount is not None:
                assert line.basis is not None, key


def test_none_has_a_brand_and_no_label_was_read(rows: dict[str, SupplementRow]) -> None:
    for row in rows.values():
        assert (row.supplement.brand, row.supplement.allergens, row.supplement.package_sizes) == ("", None, [])


def test_every_one_is_graded_and_says_how_it_was_read(rows: dict[str, SupplementRow]) -> None:
    for key, row in rows.items():
        assert row.supplement.evidence, key
        assert row.supplement.mark in {"primary", "secondary", "own"}, key
        assert all(line.endswith("]") for line in row.supplement.source.splitlines()), key
    assert rows["phgg-powder"].supplement.mark == "primary"
    assert rows["nac"].supplement.mark == "own"


def test_none_claims_more_than_limited_evidence(rows: dict[str, SupplementRow]) -> None:
    assert {row.supplement.evidence for row in rows.values()} == {"limited", "weak", "none"}


def test_the_strains_are_those_of_the_guideline_and_their_amounts_are_unknown(rows: dict[str, SupplementRow]) -> None:
    whole, *strains = rows["probiotic-many-strains"].ingredients
    assert (whole.substance, str(whole.amount), whole.leads) == ("probiotic", "1 10*9.[CFU]", True)
    assert {line.substance for line in strains} == EIGHT_STRAINS
    assert all(line.amount is None for line in strains)


def test_magnesium_comes_as_the_compound_and_as_the_magnesium_in_it(rows: dict[str, SupplementRow]) -> None:
    for form in ("citrate", "bisglycinate", "oxide", "malate", "taurate", "l-threonate"):
        (element,) = rows[f"magnesium-{form}"].ingredients
        (compound,) = rows[f"magnesium-{form}-compound"].ingredients
        assert (element.basis, compound.basis) == ("elemental", "salt")
        assert element.substance == compound.substance == f"magnesium {form}"


def test_meals_are_said_only_where_they_were_read(rows: dict[str, SupplementRow]) -> None:
    meals = {key: row.supplement.food for key, row in rows.items() if row.supplement.food != "unknown"}
    assert meals == {"betaine-hydrochloride": "with"}
    assert "240 mL of water" in rows["psyllium-powder"].supplement.instruction


def test_nothing_that_patients_read_claims_anything(rows: dict[str, SupplementRow]) -> None:
    for row in rows.values():
        assert forbidden_claims(f"{row.supplement.name} {row.supplement.instruction}") == []
        assert not re.search("droracle", row.supplement.source)


def test_the_doses_of_the_protocol_fit(shelved: object, db: None) -> None:
    for key, dose, held in (
        ("phgg-powder", "1.5 g", "1.5 g"),
        ("glutamine-powder", "5 g", "5 g"),
        ("zinc-carnosine-37-5", "37.5 mg", "37.5 mg"),
        ("zinc-carnosine-37-5", "2 {capsule}", "75 mg"),
        ("glutathione-250", "250 mg", "250 mg"),
        ("vitamin-d3", "1000 [iU]", "1000 [iU]"),
        ("probiotic-many-strains", "25 10*9.[CFU]", "25 10*9.[CFU]"),
    ):
        product = Supplement.objects.get(key=key).contents()
        assert str(contents_of_dose(product, Amount.parse(dose))[0].amount) == held, key
