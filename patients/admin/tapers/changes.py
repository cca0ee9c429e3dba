"""What a move does to the steps, as rows: their dates now, and afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from patients.services.documents.printable import day
from patients.services.tapers.standing import dose_words
from protocols.domain.taper_moves import Difference, Effect

EFFECTS = {
    Effect.LENGTHENED: "lasts longer",
    Effect.SHORTENED: "ends earlier",
    Effect.MOVED: "moves",
    Effect.ADDED: "is added",
    Effect.REMOVED: "is dropped",
    Effect.WAITING: "waits",
    Effect.DATED: "has its dates again",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One step whose dates change."""

    words: str
    effect: str
    before: str
    after: str


def change_rows(differences: Iterable[Difference]) -> list[ChangeRow]:
    return [
        ChangeRow(
            words=dose_words(each.step),
            effect=EFFECTS[each.effect],
            before=_dates(each.first_before, each.last_before, none=_none(each, Effect.DATED)),
            after=_dates(each.first_after, each.last_after, none=_none(each, Effect.WAITING)),
        )
        for each in differences
    ]


def _none(each: Difference, waiting: Effect) -> str:
    """Without dates on one side of this effect it only waits there; otherwise there is no such step."""
    return "no date yet" if each.effect is waiting else "not there"


def _dates(first: date | None, last: date | None, *, none: str) -> str:
    if first is None:
        return none
    return f"{day(first)} – {day(last)}" if last else f"{day(first)}, until it is resumed"
