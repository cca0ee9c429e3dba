"""Processes that are started together, watched, and ended together, so that none is left over."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from django.conf import settings

from gutclinic.demo.ending import Ending

READY_WITHIN_SECONDS: Final = 90
GRACE_SECONDS: Final = 15
# Nothing outlives SIGKILL, but a machine may be slow to take note.
KILLED_WITHIN_SECONDS: Final = 5
LAST_LINES: Final = 25
# Linux: send this process a signal when its parent ends (PR_SET_PDEATHSIG in prctl(2)).
WHEN_THE_PARENT_ENDS: Final = 1


class ChildEnded(Exception):
    """A process ended, or did not get ready, on its own. The text says which and shows the end of its log."""


@dataclass(frozen=True, slots=True)
class Program:
    """What one process runs. arguments: those of `python -m`. is_ready: asked with the path of its log."""

    name: str
    arguments: Sequence[str]
    is_ready: Callable[[Path], bool]


class Child:
    """One process in a group of its own, with what it says in a file.

    The group is its own so that Ctrl-C reaches the parent alone, which then ends everything in order; a process that
    a child has started, such as beat, belongs to that child's group and ends with it.
    """

    def __init__(self, program: Program, *, logs: Path) -> None:
        self.name = program.name
        self._program = program
        self._log = logs / f"{program.name}.log"
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *program.arguments],
                cwd=settings.BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_the_parent if sys.platform == "linux" else None,
            )

    @property
    def is_ready(self) -> bool:
        return self._program.is_ready(self._log)

    @property
    def status(self) -> int | None:
        """The exit status; None while it runs."""
        return self._process.poll()

    @property
    def is_gone(self) -> bool:
        """Whether nothing of the group is left."""
        self._process.poll()
        try:
            os.killpg(self._process.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def tell(self, what: signal.Signals) -> None:
        """Send this signal to every process of the group that is left."""
        try:
            os.killpg(self._process.pid, what)
        except ProcessLookupError:
            return

    def last_words(self) -> str:
        """The end of its log."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        end = "\n".join(f"    {line}" for line in lines[-LAST_LINES:]) or "    (nothing)"
        return f"The end of {self._log.name}:\n{end}"


class Children:
    """All of them. Used as a context: whatever ends it, they are ended too."""

    def __init__(self, *, logs: Path, ending: Ending) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._ending = ending
        self._children: list[Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self, programs: Sequence[Program]) -> None:
        """Start them all, and return once all are ready. Raises `ChildEnded`."""
        with self._ending.later():
            for program in programs:
                self._children.append(Child(program, logs=self._logs))
        give_up_at = time.monotonic() + READY_WITHIN_SECONDS
        while waiting := [child for child in self._children if not child.is_ready]:
            self.check()
            if time.monotonic() > give_up_at:
                raise ChildEnded(_report(waiting[0], f"did not get ready within {READY_WITHIN_SECONDS} seconds"))
            time.sleep(0.1)

    def check(self) -> None:
        """Raise `ChildEnded` if one of them is no longer there."""
        for child in self._children:
            if child.status is not None:
                raise ChildEnded(_report(child, f"ended by itself, with status {child.status}"))

    def last_words(self) -> str:
        """The ends of all their logs."""
        return "\n".join(child.last_words() for child in self._children)

    def stop(self) -> None:
        """End them all, politely first. Returns when nothing is left."""
        for child in self._children:
            child.tell(signal.SIGTERM)
        self._wait(GRACE_SECONDS)
        for child in self._children:
            child.tell(signal.SIGKILL)
        self._wait(KILLED_WITHIN_SECONDS)
        self._children.clear()

    def _wait(self, seconds: float) -> None:
        """Until all are gone, or so long."""
        give_up_at = time.monotonic() + seconds
        while any(not child.is_gone for child in self._children) and time.monotonic() < give_up_at:
            time.sleep(0.05)


def _end_with_the_parent() -> None:
    """Runs in the new process: a parent that is killed outright cannot end anybody any more."""
    _C_LIBRARY.prctl(WHEN_THE_PARENT_ENDS, signal.SIGTERM)


# Loaded here, since little may be done between fork and exec.
_C_LIBRARY = ctypes.CDLL(None)


def _report(child: Child, what: str) -> str:
    return f"The process “{child.name}” {what}. {child.last_words()}"
