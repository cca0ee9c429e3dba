"""One substance that is written down in two places, such as the plan and the record: it stands in the day once."""

from collections.abc import Iterable
from dataclasses import dataclass

from patients.services.day.things import Kind, Thing
from protocols.domain.dose_words import joined
from protocols.domain.written_twice import Place, in_several_places

_PLACES = {Kind.TAPER: Place.TAPER, Kind.ORDER: Place.PLAN, Kind.USE: Place.RECORD}


@dataclass(frozen=True, slots=True)
class WrittenTwice:
    """shown: the one that stands in the day. others: the same substance from elsewhere, which do not."""

    shown: Thing
    others: tuple[Thing, ...]

    @property
    def sentence(self) -> str:
        name = f"{self.shown.name[:1].upper()}{self.shown.name[1:]}"
        what_to_do = "It stands here once. Ask before you take more than that."
        return f"{name} is written down twice: in {self._where}. {what_to_do}"

    @property
    def at_its_line(self) -> str:
        """The same in short, where it stands in the day."""
        return f"Written down twice, in {self._where}: it stands here once."

    @property
    def _where(self) -> str:
        return joined(dict.fromkeys(_place(thing) for thing in (self.shown, *self.others)))


def written_twice(things: Iterable[Thing]) -> list[WrittenTwice]:
    """Each once. Two entries of the same place are meant so: a morning and an evening dose of the record.

    What is for need alone is not the same as what is taken every day.
    """
    same_things = in_several_places(
        (thing.substance, _PLACES[thing.kind], thing)
        for thing in things
        if thing.substance and thing.is_taken and not thing.is_as_needed and thing.kind in _PLACES
    )
    return [
        WrittenTwice(same[0][1], tuple(thing for place, thing in same if place is not same[0][0]))
        for same in same_things
    ]


def _place(thing: Thing) -> str:
    where = _PLACES[thing.kind].label
    return f"{where} ({thing.dose})" if thing.dose else where
