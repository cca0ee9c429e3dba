"""What a safety rule is, and all that is known: rules, substances and limits, in one edition."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from protocols.domain.rule_terms import All, AnyOf, Daily, Expression, Not, Taking
from protocols.domain.safety_things import Kinds
from protocols.domain.sources import HowRead, Mark
from protocols.domain.substances import Substances
from protocols.domain.upper_limits import Limits


class Severity(StrEnum):
    """How much a finding weighs, the gravest first."""

    BLOCK = "BLOCK"
    WARN = "WARN"
    SPACE = "SPACE"
    MONITOR = "MONITOR"
    INFO = "INFO"

    @property
    def label(self) -> str:
        return {
            "BLOCK": "Stops the order",
            "WARN": "To be weighed",
            "SPACE": "To be taken apart",
            "MONITOR": "To be watched",
            "INFO": "To be known",
        }[self.value]

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Two kinds of things that are taken apart.

    a: whose times the rule states. Each of its times is at least `before_hours` before or `after_hours` after each time
    of b. None: the rule states nothing for that side, so that side never satisfies it.
    """

    a: Taking
    b: Taking
    before_hours: Decimal | None
    after_hours: Decimal | None


@dataclass(frozen=True, kw_only=True)
class RulePart:
    """One thing that a rule says.

    condition: what must hold; None for what is only taken apart. apart: only of SPACE. stops: what a BLOCK stops.
    text: for clinicians; patient_text: for whoever takes it. year: of the source, None if it names none.
    why_disabled: why it is off; empty where it is on.
    """

    key: str
    severity: Severity
    condition: Expression | None
    condition_text: str
    text: str
    patient_text: str
    cite: str
    year: int | None
    mark: Mark
    is_enabled: bool
    why_disabled: str = ""
    apart: Apart | None = None
    stops: frozenset[str] = frozenset()

    @cached_property
    def names(self) -> frozenset[str]:
        """Every substance that it names, itself or through a group."""
        found = set(_names(self.condition)) if self.condition is not None else set()
        if self.apart is not None:
            found |= set(_names(self.apart.a)) | set(_names(self.apart.b))
        return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the rules: its parts, and who reviewed it. version: counted up with every change of what it says."""

    id: str
    version: int
    title: str
    parts: tuple[RulePart, ...]
    reviewer: str = ""
    reviewed_on: date | None = None

    def part(self, key: str) -> RulePart | None:
        return next((part for part in self.parts if part.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReview:
    """What a clinic says of one part of a rule: on, with a source that somebody read; or off, with a reason."""

    rule: str
    part: str
    rule_version: int
    enabled: bool
    cite: str = ""
    year: int | None = None
    how_read: HowRead | None = None
    reviewer: str = ""
    reviewed_on: date | None = None
    reason: str = ""


class ReviewError(ValueError):
    """A review cannot stand. `field`: what of it to correct."""

    def __init__(self, sentence: str, *, field: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, kw_only=True, eq=False)
class Knowledge:
    """One edition of all that is known, equal to itself alone. Nothing in it changes; a clinic's reviews make another.

    version: the edition, and a digest of what was read. listed: substances that a catalogue lists. kinds: of medicines.
    """

    version: str
    substances: Substances
    rules: tuple[Rule, ...]
    limits: Limits
    listed: frozenset[str]
    kinds: Kinds = field(default_factory=Kinds)

    def enabled(self) -> Iterator[tuple[Rule, RulePart]]:
        for rule in self.rules:
            for part in rule.parts:
                if part.is_enabled:
                    yield rule, part

    def rule(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def checked_names(self) -> frozenset[str]:
        """Substances that a catalogue or an enabled rule knows. Whatever is not among them is not checked."""
        return self._checked_names

    @cached_property
    def _checked_names(self) -> frozenset[str]:
        return self.listed.union(*(part.names for _, part in self.enabled()))

    def with_reviews(self, reviews: Iterable[RuleReview]) -> Knowledge:
        """The same, as one clinic has it. What was said of another version of a rule no longer counts.

        Raises `ReviewError` for a review that cannot stand.
        """
        parts = {(rule.id, part.key): part for rule in self.rules for part in rule.parts}
        counting = [review for review in reviews if self._is_current(review)]
        for review in counting:
            parts[review.rule, review.part] = reviewed(parts[review.rule, review.part], review)
        if not counting:
            return self
        digest = hashlib.sha256("\n".join(sorted(map(repr, counting))).encode()).hexdigest()
        rules = tuple(
            replace(rule, parts=tuple(parts[rule.id, part.key] for part in rule.parts)) for rule in self.rules
        )
        return replace(self, rules=rules, version=f"{self.version}+{digest[:12]}")

    def _is_current(self, review: RuleReview) -> bool:
        rule = self.rule(review.rule)
        return rule is not None and rule.version == review.rule_version and rule.part(review.part) is not None


def reviewed(part: RulePart, review: RuleReview) -> RulePart:
    """The part as this review has it. Raises `ReviewError` where the review cannot stand."""
    if not review.reviewer.strip():
        raise ReviewError("Say who reviewed this.", field="reviewer")
    if review.reviewed_on is None:
        raise ReviewError("Say on which day this was reviewed.", field="reviewed_on")
    if not review.enabled:
        if part.severity is Severity.BLOCK:
            raise ReviewError("What stops an order cannot be switched off: change the order.", field="enabled")
        if not review.reason.strip():
            raise ReviewError("Say why this is switched off here.", field="reason")
        return replace(part, is_enabled=False, why_disabled=review.reason.strip())
    if part.is_enabled:
        return part
    if not review.cite.strip():
        raise ReviewError("Name the source: without one this stays off.", field="cite")
    if review.year is None:
        raise ReviewError("Name the year of the source.", field="year")
    if review.how_read is None or not review.how_read.was_read:
        raise ReviewError("Say how the source was read: our own choice is no source.", field="how_read")
    mark = Mark.PRIMARY if review.how_read is HowRead.PRIMARY else Mark.SECONDARY
    return replace(part, is_enabled=True, why_disabled="", cite=review.cite.strip(), year=review.year, mark=mark)


def _names(expression: Expression) -> Iterator[str]:
    match expression:
        case Taking():
            yield from expression.names or ()
        case Daily():
            yield from expression.names
        case Not():
            yield from _names(expression.of)
        case All() | AnyOf():
            for inner in expression.of:
                yield from _names(inner)
        case _:
            return
