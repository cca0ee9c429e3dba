"""A situation made ready for many rules, and a combination of its facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from protocols.domain.amount import Amount
from protocols.domain.rule_terms import Taking
from protocols.domain.safety_facts import LabResult, Situation, Taken

NOTHING_ELSE: Final = "what else is taken"
_PREGNANCY: Final = ("Z33.1", "Z34", "Z3A")
_NURSING: Final = ("Z39.1",)
# What is told of a pregnancy, and in some of it of the weeks after: it makes a “no” doubtful, and is no “yes”.
_OF_PREGNANCY: Final = ("O09", "O1", "O2", "O3", "O40", "O41", "O42", "O43", "O44", "O45", "O46", "O47", "O48")


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


@dataclass(frozen=True, slots=True)
class Kinds:
    """What is known of medicines by their kind: the names of each class, and of every medicine."""

    classes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    medicines: frozenset[str] = frozenset()

    def of(self, taken: Taken, name: str | None) -> Iterator[frozenset[str]]:
        """The kinds that this belongs to although its name does not tell: where a rule names one whole, it is meant."""
        if name in self.medicines:
            return
        if (of_class := self.classes.get(taken.medicine_class)) is not None:
            yield of_class
        if name is None and self.medicines and (taken.is_medicine or taken.medicine_class):
            yield self.medicines


class Facts:
    """A situation, with what is taken gathered by substance: one substance taken twice is one thing.

    names: the canonical name of each thing taken, by its place; None where nobody knows the substance.
    daily: of every nutrient that is taken that day. kinds: what is known of medicines by their class.
    """

    def __init__(
        self,
        situation: Situation,
        *,
        names: tuple[str | None, ...],
        daily: Mapping[str, DailyAmount],
        kinds: Kinds | None = None,
    ) -> None:
        self.situation = situation
        self.daily = daily
        self.things: dict[str, list[tuple[int, Taken]]] = {}
        kinds = kinds or Kinds()
        self._kin: dict[str, set[frozenset[str]]] = {}
        self._may_be: dict[str, frozenset[str]] = {}
        for place, (taken, name) in enumerate(zip(situation.taken, names, strict=True)):
            # An unknown substance is still something that is taken.
            key = name if name is not None else f"?{taken.substance.casefold()}"
            self.things.setdefault(key, []).append((place, taken))
            self._kin.setdefault(key, set()).update(kinds.of(taken, name))
            if name is None:
                self._may_be[key] = kinds.classes.get(taken.medicine_class, frozenset())

    def is_one_of(self, key: str, names: frozenset[str]) -> bool:
        """Whether it is one of these, by its name, or because they are all of its class."""
        return key in names or any(kin <= names for kin in self._kin[key])

    def is_asked_about(self, key: str, asked: Taking) -> bool:
        """Whether this thing is what is asked about."""
        if asked.names is None or self.is_one_of(key, asked.except_names):
            return asked.is_about(key) and not self.is_one_of(key, asked.except_names)
        return self.is_one_of(key, asked.names)

    def may_be_asked_about(self, key: str, asked: Taking) -> bool:
        """Whether some of its class are asked about: which of them it is, nobody knows."""
        return asked.names is not None and not self._may_be.get(key, frozenset()).isdisjoint(asked.names)

    @property
    def pregnant(self) -> bool | None:
        return is_pregnant(self.situation)

    @property
    def breastfeeding(self) -> bool | None:
        return _answered(self.situation, self.situation.breastfeeding, _NURSING)

    @cached_property
    def labs(self) -> dict[str, LabResult]:
        return {result.code: result for result in self.situation.labs or ()}


def is_pregnant(situation: Situation) -> bool | None:
    """What was answered; where nothing was, what a recorded condition or the sex says. None: nobody knows.

    A “no” beside a condition of pregnancy is none: one of the two is wrong.
    """
    return _answered(situation, situation.pregnant, _PREGNANCY, doubted_by=_OF_PREGNANCY)


def _answered(
    situation: Situation, answer: bool | None, codes: tuple[str, ...], *, doubted_by: tuple[str, ...] = ()
) -> bool | None:
    present = (situation.conditions or frozenset()) - situation.conditions_over
    is_coded = any(code.startswith(codes) for code in present)
    is_doubtful = is_coded or any(code.startswith(doubted_by) for code in present)
    if answer is None:
        no = False if situation.sex == "male" and not is_doubtful else None
        return True if is_coded else no
    return None if answer is False and is_doubtful else answer


def _once(*words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
