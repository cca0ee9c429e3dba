"""Faulty rules or groups are refused whole: each fault with its file, line, place and a sentence."""

import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from protocols.services.condition_codes import released_codes
from protocols.services.knowledge import read_knowledge, shipped_knowledge
from protocols.services.pack_files import CATALOGUE, KNOWLEDGE, PACKS_FOLDER, PackError

Spoil = Callable[[str, str, str], list[str]]

RULES = """key = "safety-rules"
version = "2026-11"

[[rules]]
id = "R01"
version = 1
title = "Betaine HCl with an anti-inflammatory"

[[rules.parts]]
key = "main"
severity = "BLOCK"
when = "taking(betaine hydrochloride) and taking(nsaid)"
stops = "betaine hydrochloride"
text = "Not together."
patient = "Do not take the two together."
cite = "A handout"
year = 2020
mark = "R2"
enabled = true

[[rules]]
id = "R10"
version = 2
title = "Magnesium and tetracyclines"
reviewer = "a pharmacist"
reviewed_on = "2026-11-20"

[[rules.parts]]
key = "main"
severity = "SPACE"
a = "tetracycline-class"
b = "any-magnesium"
before_hours = "3"
after_hours = "6"
text = "Apart."
patient = "Take these apart."
cite = "A label"
mark = "R"
enabled = true
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for key in (*CATALOGUE, *KNOWLEDGE):
        name = f"{key.replace('-', '_')}.toml"
        shutil.copy(PACKS_FOLDER / name, tmp_path / name)
    (tmp_path / "safety_rules.toml").write_text(RULES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def spoiled(folder: Path) -> Spoil:
    """The problems after one text of a file is replaced by another."""

    def problems(file: str, old: str, new: str) -> list[str]:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(PackError) as refused:
            read_knowledge(folder)
        return refused.value.problems

    return problems


def test_the_small_file_itself_is_read(folder: Path) -> None:
    knowledge = read_knowledge(folder)
    assert [rule.id for rule in knowledge.rules] == ["R01", "R10"]
    assert knowledge.rules[1].reviewer == "a pharmacist"
    assert str(knowledge.rules[1].reviewed_on) == "2026-11-20"
    assert knowledge.rules[1].version == 2


PART = "rules[0] “R01”.parts[0]"
WRONG = [
    ('cite = "A handout"\n', "", 9, f"{PART}.cite", "missing"),
    ('cite = "A handout"', 'cite = " "', 16, f"{PART}.cite", "empty"),
    ("taking(nsaid)", "taking(nsaid", 12, f"{PART}.when", "cannot be read"),
    ("taking(nsaid)", "taking(nsaids)", 12, f"{PART}.when", "neither a group nor a substance"),
    ("taking(nsaid)", "condition(stones)", 12, f"{PART}.when", "no group of conditions"),
    ('when = "taking(betaine hydrochloride) and taking(nsaid)"\n', "", 9, f"{PART}.when", "missing"),
    ('"BLOCK"', '"STOP"', 11, f"{PART}.severity", "Use one of: BLOCK, WARN, SPACE, MONITOR, INFO"),
    ('mark = "R2"', 'mark = "M"', 19, f"{PART}.enabled", "until somebody has read a source"),
    ('mark = "R2"', 'mark = "X"', 18, f"{PART}.mark", "Use one of: R, R2, M, C, D"),
    ("enabled = true", "enabled = false", 9, f"{PART}.why_disabled", "Say why"),
    ("enabled = true", 'enabled = true\nwhy_disabled = "No."', 20, f"{PART}.why_disabled", "leave the reason out"),
    ("enabled = true", 'enabled = "yes"', 19, f"{PART}.enabled", "true or false"),
    ("enabled = true\n", "", 9, f"{PART}.enabled", "true or false"),
    ('stops = "betaine hydrochloride"', 'stops = "betaines"', 13, f"{PART}.stops", "neither a group"),
    ('stops = "betaine hydrochloride"\n', "", 9, f"{PART}.stops", "would stop nothing"),
    ('stops = "betaine hydrochloride"', 'stops = "ginger"', 13, f"{PART}.stops", "does not ask about “ginger”"),
    (
        "taking(betaine hydrochloride) and",
        "not taking(betaine hydrochloride) and",
        13,
        f"{PART}.stops",
        "never be stopped",
    ),
    ('"BLOCK"', '"WARN"', 13, f"{PART}.stops", "Only a BLOCK"),
    ("year = 2020", "year = 20", 17, f"{PART}.year", "year of the source"),
    ("year = 2020", 'year = "2020"', 17, f"{PART}.year", "whole number"),
    ('text = "Not together."', 'text = "This heals."', 14, f"{PART}.text", "claims"),
    ('id = "R10"', 'id = "R01"', 22, "rules[1] “R01”.id", "stands there twice"),
    ('id = "R10"', 'id = "10"', 22, "rules[1] “10”.id", "as in “R07”"),
    ("version = 2\n", "", 21, "rules[1] “R10”.version", "which version"),
    ("version = 2\n", "version = 0\n", 23, "rules[1] “R10”.version", "which version"),
    ('reviewed_on = "2026-11-20"\n', "", 25, "rules[1] “R10”.reviewer", "both"),
    ('"2026-11-20"', '"in November"', 26, "rules[1] “R10”.reviewed_on", "Write a day"),
    ('before_hours = "3"', 'before_hours = "three"', 33, "rules[1] “R10”.parts[0].before_hours", "“2” or “0.5”"),
    ('before_hours = "3"\nafter_hours = "6"\n', "", 28, "rules[1] “R10”.parts[0].before_hours", "neither"),
    ('a = "tetracycline-class"\n', "", 28, "rules[1] “R10”.parts[0].a", "missing"),
    ('b = "any-magnesium"', 'b = "magnesiums"', 32, "rules[1] “R10”.parts[0].b", "neither a group"),
    ('cite = "A label"', 'cite = "A label"\ndose = "1"', 38, "rules[1] “R10”.parts[0].dose", "no such key"),
    ('version = "2026-11"', 'version = "November"', 2, "version", "a year and a month"),
    ('key = "safety-rules"', 'key = "rules"', 1, "key", "safety-rules"),
]


@pytest.mark.parametrize(("old", "new", "line", "place", "sentence"), WRONG)
def test_each_fault_of_the_rules_is_told_with_its_line(
    old: str, new: str, line: int, place: str, sentence: str, spoiled: Spoil
) -> None:
    problems = spoiled("safety_rules.toml", old, new)
    assert any(
        problem.startswith(f"safety_rules.toml, line {line}, {place}: ") and sentence in problem for problem in problems
    ), problems
    assert all(re.search(r"[.”]$", problem) for problem in problems)


def test_a_warning_sign_names_no_substance_and_stops_nothing(folder: Path) -> None:
    sign = RULES.replace("taking(betaine hydrochloride) and taking(nsaid)", "condition(gi-bleed)")
    sign = sign.replace('stops = "betaine hydrochloride"\n', "")
    (folder / "safety_rules.toml").write_text(sign, encoding="utf-8")
    assert read_knowledge(folder).rules[0].parts[0].stops == frozenset()


def test_a_part_that_stands_there_twice_is_refused(spoiled: Spoil) -> None:
    part = RULES[RULES.index("[[rules.parts]]") : RULES.index('\n[[rules]]\nid = "R10"')]
    problems = spoiled("safety_rules.toml", '[[rules]]\nid = "R10"', f'{part}\n[[rules]]\nid = "R10"')
    assert [problem for problem in problems if "parts[1].key" in problem and "twice" in problem]


def test_a_rule_that_says_nothing_is_refused(spoiled: Spoil) -> None:
    part = RULES[RULES.index("[[rules.parts]]") : RULES.index('\n[[rules]]\nid = "R10"')]
    assert spoiled("safety_rules.toml", part, "") == [
        "safety_rules.toml, line 4, rules[0] “R01”.parts: A rule says at least one thing: add a part."
    ]


def test_every_fault_is_told_at_once(spoiled: Spoil) -> None:
    problems = spoiled(
        "safety_rules.toml", '"R2"\nenabled = true\n\n[[rules]]\nid = "R10"', '"X"\n\n[[rules]]\nid = "ten"'
    )
    assert [re.search(r"line \d+", problem)[0] for problem in problems] == [  # type: ignore[index]
        "line 9",
        "line 18",
        "line 21",
    ]


GROUPS_WRONG = [
    ('key = "ppi"', 'key = "ppi"\ncolour = "red"', "groups[0].colour", "no such key"),
    ('key = "h2ra"', 'key = "ppi"', "groups[1].key", "twice"),
    ('classes = ["PPI"]', 'classes = ["PPJ"]', "groups[0].classes[0]", "is no class"),
    ('nutrients = ["zinc"]', 'nutrients = ["zink"]', "nutrients[0]", "No substance holds"),
    ('includes = ["any-magnesium",', 'includes = ["all-magnesium",', "includes[0]", "no group “all-magnesium”"),
    ('codes = ["K29"]', 'codes = ["gastritis"]', "conditions[1].codes[0]", "begins"),
    ('codes = ["K29"]', "codes = []", "conditions[1].codes", "never matches"),
    ('key = "gastritis"', 'key = "ulcer"', "conditions[1].key", "twice"),
    ('read = "own" }]', 'read = "memory" }]', "sources[0].read", "Use one of"),
]


@pytest.mark.parametrize(("old", "new", "place", "sentence"), GROUPS_WRONG)
def test_each_fault_of_the_groups_is_told_with_its_line(
    old: str, new: str, place: str, sentence: str, spoiled: Spoil
) -> None:
    problems = spoiled("groups.toml", old, new)
    assert any(
        re.match(r"groups\.toml, line [0-9]+, ", problem) and place in problem and sentence in problem
        for problem in problems
    ), problems


def test_every_beginning_of_a_code_exists_in_the_release() -> None:
    codes = released_codes()
    found = {beginning: codes.find(beginning) for rule in _groups_of_conditions() for beginning in rule}
    assert len(found) > 60
    assert [beginning for beginning, code in found.items() if code is None] == []


def _groups_of_conditions() -> list[list[str]]:
    content = tomllib.loads((PACKS_FOLDER / "groups.toml").read_text(encoding="utf-8"))
    return [group["codes"] for group in content["conditions"]]


def test_the_version_says_the_edition_and_what_was_read(folder: Path) -> None:
    before = read_knowledge(folder).version
    assert before.startswith("2026-11 ")
    (folder / "safety_rules.toml").write_text(RULES.replace("Apart.", "Far apart."), encoding="utf-8")
    assert read_knowledge(folder).version != before
    assert shipped_knowledge() is shipped_knowledge()
