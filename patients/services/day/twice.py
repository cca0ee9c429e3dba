"""One substance that is written down in two places, such as the plan and the record: it stands in the day once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from patients.services.day.things import Kind, Thing
from protocols.domain.dose_words import joined

_FIRST = (Kind.TAPER, Kind.ORDER, Kind.USE)
"""What is signed counts before the plan, and the plan before what somebody told about her."""
_WHERE = {Kind.TAPER: "a signed taper", Kind.ORDER: "the plan", Kind.USE: "the record"}


@dataclass(frozen=True, slots=True)
class WrittenTwice:
    """shown: the one that stands in the day. others: the same substance from elsewhere, which do not."""

    shown: Thing
    others: tuple[Thing, ...]

    @property
    def sentence(self) -> str:
        name = f"{self.shown.name[:1].upper()}{self.shown.name[1:]}"
        where = joined(dict.fromkeys(_place(thing) for thing in (self.shown, *self.others)))
        return f"{name} is written down twice: in {where}. It stands here once. Ask before you take more than that."


def written_twice(things: Iterable[Thing]) -> list[WrittenTwice]:
    """Each once. Two entries of the same place are meant so: a morning and an evening dose of the record.

    What is for need alone is not the same as what is taken every day.
    """
    by_substance: dict[str, list[Thing]] = {}
    for thing in things:
        if thing.substance and thing.is_taken and not thing.is_as_needed and thing.kind in _FIRST:
            by_substance.setdefault(thing.substance, []).append(thing)
    found = [_of(same) for same in by_substance.values()]
    return [each for each in found if each.others]


def _of(same: Sequence[Thing]) -> WrittenTwice:
    first = min(same, key=lambda thing: _FIRST.index(thing.kind))
    return WrittenTwice(first, tuple(thing for thing in same if thing.kind is not first.kind))


def _place(thing: Thing) -> str:
    return f"{_WHERE[thing.kind]} ({thing.dose})" if thing.dose else _WHERE[thing.kind]
