"""One medicine that is written down in two places, such as the plan and the record.

It stands in the day once where both say the same part of the same day. Wherever only one of them says so, that one
stands: what nobody can tell apart must not take a medicine out of somebody’s day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from patients.services.day.things import Kind, Thing
from protocols.domain.day_places import slot_of
from protocols.domain.dose_words import joined
from protocols.domain.slots import Slot
from protocols.domain.written_twice import Place, in_several_places

_PLACES: Final = {Kind.TAPER: Place.TAPER, Kind.ORDER: Place.PLAN, Kind.USE: Place.RECORD}
_PARTS: Final = (
    {Slot.ON_WAKING, Slot.BEFORE_BREAKFAST, Slot.WITH_BREAKFAST},
    {Slot.BEFORE_LUNCH, Slot.WITH_LUNCH, Slot.AFTERNOON},
    {Slot.BEFORE_DINNER, Slot.WITH_DINNER, Slot.EVENING},
    {Slot.BEDTIME},
)


@dataclass(frozen=True, slots=True)
class WrittenTwice:
    """things: the same medicine, that which counts first in front. hidden: doses that another line stands for."""

    things: tuple[Thing, ...]
    hidden: frozenset[tuple[str, str]]
    """By code and time as it was written; with no time, empty."""

    @property
    def sentence(self) -> str:
        name = f"{self.things[0].name[:1].upper()}{self.things[0].name[1:]}"
        return f"{name} is written down twice: in {self._where}. {self._what_to_do[0]}"

    @property
    def at_its_line(self) -> str:
        """The same in short, where it stands in the day."""
        return f"Written down twice, in {self._where}: {self._what_to_do[1]}."

    @property
    def _what_to_do(self) -> tuple[str, str]:
        standing = [thing for thing in self.things if self._stands(thing)]
        if len(standing) > 1:
            return "It stands here more than once. Ask whether you take all of it.", "ask whether you take all of it"
        first = self.things[0]
        if not first.is_due:
            by = _PLACES[first.kind].label
            return (
                f"By {by} none is taken on this day. Ask before you take it.",
                f"by {by} none is taken on this day, so ask before you take it",
            )
        return "It stands here once. Ask before you take more than that.", "it stands here once"

    def _stands(self, thing: Thing) -> bool:
        return any((thing.code, dose) not in self.hidden for dose in _doses(thing))

    @property
    def _where(self) -> str:
        return joined(dict.fromkeys(_place(thing) for thing in self.things))


def written_twice(things: Iterable[Thing]) -> list[WrittenTwice]:
    """Each once. Two entries of the same place are meant so: a morning and an evening dose of the record.

    What is for need alone is not the same as what is taken every day.
    """
    same_things = in_several_places(
        (thing.substance, _PLACES[thing.kind], thing)
        for thing in things
        if thing.substance and thing.is_taken and not thing.is_as_needed and thing.kind in _PLACES
    )
    return [_of([thing for _, thing in same]) for same in same_things]


def _of(same: list[Thing]) -> WrittenTwice:
    standing: list[tuple[Thing, str]] = []
    hidden: set[tuple[str, str]] = set()
    for thing in same:
        doses = _doses(thing)
        covered = [dose for dose in doses if any(_stands_for(other, at, thing, dose) for other, at in standing)]
        hidden |= {(thing.code, dose) for dose in covered}
        standing += [(thing, dose) for dose in doses if dose not in covered]
    return WrittenTwice(tuple(same), frozenset(hidden))


def _doses(thing: Thing) -> tuple[str, ...]:
    """Its times on this day; one empty word for what is taken at no time that anybody knows."""
    return (thing.written or ("",)) if thing.is_due else ()


def _stands_for(shown: Thing, at: str, other: Thing, dose: str) -> bool:
    """Whether the line of one is the line of the other too.

    What a taper reduces has left the record’s lines already: the other entries of that record are meant beside it.
    """
    if shown.kind is other.kind or (shown.kind is Kind.TAPER and other.kind is Kind.USE):
        return False
    return at == dose or not at or not dose or _part(at) == _part(dose)


def _part(written: str) -> int | str:
    """Morning, noon, evening or bedtime; what no clock knows is a part of its own."""
    slot = slot_of(written)
    return written if slot is None else next(number for number, part in enumerate(_PARTS) if slot in part)


def _place(thing: Thing) -> str:
    where = _PLACES[thing.kind].label
    return f"{where} ({thing.dose})" if thing.dose else where
