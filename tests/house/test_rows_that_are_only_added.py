"""What is only ever added cannot be changed: not row by row, not by the hundred, not in the database itself."""

import pytest
from django.apps import apps
from django.db import connection

from clinics.models.append_only import AppendOnlyModel, AppendOnlyQuerySet

MODELS = [model for model in apps.get_models() if issubclass(model, AppendOnlyModel)]


def test_there_are_such_tables() -> None:
    assert "PrescriberConfirmation" in {model.__name__ for model in MODELS}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_its_managers_refuse_changes_of_many_rows(model: type[AppendOnlyModel]) -> None:
    for manager in model._meta.managers:
        assert isinstance(manager.get_queryset(), AppendOnlyQuerySet), f"{manager} is not built on AppendOnlyQuerySet."


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_its_table_has_a_trigger_on_postgresql(db: None, model: type[AppendOnlyModel]) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
                [model._meta.db_table],
            )
            assert cursor.fetchone()[0] > 0, f"{model._meta.db_table} has no trigger that refuses changes."
