"""One substance that is written down in more than one place: is it one medicine, or two?

Two entries of the same place are meant so: a morning and an evening dose of the record. Of two places nobody knows.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from enum import StrEnum
from typing import TypeVar

Entry = TypeVar("Entry")


class Place(StrEnum):
    """Where it is written that something is taken. What is signed counts before the plan, that before the record."""

    TAPER = "taper"
    PLAN = "plan"
    RECORD = "record"

    @property
    def label(self) -> str:
        return {"taper": "a signed taper", "plan": "the plan", "record": "the record"}[self.value]

    @property
    def rank(self) -> int:
        return list(Place).index(self)


def in_several_places(entries: Iterable[tuple[Hashable, Place, Entry]]) -> list[list[tuple[Place, Entry]]]:
    """Entries of one thing that stand in more than one place, that which counts first in front; each thing once.

    entries: what it is, where that is written, and the entry itself.
    """
    by_what: dict[Hashable, list[tuple[Place, Entry]]] = {}
    for what, place, entry in entries:
        by_what.setdefault(what, []).append((place, entry))
    found = [sorted(same, key=lambda each: each[0].rank) for same in by_what.values()]
    return [same for same in found if len({place for place, _ in same}) > 1]
