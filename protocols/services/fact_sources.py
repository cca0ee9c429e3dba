"""The sources of a fact in a knowledge pack: citation, whether it was read, and its mark. The three must agree."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from protocols.domain.sources import HowRead, Mark
from protocols.services.pack_table import Table

READ: Final = {Mark.PRIMARY: HowRead.PRIMARY, Mark.SECONDARY: HowRead.SECONDARY}
"""How a fact with this mark was read; every other mark is our own."""


@dataclass(frozen=True, slots=True)
class FactSource:
    cite: str
    mark: Mark


def fact_source(table: Table) -> FactSource | None:
    """The source that this table gives; None if anything of it is wrong, which is noted."""
    cite = table.text("cite")
    how, mark = table.choice("read", HowRead), table.choice("mark", Mark)
    if how is None or mark is None:
        return None
    if how is not READ.get(mark, HowRead.OWN):
        table.complain("read", f"The mark {mark} says “{READ.get(mark, HowRead.OWN)}”: one of the two is wrong.")
        return None
    return FactSource(cite, mark) if cite else None


def check_sources(table: Table, kinds: type[StrEnum], said: Collection[StrEnum]) -> None:
    """Take the list `sources`: whatever is said has a source that is given for it, and not from memory alone."""
    given: dict[str, list[Mark]] = {}
    for item in table.tables("sources"):
        source = fact_source(item)
        for number, word in enumerate(item.texts("for")):
            if word not in list(kinds):
                item.complain(f"for[{number}]", f"“{word}” is unknown here. Use some of: {', '.join(kinds)}.")
            elif source is not None:
                given.setdefault(word, []).append(source.mark)
    for fact in said:
        marks = given.get(fact)
        if not marks:
            table.complain("sources", f"Say where this was read: no source is given for “{fact}”.")
        elif not any(mark.counts for mark in marks):
            table.complain("sources", f"“{fact}” is from memory alone: leave it out until somebody has read a source.")
