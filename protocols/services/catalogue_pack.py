"""Bringing the shipped rows of one kind to a pack's edition. A newer edition replaces rows; it never changes one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from clinics.actor import Actor
from protocols.models.catalogue_rows import CatalogueItem
from protocols.services.catalogue_writing import retire_row
from protocols.services.pack_files import PackError
from protocols.services.pack_lines import PackLines

Row = TypeVar("Row")
Loaded = TypeVar("Loaded", bound="LoadedEdition")


@dataclass(frozen=True, slots=True)
class LoadedEdition:
    """What loading did. added, revised, retired, kept: how many rows. newer: the edition that is there instead."""

    what: ClassVar[str]

    edition: str
    added: int = 0
    revised: int = 0
    retired: int = 0
    kept: int = 0
    newer: str = ""

    def __str__(self) -> str:
        if self.newer:
            return f"edition {self.edition} is older than {self.newer}, which is there already; nothing was changed"
        if not (self.added or self.revised or self.retired):
            return f"edition {self.edition} is there already, {self.kept} {self.what}"
        return (
            f"edition {self.edition}: {self.added} added, {self.revised} revised, {self.retired} retired, "
            f"{self.kept} as they were"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf(Generic[Row]):
    """What differs between medicines and supplements when an edition of them is loaded.

    lines: of the file. shipped: all shipped rows, retired ones too, with what `said_by` needs. says and said_by: what
    a checked row of the pack, and a stored one, say: equal exactly if neither says anything else. write: save a checked
    row.
    """

    file_name: str
    lines: PackLines
    shipped: models.QuerySet[Any]
    item_of: Callable[[Row], CatalogueItem]
    says: Callable[[Row], Any]
    said_by: Callable[[Any], Any]
    write: Callable[[Row, Actor, datetime], object]


def load_edition(
    check: Callable[[], tuple[str, Sequence[Row]]],
    shelf: Shelf[Row],
    *,
    by: Actor,
    at: datetime,
    told_as: type[Loaded],
) -> Loaded:
    """Bring the shelf to this edition. check: the pack’s edition and its checked rows, made anew each time.

    What says the same keeps its row; what says something else is retired and replaced; what the edition no longer
    has is retired. An older edition than the one loaded changes nothing. Raises `PackError`.
    """
    edition, rows = check()
    try:
        return _load(rows, edition, shelf, by=by, at=at, told_as=told_as)
    except (IntegrityError, _RowRefused):
        # Somebody else loaded them at the same time, and was first: now there is something to compare with.
        edition, rows = check()
        try:
            return _load(rows, edition, shelf, by=by, at=at, told_as=told_as)
        except _RowRefused as error:
            line = shelf.lines.of(f"{told_as.what}[{error.place}]")
            named = f"{told_as.what}[{error.place}] ({error.key})"
            problems = [f"{shelf.file_name}, line {line}, {named}: {sentence}" for sentence in error.sentences]
            raise PackError(problems) from error


class _RowRefused(Exception):
    """A checked row that cannot be saved beside the others all the same. place: which of the file, from 0."""

    def __init__(self, place: int, key: str, sentences: Sequence[str]) -> None:
        super().__init__(key)
        self.place, self.key, self.sentences = place, key, sentences


@transaction.atomic
def _load(
    rows: Sequence[Row], edition: str, shelf: Shelf[Row], *, by: Actor, at: datetime, told_as: type[Loaded]
) -> Loaded:
    present = {row.key: row for row in shelf.shipped.filter(retired_at__isnull=True).select_for_update()}
    loaded = max(shelf.shipped.values_list("pack_version", flat=True).distinct(), key=_order, default="")
    if loaded and _order(edition) < _order(loaded):
        return told_as(edition, newer=loaded)
    added = revised = kept = 0
    for place, row in enumerate(rows):
        item = shelf.item_of(row)
        old = present.pop(item.key, None)
        if old is not None and shelf.said_by(old) == shelf.says(row):
            kept += 1
            continue
        if old is None:
            added += 1
        else:
            revised += 1
            item.replaces, item.number = old, old.number + 1
            retire_row(old, by=by, at=at)
        try:
            shelf.write(row, by, at)
        except ValidationError as error:
            raise _RowRefused(place, item.key, error.messages) from error
    for gone in present.values():
        retire_row(gone, by=by, at=at)
    if loaded == edition and (added or revised or present):
        # Raised inside the transaction, so nothing of this stays.
        raise PackError(
            [
                f"{shelf.file_name}, version: edition {edition} is loaded already and says something else. "
                "Give what has changed a new edition."
            ]
        )
    return told_as(edition, added=added, revised=revised, retired=len(present), kept=kept)


def _order(edition: str) -> tuple[int, ...]:
    """Editions in the order of time: 2026-09, 2026-11, 2026-11.2."""
    return tuple(int(part) for part in edition.replace("-", ".").split(".") if part)
