"""Loading the shipped packs into a clinic, as drafts that a clinician of the clinic publishes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from django.db import transaction

from clinics.actor import Actor, ActorKind, require
from clinics.models import Clinic
from clinics.roles import Act
from protocols.models import ProtocolTemplate, TemplateVersion, VersionStatus
from protocols.services.pack_catalogue import link_orders
from protocols.services.pack_files import (
    PackError,
    available_packs,
    packs_fingerprint,
    read_pack,
)
from protocols.services.pack_rows import PackRows, rows_of
from protocols.services.templates import next_number

__all__ = [
    "LoadStatus",
    "Loaded",
    "PackError",
    "available_packs",
    "load_pack",
    "packs_fingerprint",
]


class LoadStatus(StrEnum):
    CREATED = "created"
    PRESENT = "present"
    DRAFT_KEPT = "draft-kept"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a pack did, and the version it concerns."""

    status: LoadStatus
    version: TemplateVersion
    """The new draft; the version that has this edition already; or the draft that is in the way."""
    pack_version: str

    def __str__(self) -> str:
        if self.status is LoadStatus.CREATED:
            return f"{self.version} is a new draft, from edition {self.pack_version}"
        if self.status is LoadStatus.PRESENT:
            return f"edition {self.pack_version} is there already, as {self.version}"
        return (
            f"edition {self.pack_version} is waiting: {self.version} is still a draft. Publish or delete it, "
            "then load again"
        )


def load_pack(pack_key: str, *, clinic: Clinic, by: Actor, at: datetime, folder: Path | None = None) -> Loaded:
    """Write this pack's edition into the clinic as a draft, unless it is there. What exists is never changed.

    An edition that any version of the clinic's template came from is there, so loading again does nothing. A
    draft is never overwritten, whoever wrote it: the edition waits until that one is published or deleted.
    What its orders name of the catalogue has to be loaded already. Raises `PackError` with all that is wrong with the
    file, before anything is written, and `NotAllowed`.
    """
    if by.kind is not ActorKind.SYSTEM:
        require(by, Act.PUBLISH_TEMPLATE, clinic=clinic)
    file_name, content = read_pack(pack_key, folder)
    rows = rows_of(content, pack_key=pack_key, file_name=file_name)
    edition = rows.version.pack_version
    with transaction.atomic():
        ProtocolTemplate.objects.get_or_create(clinic=clinic, pack=pack_key, defaults={"title": rows.template.title})
        # Two loads at once take turns here, and the second finds what the first has written.
        template = ProtocolTemplate.objects.select_for_update().get(clinic=clinic, pack=pack_key)
        present = template.versions.filter(pack_version=edition).first()
        if present is not None:
            return Loaded(LoadStatus.PRESENT, present, edition)
        draft = template.versions.filter(status=VersionStatus.DRAFT.value).first()
        if draft is not None:
            return Loaded(LoadStatus.DRAFT_KEPT, draft, edition)
        link_orders(rows.links, file_name=file_name)
        return Loaded(LoadStatus.CREATED, _write(rows, template, by=by, at=at), edition)


def _write(rows: PackRows, template: ProtocolTemplate, *, by: Actor, at: datetime) -> TemplateVersion:
    version = rows.version
    version.template = template
    version.number = next_number(template)
    version.created_at = at
    version.created_by_kind = by.kind.value
    version.created_by_code = by.code
    version.save()
    for row in [*rows.phases, *rows.criteria, *rows.orders]:
        row.save()
    return version
