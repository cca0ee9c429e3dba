"""Since when something is taken, in however many entries: another dose or product goes on with the first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from protocols.domain.rule_terms import Taking
from protocols.domain.safety_facts import Taken
from protocols.domain.safety_things import Facts

_ONE_DAY: Final = timedelta(days=1)
GAP: Final = timedelta(days=7)
"""Between two entries; so short a pause interrupts nothing. Our own figure."""


@dataclass(frozen=True, slots=True)
class Course:
    """since: the earliest known first day. may_be_longer: an entry of it does not say when it began."""

    since: date | None
    may_be_longer: bool


def courses(facts: Facts, asked: Taking) -> dict[int, Course]:
    """By place, the course that each entry belongs to, of everything that is asked about together."""
    entries = [
        (place, taken)
        for name, things in facts.things.items()
        if facts.is_asked_about(name, asked)
        for place, taken in things
        if not taken.is_local
    ]
    return {place: _course_of(taken, [other for _, other in entries]) for place, taken in entries}


def _course_of(taken: Taken, entries: list[Taken]) -> Course:
    if taken.since is None:
        return Course(None, True)
    since, may_be_longer = taken.since, False
    has_grown = True
    while has_grown:
        has_grown = False
        for other in entries:
            if other.until is not None and other.until + GAP < since - _ONE_DAY:
                continue
            if other.since is None:
                may_be_longer = True
            elif other.since < since:
                since, has_grown = other.since, True
    return Course(since, may_be_longer)
