"""A faulty file of substances or limits is refused whole: each fault with its line, its place and a sentence."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from protocols.services.limit_pack import read_upper_limits
from protocols.services.pack_files import PackError
from protocols.services.substance_pack import read_substances

SUBSTANCES = """key = "substances"
version = "2026-11"

[[substances]]
name = "magnesium"
nutrient = "magnesium"
salt = false

[[substances]]
name = "magnesium oxide"
other_names = ["MgO"]
nutrient = "magnesium"
salt = true
fraction = "0.603"
rxnorm = "6582"
usual = { least = "200 mg", most = "1 g" }
sources = [
    { cite = "Stoichiometry", read = "own", mark = "C", for = ["fraction"] },
    { cite = "A list", read = "secondary", mark = "R2", for = ["codes", "usual"] },
]

[[substances]]
name = "vitamin d"
nutrient = "vitamin d"
salt = false
ug_per_iu = "0.025"
sources = [{ cite = "A table", read = "primary", mark = "R", for = ["iu"] }]

[[substances]]
name = "lactase"
activities = ["{ALU}"]
sources = [{ cite = "A page", read = "secondary", mark = "R2", for = ["activities"] }]
"""
LIMITS = """key = "upper-limits"
version = "2026-11"

[[limits]]
nutrient = "magnesium"
amount = "350 mg"
counts = "supplements and medicines"
first_age = 19
basis = "Besides food"
version = "DRI"
year = 1997
cite = "A table"
read = "primary"
mark = "R"

[[limits]]
nutrient = "vitamin k"
none_set = true
unit = "ug"
counts = "all"
first_age = 19
basis = "Data were lacking"
version = "DRI"
year = 2001
cite = "A table"
read = "primary"
mark = "R"
"""
FILES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "substances.toml": (SUBSTANCES, read_substances),
    "upper_limits.toml": (LIMITS, read_upper_limits),
}
OXIDE = "substances[1] “magnesium oxide”"
D = "substances[2] “vitamin d”"

BAD_SUBSTANCES = [
    ('key = "substances"', 'key = "things"', 1, "key", "it is “substances”"),
    ('version = "2026-11"', 'version = "November"', 2, "version", "a year and a month"),
    ('name = "magnesium oxide"', 'name = "Magnesium Oxide"', 10, "substances[1] “Magnesium Oxide”.name", "lower case"),
    ('name = "magnesium oxide"', "", 9, "substances[1].name", "missing"),
    ('["MgO"]', '["Magnesium"]', 11, OXIDE + ".other_names[0]", "already stands for magnesium"),
    ('["MgO"]', '"MgO"', 11, OXIDE + ".other_names", "a list of texts"),
    ('name = "vitamin d"', 'name = "magnesium"', 23, "substances[2] “magnesium”.name", "stands there twice"),
    ("salt = true", "", 9, OXIDE + ".salt", "Say both"),
    ("salt = true", "salt = false", 14, OXIDE + ".fraction", "Only a compound"),
    ('fraction = "0.603"', 'fraction = "60.3"', 14, OXIDE + ".fraction", "as in “0.603”"),
    ('fraction = "0.603"', 'fraction = "1.5"', 14, OXIDE + ".fraction", "between 0 and 1"),
    ('fraction = "0.603"', 'fraction = "0.0"', 14, OXIDE + ".fraction", "between 0 and 1"),
    ('fraction = "0.603"', "fraction = 0.603", 14, OXIDE + ".fraction", "text"),
    ('rxnorm = "6582"', 'rxnorm = "RX"', 15, OXIDE + ".rxnorm", "up to eight digits"),
    ('least = "200 mg"', 'least = "2 g"', 16, OXIDE + ".usual.most", "no less than the least"),
    ('least = "200 mg"', 'least = "1 mg"', 16, OXIDE + ".usual.most", "says nothing about units"),
    ('least = "200 mg"', 'least = "200 [iU]"', 16, OXIDE + ".usual.least", "in g, mg or ug"),
    ('least = "200 mg"', 'least = "200"', 16, OXIDE + ".usual.least", "not an amount"),
    (', most = "1 g"', "", 16, OXIDE + ".usual.most", "missing"),
    ('mark = "C", for', 'mark = "M", for', 17, OXIDE + ".sources", "from memory alone"),
    ('"own", mark = "C"', '"primary", mark = "C"', 18, OXIDE + ".sources[0].read", "one of the two is wrong"),
    ('cite = "Stoichiometry"', 'cite = ""', 18, OXIDE + ".sources[0].cite", "empty"),
    ('cite = "Stoichiometry", ', "", 18, OXIDE + ".sources[0].cite", "missing"),
    ('for = ["fraction"]', 'for = ["weight"]', 18, OXIDE + ".sources[0].for[0]", "“weight” is unknown"),
    ('["codes", "usual"]', '["codes"]', 17, OXIDE + ".sources", "no source is given for “usual”"),
    ('mark = "R2", for = ["codes"', 'mark = "B", for = ["codes"', 19, OXIDE + ".sources[1].mark", "“B” is unknown"),
    ('vitamin d"\nsalt = false', 'vitamin d"\nsalt = true', 26, D + ".ug_per_iu", "Only a bare"),
    ('ug_per_iu = "0.025"', 'ug_per_iu = "0.0"', 26, D + ".ug_per_iu", "more than zero"),
    ('nutrient = "vitamin d"', 'nutrient = "vitamin dd"\ncolour = 1', 25, D + ".colour", "no such key"),
    ('"{ALU}"', '"mg"', 31, "substances[3] “lactase”.activities[0]", "is no activity"),
]  # fmt: skip
BAD_LIMITS = [
    ('key = "upper-limits"', 'key = "limits"', 1, "key", "it is “upper-limits”"),
    ('amount = "350 mg"', 'amount = "350"', 6, "limits[0] “magnesium”.amount", "not an amount"),
    ('amount = "350 mg"', 'amount = "0 mg"', 6, "limits[0] “magnesium”.amount", "more than zero"),
    ('amount = "350 mg"', 'amount = "350 [iU]"', 6, "limits[0] “magnesium”.amount", "in g, mg or ug"),
    ('amount = "350 mg"', "", 4, "limits[0] “magnesium”.amount", "none_set = true"),
    ('"350 mg"', '"350 mg"\nnone_set = true\nunit = "mg"', 6, "limits[0] “magnesium”.amount", "Give an"),
    ('amount = "350 mg"', 'amount = "350 mg"\nunit = "mg"', 7, "limits[0] “magnesium”.unit", "leave this out"),
    ('unit = "ug"', "", 16, "limits[1] “vitamin k”.unit", "in which unit"),
    ('counts = "all"', 'counts = "food"', 20, "limits[1] “vitamin k”.counts", "Use one of: all"),
    ("first_age = 19", "", 4, "limits[0] “magnesium”.first_age", "from which age"),
    ("first_age = 19", "first_age = 190", 8, "limits[0] “magnesium”.first_age", "0 to 120"),
    ("year = 1997", "year = 1997\nlast_age = 12", 12, "limits[0] “magnesium”.last_age", "no less than"),
    ("year = 1997", "", 4, "limits[0] “magnesium”.year", "the year"),
    ("year = 1997", 'year = 1997\nsex = "f"', 12, "limits[0] “magnesium”.sex", "female, male"),
    ("year = 1997", "year = 1997\nfoo = 1", 12, "limits[0] “magnesium”.foo", "no such key"),
    ('nutrient = "vitamin k"', 'nutrient = "magnesium"', 16, "limits[1] “magnesium”.amount", "use one unit"),
    ('nutrient = "vitamin k"\nnone_set = true\nunit = "ug"', 'nutrient = "magnesium"\namount = "65 mg"', 20,
     "limits[1] “magnesium”.first_age", "holds for the same people"),
    ('read = "primary"\nmark = "R"\n\n', 'read = "primary"\nmark = "M"\n\n', 13, "limits[0] “magnesium”.read", "wrong"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "place", "words"),
    [("substances.toml", *row) for row in BAD_SUBSTANCES] + [("upper_limits.toml", *row) for row in BAD_LIMITS],
)
def test_a_fault_is_told_with_its_line_and_place(
    file: str, old: str, new: str, line: int, place: str, words: str, tmp_path: Path
) -> None:
    text, read = FILES[file]
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError) as error:
        read(tmp_path)
    told = [problem for problem in error.value.problems if problem.startswith(f"{file}, line {line}, {place}: ")]
    assert len(told) == 1, error.value.problems
    assert words in told[0]
    assert re.search(r"[.?]$", told[0]), "A problem is a sentence."


@pytest.mark.parametrize("file", FILES)
def test_the_file_without_a_fault_is_read(file: str, tmp_path: Path) -> None:
    text, read = FILES[file]
    (tmp_path / file).write_text(text, encoding="utf-8")
    assert len(list(read(tmp_path))) in {2, 4}  # type: ignore[call-overload]


@pytest.mark.parametrize("file", FILES)
def test_all_faults_are_told_at_once_in_the_order_of_the_file(file: str, tmp_path: Path) -> None:
    text, read = FILES[file]
    spoilt = text.replace('version = "2026-11"', 'version = "x"').replace("magnesium", "zinc", 1)
    spoilt = spoilt.replace('mark = "R', 'mark = "Q')
    (tmp_path / file).write_text(spoilt, encoding="utf-8")
    with pytest.raises(PackError) as error:
        read(tmp_path)
    lines = [int(match[1]) for problem in error.value.problems if (match := re.search(r", line ([0-9]+), ", problem))]
    assert len(lines) == len(error.value.problems) >= 3
    assert lines == sorted(lines)


@pytest.mark.parametrize("file", FILES)
def test_what_is_no_toml_or_not_there_is_refused(file: str, tmp_path: Path) -> None:
    text, read = FILES[file]
    with pytest.raises(PackError, match="There is no pack"):
        read(tmp_path)
    (tmp_path / file).write_text(text.replace('"2026-11"', "2026-November"), encoding="utf-8")
    with pytest.raises(PackError, match=r"this is not TOML\. .*line 2"):
        read(tmp_path)


@pytest.mark.parametrize("file", FILES)
def test_an_empty_list_is_refused(file: str, tmp_path: Path) -> None:
    text, read = FILES[file]
    (tmp_path / file).write_text(text[: text.index("[[")], encoding="utf-8")
    with pytest.raises(PackError, match="without any"):
        read(tmp_path)
