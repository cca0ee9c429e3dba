"""A name that nobody knows is still a medicine of its class: rules about the whole class look at it."""

from dataclasses import replace
from typing import Any

import pytest

from protocols.domain.safety import Assessment, assess
from protocols.domain.safety_document import read_situation
from protocols.services.knowledge import shipped_knowledge
from tests.protocols.situations import KNOWN, taken


def assessed_with(*intakes: str, **of_last: Any) -> Assessment:
    """The last of these is what somebody keeps as a medicine, with these facts."""
    knowledge = shipped_knowledge()
    situation = read_situation({**KNOWN, "intakes": [taken(each) for each in intakes]}, knowledge)
    last = replace(situation.taken[-1], is_medicine=True, **of_last)
    return assess(replace(situation, taken=(*situation.taken[:-1], last)), knowledge)


@pytest.mark.parametrize(
    ("beside", "medicine_class", "rule"),
    [("betaine HCl", "NSAID", "R01"), ("berberine", "", None)],
)
def test_the_class_of_an_unknown_name_counts(beside: str, medicine_class: str, rule: str | None) -> None:
    result = assessed_with(beside, "Zyzzyxan", medicine_class=medicine_class)
    about = [each for each in result.found if "Zyzzyxan" in each.about]
    assert {each.rule for each in about} == ({rule} if rule else set())
    assert all(each.stops == ("0",) for each in about), "the supplement, and never the medicine"


def test_where_a_rule_names_only_some_of_the_class_it_stays_open() -> None:
    result = assessed_with("betaine HCl", "Zyzzyxan", medicine_class="corticosteroid")
    assert "R02" not in {each.rule for each in result.found}
    assert ("what Zyzzyxan is",) in {each.unknown for each in result.undecided if each.rule == "R02"}


def test_its_name_stays_unchecked() -> None:
    result = assessed_with("betaine HCl", "Zyzzyxan", medicine_class="NSAID")
    assert result.unknown_substances == ("Zyzzyxan",)


def test_a_known_name_counts_as_what_it_is() -> None:
    """Ibuprofen that somebody filed under antacids is still ibuprofen, and no antacid."""
    result = assessed_with("levothyroxine", "ibuprofen", medicine_class="antacid")
    assert not [each for each in result.found if each.spacing is not None]


@pytest.mark.parametrize("medicine", ["mirtazapine", "metoclopramide", "theophylline", "finasteride", "pancrelipase"])
def test_every_medicine_lies_apart_from_bulk_fibre(medicine: str) -> None:
    assert ("R43", "apart") in {(each.rule, each.part) for each in assessed_with("psyllium", medicine).found}


def test_a_medicine_that_nobody_knows_lies_apart_from_bulk_fibre_too() -> None:
    assert ("R43", "apart") in {(each.rule, each.part) for each in assessed_with("psyllium", "Zyzzyxan").found}


def test_an_alginate_with_antacid_lies_apart_from_rosuvastatin() -> None:
    assert "R54" in {each.rule for each in assessed_with("Gaviscon", "rosuvastatin").found}


def test_what_is_checked_is_reckoned_once_in_an_edition() -> None:
    knowledge = shipped_knowledge()
    assert knowledge.checked_names() is knowledge.checked_names()
