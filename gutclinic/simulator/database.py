"""A database for one run: made as the test runner makes one, on the configured engine, and dropped afterwards."""

import copy
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import override_settings


@contextmanager
def own_database() -> Iterator[None]:
    """Everything inside talks to a new, empty, migrated database; the configured one is not even opened.

    SQLite runs in memory. On PostgreSQL the database carries this process's number in its name, so two runs at once
    do not meet; the user must be allowed to create databases, as for the tests.
    """
    configured = connections[DEFAULT_DB_ALIAS]
    configured_name = settings.DATABASES[DEFAULT_DB_ALIAS]["NAME"]
    values = copy.deepcopy(configured.settings_dict)
    values["TEST"]["NAME"] = _name(configured.vendor)
    # A connection of its own: the configured one may be in the middle of a transaction.
    own = type(configured)(values, DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = own
    try:
        # With DEBUG Django would remember every query.
        with override_settings(DEBUG=False):
            own.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            try:
                yield
            finally:
                own.creation.destroy_test_db(configured_name, verbosity=0)
                # Django never closes a database in memory, and with the last connection it goes.
                BaseDatabaseWrapper.close(own)
    finally:
        connections[DEFAULT_DB_ALIAS] = configured


def _name(vendor: str) -> str:
    name = f"gutclinic_simulation_{os.getpid()}"
    return f"file:{name}?mode=memory&cache=shared" if vendor == "sqlite" else name
