"""Reading what stands inside `taking(…)`: which substances, and how they are taken."""

from __future__ import annotations

import re
from typing import Any, Final

from protocols.domain.amount import Amount, AmountError
from protocols.domain.rule_terms import Comparison, HowMuch, Per, Span, Taking, TimeUnit
from protocols.domain.rule_words import RuleError, Vocabulary, names_of

_SPAN: Final = r"(?P<number>[0-9]{1,4}) (?P<unit>hour|day|week|month|year)s?"
_COMPARED: Final = r"(?P<compared>more than|at least)"
_WAYS: Final = (
    ("stopped_less_than", re.compile(rf"or stopped less than {_SPAN} ago")),
    ("stopped_within", re.compile(rf"or stopped within {_SPAN}")),
    ("for_at_least", re.compile(rf"for at least {_SPAN}")),
    ("for_more_than", re.compile(rf"for more than {_SPAN}")),
    ("changed_within", re.compile(rf"changed within {_SPAN}")),
    ("is_tapering", re.compile(r"being reduced")),
    ("with_meal", re.compile(r"(?P<with>with|without) a meal")),
    ("needs_systemic_route", re.compile(r"by a systemic route")),
    ("times_a_day", re.compile(rf"{_COMPARED} (?P<number>[0-9]{{1,2}}) times a day")),
    ("how_much", re.compile(rf"{_COMPARED} (?P<amount>[0-9.]+ \S+?)(?P<kg>/kg)? per (?P<per>dose|day)")),
)


def taking_of(inside: str, vocabulary: Vocabulary, *, is_oral_only: bool = False) -> Taking:
    """What “ppi or h2ra, for at least 1 year” asks. Raises `RuleError`."""
    target, *ways = [part.strip() for part in inside.split(",")]
    names, except_names = names_of(target, vocabulary)
    said: dict[str, Any] = {}
    for way in ways:
        name, value = _way(way)
        if name in said:
            raise RuleError(f"“{way}” says once more how it is taken: say each thing once.")
        said[name] = value
    return Taking(words=target, names=names, except_names=except_names, is_oral_only=is_oral_only, **said)


def _way(way: str) -> tuple[str, Any]:
    for name, pattern in _WAYS:
        match = pattern.fullmatch(way)
        if match is not None:
            return name, _value(name, match)
    raise RuleError(
        f"“{way}” does not say how something is taken. Possible are, for example, “or stopped within 2 months”, "
        "“for at least 1 year”, “without a meal”, “more than 45 mg per day”."
    )


def _value(name: str, match: re.Match[str]) -> object:
    if name in {"is_tapering", "needs_systemic_route"}:
        return True
    if name == "with_meal":
        return match["with"] == "with"
    if name == "times_a_day":
        return Comparison(match["compared"]), int(match["number"])
    if name == "how_much":
        try:
            amount = Amount.parse(match["amount"])
        except AmountError as error:
            raise RuleError(str(error)) from error
        return HowMuch(
            comparison=Comparison(match["compared"]),
            amount=amount,
            is_per_kg=match["kg"] is not None,
            per=Per(match["per"]),
        )
    return Span(int(match["number"]), TimeUnit(match["unit"] + "s"))
