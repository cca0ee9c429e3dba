"""In which ways a condition holds: every smallest set of facts that makes it true, or would if more were known.

Three-valued, after Kleene: what is false beside something unknown is false, so nobody is asked for what does not
matter. A condition is true if one of its combinations needs nothing unknown, unknown if all of them need something,
and false if there is none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from protocols.domain.rule_terms import All, AnyOf, Daily, Expression, Not, Taking, WrittenTwice
from protocols.domain.safety_person import of_person
from protocols.domain.safety_taking import daily_total, ways_of_taking
from protocols.domain.safety_things import NOTHING_ELSE, Combination, Facts
from protocols.domain.safety_twice import written_twice

_TRUE: Final = Combination()


def combinations(expression: Expression, facts: Facts) -> list[Combination]:
    """Every combination of facts in which it holds or may hold."""
    match expression:
        case All():
            found = [_TRUE]
            for inner in expression.of:
                found = joined(found, combinations(inner, facts))
                if not found:
                    break
            return found
        case AnyOf():
            return [each for inner in expression.of for each in combinations(inner, facts)]
        case Not():
            return _refuted(expression.of, facts)
        case Taking():
            return ways_of_taking(expression, facts)
        case Daily():
            return daily_total(expression, facts)
        case WrittenTwice():
            return written_twice(facts)
        case _:
            return of_person(expression, facts)


def joined(left: Iterable[Combination], right: list[Combination]) -> list[Combination]:
    """Both together. One substance never stands for two things that a condition names beside each other."""
    return [one.beside(other) for one in left for other in right if not one.names & other.names]


def smallest(found: Iterable[Combination]) -> tuple[list[Combination], list[Combination]]:
    """What is true, and what stays undecided: only the smallest sets of facts, each once.

    What is already true of some facts leaves nothing to decide for more of them.
    """
    true: dict[tuple[frozenset[str], frozenset[str]], Combination] = {}
    open_: dict[tuple[frozenset[str], frozenset[str]], Combination] = {}
    for each in found:
        place = true if not each.unknown else open_
        place[each.about] = place[each.about].and_also(each) if each.about in place else each
    certain = list(_without_more(true.values()))
    undecided = [
        each
        for each in _without_more(open_.values())
        if not any(_is_at_least(each, other) for other in certain)
        and (each.names or each.conditions or NOTHING_ELSE not in each.unknown)
    ]
    return certain, undecided


def _refuted(expression: Expression, facts: Facts) -> list[Combination]:
    match expression:
        case All():
            return [each for inner in expression.of for each in _refuted(inner, facts)]
        case AnyOf():
            found = [_TRUE]
            for inner in expression.of:
                found = joined(found, _refuted(inner, facts))
            return found
        case Not():
            return combinations(expression.of, facts)
        case _:
            held = combinations(expression, facts)
            if any(not each.unknown for each in held):
                return []
            unknown = tuple(dict.fromkeys(word for each in held for word in each.unknown))
            return [Combination(unknown=unknown)]


def _is_at_least(one: Combination, other: Combination) -> bool:
    return other.names <= one.names and other.conditions <= one.conditions


def _without_more(found: Collection[Combination]) -> Iterator[Combination]:
    """Without those that hold another one and more: mostly all are of one size, and none needs comparing."""
    sizes = sorted({each.size for each in found})
    for each in found:
        if each.size == sizes[0] or not any(other.size < each.size and _is_at_least(each, other) for other in found):
            yield each
