"""The line of everything in a pack is known, so that a fault is found where it stands."""

import tomllib
from typing import Any

import pytest

from protocols.services.pack_files import KNOWLEDGE, PACKS_FOLDER, PackError, available_packs
from protocols.services.pack_lines import PackLines, refuse

PACK = '''# A comment with [[tables]] and "quotes"
key = "x"
words = """
[[tables]]
name = "not a table"
"""

[[tables]]
name = "first"   # said here
sources = [
    { cite = "A, with = and ]", read = "own" },  # a comment
    { cite = "B", read = [
        "x",
        "y",
    ] },
]

[[tables]]
"name" = 'second'
when = 2027-01-04 10:00:00

[[tables.parts]]
of = { a = 1, b = 2 }
[[tables.parts]]
of.c = 3

[table]
value = 0.5
'''

LINES = [
    ("key", 2),
    ("words", 3),
    ("tables[0]", 8),
    ("tables[0].name", 9),
    ("tables[0].sources", 10),
    ("tables[0].sources[0].cite", 11),
    ("tables[0].sources[1].read[1]", 14),
    ("tables[1]", 18),
    ("tables[1].name", 19),
    ("tables[1].when", 20),
    ("tables[1].parts[0].of.b", 23),
    ("tables[1].parts[1].of.c", 25),
    ("table.value", 28),
]


@pytest.mark.parametrize(("path", "line"), LINES)
def test_everything_has_its_line(path: str, line: int) -> None:
    tomllib.loads(PACK)
    assert PackLines(PACK).of(path) == line
    assert PackLines(PACK.replace("\n", "\r\n")).of(path) == line


@pytest.mark.parametrize(
    ("path", "line"), [("tables[0].missing", 8), ("tables[0].sources[1].missing", 12), ("tables[7].x", 8), ("none", 1)]
)
def test_what_is_missing_has_the_line_of_what_should_hold_it(path: str, line: int) -> None:
    assert PackLines(PACK).of(path) == line


def paths_of(value: Any, path: str = "") -> list[str]:
    if isinstance(value, dict):
        inner = [(f"{path}.{key}" if path else key, each) for key, each in value.items()]
    elif isinstance(value, list):
        inner = [(f"{path}[{number}]", each) for number, each in enumerate(value)]
    else:
        return []
    return [name for key, each in inner for name in [key, *paths_of(each, key)]]


@pytest.mark.parametrize("file", sorted(PACKS_FOLDER.glob("*.toml")), ids=lambda file: file.name)
def test_every_value_of_every_shipped_pack_has_a_line_of_its_own_that_names_it(file: Any) -> None:
    text = file.read_text(encoding="utf-8")
    lines, written = PackLines(text), text.splitlines()
    for path in paths_of(tomllib.loads(text)):
        key = path.rpartition(".")[2]
        if "[" not in key:
            assert key in written[lines.of(path) - 1], path


def test_problems_are_told_in_the_order_of_the_file() -> None:
    problems = {"table.value": "Second.", "tables[0].name": "First.", "tables[0].none": "Before."}
    with pytest.raises(PackError) as error:
        refuse(problems, file_name="x.toml", lines=PackLines(PACK), named=lambda path: path.replace("[0]", " one"))
    assert error.value.problems == [
        "x.toml, line 8, tables one.none: Before.",
        "x.toml, line 9, tables one.name: First.",
        "x.toml, line 28, table.value: Second.",
    ]
    refuse({}, file_name="x.toml", lines=PackLines(PACK))


def test_knowledge_is_no_protocol() -> None:
    assert not set(available_packs()) & set(KNOWLEDGE)
    assert "five-phase" in available_packs()
