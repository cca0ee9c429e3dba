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
            before=_dates(each.first_before, each.last_before, none="not there"),
            after=_dates(each.first_after, each.last_after, none="no date yet" if _waits(each) else "not there"),
        )
        for each in differences
    ]


def _waits(each: Difference) -> bool:
    return each.effect is Effect.WAITING


def _dates(first: date | None, last: date | None, *, none: str) -> str:
    if first is None:
        return none
    return f"{day(first)} – {day(last)}" if last else f"{day(first)}, until it is resumed"
