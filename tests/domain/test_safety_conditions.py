"""Conditions that are over, and conditions that somebody looked for: what still counts, and what is no longer asked."""

from dataclasses import replace
from typing import Any

from protocols.domain.safety import assess
from tests.domain.test_safety_judging import GROUPS, judged, known, part, situation

OPEN: dict[str, Any] = {"conditions_complete": False}


def over(*codes: str) -> dict[str, Any]:
    return OPEN | {"conditions": frozenset(codes), "conditions_over": frozenset(codes)}


def test_what_is_over_no_longer_counts() -> None:
    asked = "taking(a) and condition(stones)"
    assert judged(asked, situation("a", **OPEN, conditions=frozenset({"N20.0"}))) is True
    assert judged(asked, situation("a", **over("N20.0"))) == ["condition: stones (no: N20)"], "it may have come back"


def test_what_stays_counts_when_it_is_over_too(monkeypatch: Any) -> None:
    monkeypatch.setitem(GROUPS, "stones", replace(GROUPS["stones"], stays=("N20.1",)))
    asked = "taking(a) and condition(stones)"
    assert judged(asked, situation("a", **over("N20.0"))) == ["condition: stones (no: N20)"]
    assert judged(asked, situation("a", **over("N20.1"))) is True


def test_a_pregnancy_that_is_over_is_none() -> None:
    assert judged("pregnant", situation("a", **OPEN, conditions=frozenset({"Z33.1"}))) is True
    assert judged("pregnant", situation("a", **over("Z33.1"))) == ["pregnant"]


def test_each_group_that_is_not_denied_is_a_question_of_its_own() -> None:
    knowledge = known(part("taking(a) and condition(stones or gout)"))
    (row,) = assess(situation("a", **OPEN, conditions=frozenset()), knowledge).undecided
    assert row.unknown == ("condition: stones (no: N20)", "condition: gout (no: M10.9)")
    denied = {"conditions": frozenset(), "conditions_absent": frozenset({"M10.9"})}
    (row,) = assess(situation("a", **OPEN, **denied), knowledge).undecided
    assert row.unknown == ("condition: stones (no: N20)",)
