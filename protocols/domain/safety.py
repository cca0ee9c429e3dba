"""What the safety rules find in one situation: the same function for a command, a preview and every patient.

A finding is one part of one rule and the smallest set of facts that makes it true. What stays open because something is
not known is listed beside the findings; what no rule and no catalogue knows is listed as not checked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from protocols.domain.nutrients import NotCounted, Total
from protocols.domain.safety_combinations import combinations, joined, smallest
from protocols.domain.safety_facts import LabResult, Situation, Taken
from protocols.domain.safety_products import of_one_thing
from protocols.domain.safety_rules import Apart, Knowledge, Rule, RulePart, Severity
from protocols.domain.safety_things import NOTHING_ELSE, Combination, Facts
from protocols.domain.safety_totals import daily_totals
from protocols.domain.safety_twice import TWICE
from protocols.domain.sources import Mark

__all__ = ["Assessment", "Found", "LabResult", "Situation", "Spacing", "Taken", "Undecided", "assess"]


BUILT_IN: Final = tuple((rule, part) for rule in (TWICE,) for part in rule.parts)
"""Rules of every edition. They look at what no pack could say, and no clinic switches them off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacing:
    """Times that lie apart: each of a's at least `before_hours` before or `after_hours` after each of b's.

    a, b: as typed; a_codes, b_codes: the callers' names of the things. None: that side never satisfies it.
    """

    a: str
    b: str
    a_codes: tuple[str, ...]
    b_codes: tuple[str, ...]
    before_hours: Decimal | None
    after_hours: Decimal | None

    def also(self, other: Spacing) -> Spacing:
        a_codes = _once((*self.a_codes, *other.a_codes))
        b_codes = _once((*self.b_codes, *other.b_codes))
        return replace(self, a_codes=a_codes, b_codes=b_codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One finding. about: substances as typed, in the order of what is taken, then codes of conditions.

    codes: the callers' names of the things it is about; stops: of those that a BLOCK stops. facts_key: the same for the
    same rule, part and facts, whatever the order, the spelling and the codes.
    """

    rule: str
    part: str
    severity: Severity
    about: tuple[str, ...]
    codes: tuple[str, ...]
    stops: tuple[str, ...]
    text: str
    patient_text: str
    cite: str
    year: int | None
    mark: Mark
    rule_version: int
    facts_key: str
    spacing: Spacing | None = None

    def also(self, other: Found) -> Found:
        """The same finding, of everything that it is about on this day and on another."""
        return replace(
            self,
            codes=_once((*self.codes, *other.codes)),
            stops=_once((*self.stops, *other.stops)),
            spacing=None if self.spacing is None or other.spacing is None else self.spacing.also(other.spacing),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """A part of a rule that may apply. unknown: the facts that would decide it, such as "pregnant"."""

    rule: str
    part: str
    severity: Severity
    unknown: tuple[str, ...]
    about: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """All of it. found: by severity, rule and what it is about. not_counted: what was typed, and why no total has it.

    uncountable: of that, compounds of an unknown part and the like, as typed: knowing the dose does not help.
    unknown_substances: as typed, once each: no enabled rule and no catalogue knows them.
    """

    found: tuple[Found, ...]
    totals: tuple[Total, ...]
    undecided: tuple[Undecided, ...]
    unknown_substances: tuple[str, ...]
    not_counted: tuple[NotCounted, ...]
    uncountable: tuple[str, ...]
    version: str


def assess(situation: Situation, knowledge: Knowledge) -> Assessment:
    """What every enabled rule says of this situation, and those that are built in."""
    items = [knowledge.substances.find(taken.substance) for taken in situation.taken]
    summed = daily_totals(situation, items, knowledge.limits)
    names = tuple(None if item is None else item.name for item in items)
    facts = Facts(situation, names=names, daily=summed.daily, kinds=knowledge.kinds)
    found: list[Found] = []
    undecided: list[Undecided] = []
    for rule, part in (*knowledge.enabled(), *BUILT_IN):
        certain, open_ = smallest(_combinations(part, facts))
        found += [_found(rule, part, each, facts) for each in of_one_thing(certain, situation.taken)]
        undecided += [_undecided(rule, part, each, facts) for each in of_one_thing(open_, situation.taken)]
    return Assessment(
        found=tuple(sorted(found, key=lambda each: (each.severity.rank, each.rule, each.part, sorted(each.about)))),
        totals=summed.totals,
        undecided=tuple(sorted(undecided, key=lambda each: (each.rule, each.part, sorted(each.about)))),
        unknown_substances=_once(
            taken.substance
            for taken, name in zip(situation.taken, names, strict=True)
            if not taken.is_known_item and (name is None or name not in knowledge.checked_names())
        ),
        not_counted=summed.not_counted,
        uncountable=_once(summed.uncountable),
        version=knowledge.version,
    )


def _combinations(part: RulePart, facts: Facts) -> Iterator[Combination]:
    condition = [Combination()] if part.condition is None else combinations(part.condition, facts)
    if part.apart is None or not condition:
        yield from condition
        return
    firsts = combinations(part.apart.a, facts)
    seconds = combinations(part.apart.b, facts) if firsts else []
    for pair in joined(firsts, seconds):
        # What is in one product cannot be taken apart; of what may be taken besides, nobody knows the product.
        codes = _codes(pair.entries, facts)
        if len(codes) > 1 or "" in codes or NOTHING_ELSE in pair.unknown:
            yield from joined([pair], condition)


def _found(rule: Rule, part: RulePart, each: Combination, facts: Facts) -> Found:
    return Found(
        rule=rule.id,
        part=part.key,
        severity=part.severity,
        about=_about(each, facts),
        codes=_codes(each.entries, facts),
        stops=_codes(_entries_of(part.stops, each, facts), facts) if part.severity is Severity.BLOCK else (),
        text=part.text,
        patient_text=part.patient_text,
        cite=part.cite,
        year=part.year,
        mark=part.mark,
        rule_version=rule.version,
        facts_key=_key(rule, part, each),
        spacing=None if part.apart is None else _spacing(part.apart, each, facts),
    )


def _undecided(rule: Rule, part: RulePart, each: Combination, facts: Facts) -> Undecided:
    return Undecided(
        rule=rule.id,
        part=part.key,
        severity=part.severity,
        unknown=each.unknown,
        about=_about(each, facts),
        codes=_codes(each.entries, facts),
    )


def _spacing(apart: Apart, each: Combination, facts: Facts) -> Spacing:
    of_a = _entries_of(frozenset(name for name in each.names if facts.is_asked_about(name, apart.a)), each, facts)
    of_b = each.entries - of_a
    if not of_b:
        # Both sides may name the same substances: then the first that is taken stands for a.
        names = [name for name in facts.things if name in each.names]
        of_a = _entries_of(frozenset(names[:1]), each, facts)
        of_b = each.entries - of_a
    taken = facts.situation.taken
    return Spacing(
        a=taken[min(of_a)].substance,
        b=taken[min(of_b)].substance,
        a_codes=_codes(of_a, facts),
        b_codes=_codes(of_b, facts),
        before_hours=apart.before_hours,
        after_hours=apart.after_hours,
    )


def _about(each: Combination, facts: Facts) -> tuple[str, ...]:
    """Each substance once, as it was first typed, in the order in which they are taken; then the conditions."""
    taken = facts.situation.taken
    firsts = [min(place for place, _ in facts.things[name] if place in each.entries) for name in each.names]
    return (*(taken[place].substance for place in sorted(firsts)), *sorted(each.conditions))


def _entries_of(names: frozenset[str], each: Combination, facts: Facts) -> frozenset[int]:
    named = (name for name in each.names if facts.is_one_of(name, names))
    return frozenset(place for name in named for place, _ in facts.things[name] if place in each.entries)


def _codes(entries: Iterable[int], facts: Facts) -> tuple[str, ...]:
    return _once(facts.situation.taken[place].code for place in sorted(entries))


def _key(rule: Rule, part: RulePart, each: Combination) -> str:
    facts = (rule.id, part.key, sorted(each.names), sorted(each.conditions), sorted(each.values))
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
