"""manage.py preview_day: one JSON document in, one out; no database, no traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

EXAMPLE = """
{"wake": "07:00", "sleep": "22:30", "meals": {"breakfast": "07:30", "lunch": "12:30", "dinner": "18:30"},
 "intakes": [{"id": "levothyroxine", "times_per_day": 1, "food": "without"},
             {"id": "omeprazole", "times_per_day": 1, "before_meal": {"meal": "breakfast", "minutes": 30}},
             {"id": "magnesium", "times_per_day": 1, "food": "any", "prefer": "bedtime"},
             {"id": "glutamine", "times_per_day": 3, "food": "any", "min_gap_hours": 4}],
 "spacing": [{"a": "levothyroxine", "b": "magnesium", "before_hours": 4, "after_hours": 4}]}
"""

ANSWER = {
    "times": [
        {"at": "07:00", "take": ["levothyroxine", "omeprazole", "glutamine"]},
        {"at": "11:00", "take": ["glutamine"]},
        {"at": "22:30", "take": ["magnesium", "glutamine"]},
    ],
    "moved": [],
    "conflicts": [],
}


def run(text: str, folder: Path) -> tuple[int, bytes, bytes]:
    """Exit status, standard output and standard error, as anyone would run it, where no database is."""
    done = subprocess.run(
        [sys.executable, "manage.py", "preview_day"],
        cwd=ROOT,
        input=text.encode(),
        capture_output=True,
        check=False,
        timeout=60,
        env={
            "PATH": os.environ["PATH"],
            "GUTCLINIC_VAR": str(folder / "var"),
            "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
        },
    )
    return done.returncode, done.stdout, done.stderr


def test_the_example_gives_its_timetable_without_any_database(tmp_path: Path) -> None:
    status, out, err = run(EXAMPLE, tmp_path)
    assert (status, err) == (0, b"")
    assert json.loads(out) == ANSWER
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (EXAMPLE.replace('"prefer": "bedtime"', '"prefer": "supper"'), "intakes[2].prefer"),
        (EXAMPLE.replace('"b": "magnesium"', '"b": "iron"'), "spacing[0].b"),
        ("not JSON", ""),
    ],
)
def test_wrong_input_ends_with_2_and_says_where(text: str, field: str, tmp_path: Path) -> None:
    status, out, err = run(text, tmp_path)
    assert (status, err) == (2, b"")
    error = json.loads(out)["error"]
    assert list(error) == ["code", "field", "text"]
    assert error["field"] == field


def test_the_documented_example_is_this_one() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    shown = page.partition("manage.py preview_day <<'END'\n")[2].partition("\nEND")[0]
    assert json.loads(shown) == json.loads(EXAMPLE)
