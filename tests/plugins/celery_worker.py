"""The real Celery worker as a fixture, and its log beside the failure of a test that used it."""

import itertools
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.servers.celery_worker import running_worker
from tests.servers.process import end_of

LOG = pytest.StashKey[Path]()
_numbers = itertools.count(1)


@pytest.fixture
def celery_worker(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[str]:
    """Run a real worker on the test's database and on real Redis; return its node name.

    Its pool and its number of processes are those of the mark: `@pytest.mark.worker(pool="threads",
    concurrency=4)`; by default two processes. It lives through one test, sees what that test has committed,
    and is gone before the database is emptied. It sends mail to the server of `smtp_sink`.
    """
    from django.db import connection  # Django is ready only after this module is imported

    from gutclinic.celery import app

    mark = request.node.get_closest_marker("worker")
    if mark is None:
        pytest.fail("A test with the fixture celery_worker must be marked: @pytest.mark.worker")
    database = connection.settings_dict
    if connection.vendor != "postgresql":
        pytest.fail("The Celery worker's tests run on PostgreSQL: GUTCLINIC_TEST_DATABASE=postgresql")
    name = f"worker-{next(_numbers)}"
    log = Path(os.environ["GUTCLINIC_VAR"]) / f"{name}.log"
    request.node.stash[LOG] = log
    with running_worker(
        app,
        name=name,
        pool=mark.kwargs.get("pool", "prefork"),
        concurrency=mark.kwargs.get("concurrency", 2),
        database_url=f"postgresql://{database['USER']}@/{database['HOST']}/{database['NAME']}",
        log=log,
    ) as node:
        yield node


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the worker's last words with a failure."""
    report = yield
    if report.failed and LOG in item.stash:
        report.sections.append(("Celery worker", end_of(item.stash[LOG])))
    return report
