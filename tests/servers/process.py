"""Starting a server program, waiting until it answers, and stopping it."""

import os
import pwd
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import Signals
from typing import Any

STARTING_SECONDS = 60.0
STOPPING_SECONDS = 20.0
POLL_SECONDS = 0.02


class ServerError(Exception):
    """A server cannot be had; the message is a sentence for whoever runs the tests."""


def ordinary_user() -> dict[str, Any]:
    """Return the Popen arguments that make a child an ordinary user: none, unless this process is root.

    PostgreSQL refuses to run as root, and nothing else here has a reason to.
    """
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def give_to_ordinary_user(path: Path) -> None:
    """Let the user of `ordinary_user` write to a file or folder made by this process."""
    owner = ordinary_user()
    if owner:
        os.chown(path, owner["user"], owner["group"])


@contextmanager
def running_server(
    name: str,
    command: list[str | Path],
    *,
    folder: Path,
    answers: Callable[[], bool],
    stop_signal: Signals,
) -> Iterator[None]:
    """Run `command` in `folder` as an ordinary user until the block ends; enter it once `answers()` is true.

    Raises ServerError with the end of the server's log when it stops or stays silent.
    """
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **ordinary_user(),
        )
    try:
        deadline = time.monotonic() + STARTING_SECONDS
        while not answers():
            if process.poll() is not None:
                raise ServerError(f"{name} stopped while starting:\n{end_of(log)}")
            if time.monotonic() > deadline:
                raise ServerError(f"{name} did not answer within {STARTING_SECONDS:.0f} seconds:\n{end_of(log)}")
            time.sleep(POLL_SECONDS)
        yield
    finally:
        process.send_signal(stop_signal)
        try:
            process.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def end_of(log: Path, *, line_count: int = 40) -> str:
    """Return the last lines of a log file, or a word that there is none."""
    if not log.exists():
        return f"(no log at {log})"
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-line_count:])
