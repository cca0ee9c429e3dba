"""Which substances a condition can be true of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from protocols.domain.rule_terms import All, AnyOf, Daily, Expression, Not, Taking

Names = frozenset[str]


def asks_about(condition: Expression, nutrients: Mapping[str, Names]) -> Names | None:
    """Every substance whose being taken can make it true; empty: it names none; None: it asks about anything at all.

    nutrients: of each, what holds it. What must not be taken makes nothing true.
    """
    found = list(_asked(condition, nutrients, is_asked=True))
    return None if None in found else frozenset().union(*filter(None, found))


def _asked(expression: Expression, nutrients: Mapping[str, Names], *, is_asked: bool) -> Iterator[Names | None]:
    match expression:
        case Taking() if is_asked:
            yield None if expression.names is None else expression.names - expression.except_names
        case Daily() if is_asked:
            yield expression.names if expression.nutrient is None else nutrients[expression.nutrient]
        case Not():
            yield from _asked(expression.of, nutrients, is_asked=not is_asked)
        case All() | AnyOf():
            for inner in expression.of:
                yield from _asked(inner, nutrients, is_asked=is_asked)
        case _:
            return
