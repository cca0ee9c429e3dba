"""A situation made ready for many rules, and a combination of its facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from protocols.domain.amount import Amount
from protocols.domain.safety_facts import LabResult, Situation, Taken

NOTHING_ELSE: Final = "what else is taken"
_PREGNANCY: Final = ("Z33.1", "Z34", "Z3A")
_NURSING: Final = ("Z39.1",)


@dataclass(frozen=True, slots=True)
class Combination:
    """Facts that make a condition true together.

    names: substances that it names; entries: which things taken those are, by their place. conditions: codes.
    values: further facts that count, such as a daily amount. unknown: what would have to be known; empty: it is true.
    """

    names: frozenset[str] = frozenset()
    entries: frozenset[int] = frozenset()
    conditions: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()

    @property
    def about(self) -> tuple[frozenset[str], frozenset[str]]:
        return self.names, self.conditions

    @property
    def size(self) -> int:
        return len(self.names) + len(self.conditions)

    def beside(self, other: Combination) -> Combination:
        """Both hold."""
        return Combination(
            self.names | other.names,
            self.entries | other.entries,
            self.conditions | other.conditions,
            self.values | other.values,
            _once(*self.unknown, *other.unknown),
        )

    def and_also(self, other: Combination) -> Combination:
        """The same facts, found in another way."""
        return self.beside(other)


@dataclass(frozen=True, slots=True)
class DailyAmount:
    """What comes together in a day. amount None: it cannot be said. unknown: what would have to be known as well."""

    amount: Amount | None
    names: frozenset[str]
    entries: frozenset[int]
    unknown: tuple[str, ...] = ()


class Facts:
    """A situation, with what is taken gathered by substance: one substance taken twice is one thing.

    names: the canonical name of each thing taken, by its place; None where nobody knows the substance.
    daily: of every nutrient that is taken that day.
    """

    def __init__(
        self, situation: Situation, *, names: tuple[str | None, ...], daily: Mapping[str, DailyAmount]
    ) -> None:
        self.situation = situation
        self.daily = daily
        self.things: dict[str, list[tuple[int, Taken]]] = {}
        for place, (taken, name) in enumerate(zip(situation.taken, names, strict=True)):
            # An unknown substance is still something that is taken.
            key = name if name is not None else f"?{taken.substance.casefold()}"
            self.things.setdefault(key, []).append((place, taken))

    @property
    def pregnant(self) -> bool | None:
        return self._of_women(self.situation.pregnant, _PREGNANCY)

    @property
    def breastfeeding(self) -> bool | None:
        return self._of_women(self.situation.breastfeeding, _NURSING)

    def _of_women(self, answer: bool | None, codes: tuple[str, ...]) -> bool | None:
        """What was answered; where nothing was, what a recorded condition or the sex says."""
        if answer is not None:
            return answer
        if any(code.startswith(codes) for code in self.situation.conditions or ()):
            return True
        return False if self.situation.sex == "male" else None

    @cached_property
    def labs(self) -> dict[str, LabResult]:
        return {result.code: result for result in self.situation.labs or ()}


def _once(*words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
