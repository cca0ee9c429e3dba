"""Celery workers and beats as processes of their own, which can be killed like any other."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.servers.process import STARTING_SECONDS, STOPPING_SECONDS, ServerError, end_of

ANSWER_SECONDS: Final = 0.5


class CeleryProcess:
    """One `celery worker` or `celery beat` with all its children, on the settings of this process.

    environment: what it is told beside them.
    """

    def __init__(self, name: str, *arguments: str, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.name = name
        self._environment = dict(environment or {})
        self.log = folder / f"{name}.log"
        self._command = [
            # If this process is killed, these end too instead of looking for their broker for ever.
            *("setpriv", "--pdeathsig", "TERM"),
            *(sys.executable, "-m", "celery", "--app", "gutclinic.celery", *arguments),
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it may not yet listen when this returns."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self._environment},
                start_new_session=True,
            )

    @property
    def is_running(self) -> bool:
        """Whether it has not ended by itself."""
        return self._process is not None and self._process.poll() is None

    @property
    def children(self) -> list[int]:
        """The processes that do the work."""
        assert self._process is not None
        listed = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [int(pid) for pid in listed.read_text().split()] if listed.exists() else []

    def kill(self) -> None:
        """`kill -9` of all of it at once: nothing is finished."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def stop(self) -> None:
        """Ask it to end; what it does now is finished."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


def worker(name: str, *, concurrency: int, folder: Path, environment: Mapping[str, str] | None = None) -> CeleryProcess:
    """A worker with so many processes, which knows the tasks of `tools.reminder_load` too."""
    return CeleryProcess(
        name,
        *("worker", "--hostname", f"{name}@localhost", "--concurrency", str(concurrency)),
        *("--include", "tools.reminder_load.tasks", "--loglevel", "WARNING"),
        *("--without-gossip", "--without-mingle"),
        folder=folder,
        environment=environment,
    )


def beat(name: str, *, folder: Path) -> CeleryProcess:
    """A beat with a schedule file of its own, so that several may run."""
    return CeleryProcess(
        name,
        *("beat", "--pidfile", "", "--schedule", str(folder / f"{name}-schedule"), "--loglevel", "WARNING"),
        folder=folder,
    )


def wait_for(process: CeleryProcess) -> None:
    """Return once this worker answers. Raises ServerError with the end of its log."""
    from gutclinic.celery import app

    deadline = time.monotonic() + STARTING_SECONDS
    while not app.control.ping(destination=[f"{process.name}@localhost"], timeout=ANSWER_SECONDS):
        if not process.is_running or time.monotonic() > deadline:
            raise ServerError(f"The Celery worker does not answer:\n{end_of(process.log)}")


def peak_memory(pids: list[int]) -> float:
    """The most that any of these processes has held in memory at once, in MiB."""
    return max((_peak_of(pid) for pid in pids), default=0) / 1024


def _peak_of(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
