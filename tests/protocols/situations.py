"""Situations for the safety rules, written as the documents that `manage.py check_safety` reads."""

from typing import Any

from protocols.domain.safety import Assessment, Found, assess
from protocols.domain.safety_document import read_situation
from protocols.services.knowledge import shipped_knowledge

DAY = "2027-01-04"
KNOWN: dict[str, Any] = {
    "on": DAY,
    "age": 54,
    "sex": "female",
    "pregnant": False,
    "breastfeeding": False,
    "weight": "70 kg",
    "conditions": [],
    "labs": [],
}
"""Everything is known, and nothing of it is remarkable."""


def taken(substance: str, amount: str | None = None, times: int | None = 1, **more: Any) -> dict[str, Any]:
    """One intake whose plain facts are known: with a meal, by mouth, for half a year."""
    known: dict[str, Any] = {"substance": substance, "with_meal": True, "route": "oral", "since": "2026-07-01"}
    if amount is not None:
        known |= {"amount": amount, "times_per_day": times}
    return known | more


def assessed(*intakes: dict[str, Any] | str, **facts: Any) -> Assessment:
    document = {**KNOWN, **facts, "intakes": [taken(each) if isinstance(each, str) else each for each in intakes]}
    knowledge = shipped_knowledge()
    return assess(read_situation(document, knowledge), knowledge)


def found(assessment: Assessment, rule: str, part: str) -> list[Found]:
    return [each for each in assessment.found if (each.rule, each.part) == (rule, part)]
