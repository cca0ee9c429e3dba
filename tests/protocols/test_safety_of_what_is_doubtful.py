"""What contradicts itself is unknown, a last day without a day is no “not any more”, and a limit not read is named."""

from typing import Any

import pytest

from protocols.domain.safety_document import as_json
from tests.protocols.situations import assessed, found, taken

NO_DAY: dict[str, Any] = {"on": None}


@pytest.mark.parametrize("code", ["Z33.1", "Z3A.20", "O24.410", "O09.91"])
def test_a_no_beside_a_condition_of_pregnancy_is_unknown(code: str) -> None:
    result = assessed("berberine", pregnant=False, conditions=[code])
    assert found(result, "R07", "mother") == []
    assert "R07: pregnant not known" in as_json(result)["not_checked"]


@pytest.mark.parametrize(
    ("answer", "codes", "blocks"),
    [(True, [], True), (None, ["Z33.1"], True), (True, ["Z33.1"], True), (False, ["O90.4"], False), (False, [], False)],
)
def test_what_agrees_is_known(answer: bool | None, codes: list[str], blocks: bool) -> None:
    result = assessed("berberine", pregnant=answer, conditions=codes)
    assert bool(found(result, "R07", "mother")) is blocks
    assert "R07: pregnant not known" not in as_json(result)["not_checked"]


def test_without_a_day_nobody_knows_whether_a_last_day_has_come() -> None:
    result = assessed("betaine HCl", taken("ibuprofen", until="2030-01-01"), **NO_DAY)
    assert found(result, "R01", "main") == []
    assert "R01: on not known" in as_json(result)["not_checked"]
    known = assessed("betaine HCl", taken("ibuprofen", until="2030-01-01"))
    assert len(found(known, "R01", "main")) == 1


def test_what_is_perhaps_over_is_in_no_total_and_said_to_be_missing() -> None:
    more = taken("zinc picolinate", "30 mg", basis="elemental", until="2030-01-01")
    result = assessed(taken("zinc", "20 mg"), more, **NO_DAY)
    answer = as_json(result)
    assert answer["totals"] == [{"nutrient": "zinc", "amount": "20 mg", "limit": "40 mg", "incomplete": True}]
    assert [line for line in answer["not_checked"] if "zinc" in line or "R15" in line] == [
        "zinc picolinate",
        "R15: on not known",
    ]
    alone = as_json(assessed(more, **NO_DAY))
    assert alone["totals"] == []
    assert "R15: on not known" in alone["not_checked"]


def test_what_is_too_much_without_it_is_found_all_the_same() -> None:
    result = assessed(taken("zinc", "50 mg"), taken("zinc picolinate", "30 mg", until="2030-01-01"), **NO_DAY)
    assert [each.about for each in found(result, "R15", "main")] == [("zinc",)]


def test_where_a_rule_asks_how_much_another_amount_is_another_finding() -> None:
    def key(amount: str) -> str:
        (one,) = [each for each in assessed("omeprazole", taken("methotrexate", amount)).found if each.rule == "R34"]
        return one.facts_key

    assert key("35 mg") == key("35 mg")
    assert key("35 mg") != key("1000 mg")


@pytest.mark.parametrize(("age", "limit", "named"), [(10, None, True), (54, "350 mg", False)])
def test_a_limit_that_nobody_read_for_this_age_is_named(age: int, limit: str | None, named: bool) -> None:
    answer = as_json(assessed(taken("magnesium", "200 mg"), age=age))
    assert [total["limit"] for total in answer["totals"]] == [limit]
    assert ("upper limit of magnesium at this age" in answer["not_checked"]) is named
