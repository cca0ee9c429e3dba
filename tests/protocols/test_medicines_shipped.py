"""What the shipped medicines say, against a table written down here by hand, each with how well it was read."""

import tomllib
from typing import Any

import pytest

from protocols.domain.amount import Amount
from protocols.domain.medicines import MedicineClass
from protocols.domain.wording import forbidden_claims
from protocols.services.medicine_rows import Fact, MedicineRow, medicine_rows_of
from protocols.services.pack_files import PACKS_FOLDER, read_pack

# key: ingredient, its RxNorm code, form in words, strengths with the codes of the clinical drugs, meals,
# whether it is sold on prescription only, and the mark: R, a source itself; R2, somebody's report of it.
ACID: dict[str, tuple[Any, ...]] = {
    "omeprazole-capsule": (
        "omeprazole", "7646", "delayed-release capsule",
        {"10 mg": "199119", "20 mg": "198051", "40 mg": "200329"}, ("before-meal", 30), None, "R",
    ),
    "omeprazole-tablet": (
        "omeprazole", "7646", "delayed-release tablet", {"20 mg": "402014"}, ("before-meal", 30), False, "R",
    ),
    "omeprazole-odt": (
        "omeprazole", "7646", "delayed-release orally disintegrating tablet", {"20 mg": "2003656"},
        ("before-meal", 30), False, "R",
    ),
    "omeprazole-packet": (
        "omeprazole", "7646", "delayed-release packet of granules", {"2.5 mg": "", "10 mg": ""},
        ("before-meal", 30), True, "R",
    ),
    "esomeprazole-capsule": (
        "esomeprazole", "283742", "delayed-release capsule", {"20 mg": "606726", "40 mg": "606730"},
        ("before-meal", 60), False, "R",
    ),
    "esomeprazole-packet": (
        "esomeprazole", "283742", "delayed-release packet of granules",
        {"10 mg": "861568", "20 mg": "692576", "40 mg": "692578"}, ("before-meal", 60), True, "R",
    ),
    "lansoprazole-capsule": (
        "lansoprazole", "17128", "delayed-release capsule", {"15 mg": "596843", "30 mg": "311277"},
        ("before-meal", 30), False, "R",
    ),
    "lansoprazole-odt": (
        "lansoprazole", "17128", "delayed-release orally disintegrating tablet",
        {"15 mg": "351261", "30 mg": "351260"}, ("before-meal", 30), False, "R",
    ),
    "pantoprazole-tablet": (
        "pantoprazole", "40790", "delayed-release tablet", {"20 mg": "251872", "40 mg": "314200"},
        ("before-meal", 30), True, "R",
    ),
    "pantoprazole-packet": (
        "pantoprazole", "40790", "delayed-release packet of granules", {"40 mg": ""}, ("before-meal", 30), True, "R",
    ),
    "rabeprazole-tablet": (
        "rabeprazole", "114979", "delayed-release tablet", {"20 mg": "854868"}, ("before-meal", 30), True, "R",
    ),
    "rabeprazole-sprinkle": (
        "rabeprazole", "114979", "delayed-release sprinkle capsule", {"10 mg": "1483318"},
        ("before-meal", 30), True, "R",
    ),
    "dexlansoprazole-capsule": (
        "dexlansoprazole", "816346", "delayed-release capsule", {"30 mg": "", "60 mg": ""}, ("any", None), True, "R",
    ),
    "famotidine-tablet": (
        "famotidine", "4278", "tablet", {"10 mg": "", "20 mg": "", "40 mg": ""}, ("any", None), False, "R",
    ),
    "nizatidine-capsule": (
        "nizatidine", "42319", "capsule", {"150 mg": "", "300 mg": ""}, ("unknown", None), None, "R",
    ),
    "cimetidine-tablet": (
        "cimetidine", "2541", "tablet", {"200 mg": "", "300 mg": "", "400 mg": "", "800 mg": ""},
        ("unknown", None), False, "R",
    ),
}  # fmt: skip
# The same for what is taken beside or instead, with its class.
OTHERS: dict[str, tuple[Any, ...]] = {
    "alginate-liquid": (
        "alginate", "sodium alginate", "", "oral liquid", {}, ("after-meal", None), False, "R",
    ),
    "alginate-chewable": (
        "alginate", "sodium alginate", "", "chewable tablet", {"500 mg": ""}, ("unknown", None), False, "R",
    ),
    "calcium-carbonate-chewable": (
        "antacid", "calcium carbonate", "1897", "chewable tablet", {"500 mg": "", "750 mg": ""},
        ("unknown", None), False, "R",
    ),
    "aluminum-magnesium-hydroxide-liquid": (
        "antacid", "aluminum hydroxide / magnesium hydroxide", "", "oral liquid", {}, ("after-meal", None), False, "R",
    ),
    "aluminum-hydroxide-magnesium-carbonate-liquid": (
        "antacid", "aluminum hydroxide / magnesium carbonate", "", "oral liquid", {}, ("after-meal", None), False, "R",
    ),
    "sucralfate-tablet": (
        "mucosal protectant", "sucralfate", "10156", "tablet", {}, ("without", None), True, "R",
    ),
    "prednisone-tablet": (
        "corticosteroid", "prednisone", "8640", "tablet",
        {
            "1 mg": "198144", "2.5 mg": "198146", "5 mg": "312617", "10 mg": "198145",
            "20 mg": "312615", "25 mg": "312616", "40 mg": "429332", "50 mg": "198148",
        },
        ("with", None), True, "R",
    ),
    "doxycycline": ("other", "doxycycline", "", "", {}, ("with", None), None, "R2"),
    "ciprofloxacin": ("other", "ciprofloxacin", "", "", {}, ("any", None), None, "R"),
    "metronidazole": ("other", "metronidazole", "", "", {}, ("unknown", None), None, "R"),
    "tinidazole": ("other", "tinidazole", "", "", {}, ("unknown", None), None, "R"),
    "levothyroxine": ("other", "levothyroxine", "10582", "", {}, ("before-meal", 30), None, "R2"),
    "pancrelipase": ("other", "pancrelipase", "", "", {}, ("with", None), None, "R2"),
}  # fmt: skip
# By name and class alone: the code of the ingredient where one was read, and the mark of the class.
GATES: dict[str, dict[str, tuple[str, str]]] = {
    "NSAID": {
        "diclofenac": ("3355", "R2"), "etodolac": ("", "R2"), "fenoprofen": ("", "R2"), "flurbiprofen": ("4502", "R2"),
        "ibuprofen": ("", "R2"), "indomethacin": ("", "R2"), "ketoprofen": ("", "R2"), "ketorolac": ("", "R2"),
        "mefenamic acid": ("", "R2"), "meloxicam": ("", "R2"), "nabumetone": ("", "R2"), "naproxen": ("", "R2"),
        "oxaprozin": ("", "R2"), "piroxicam": ("", "R2"), "sulindac": ("", "R2"), "tolmetin": ("", "R2"),
        "celecoxib": ("140587", "R2"), "etoricoxib": ("", "R2"), "aspirin": ("1191", "R"),
    },
    "antiplatelet": {
        "aspirin": ("1191", "R"), "clopidogrel": ("32968", "R2"), "prasugrel": ("", "R2"), "ticagrelor": ("", "R2"),
        "dipyridamole": ("", "R2"), "ticlopidine": ("", "R2"),
    },
    "anticoagulant": {
        "warfarin": ("11289", "R2"), "phenprocoumon": ("8150", "R2"), "acenocoumarol": ("154", "R2"),
        "apixaban": ("", "R"), "rivaroxaban": ("", "R"), "edoxaban": ("", "R"), "dabigatran": ("", "R"),
        "heparin": ("", "R"), "enoxaparin": ("", "R"), "dalteparin": ("", "R"), "tinzaparin": ("", "R"),
        "fondaparinux": ("", "R2"),
    },
    "corticosteroid": {
        "prednisolone": ("8638", "R"), "methylprednisolone": ("", "R"), "dexamethasone": ("", "R"),
        "hydrocortisone": ("", "R"), "cortisone": ("", "R"), "betamethasone": ("", "R"),
        "triamcinolone": ("10759", "R"), "budesonide": ("19831", "R"),
    },
    "other": {
        "rifaximin": ("35619", "R"), "tetracycline": ("", "R"), "digoxin": ("", "R"), "methotrexate": ("", "R"),
        "lithium": ("", "R"), "ciclosporin": ("", "R"),
    },
}  # fmt: skip
MARKS = {"R": "primary", "R2": "secondary"}


@pytest.fixture(scope="module")
def rows() -> dict[str, MedicineRow]:
    file_name, content = read_pack("medicines")
    return {row.medicine.key: row for row in medicine_rows_of(content, file_name=file_name)[1]}


def described(row: MedicineRow) -> tuple[Any, ...]:
    medicine = row.medicine
    return (
        medicine.substance,
        medicine.rxnorm_ingredient_code,
        medicine.form_words,
        {str(strength.amount): strength.rxnorm for strength in row.strengths},
        (medicine.food, medicine.minutes_before_meal),
        medicine.prescription_only,
        medicine.mark,
    )


@pytest.mark.parametrize("key", ACID)
def test_acid_suppressants_stand_in_the_table(rows: dict[str, MedicineRow], key: str) -> None:
    *facts, mark = ACID[key]
    assert described(rows[key]) == (*facts, MARKS[mark])
    ppi = facts[0].endswith("prazole")
    assert rows[key].medicine.medicine_class == ("PPI" if ppi else "H2RA")
    # H2 blockers are offered for symptoms while a PPI is reduced; what may be done with their tablets was not read.
    assert rows[key].medicine.is_rescue is not ppi
    assert rows[key].medicine.may_be_halved == ("no" if ppi else "unknown")


@pytest.mark.parametrize("key", OTHERS)
def test_other_medicines_stand_in_the_table(rows: dict[str, MedicineRow], key: str) -> None:
    of_class, *facts, mark = OTHERS[key]
    assert described(rows[key]) == (*facts, MARKS[mark])
    assert rows[key].medicine.medicine_class == of_class
    assert rows[key].medicine.is_rescue is (of_class in {"alginate", "antacid"})
    assert rows[key].medicine.may_be_halved == "unknown"


def test_everything_else_is_known_by_name_and_class_alone(rows: dict[str, MedicineRow]) -> None:
    rest = [row for key, row in rows.items() if key not in ACID and key not in OTHERS]
    shipped: dict[str, dict[str, tuple[str, str]]] = {}
    for row in rest:
        medicine = row.medicine
        assert described(row)[2:-1] == ("", {}, ("unknown", None), None), medicine.key
        assert (medicine.release, medicine.instruction, medicine.is_rescue, medicine.may_be_halved) == (
            "", "", False, "unknown",
        ), medicine.key  # fmt: skip
        mark = next(mark for mark, value in MARKS.items() if value == medicine.mark)
        shipped.setdefault(medicine.medicine_class, {})[medicine.substance] = (medicine.rxnorm_ingredient_code, mark)
    assert shipped == GATES


def test_the_one_liquid_that_can_be_measured_holds_what_its_label_says(rows: dict[str, MedicineRow]) -> None:
    """500 mg in 5 mL, by spoonfuls of 5 mL."""
    measured = {key: row.medicine.liquid for key, row in rows.items() if row.medicine.liquid is not None}
    assert measured.keys() == {"alginate-liquid"}
    liquid = measured["alginate-liquid"]
    assert liquid is not None
    assert liquid.concentration_per_ml * 5 == Amount.parse("500 mg")
    assert f"{liquid.step_ml:f}" == "5"


def test_what_was_only_remembered_is_not_there(rows: dict[str, MedicineRow]) -> None:
    """Esomeprazole packets of 2.5 and 5 mg, rabeprazole of 5 mg; esomeprazole strontium counts in another salt."""
    amounts = {
        substance: {str(strength.amount) for row in rows.values() if row.medicine.substance == substance
                    for strength in row.strengths}
        for substance in ("esomeprazole", "rabeprazole")
    }  # fmt: skip
    assert amounts == {"esomeprazole": {"10 mg", "20 mg", "40 mg"}, "rabeprazole": {"10 mg", "20 mg"}}


def test_ranitidine_is_left_out_and_the_file_says_why(rows: dict[str, MedicineRow]) -> None:
    assert not any(row.medicine.substance == "ranitidine" for row in rows.values())
    assert "Ranitidine is left out" in (PACKS_FOLDER / "medicines.toml").read_text(encoding="utf-8")


def test_codes_of_clinical_drugs_that_nobody_checked_are_empty(rows: dict[str, MedicineRow]) -> None:
    for substance in ("dexlansoprazole", "famotidine", "budesonide"):
        found = [row for row in rows.values() if row.medicine.substance == substance]
        assert found
        assert not any(strength.rxnorm for row in found for strength in row.strengths)


def test_no_code_stands_for_two_drugs(rows: dict[str, MedicineRow]) -> None:
    codes = [strength.rxnorm for row in rows.values() for strength in row.strengths if strength.rxnorm]
    assert len(codes) == len(set(codes))


def test_every_ppi_and_h2_blocker_can_be_drawn_up_and_no_ppi_can_be_halved(rows: dict[str, MedicineRow]) -> None:
    for key in ACID:
        medicine = rows[key].medicine
        product = medicine.product_of(strength.amount for strength in rows[key].strengths)
        assert product.medicine_class is MedicineClass(medicine.medicine_class)
        assert not product.may_be_halved
        assert all(product.can_make(strength) for strength in product.strengths)


def test_the_six_ppis_are_there(rows: dict[str, MedicineRow]) -> None:
    assert {row.medicine.substance for row in rows.values() if row.medicine.medicine_class == "PPI"} == {
        "omeprazole", "esomeprazole", "lansoprazole", "pantoprazole", "rabeprazole", "dexlansoprazole",
    }  # fmt: skip


def test_every_source_says_what_it_is_given_for_and_how_it_was_read(rows: dict[str, MedicineRow]) -> None:
    for medicine in tomllib.loads((PACKS_FOLDER / "medicines.toml").read_text(encoding="utf-8"))["medicines"]:
        for source in medicine["sources"]:
            assert set(source["for"]) <= set(Fact), medicine["key"]
        lines = rows[medicine["key"]].medicine.source.splitlines()
        assert len(lines) == len(medicine["sources"])
        assert all(line.endswith("]") for line in lines), medicine["key"]


def test_no_machine_written_page_stands_behind_a_fact(rows: dict[str, MedicineRow]) -> None:
    assert not any("droracle" in row.medicine.source for row in rows.values())


def test_what_patients_read_claims_nothing(rows: dict[str, MedicineRow]) -> None:
    for row in rows.values():
        assert forbidden_claims(row.medicine.instruction) == [], row.medicine.key
    assert "Never take two at once" in rows["omeprazole-capsule"].medicine.instruction
    assert "do not split, chew or crush it" in rows["pantoprazole-tablet"].medicine.instruction
    assert "do not divide a packet" in rows["pantoprazole-packet"].medicine.instruction
