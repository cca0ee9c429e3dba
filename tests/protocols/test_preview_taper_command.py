"""manage.py preview_taper: one JSON document in, one out; no database, no traceback."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]

EXAMPLE = """
{"medicine": "omeprazole", "class": "PPI", "form": "delayed-release capsule", "splittable": "no",
 "strengths": ["10 mg", "20 mg", "40 mg"],
 "start": [{"slot": "before breakfast", "amount": "40 mg"}],
 "recipe": {"method": "strength_ladder", "days_per_step": 28,
            "tail": [{"pattern": "every 2 days", "amount": "10 mg", "days": 28},
                     {"pattern": "weekdays mon,thu", "amount": "10 mg", "days": 28}]},
 "starts_on": "2027-01-04"}
"""


def step(number: int, days: tuple[str, str], pattern: str, amount: str, dose_days: int, total: str) -> dict[str, Any]:
    return {
        "number": number,
        "from": days[0],
        "to": days[1],
        "days": 28,
        "pattern": pattern,
        "take": [{"slot": "before breakfast", "units": [{"strength": amount, "count": "1"}]}],
        "amount_per_dose_day": amount,
        "dose_days": dose_days,
        "total": total,
    }


ANSWER = {
    "steps": [
        step(1, ("2027-01-04", "2027-01-31"), "daily", "20 mg", 28, "560 mg"),
        step(2, ("2027-02-01", "2027-02-28"), "daily", "10 mg", 28, "280 mg"),
        step(3, ("2027-03-01", "2027-03-28"), "every 2 days", "10 mg", 14, "140 mg"),
        step(4, ("2027-03-29", "2027-04-25"), "weekdays mon,thu", "10 mg", 8, "80 mg"),
    ],
    "days": 112,
    "ends_on": "2027-04-25",
    "last_dose_on": "2027-04-22",
    "total": "1060 mg",
    "dispense": [{"strength": "20 mg", "count": "28"}, {"strength": "10 mg", "count": "50"}],
    "findings": [],
}


def run(data: bytes, folder: Path, **environment: str) -> tuple[int, bytes, bytes]:
    """Exit status, standard output and standard error, as anyone would run it, where no database is."""
    done = subprocess.run(
        [sys.executable, "manage.py", "preview_taper"],
        cwd=ROOT,
        input=data,
        capture_output=True,
        check=False,
        timeout=60,
        env={"PATH": os.environ["PATH"], "GUTCLINIC_VAR": str(folder / "var"), **environment},
    )
    return done.returncode, done.stdout, done.stderr


def called(data: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[int, dict[str, Any]]:
    """Exit status and answer, in this process."""
    printed = io.StringIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    try:
        call_command("preview_taper", stdout=printed)
    except SystemExit as stopped:
        return int(stopped.code or 0), json.loads(printed.getvalue())
    return 0, json.loads(printed.getvalue())


def test_the_example_gives_its_schedule_without_any_database(tmp_path: Path) -> None:
    status, out, err = run(EXAMPLE.encode(), tmp_path)
    assert (status, err) == (0, b"")
    assert json.loads(out) == ANSWER
    assert not (tmp_path / "var").exists()


def test_a_database_that_cannot_be_reached_does_not_matter(tmp_path: Path) -> None:
    status, out, _ = run(EXAMPLE.encode(), tmp_path, DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing")
    assert status == 0
    assert json.loads(out)["total"] == "1060 mg"


@pytest.mark.parametrize(
    ("data", "code", "field"),
    [
        (b"", "not_json", ""),
        (b"omeprazole", "not_json", ""),
        (b"[" * 100_000, "not_json", ""),
        (b"\xff\xfe", "not_json", ""),
        (b"[1, 2]", "not_an_object", ""),
        (b'{"medicine": "omeprazole", "medicine": "x"}', "key_twice", "medicine"),
    ],
)
def test_what_is_no_document_ends_with_2(data: bytes, code: str, field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    status, answer = called(data, monkeypatch)
    assert status == 2
    assert list(answer) == ["error"]
    assert (answer["error"]["code"], answer["error"]["field"]) == (code, field)
    assert answer["error"]["text"].endswith(".")


def test_a_closed_standard_input_is_no_document(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = io.StringIO()
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(SystemExit) as stopped:
        call_command("preview_taper", stdout=printed)
    assert stopped.value.code == 2
    assert json.loads(printed.getvalue())["error"]["field"] == ""


def test_text_may_stand_in_for_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = io.StringIO()
    monkeypatch.setattr(sys, "stdin", io.StringIO(EXAMPLE))
    call_command("preview_taper", stdout=printed)
    assert json.loads(printed.getvalue()) == ANSWER


def test_a_wrong_document_ends_with_2_and_says_where(tmp_path: Path) -> None:
    status, out, err = run(EXAMPLE.replace('"days": 28}]}', '"days": 0}]}').encode(), tmp_path)
    assert (status, err) == (2, b"")
    assert json.loads(out) == {
        "error": {
            "code": "days_out_of_range",
            "field": "recipe.tail[1].days",
            "text": "A step lasts 1 to 730 days: 0 is not possible.",
        }
    }


def test_a_terminal_without_unicode_gets_the_same_json(tmp_path: Path) -> None:
    data = EXAMPLE.replace('"PPI"', '"péril"').encode()
    plain = run(data, tmp_path, PYTHONIOENCODING="ascii")
    wide = run(data, tmp_path, PYTHONIOENCODING="utf-8")
    assert plain[0] == wide[0] == 2
    assert json.loads(plain[1]) == json.loads(wide[1])
    assert "“péril”" in json.loads(plain[1])["error"]["text"]
    assert "“péril”".encode() in wide[1]


def test_the_documented_example_is_this_one() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    shown = page.partition("<<'END'\n")[2].partition("\nEND")[0]
    assert json.loads(shown) == json.loads(EXAMPLE)


@pytest.mark.parametrize("written", ["12.5", '"12.5"', "12.50"])
def test_a_percentage_with_a_point_is_exact(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = f'"recipe": {{"method": "percent_of_start", "percent": {written}, "days_per_step": 7}}'
    data = f"""{{"medicine": "a", "class": "H2RA", "form": "tablet", "splittable": "half", "strengths": ["10 mg"],
      "start": [{{"slot": "noon", "amount": "40 mg"}}], {recipe}, "starts_on": "2028-02-28"}}"""
    status, answer = called(data.encode(), monkeypatch)
    assert status == 0
    assert [each["amount_per_dose_day"] for each in answer["steps"]] == [f"{mg} mg" for mg in range(35, 0, -5)]
    assert (answer["steps"][0]["to"], answer["steps"][1]["from"]) == ("2028-03-05", "2028-03-06")


def test_whole_units_are_named_where_halves_make_a_fraction(monkeypatch: pytest.MonkeyPatch) -> None:
    data = """{"medicine": "a", "class": "other", "form": "tablet", "splittable": "half", "strengths": ["10 mg"],
      "start": [{"slot": "noon", "amount": "10 mg"}], "recipe": {"method": "fixed_amount", "amount": "5 mg",
      "days_per_step": 7}, "starts_on": "2027-01-04"}"""
    status, answer = called(data.encode(), monkeypatch)
    assert status == 0
    assert answer["dispense"] == [{"strength": "10 mg", "count": "3.5", "whole": "4"}]
