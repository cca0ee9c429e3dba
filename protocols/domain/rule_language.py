"""The language in which conditions of safety rules are written: short, and readable aloud.

    taking(betaine hydrochloride) and taking(nsaid)
    taking(ppi, for at least 1 year) or (taking(ppi, for at least 3 months) and taking(digoxin or diuretic))
    daily(zinc) more than 40 mg
    condition(restless-legs) and lab(2276-4) absent
    pregnant or breastfeeding

`and` binds closer than `or`; `not` and round brackets do what they say. Inside `taking` stand substances and groups
with `or` between them and, after `except`, what does not count; further words after a comma say how it is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final

from protocols.domain.amount import Amount, AmountError
from protocols.domain.rule_taking import taking_of
from protocols.domain.rule_terms import (
    Age,
    All,
    AnyOf,
    Comparison,
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
)
from protocols.domain.rule_words import RuleError, Vocabulary, names_of

__all__ = ["RuleError", "Vocabulary", "condition_of", "taking_of"]

_COMPARISON: Final = "|".join(each.value for each in Comparison)
_SPACE: Final = r"\s"
_TOKEN: Final = re.compile(
    rf"""\s*(?:
      (?P<call>(?P<word>taking|daily|condition|lab|sex|phase)\((?P<inside>[^()]*)\))
    | (?P<plain>pregnant|breastfeeding)\b
    | (?P<age>age\s+(?P<compared>{_COMPARISON.replace(" ", _SPACE)})\s+(?P<years>[0-9]{{1,3}}))\b
    | (?P<joint>and|or|not)\b
    | (?P<bracket>[()])
    )""",
    re.VERBOSE,
)
_AFTER_DAILY: Final = re.compile(rf"\s+({_COMPARISON})\s+([0-9.]+\s+\S+?)(?=[\s)]|$)")
_AFTER_LAB: Final = re.compile(rf"\s+(?:(absent|present)|({_COMPARISON})\s+([0-9]+(?:\.[0-9]+)?)\s+(\S+?))(?=[\s)]|$)")
_SEXES: Final = ("female", "male")


def condition_of(text: str, vocabulary: Vocabulary) -> Expression:
    """The condition that these words say. Raises `RuleError` with a sentence that says where they cannot be read."""
    reading = _Reading(" ".join(text.split()), vocabulary)
    found = reading.either()
    reading.end()
    return found


class _Reading:
    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._text = text
        self._at = 0
        self._vocabulary = vocabulary

    def either(self) -> Expression:
        found = [self._both()]
        while self._takes("or"):
            found.append(self._both())
        return found[0] if len(found) == 1 else AnyOf(tuple(found))

    def end(self) -> None:
        if self._at < len(self._text):
            raise self._lost()

    def _both(self) -> Expression:
        found = [self._single()]
        while self._takes("and"):
            found.append(self._single())
        return found[0] if len(found) == 1 else All(tuple(found))

    def _single(self) -> Expression:
        token = _TOKEN.match(self._text, self._at)
        if token is None:
            raise self._lost()
        if token["call"]:
            self._at = token.end()
            return self._call(token["word"], token["inside"])
        if token["plain"]:
            self._at = token.end()
            return IsPregnant() if token["plain"] == "pregnant" else IsBreastfeeding()
        if token["age"]:
            self._at = token.end()
            return Age(Comparison(token["compared"]), int(token["years"]))
        if self._takes("not"):
            return Not(self._single())
        if self._takes("("):
            found = self.either()
            if not self._takes(")"):
                raise RuleError("A bracket is opened and never closed: close it.")
            return found
        raise self._lost()

    def _call(self, word: str, inside: str) -> Expression:
        inside = inside.strip()
        if not inside:
            raise RuleError(f"{word}() asks for nothing: write what it is about between the brackets.")
        read: dict[str, Callable[[str], Expression]] = {
            "taking": self._taking,
            "daily": self._daily,
            "condition": self._condition,
            "lab": self._lab,
            "sex": self._sex,
            "phase": InPhase,
        }
        return read[word](inside)

    def _taking(self, inside: str) -> Taking:
        return taking_of(inside, self._vocabulary)

    def _daily(self, inside: str) -> Daily:
        match = self._following(_AFTER_DAILY, "After daily(…) stands how much, as in “more than 40 mg”.")
        try:
            amount = Amount.parse(match[2])
        except AmountError as error:
            raise RuleError(str(error)) from error
        compared = Comparison(match[1])
        if inside in self._vocabulary.nutrients:
            return Daily(words=inside, comparison=compared, amount=amount, nutrient=inside)
        names, _ = names_of(inside, self._vocabulary)
        if names is None:
            raise RuleError("Amounts of anything at all cannot be added up: name a nutrient or a group.")
        return Daily(words=inside, comparison=compared, amount=amount, names=names)

    def _condition(self, inside: str) -> HasCondition:
        return HasCondition(tuple(self._group(key.strip()) for key in inside.split(" or ")))

    def _group(self, key: str) -> ConditionGroup:
        found = self._vocabulary.conditions.get(key)
        if found is None:
            raise RuleError(f"There is no group of conditions “{key}”: check its spelling, or add it to the groups.")
        return found

    def _lab(self, code: str) -> Expression:
        match = self._following(
            _AFTER_LAB, "After lab(…) stands “absent”, “present” or a limit, as in “less than 30 ng/mL”."
        )
        if match[1]:
            return Lab(code=code) if match[1] == "present" else Not(Lab(code=code))
        return Lab(code=code, comparison=Comparison(match[2]), value=Decimal(match[3]), unit=match[4])

    def _sex(self, inside: str) -> IsSex:
        if inside not in _SEXES:
            raise RuleError(f"“{inside}” is no sex that is recorded: write {_or(_SEXES)}.")
        return IsSex(inside)

    def _following(self, pattern: re.Pattern[str], otherwise: str) -> re.Match[str]:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise RuleError(otherwise)
        self._at = match.end()
        return match

    def _takes(self, word: str) -> bool:
        token = _TOKEN.match(self._text, self._at)
        if token is None or word not in (token["joint"], token["bracket"]):
            return False
        self._at = token.end()
        return True

    def _lost(self) -> RuleError:
        rest = self._text[self._at :].strip()
        where = f"at “{rest[:40]}”" if rest else "at its end"
        return RuleError(f"This condition cannot be read {where}: see what conditions may say.")


def _or(words: Iterable[str]) -> str:
    return " or ".join(words)
