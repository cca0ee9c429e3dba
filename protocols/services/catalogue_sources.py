"""The sources of one row of a catalogue pack: what each is given for, and whether all that is said has one."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeVar

from protocols.domain.sources import HowRead
from protocols.services.pack_table import Table

Fact = TypeVar("Fact", bound=StrEnum)
_STEPS: Final = {HowRead.PRIMARY: 0, HowRead.SECONDARY: 1, HowRead.OWN: 2}


def sources_of(
    table: Table, facts: type[Fact], *, said: Sequence[Fact], must_be_read: Collection[Fact]
) -> tuple[str, dict[Fact, list[HowRead]]]:
    """All citations, a line each with what it is given for and how it was read; and the readings by fact.

    Notes every fact that is said without a source, and those of `must_be_read` that nobody has read.
    """
    lines: list[str] = []
    read: dict[Fact, list[HowRead]] = {}
    for item in table.tables("sources"):
        cite, how, given_for = item.text("cite"), item.choice("read", HowRead), item.texts("for")
        for word in given_for:
            if word not in list(facts):
                item.complain("for", f"“{word}” is unknown here. Use some of: {', '.join(facts)}.")
            elif how is not None:
                read.setdefault(facts(word), []).append(how)
        lines.append(f"{cite} ({', '.join(given_for)}) [{how.label if how else ''}]")
    for fact in said:
        found = read.get(fact, [])
        if not found:
            table.complain("sources", f"Say where this was read: no source is given for “{fact}”.")
        elif fact in must_be_read and not any(how.was_read for how in found):
            table.complain("sources", f"No source for “{fact}” was read: leave out what it is given for.")
    return "\n".join(lines), read


def best_reading(read: Mapping[Fact, Sequence[HowRead]], fact: Fact) -> HowRead:
    """How well the best source for this fact was read; our own choice, where there is none."""
    return min(read.get(fact, []), key=lambda how: _STEPS[how], default=HowRead.OWN)
