"""A faulty pack of medicines: each fault is a sentence with its place, and nothing is written."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clinics.actor import for_system
from protocols.models import Medicine
from protocols.services.medicine_pack import load_medicines
from protocols.services.medicine_rows import medicine_rows_of
from protocols.services.pack_files import PackError
from tests.fixtures.personae import NOON
from tests.protocols.test_medicines_loading import PACK

SetIn = Callable[[dict[str, Any], str, Any], None]
LIQUID = {"per_ml": "100 mg", "step": "5 mL"}
FIRST = "medicines[0] “omeprazole-capsule”"


def problems_of(content: dict[str, Any]) -> list[str]:
    with pytest.raises(PackError) as error:
        medicine_rows_of(content, file_name="medicines.toml")
    return error.value.problems


REFUSED = [
    ("key", "drugs", "key", "it is “medicines”"),
    ("version", "November", "version", "a year and a month"),
    ("version", None, "version", "missing"),
    ("medicines", [], "medicines", "would retire all of them"),
    ("author", "somebody", "author", "no such key"),
    ("medicines.0.substance", "Omeprazole", FIRST + ".substance", "lower case"),
    ("medicines.0.substance", None, FIRST + ".substance", "missing"),
    ("medicines.0.name", "Gut healer", FIRST + ".name", "claims “healer”"),
    ("medicines.0.class", "purgative", FIRST + ".class", "Use one of: PPI, H2RA"),
    ("medicines.0.form", "pill", FIRST + ".form", "Use one of: capsule, tablet"),
    ("medicines.0.release", "slow", FIRST + ".release", "immediate, delayed, extended"),
    ("medicines.0.halving", "half", FIRST + ".halving", "never halved"),
    ("medicines.0.food", "before", FIRST + ".food", "before-meal"),
    ("medicines.0.food", "any", FIRST + ".minutes_before_meal", "choose that, or leave"),
    ("medicines.0.minutes_before_meal", 0, FIRST + ".minutes_before_meal", "1 and 240"),
    ("medicines.0.minutes_before_meal", "30", FIRST + ".minutes_before_meal", "whole number"),
    ("medicines.0.rescue", "yes", FIRST + ".rescue", "true or false"),
    ("medicines.0.prescription_only", 1, FIRST + ".prescription_only", "true or false"),
    ("medicines.0.rxnorm", "RX7646", FIRST + ".rxnorm", "a number of up to eight digits"),
    ("medicines.0.dose", "20 mg", FIRST + ".dose", "no such key"),
    ("medicines.0.strengths.0.amount", "10", FIRST + ".strengths[0].amount", "not an amount"),
    ("medicines.0.strengths.0.amount", "-10 mg", FIRST + ".strengths[0].amount", "not an amount"),
    ("medicines.0.strengths.0.amount", "0 mg", FIRST + ".strengths[0].amount", "more than zero"),
    ("medicines.0.strengths.0.amount", None, FIRST + ".strengths[0].amount", "missing"),
    ("medicines.0.strengths.0.amount", "20 mg", FIRST + ".strengths", "named twice"),
    ("medicines.0.strengths.0.amount", "10 mL", FIRST + ".strengths", "different units"),
    ("medicines.0.strengths.0.rxnorm", "x", FIRST + ".strengths[0].rxnorm", "RxNorm code"),
    ("medicines.0.strengths", "10 mg", FIRST + ".strengths", "a list of tables"),
    ("medicines.0.liquid", LIQUID, FIRST + ".liquid", "Only an oral liquid"),
    ("medicines.0.liquid", "100 mg/mL", FIRST + ".liquid", "This is a table"),
    ("medicines.0.liquid", {"per_ml": "100 mg"}, FIRST + ".liquid.step", "missing"),
    (
        "medicines.0.liquid", {"per_ml": "100 mg", "step": "5 mg"},
        FIRST + ".liquid.step", "in mL",
    ),
    ("medicines.0.sources", [], FIRST + ".sources", "no source is given for “class”"),
    ("medicines.0.sources.0.for", ["class"], FIRST + ".sources", "for “form”"),
    ("medicines.0.sources.0.for", ["taste"], FIRST + ".sources[0].for", "“taste” is unknown"),
    ("medicines.0.sources.0.read", "memory", FIRST + ".sources[0].read", "primary, secondary"),
    ("medicines.0.sources.0.read", "own", FIRST + ".sources", "“strengths” was read"),
    ("medicines.1.key", "omeprazole-capsule", "medicines[1] “omeprazole-capsule”.key", "stands there twice"),
    ("medicines.1.key", "not a slug", "medicines[1] “not a slug”.key", "valid “slug”"),
    ("medicines.1.rescue", True, "medicines[1] “ibuprofen”.sources", "no source is given for “rescue”"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "named", "words"), REFUSED)
def test_a_fault_is_told_by_its_place(path: str, value: Any, named: str, words: str, set_in: SetIn) -> None:
    content = tomllib.loads(PACK)
    set_in(content, path, value)
    problems = problems_of(content)
    told = [problem for problem in problems if problem.startswith(f"medicines.toml, {named}: ")]
    assert len(told) == 1, problems
    assert words in told[0]
    assert re.search(r"[.?]$", told[0]), "A problem is a sentence."


def test_a_liquid_has_no_strengths_as_well(set_in: SetIn) -> None:
    content = tomllib.loads(PACK)
    set_in(content, "medicines.0.form", "oral liquid")
    set_in(content, "medicines.0.liquid", LIQUID)
    assert [problem for problem in problems_of(content) if "either, not both" in problem]


def test_all_faults_are_told_at_once_and_nothing_is_written(db: None, tmp_path: Path) -> None:
    text = PACK.replace('class = "NSAID"', 'class = "painkiller"').replace('"10 mg"', '"ten mg"')
    (tmp_path / "medicines.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError) as error:
        load_medicines(by=for_system(), at=NOON, folder=tmp_path)
    places = {problem.split(": ")[0] for problem in error.value.problems}
    assert {
        "medicines.toml, medicines[0] “omeprazole-capsule”.strengths[0].amount",
        "medicines.toml, medicines[1] “ibuprofen”.class",
    } <= places
    assert not Medicine.objects.exists()


def test_what_is_not_toml_is_refused_with_the_line(db: None, tmp_path: Path) -> None:
    (tmp_path / "medicines.toml").write_text(PACK.replace('name = "Omeprazole"', "name = Omeprazole"), encoding="utf-8")
    with pytest.raises(PackError, match=r"medicines\.toml: this is not TOML\. .*line 8"):
        load_medicines(by=for_system(), at=NOON, folder=tmp_path)


def test_without_the_file_it_says_so(db: None, tmp_path: Path) -> None:
    with pytest.raises(PackError, match="There is no pack “medicines”"):
        load_medicines(by=for_system(), at=NOON, folder=tmp_path)
