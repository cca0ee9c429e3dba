"""The shipped catalogue as a whole: medicines and supplements."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from clinics.actor import Actor
from protocols.services.catalogue_pack import LoadedEdition
from protocols.services.medicine_pack import load_medicines
from protocols.services.pack_files import PackError
from protocols.services.supplement_pack import load_supplements

CATALOGUE_LOADERS: Final[Mapping[str, Callable[..., LoadedEdition]]] = {
    "medicines": load_medicines,
    "supplements": load_supplements,
}
"""What loads each half, by its name: load(by=, at=)."""


def load_catalogue(*, by: Actor, at: datetime) -> list[str]:
    """Bring both halves to the shipped editions; a line each that says what was done.

    Both or none: a protocol is linked to the two of them. Raises `PackError` with what is wrong in either.
    """
    said: list[str] = []
    problems: list[str] = []
    with transaction.atomic():
        for what, load in CATALOGUE_LOADERS.items():
            try:
                said.append(f"{what}: {load(by=by, at=at)}")
            except PackError as error:
                problems += error.problems
        if problems:
            raise PackError(problems)
    return said
