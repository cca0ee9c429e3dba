"""The list of gates: its order, its words, its sources, and codes that exist."""

import gzip
from pathlib import Path

import pytest

from protocols.domain.bleeding_risk import RISK_FACTORS
from protocols.domain.gate import Lifting
from protocols.domain.gate_codes import BLEED_CODES, H_PYLORI_CODE, LONG_TERM_CODES, ULCER_CODES, matches
from protocols.domain.gate_lab_evidence import BREATH_TESTS, H_PYLORI_TESTS
from protocols.domain.gates import APPROVAL, ASKED, GATES, Gate
from protocols.domain.icd10cm import CodeSet, ConditionCode
from protocols.domain.labs import lab_test
from protocols.domain.medicines import MedicineClass
from protocols.domain.sources import HowRead

# What each gate asks about, who lifts it and how its source was read; written from the guidance, not from the code.
PAGE = """
G1   Barrett                    prescriber  primary
G2   grade C or D               prescriber  primary
G3   stricture                  prescriber  primary
G4   eosinophilic               prescriber  primary
G5   pulmonary fibrosis         prescriber  primary
G6   Zollinger–Ellison          prescriber  primary
G7   bleeding                   prescriber  secondary
G8   clotting                   prescriber  secondary
G9   warning sign               review      primary
G10  approval                   resolved    own
G11  missing                    resolved    primary
A1   less than 4 weeks          not-needed  primary
A2   pregnant                   not-needed  primary
A3   corticosteroid             not-needed  primary
A4   swallowing                 not-needed  primary
A5   H. pylori                  not-needed  own
A6   breath test                not-needed  primary
A7   hospital                   not-needed  primary
"""
ROWS = [(line[:5].strip(), line[5:32].strip(), *line[32:].split()) for line in PAGE.strip().splitlines()]
CODES = {code for gate in GATES.values() for code in (*gate.codes, *gate.denied_by)} | {
    *BLEED_CODES,
    *ULCER_CODES,
    *LONG_TERM_CODES,
    H_PYLORI_CODE,
}


RELEASE = CodeSet(gzip.decompress((Path(__file__).parents[2] / "protocols/packs/icd10cm-2026-04.tsv.gz").read_bytes()))


def found(code: str) -> ConditionCode:
    row = RELEASE.find(code)
    assert row is not None, code
    return row


def leaves_under(beginning: str) -> set[str]:
    rows = [found(beginning), *RELEASE.beneath(beginning)]
    return {row.code for row in rows if row.is_leaf}


def test_the_gates_stand_in_their_order() -> None:
    assert list(GATES) == [row[0] for row in ROWS]
    assert all(gate.id == name for name, gate in GATES.items())


@pytest.mark.parametrize(("name", "about", "lifting", "mark"), ROWS)
def test_a_gate_asks_what_the_page_says(name: str, about: str, lifting: str, mark: str) -> None:
    gate = GATES[name]
    assert about in gate.question
    assert (gate.lifting.value, gate.mark.value) == (lifting, mark)
    assert gate.is_hard == name.startswith("G")
    assert gate.label == ("Hard stop" if gate.is_hard else "Ask first")


@pytest.mark.parametrize("gate", GATES.values(), ids=list(GATES))
def test_a_gate_has_a_question_one_reason_and_a_citation(gate: Gate) -> None:
    assert "?" in gate.question
    assert gate.why.endswith(".")
    assert ". " not in gate.why.replace("H. pylori", "")
    assert gate.citation


def test_everything_but_the_approval_is_asked() -> None:
    assert [gate.id for gate in ASKED] == [name for name in GATES if name != "G10"]
    assert APPROVAL.id == "G10"


def test_what_becomes_of_a_yes_has_words() -> None:
    assert [lifting.label for lifting in Lifting] == [
        "Only the prescriber may lift it, with a reason",
        "Cleared after clinical review, never lifted",
        "Resolved, never lifted",
        "Asked first; it stops nothing",
    ]


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_code_exists_in_the_release_and_is_written_as_it_is_there(code: str) -> None:
    assert found(code).code == code


@pytest.mark.parametrize("code", sorted({*BLEED_CODES, H_PYLORI_CODE, *LONG_TERM_CODES}))
def test_a_code_of_bleeding_or_long_use_is_a_leaf(code: str) -> None:
    assert found(code).is_leaf


@pytest.mark.parametrize("code", BLEED_CODES)
def test_every_code_of_bleeding_says_so_in_its_title(code: str) -> None:
    title = found(code).title.lower()
    if code not in {"K92.0", "K92.1"}:
        assert any(word in title for word in ("bleeding", "hemorrhage", "hemorrhagic"))
        assert "without bleeding" not in title
        assert "without hemorrhage" not in title
    else:
        assert title in {"hematemesis", "melena"}


def test_no_bleeding_ulcer_is_left_out() -> None:
    sites = ("K22.1", "K25", "K26", "K27", "K28")
    titles = {leaf: found(leaf).title.lower() for site in sites for leaf in leaves_under(site)}
    bleeding = {
        leaf
        for leaf, title in titles.items()
        if "without" not in title and ("hemorrhage" in title or "bleeding" in title)
    }
    assert len(bleeding) == 4 * 4 + 1
    assert bleeding <= set(BLEED_CODES)
    assert not (set(titles) - bleeding) & set(BLEED_CODES)


def test_what_denies_a_gate_leaves_nothing_of_it() -> None:
    # K22.719, dysplasia of any kind, stands for the three codes with dysplasia.
    assert leaves_under("K22.7") - set(GATES["G1"].denied_by) == {"K22.710", "K22.711"}
    for name in ("G3", "G4", "G5", "G6"):
        gate = GATES[name]
        assert {leaf for code in gate.codes for leaf in leaves_under(code)} == set(gate.denied_by)


def test_no_code_can_deny_what_may_lie_in_the_past_or_has_no_code() -> None:
    never = ["G2", "G7", "G8", "G9", "G11", "A1", "A2", "A3", "A4", "A5", "A6", "A7"]
    assert [gate.id for gate in ASKED if not gate.denied_by] == never


def test_a_code_matches_what_begins_with_it_in_any_capitals() -> None:
    assert matches(" k22.710", ("K22.7",))
    assert not matches("K22.1", ("K22.7",))
    assert not matches("K22.70", ())


def test_the_medicines_of_the_bleeding_gate() -> None:
    assert set(GATES["G8"].classes) == {MedicineClass.NSAID, MedicineClass.ANTIPLATELET, MedicineClass.ANTICOAGULANT}


def test_the_tests_that_are_looked_at_are_on_the_list_of_tests() -> None:
    titles = {code: test.title for code in H_PYLORI_TESTS | BREATH_TESTS if (test := lab_test(code)) is not None}
    assert set(titles) == {"17780-8", "74788-1", "74791-5", "56931-9", "56938-4"}
    assert all("Helicobacter" in titles[code] for code in H_PYLORI_TESTS)
    assert all("breath" in titles[code] for code in BREATH_TESTS)


def test_every_risk_that_counts_from_the_record_was_read_in_a_source() -> None:
    assert len(RISK_FACTORS) == 5
    assert all(risk.mark.was_read and risk.citation for risk in RISK_FACTORS)
    assert not HowRead.OWN.was_read
