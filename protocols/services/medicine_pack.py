"""Loading the shipped medicines, once for all clinics."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from clinics.actor import Actor, ActorKind, NotAllowed
from protocols.models import Medicine
from protocols.services.catalogue_pack import LoadedEdition, Shelf, load_edition
from protocols.services.medicine_rows import MedicineRow, medicine_rows_of
from protocols.services.medicines import content_of, strengths_of, write_medicine
from protocols.services.pack_files import MEDICINES
from protocols.services.pack_lines import read_pack_and_lines


@dataclass(frozen=True, slots=True)
class LoadedMedicines(LoadedEdition):
    what: ClassVar[str] = "medicines"


def load_medicines(*, by: Actor, at: datetime, folder: Path | None = None) -> LoadedMedicines:
    """Bring the shipped medicines to this pack's edition. Loading it again changes nothing.

    Raises `PackError` with all that is wrong, before anything is written.
    """
    if by.kind is not ActorKind.SYSTEM:
        raise NotAllowed("The shipped medicines are loaded by manage.py load_packs, not by a person.")
    file_name, content, lines = read_pack_and_lines(MEDICINES, folder)
    shelf: Shelf[MedicineRow] = Shelf(
        file_name=file_name,
        lines=lines,
        shipped=Medicine.objects.filter(clinic__isnull=True).prefetch_related("strengths"),
        item_of=lambda row: row.medicine,
        says=lambda row: content_of(row.medicine, row.strengths),
        said_by=lambda medicine: content_of(medicine, strengths_of(medicine)),
        write=lambda row, by, at: write_medicine(row.medicine, row.strengths, by=by, at=at),
    )
    return load_edition(
        lambda: medicine_rows_of(content, file_name=file_name), shelf, by=by, at=at, told_as=LoadedMedicines
    )
