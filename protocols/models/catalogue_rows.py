"""What all rows of the catalogue have in common: they never change, because tapers were drawn up from them."""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from protocols.domain.amount import Amount, AmountError, Unit


class CatalogueFrozen(Exception):
    """Somebody tried to change a row of the catalogue."""

    def __init__(self) -> None:
        super().__init__("A medicine of the catalogue never changes: tapers were drawn up from it. Revise it instead.")


class CatalogueQuerySet(models.QuerySet[Any]):
    """Rows that are neither changed nor deleted, not many at once either."""

    def update(self, **kwargs: Any) -> int:
        raise CatalogueFrozen

    def delete(self) -> tuple[int, dict[str, int]]:
        raise CatalogueFrozen


class CatalogueRow(models.Model):
    """Written once. On PostgreSQL a trigger says the same to whoever goes round the model."""

    written_later: ClassVar[frozenset[str]] = frozenset()
    """The columns that are written a second time, and that once: those that say that a row was retired."""

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if not self._state.adding and not (update_fields and set(update_fields) <= self.written_later):
            raise CatalogueFrozen
        super().save(*args, update_fields=update_fields, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise CatalogueFrozen


def labelled(enum: type[StrEnum]) -> list[tuple[str, str]]:
    """Like `choices`, with the words that each member has for itself."""
    return [(member.value, member.label) for member in enum]  # type: ignore[attr-defined]


def check_amount(field: str, value: Decimal, unit: str) -> None:
    """Raise a `ValidationError` at this field unless it is an amount."""
    try:
        Amount(value, Unit(unit))
    except AmountError as error:
        raise ValidationError({field: str(error)}) from error
