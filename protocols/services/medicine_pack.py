"""Loading the shipped medicines, once for all clinics. A newer edition replaces rows; it never changes one."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from clinics.actor import Actor, ActorKind, NotAllowed
from protocols.models import Medicine
from protocols.services.medicine_rows import MedicineRow, medicine_rows_of
from protocols.services.medicines import content_of, retire_row, strengths_of, write_medicine
from protocols.services.pack_files import MEDICINES, PackError, read_pack


@dataclass(frozen=True, slots=True)
class LoadedMedicines:
    """What loading did. added, revised, retired, kept: how many medicines. newer: the edition that is there instead."""

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
            return f"edition {self.edition} is there already, {self.kept} medicines"
        return (
            f"edition {self.edition}: {self.added} added, {self.revised} revised, {self.retired} retired, "
            f"{self.kept} as they were"
        )


def load_medicines(*, by: Actor, at: datetime, folder: Path | None = None) -> LoadedMedicines:
    """Bring the shipped medicines to this pack's edition. Loading it again changes nothing.

    What says the same keeps its row; what says something else is retired and replaced; what the edition no longer
    has is retired. An older edition than the one loaded changes nothing. Raises `PackError` with all that is wrong,
    before anything is written.
    """
    if by.kind is not ActorKind.SYSTEM:
        raise NotAllowed("The shipped medicines are loaded by manage.py load_packs, not by a person.")
    file_name, content = read_pack(MEDICINES, folder)
    edition, rows = medicine_rows_of(content, file_name=file_name)
    try:
        return _load(rows, edition, file_name, by=by, at=at)
    except (IntegrityError, ValidationError):
        # Somebody else loaded them at the same time, and was first: now there is something to compare with.
        _, rows = medicine_rows_of(content, file_name=file_name)
        return _load(rows, edition, file_name, by=by, at=at)


@transaction.atomic
def _load(rows: list[MedicineRow], edition: str, file_name: str, *, by: Actor, at: datetime) -> LoadedMedicines:
    shipped = Medicine.objects.filter(clinic__isnull=True)
    present = {row.key: row for row in shipped.current().select_for_update().prefetch_related("strengths")}
    loaded = max(shipped.values_list("pack_version", flat=True).distinct(), key=_order, default="")
    if loaded and _order(edition) < _order(loaded):
        return LoadedMedicines(edition, newer=loaded)
    added = revised = kept = 0
    for row in rows:
        old = present.pop(row.medicine.key, None)
        if old is not None and content_of(old, strengths_of(old)) == content_of(row.medicine, row.strengths):
            kept += 1
            continue
        if old is None:
            added += 1
        else:
            revised += 1
            row.medicine.replaces, row.medicine.number = old, old.number + 1
            retire_row(old, by=by, at=at)
        write_medicine(row.medicine, row.strengths, by=by, at=at)
    for gone in present.values():
        retire_row(gone, by=by, at=at)
    if loaded == edition and (added or revised or present):
        # Raised inside the transaction, so nothing of this stays.
        raise PackError(
            [
                f"{file_name}, version: edition {edition} is loaded already and says something else. "
                "Give what has changed a new edition."
            ]
        )
    return LoadedMedicines(edition, added=added, revised=revised, retired=len(present), kept=kept)


def _order(edition: str) -> tuple[int, ...]:
    """Editions in the order of time: 2026-09, 2026-11, 2026-11.2."""
    return tuple(int(part) for part in edition.replace("-", ".").split(".") if part)
