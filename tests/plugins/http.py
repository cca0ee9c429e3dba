"""The real HTTP server as a fixture, started when a test first asks for it."""

from collections.abc import Iterator

import pytest

from tests.servers.child import Child
from tests.servers.http_outbox import HttpOutbox


@pytest.fixture(scope="session")
def _http_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpOutbox]:
    folder = tmp_path_factory.mktemp("http")
    server = Child("tests.servers.http_sink", str(folder))
    yield HttpOutbox(folder, **server.report)
    server.stop()


@pytest.fixture
def http_sink(_http_server: HttpOutbox) -> HttpOutbox:
    """Return the server's requests, empty and accepting."""
    _http_server.clear()
    return _http_server
