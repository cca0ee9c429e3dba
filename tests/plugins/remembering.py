"""Tells fixtures that are `@remembered` how the database of their test came about: `tests/fixtures/remembered.py`."""

from collections.abc import Generator, Iterator
from typing import Any

import pytest

from tests.fixtures.remembered import Setting, Step

READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET", "PRAGMA", "EXPLAIN")
# Kept for a while beside the rows: attempts that are counted, and who is signed in.
BESIDE = ('"django_cache"', '"django_session"', 'UPDATE "clinics_user" SET "last_login"')
PATCHING = ("monkeypatch", "settings")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    Setting.now, Setting.patching = None, []
    yield
    # What the test itself asks for comes into a database that it may have written to.
    Setting.now = None


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
    value = yield
    if fixturedef.argname in PATCHING:
        Setting.patching.append(value)
    return value


@pytest.fixture(autouse=True)
def database_as_it_came_about(request: pytest.FixtureRequest) -> Iterator[None]:
    """Begin with the empty database, and see whatever is written to it until the test begins."""
    if not {"db", "_django_db_helper"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("_django_db_helper")
    from django.db import connection  # Django is ready only after this module is imported

    if Setting.empty is None:
        Setting.empty = Step()
    Setting.now = Setting(Setting.empty)
    with connection.execute_wrapper(see_writing):
        yield
    Setting.now = None


def see_writing(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    setting = Setting.now
    if setting is not None and not setting.is_making and not sql.lstrip().upper().startswith(READS):
        setting.step = setting.step if any(table in sql for table in BESIDE) else None
    return execute(sql, params, many, context)
