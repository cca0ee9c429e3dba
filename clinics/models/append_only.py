"""Rows that are only ever added: the model refuses any later change, and on PostgreSQL a trigger does too."""

from typing import Any

from django.db import models


class AppendOnly(Exception):
    """Somebody tried to change history."""

    def __init__(self) -> None:
        super().__init__("History is only ever added to.")


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """What is done to many rows at once, which their model does not see."""

    def update(self, **kwargs: Any) -> int:
        raise AppendOnly

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly

    def bulk_update(self, objs: Any, fields: Any, batch_size: int | None = None) -> int:
        raise AppendOnly


class AppendOnlyModel(models.Model):
    """A row that is written once.

    Each such model has a manager built on `AppendOnlyQuerySet`, and a trigger in its app's second migration.
    """

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly
