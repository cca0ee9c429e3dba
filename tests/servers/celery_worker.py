"""A real Celery worker as a process of its own, on the databases of the test that asks for it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from celery import Celery

from tests.servers.process import STARTING_SECONDS, STOPPING_SECONDS, ServerError, end_of

ANSWER_SECONDS = 0.5


@contextmanager
def running_worker(
    app: Celery, *, name: str, pool: str, concurrency: int, database_url: str, log: Path
) -> Iterator[str]:
    """Run a worker of `app` until the block ends; enter it once the worker answers. Yields its node name.

    `pool` is Celery's (`prefork`, `threads`, `solo`). Messages left in the queue by others are removed
    first. The worker reads this process's environment, with another database. Raises ServerError with the
    end of `log`.
    """
    node = f"{name}@localhost"
    app.control.purge()
    # If this process is killed, the worker ends too instead of looking for its broker for ever.
    command = ["setpriv", "--pdeathsig", "TERM", sys.executable, "-m", "celery", "--app", "gutclinic.celery"]
    command += ["worker", "--hostname", node, "--pool", pool, "--concurrency", str(concurrency)]
    # With one worker there is nobody to meet, and meeting takes a second.
    command += ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env={**os.environ, "DATABASE_URL": database_url},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + STARTING_SECONDS
        while not app.control.ping(destination=[node], timeout=ANSWER_SECONDS):
            if process.poll() is not None:
                raise ServerError(f"The Celery worker stopped while starting:\n{end_of(log)}")
            if time.monotonic() > deadline:
                raise ServerError(f"The Celery worker did not answer:\n{end_of(log)}")
        yield node
    finally:
        # A warm shutdown: what is running is finished.
        process.terminate()
        try:
            process.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
