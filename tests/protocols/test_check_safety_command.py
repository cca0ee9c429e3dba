"""manage.py check_safety: one JSON document in, one out; no database, no traceback."""

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
{"on": "2027-01-04", "age": 54, "sex": "female", "pregnant": false, "breastfeeding": false, "weight": "70 kg",
 "conditions": ["K58.0"], "labs": [{"code": "2276-4", "value": "61 ng/mL"}],
 "intakes": [{"substance": "betaine hydrochloride", "amount": "650 mg", "times_per_day": 3, "basis": "salt",
              "with_meal": true},
             {"substance": "ibuprofen", "amount": "400 mg", "times_per_day": 2, "route": "oral",
              "since": "2026-12-20"}]}
"""
MAGNESIUM = {"substance": "magnesium oxide", "amount": "500 mg", "times_per_day": 1, "basis": "salt"}


def run(data: bytes, folder: Path, **environment: str) -> tuple[int, bytes, bytes]:
    """Exit status, standard output and standard error, as anyone would run it, where no database is."""
    done = subprocess.run(
        [sys.executable, "manage.py", "check_safety"],
        cwd=ROOT,
        input=data,
        capture_output=True,
        check=False,
        timeout=60,
        env={"PATH": os.environ["PATH"], "GUTCLINIC_VAR": str(folder / "var"), **environment},
    )
    return done.returncode, done.stdout, done.stderr


def called(document: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[int, dict[str, Any]]:
    """Exit status and answer, in this process."""
    printed = io.StringIO()
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    try:
        call_command("check_safety", stdout=printed)
    except SystemExit as stopped:
        return int(stopped.code or 0), json.loads(printed.getvalue())
    return 0, json.loads(printed.getvalue())


def example(**more: Any) -> dict[str, Any]:
    return {**json.loads(EXAMPLE), **more}


def with_intake(intake: dict[str, Any]) -> dict[str, Any]:
    found = example()
    found["intakes"].append(intake)
    return found


def test_the_example_gives_its_one_finding_without_any_database(tmp_path: Path) -> None:
    status, out, err = run(EXAMPLE.encode(), tmp_path)
    assert (status, err) == (0, b"")
    answer = json.loads(out)
    [finding] = answer["findings"]
    assert {key: finding[key] for key in ("rule", "severity", "about", "mark")} == {
        "rule": "R01",
        "severity": "BLOCK",
        "about": ["betaine hydrochloride", "ibuprofen"],
        "mark": "R2",
    }
    assert finding["text"].endswith(".")
    assert "7269485" in finding["cite"]
    assert (answer["totals"], answer["not_checked"]) == ([], [])
    assert not (tmp_path / "var").exists()


def test_a_database_that_cannot_be_reached_does_not_matter(tmp_path: Path) -> None:
    status, out, _ = run(EXAMPLE.encode(), tmp_path, DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing")
    assert status == 0
    assert len(json.loads(out)["findings"]) == 1


def test_a_salt_counts_with_its_elemental_part(monkeypatch: pytest.MonkeyPatch) -> None:
    status, answer = called(with_intake(MAGNESIUM), monkeypatch)
    assert status == 0
    [total] = answer["totals"]
    assert (total["nutrient"], total["amount"], total["limit"]) == ("magnesium", "301.5 mg", "350 mg")
    assert [finding["rule"] for finding in answer["findings"]] == ["R01"]
    assert answer["not_checked"] == []


@pytest.mark.parametrize(
    ("more", "amount"),
    [({"basis": "elemental"}, "500 mg"), ({"basis": None}, "301.5 mg"), ({"times_per_day": 2}, "603 mg"),
     ({"amount": "0.5 g"}, "301.5 mg"), ({"amount": "500000 ug"}, "301.5 mg")],
)  # fmt: skip
def test_basis_units_and_times_are_counted_exactly(
    more: dict[str, Any], amount: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, answer = called(with_intake(MAGNESIUM | more), monkeypatch)
    assert [total["amount"] for total in answer["totals"]] == [amount]


def test_an_unknown_salt_is_named_as_typed_and_counts_once_its_mineral_is_stated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    orotate = {"substance": "Magnesium Orotate", "amount": "500 mg", "times_per_day": 2}
    _, answer = called(with_intake(orotate), monkeypatch)
    assert answer["totals"] == []
    assert answer["not_checked"] == [
        "Magnesium Orotate",
        "R14: elemental amount of Magnesium Orotate not known",
    ]
    _, answer = called(with_intake(orotate | {"basis": "elemental"}), monkeypatch)
    assert [total["amount"] for total in answer["totals"]] == ["1000 mg"]
    assert [finding["rule"] for finding in answer["findings"]] == ["R01", "R14"]
    assert answer["not_checked"] == []


def test_a_dose_that_nobody_knows_leaves_its_limit_open_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    _, answer = called(with_intake({"substance": "magnesium oxide"}), monkeypatch)
    assert answer["not_checked"] == ["R14: amount of magnesium oxide not known"]


def test_what_lives_is_counted_in_cfu_and_never_converts(monkeypatch: pytest.MonkeyPatch) -> None:
    probiotic = {"substance": "LGG", "amount": "10 10*9.[CFU]", "times_per_day": 1}
    status, answer = called(with_intake(probiotic), monkeypatch)
    assert (status, answer["totals"]) == (0, [])
    assert [finding["rule"] for finding in answer["findings"]] == ["R01", "R58"]


def test_what_was_stopped_adds_to_no_total_and_interacts_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    document = with_intake(MAGNESIUM | {"until": "2027-01-03"})
    document["intakes"][1]["until"] = "2027-01-03"
    _, answer = called(document, monkeypatch)
    assert (answer["findings"], answer["totals"]) == ([], [])


def test_the_last_day_still_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    document = with_intake(MAGNESIUM | {"until": "2027-01-04"})
    _, answer = called(document, monkeypatch)
    assert [total["amount"] for total in answer["totals"]] == ["301.5 mg"]


def test_only_intakes_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    assert called({"intakes": []}, monkeypatch)[0] == 0
    assert called({"intakes": [{"substance": "ibuprofen"}]}, monkeypatch)[0] == 0


def test_spacing_has_the_keys_of_the_day_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    _, answer = called(
        {"intakes": [{"substance": "Carafate"}, {"substance": "DIGOXIN"}, {"substance": "Tums"}]}, monkeypatch
    )
    spaced = [finding for finding in answer["findings"] if finding["rule"] == "R44"]
    assert [(each["a"], each["b"], each["before_hours"], each["after_hours"]) for each in spaced] == [
        ("Tums", "Carafate", 0.5, 0.5),
        ("DIGOXIN", "Carafate", 2, None),
    ]
    assert spaced[1]["about"] == ["Carafate", "DIGOXIN"]


def test_weird_but_legal_input_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    document = example(conditions=["k580", "K58.0", "k58.0"], labs=[{"code": "99999-9"}, {"code": "x", "value": "low"}])
    document["intakes"] += [{"substance": "MOTRIN"}, {"substance": "  Betaine   HCL "}, {"substance": "Ünknown tea"}]
    status, answer = called(document, monkeypatch)
    assert status == 0
    assert [finding["about"] for finding in answer["findings"] if finding["rule"] == "R01"] == [
        ["betaine hydrochloride", "ibuprofen"]
    ]
    assert "Ünknown tea" in answer["not_checked"]


def _change(path: str, value: Any) -> dict[str, Any]:
    document = example()
    holder: Any = document
    *way, last = path.replace("[", ".[").split(".")
    for word in way:
        holder = holder[int(word[1:-1])] if word.startswith("[") else holder[word]
    holder[int(last[1:-1]) if last.startswith("[") else last] = value
    return document


WRONG = [
    ("on", "4 January", "not_a_date"),
    ("age", -1, "out_of_range"),
    ("age", 131, "out_of_range"),
    ("age", "54", "not_an_integer"),
    ("age", True, "not_an_integer"),
    ("sex", "f", "unknown_value"),
    ("pregnant", "no", "not_yes_or_no"),
    ("breastfeeding", 0, "not_yes_or_no"),
    ("weight", "70", "not_a_weight"),
    ("weight", "0 kg", "not_a_weight"),
    ("weight", 70, "not_text"),
    ("conditions", "K58.0", "not_a_list"),
    ("conditions[0]", "IBS", "not_a_code"),
    ("conditions[0]", 58, "not_text"),
    ("labs[0].code", None, "not_text"),
    ("labs[0].unit", "ng/mL", "unknown_key"),
    ("labs[0].value", 61, "not_text"),
    ("intakes", {}, "not_a_list"),
    ("intakes[0]", "ibuprofen", "not_an_object"),
    ("intakes[1].substance", "", "empty"),
    ("intakes[1].substance", None, "not_text"),
    ("intakes[1].amount", "400", "not_an_amount"),
    ("intakes[1].amount", "-400 mg", "not_an_amount"),
    ("intakes[1].amount", 400, "not_text"),
    ("intakes[1].amount", "0 mg", "amount_is_zero"),
    ("intakes[1].amount", "400 furlongs", "not_an_amount"),
    ("intakes[1].times_per_day", 0, "out_of_range"),
    ("intakes[1].times_per_day", 1.5, "not_an_integer"),
    ("intakes[1].basis", "ion", "unknown_value"),
    ("intakes[1].with_meal", "yes", "not_yes_or_no"),
    ("intakes[1].until", "2026-12-19", "until_before_since"),
    ("intakes[1].until", "2026-13-19", "not_a_date"),
    ("intakes[1].tapering", 1, "not_yes_or_no"),
    ("intakes[1].dose", "400 mg", "unknown_key"),
    ("allergies", [], "unknown_key"),
]


@pytest.mark.parametrize(("path", "value", "code"), WRONG)
def test_bad_input_ends_with_2_and_its_path(path: str, value: Any, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    status, answer = called(_change(path, value), monkeypatch)
    assert status == 2
    assert list(answer) == ["error"]
    assert (answer["error"]["code"], answer["error"]["field"]) == (code, path)
    assert answer["error"]["text"].rstrip("”")[-1] in ".:"


@pytest.mark.parametrize(
    ("substance", "amount"),
    [("magnesium oxide", "5 10*9.[CFU]"), ("zinc", "100 [iU]"), ("iron", "10 [USP'U]"), ("ibuprofen", "5 10*9.[CFU]")],
)
def test_an_amount_in_a_dimension_that_cannot_be_is_refused(
    substance: str, amount: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, answer = called(with_intake({"substance": substance, "amount": amount}), monkeypatch)
    assert (status, answer["error"]["code"], answer["error"]["field"]) == (2, "wrong_unit", "intakes[2].amount")


@pytest.mark.parametrize("data", [b"", b"{", b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_document_ends_with_2(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    status, answer = called(data, monkeypatch)
    assert (status, answer["error"]["code"], answer["error"]["field"]) == (2, "not_json", "")


def test_missing_intakes_and_keys_given_twice_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert called({}, monkeypatch)[1]["error"]["field"] == "intakes"
    assert called(b'{"intakes": [], "age": 1, "age": 2}', monkeypatch)[1]["error"]["field"] == "age"


def test_a_thousand_intakes_are_answered_and_more_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert called({"intakes": [{"substance": "ibuprofen"}] * 1000}, monkeypatch)[0] == 0
    assert called({"intakes": [{"substance": "ibuprofen"}] * 1001}, monkeypatch)[1]["error"]["field"] == "intakes"


def test_the_documented_example_is_this_one() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    shown = page.partition("manage.py check_safety <<'END'\n")[2].partition("\nEND")[0]
    assert json.loads(shown) == json.loads(EXAMPLE)
