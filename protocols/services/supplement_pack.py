"""Loading the shipped supplements, once for all clinics."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from clinics.actor import Actor, ActorKind, NotAllowed
from protocols.models import Supplement
from protocols.services.catalogue_pack import LoadedEdition, Shelf, load_edition
from protocols.services.pack_files import SUPPLEMENTS
from protocols.services.pack_lines import read_pack_and_lines
from protocols.services.purchase_places import move_places
from protocols.services.supplement_rows import SupplementRow, supplement_rows_of
from protocols.services.supplements import content_of, ingredients_of, write_supplement


@dataclass(frozen=True, slots=True)
class LoadedSupplements(LoadedEdition):
    what: ClassVar[str] = "supplements"


def load_supplements(*, by: Actor, at: datetime, folder: Path | None = None) -> LoadedSupplements:
    """Bring the shipped supplements to this pack's edition. Loading it again changes nothing.

    Raises `PackError` with all that is wrong, before anything is written.
    """
    if by.kind is not ActorKind.SYSTEM:
        raise NotAllowed("The shipped supplements are loaded by manage.py load_packs, not by a person.")
    file_name, content, lines = read_pack_and_lines(SUPPLEMENTS, folder)
    shelf: Shelf[SupplementRow] = Shelf(
        file_name=file_name,
        lines=lines,
        shipped=Supplement.objects.filter(clinic__isnull=True).prefetch_related("ingredients"),
        item_of=lambda row: row.supplement,
        says=lambda row: content_of(row.supplement, row.ingredients),
        said_by=lambda supplement: content_of(supplement, ingredients_of(supplement)),
        write=_write,
    )
    return load_edition(
        lambda: supplement_rows_of(content, file_name=file_name, lines=lines),
        shelf,
        by=by,
        at=at,
        told_as=LoadedSupplements,
    )


def _write(row: SupplementRow, by: Actor, at: datetime) -> None:
    move_places(write_supplement(row.supplement, row.ingredients, by=by, at=at))
