"""What medicines and supplements have in common when they are written: a row never changes, it is replaced."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeVar

from clinics.actor import Actor, require
from clinics.roles import Act
from protocols.models.catalogue_rows import CatalogueItem

Item = TypeVar("Item", bound=CatalogueItem)


class CatalogueRefused(Exception):
    """As things stand this cannot be done; nothing was written."""


def sign_row(item: CatalogueItem, *, by: Actor, at: datetime) -> None:
    """Who entered it, and when."""
    item.created_at, item.created_by_kind, item.created_by_code = at, by.kind.value, by.code


def retire_row(item: CatalogueItem, *, by: Actor, at: datetime) -> None:
    """Whoever calls has asked who may, and has locked the row."""
    item.retired_at, item.retired_by_kind, item.retired_by_code = at, by.kind.value, by.code
    item.save(update_fields=["retired_at", "retired_by_kind", "retired_by_code"])


def own_and_current(item: Item, *, by: Actor, refused: type[CatalogueRefused]) -> Item:
    """The row as stored and locked, after asking whether this actor may change it and whether it still stands.

    Raises `NotAllowed`, and `refused` for a shipped or a retired row.
    """
    if item.clinic is None:
        raise refused(
            f"This {item._meta.verbose_name} is shipped with gutclinic, for every clinic. Add one of your own if "
            "yours is different."
        )
    require(by, Act.PUBLISH_TEMPLATE, clinic=item.clinic)
    stored: Item = type(item)._default_manager.select_for_update(of=("self",)).select_related("clinic").get(pk=item.pk)
    if stored.is_retired:
        raise refused("This version is retired already. Open the list: what is offered now stands there.")
    return stored


def only_known(facts: Mapping[str, Any], known: Collection[str], *, of: str) -> dict[str, Any]:
    """The facts as they are; `TypeError` for one that such a row does not have, a mistake of the program."""
    if unknown := sorted(set(facts) - set(known)):
        raise TypeError(f"A {of} has no such facts: {', '.join(unknown)}.")
    return dict(facts)
