"""manage.py demo: a clinic with people in it, on this machine, until Ctrl-C."""

import fcntl
import os
import shutil
import socket
import sys
import tempfile
import time
from argparse import SUPPRESS
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from clinics.actor import for_system
from gutclinic.demo.children import ChildEnded, Children
from gutclinic.demo.database import build_database, why_build
from gutclinic.demo.ending import Ending, Stopped
from gutclinic.demo.environment import HOST, demonstration_environment
from gutclinic.demo.programs import programs
from gutclinic.demo.trial import try_out
from gutclinic.demo.walking import TrialFailed
from gutclinic.demo.welcome import welcome

DEFAULT_PORT = 8000
SWEEP_SECONDS = 10
SWEEP_SECONDS_IN_A_CHECK = 2


class Command(BaseCommand):
    help = "Bring up a demonstration: a clinic with Angela and others in it, its pages, and its messages."
    # They run in `handle`, with the settings of the demonstration.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, help=f"Serve on this port; {DEFAULT_PORT} unless said.")
        parser.add_argument(
            "--check",
            action="store_true",
            help="Try the main job out on a clinic of its own, and stop; the status tells.",
        )
        parser.add_argument("--in-its-environment", action="store_true", help=SUPPRESS)

    def handle(self, *args: Any, port: int | None, check: bool, in_its_environment: bool, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demonstration shows sign-in codes, so it does not run in production.")
        if port is None or not in_its_environment:
            self._start_again(port=port, check=check)
        ending = Ending()
        ending.listen()
        try:
            self.check()
            with self._alone():
                self._run(port, check=check, ending=ending)
        except Stopped as stopped:
            if check:
                raise CommandError("Stopped before everything was tried. Nothing is left running.") from stopped
            self._farewell("Nothing is left running.")
        except (ChildEnded, TrialFailed) as problem:
            raise CommandError(str(problem)) from problem
        finally:
            if check:
                shutil.rmtree(settings.VAR_DIR, ignore_errors=True)

    def _start_again(self, *, port: int | None, check: bool) -> NoReturn:
        """Become the same command with the environment of the demonstration: settings are read only once."""
        port = _free_port(port if port is not None or check else DEFAULT_PORT)
        folder = Path(tempfile.mkdtemp(prefix="gutclinic-check-")) if check else settings.VAR_DIR / "demo"
        seconds = SWEEP_SECONDS_IN_A_CHECK if check else SWEEP_SECONDS
        environment = demonstration_environment(os.environ, folder=folder, port=port, sweep_seconds=seconds)
        again = [str(settings.BASE_DIR / "manage.py"), "demo", f"--port={port}", "--in-its-environment"]
        os.execve(sys.executable, [sys.executable, *again, *(["--check"] if check else [])], environment)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else uses this folder meanwhile: rebuilding would take the database away from under their feet."""
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        with (settings.VAR_DIR / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise CommandError(
                    "The demonstration runs already. End it first, with Ctrl-C where it runs."
                ) from error
            yield

    def _run(self, port: int, *, check: bool, ending: Ending) -> None:
        began = time.monotonic()
        why = why_build(at=timezone.now())
        if why:
            self.stdout.write(f"{why} It is built now: half a year of a clinic’s life, in about half a minute …")
            build_database(system=for_system(), at=timezone.now())
        for folder in ("queue", "control"):
            # What a former run has left. Rows are the truth, so nothing is lost with it.
            shutil.rmtree(settings.VAR_DIR / folder, ignore_errors=True)
            (settings.VAR_DIR / folder).mkdir()
        (settings.VAR_DIR / "outbox").mkdir(exist_ok=True)
        with Children(logs=settings.VAR_DIR / "log", ending=ending) as children:
            try:
                children.start(programs(port=port))
                self.stdout.write(f"Ready after {time.monotonic() - began:.1f} s.")
                if check:
                    try_out(settings.PUBLIC_URL, tell=self.stdout.write, watch=children.check)
                    return
                self.stdout.write(welcome(settings.PUBLIC_URL))
                while True:
                    children.check()
                    time.sleep(0.5)
            except Stopped:
                self._farewell("\nEnding web, worker and beat; this takes a few seconds …")
                raise
            except TrialFailed as failed:
                raise TrialFailed(f"{failed}\n{children.last_words()}") from failed

    def _farewell(self, words: str) -> None:
        """Say this, unless the terminal is gone."""
        with suppress(OSError):
            self.stdout.write(words)


def _free_port(wanted: int | None) -> int:
    """The wanted port, or any that is free. Raises CommandError if the wanted one cannot be had."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, wanted or 0))
            found: int = probe.getsockname()[1]
            return found
    except OverflowError as error:
        raise CommandError(f"{wanted} is no port. Choose a number from 1024 to 65535.") from error
    except PermissionError as error:
        raise CommandError(f"Port {wanted} is reserved. Choose a number from 1024 to 65535.") from error
    except OSError as error:
        raise CommandError(
            f"Port {wanted} is taken, by another program or by a demonstration that still runs. "
            f"Choose another one: make demo ARGS=--port={(wanted or 0) + 1}"
        ) from error
