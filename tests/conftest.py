"""The plugins of the tests that use Django; `tests.plugins.services` comes before all: see pyproject.toml."""

import pytest

pytest_plugins = [
    "tests.fixtures.personae",
    "tests.fixtures.medicines",
    "tests.fixtures.supplements",
    "tests.fixtures.sending",
    "tests.fixtures.reaching",
    "tests.fixtures.tapers",
    "tests.fixtures.lives",
    "tests.plugins.browser",
    "tests.plugins.celery_worker",
    "tests.plugins.http",
    "tests.plugins.mail",
    "tests.plugins.no_skips",
    "tests.plugins.properties",
    "tests.plugins.remembering",
]


@pytest.fixture(scope="session")
def base_url() -> None:
    """Replace pytest-playwright's own, about which pytest 9 warns: `make_page` knows the address.

    It stands here because only a conftest comes after the plugin that is registered last.
    """
