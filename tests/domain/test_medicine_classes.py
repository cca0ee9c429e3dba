"""What each class of medicines permits while it is reduced, and what it is called."""

import pytest

from protocols.domain.medicines import MedicineClass
from protocols.domain.pattern import Pattern

# Class, then: daily, every 2 days, every 3 days, given weekdays, as needed.
PERMITS = """
PPI                  yes yes yes yes yes
H2RA                 yes yes yes yes yes
alginate             yes yes yes yes yes
antacid              yes yes yes yes yes
mucosal-protectant   yes yes yes yes yes
NSAID                yes yes yes yes yes
antiplatelet         yes yes yes yes yes
anticoagulant        yes yes yes yes yes
corticosteroid       yes yes no  no  no
SSRI                 yes no  no  no  no
benzodiazepine       yes no  no  no  no
opioid               yes no  no  no  no
other                yes yes yes yes yes
"""
PATTERNS = [
    Pattern.daily(),
    Pattern.every(2),
    Pattern.every(3),
    Pattern.on_weekdays([0, 3]),
    Pattern.as_needed(),
]
ROWS = {line.split()[0].replace("-", " "): line.split()[1:] for line in PERMITS.strip().splitlines()}


def test_the_page_names_every_class() -> None:
    assert list(ROWS) == [each.value for each in MedicineClass]


@pytest.mark.parametrize("medicine_class", MedicineClass)
@pytest.mark.parametrize("number", range(len(PATTERNS)), ids=str)
def test_a_class_permits_a_pattern(medicine_class: MedicineClass, number: int) -> None:
    assert medicine_class.permits(PATTERNS[number]) is (ROWS[medicine_class.value][number] == "yes")


def test_all_seven_weekdays_are_every_day_and_permitted_to_all() -> None:
    assert all(each.permits(Pattern.on_weekdays(range(7))) for each in MedicineClass)
    assert not any(
        each.permits(Pattern.parse("every 4 days")) for each in (MedicineClass.CORTICOSTEROID, MedicineClass.SSRI)
    )


def test_only_acid_suppressants_become_a_taper_without_being_enabled() -> None:
    assert [each for each in MedicineClass if each.is_acid_suppressant] == [MedicineClass.PPI, MedicineClass.H2RA]


def test_benzodiazepines_and_opioids_are_controlled() -> None:
    assert [each for each in MedicineClass if each.is_controlled] == [
        MedicineClass.BENZODIAZEPINE,
        MedicineClass.OPIOID,
    ]


def test_classes_have_words() -> None:
    assert [each.label for each in MedicineClass] == [
        "Proton pump inhibitor",
        "H2 blocker",
        "Alginate",
        "Antacid",
        "Mucosal protectant",
        "NSAID",
        "Antiplatelet",
        "Anticoagulant",
        "Corticosteroid",
        "SSRI",
        "Benzodiazepine",
        "Opioid",
        "Other",
    ]
