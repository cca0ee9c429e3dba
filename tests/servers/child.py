"""A child that reports one JSON line when it is ready and ends when its standard input closes."""

import json
import subprocess
import sys
from typing import Any

from tests.servers.process import STOPPING_SECONDS, ServerError


class Child:
    """`python -m module arguments…`, started on construction; `report` is the JSON object it printed.

    Raises ServerError with the child's own sentence, or when it ended without one. If this process dies
    without calling `stop`, the kernel closes the child's input and the child ends all the same.
    """

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Ctrl-C in a terminal reaches a whole session; the servers must outlive the tests' own tidying
            # up.
            start_new_session=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.stop()
            raise ServerError(f"{module} ended without a word (status {self._process.returncode}).")
        self.report: dict[str, Any] = json.loads(line)
        if "error" in self.report:
            self.stop()
            raise ServerError(self.report["error"])

    def stop(self) -> None:
        """Close the child's input and wait until it has tidied up."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(2 * STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
