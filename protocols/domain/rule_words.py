"""The words that conditions of rules may use, and what a target such as “nsaid or aspirin except …” stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from protocols.domain.rule_terms import ConditionGroup

ANYTHING: Final = "anything"


class RuleError(ValueError):
    """A condition cannot be read: its text is a sentence that says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """substances: the canonical names that a name or the key of a group stands for, empty if it is neither.

    nutrients: of each, what holds it.
    """

    substances: Callable[[str], frozenset[str]]
    nutrients: Mapping[str, frozenset[str]]
    conditions: Mapping[str, ConditionGroup]


def names_of(target: str, vocabulary: Vocabulary) -> tuple[frozenset[str] | None, frozenset[str]]:
    """The substances that are meant, None for anything at all; and those that are excepted."""
    wanted, _, excepted = target.partition(" except ")
    except_names = _all(excepted, vocabulary) if excepted.strip() else frozenset()
    if wanted.strip() == ANYTHING:
        return None, except_names
    return _all(wanted, vocabulary), except_names


def _all(words: str, vocabulary: Vocabulary) -> frozenset[str]:
    found: set[str] = set()
    for word in words.split(" or "):
        names = vocabulary.substances(word.strip())
        if not names:
            raise RuleError(f"“{word.strip()}” is neither a group nor a substance: check its spelling, or add it.")
        found |= names
    return frozenset(found)
