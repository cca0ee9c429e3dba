"""What a situation says of the person: conditions, age, sex, pregnancy, results, phases."""

from __future__ import annotations

from decimal import Decimal

from protocols.domain.rule_terms import (
    Age,
    All,
    AnyOf,
    ConditionGroup,
    Daily,
    Expression,
    HasCondition,
    InPhase,
    IsBreastfeeding,
    IsPregnant,
    IsSex,
    Lab,
    Not,
    Taking,
    WrittenTwice,
)
from protocols.domain.safety_things import Combination, Facts


def of_person(expression: Expression, facts: Facts) -> list[Combination]:
    """How one question about the person is answered."""
    situation = facts.situation
    match expression:
        case HasCondition():
            return _conditions(expression, facts)
        case Age():
            age = situation.age
            return _answer(
                None if age is None else expression.comparison.holds(Decimal(age), Decimal(expression.years)), "age"
            )
        case IsPregnant():
            return _answer(facts.pregnant, "pregnant")
        case IsBreastfeeding():
            return _answer(facts.breastfeeding, "breastfeeding")
        case IsSex():
            return _answer(None if situation.sex is None else situation.sex == expression.sex, "sex")
        case InPhase():
            return _answer(None if situation.phases is None else expression.phase in situation.phases, "phase")
        case Lab():
            return _lab(expression, facts)
        case Taking() | Daily() | WrittenTwice() | Not() | All() | AnyOf():
            raise TypeError("This is no question about the person.")


def _conditions(asked: HasCondition, facts: Facts) -> list[Combination]:
    """A combination for each code that is there; unknown where one may be."""
    situation = facts.situation
    beginnings = tuple(code for group in asked.groups for code in group.codes)
    stays = tuple(code for group in asked.groups for code in group.stays)
    found = [
        Combination(conditions=frozenset({code}))
        for code in sorted(situation.conditions or ())
        if code.startswith(stays if code in situation.conditions_over else beginnings)
    ]
    if found or (situation.conditions is not None and situation.conditions_complete):
        return found
    if situation.conditions is None:
        return [Combination(unknown=("conditions",))]
    open_ = [group for group in asked.groups if not _is_denied(group, situation.conditions_absent)]
    return [Combination(unknown=tuple(_question(group) for group in open_))] if open_ else []


def _is_denied(group: ConditionGroup, absent: frozenset[str]) -> bool:
    return set(group.denied_by or group.codes) <= absent


def _question(group: ConditionGroup) -> str:
    """What to ask, and by which codes “looked for and not there” answers it."""
    return f"condition: {group.words} (no: {', '.join(group.denied_by or group.codes)})"


def _lab(asked: Lab, facts: Facts) -> list[Combination]:
    if facts.situation.labs is None:
        return _answer(None, "labs")
    result = facts.labs.get(asked.code)
    if asked.comparison is None:
        is_there = result is not None and (result.is_known or None)
        return _answer(is_there, f"result of {asked.code}")
    if result is None or result.value is None:
        return _answer(None, f"result of {asked.code}")
    if result.unit != asked.unit:
        return _answer(None, f"result of {asked.code} in {asked.unit}")
    value = frozenset({f"{asked.code} {result.value} {result.unit}"})
    return [Combination(values=value)] if asked.comparison.holds(result.value, asked.value) else []


def _answer(holds: bool | None, fact: str) -> list[Combination]:
    if holds is None:
        return [Combination(unknown=(fact,))]
    return [Combination(values=frozenset({fact}))] if holds else []
