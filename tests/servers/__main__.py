"""Run the shared servers until standard input closes: `python -m tests.servers postgresql redis`.

Prints one JSON line once all of them answer: `{"folder", "postgresql", "redis"}` (the folder for everything
temporary, PostgreSQL's socket folder, Redis's port), or `{"error"}` with a sentence. The folder is removed
at the end.
"""

import json
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.servers.postgresql import running_postgresql
from tests.servers.process import ServerError, give_to_ordinary_user
from tests.servers.redis_server import running_redis


def main(names: list[str]) -> int:
    """Start the servers in `names`, wait, stop them. Returns the exit status."""
    # Whoever asked for the servers decides when they end, by closing our input; a Ctrl-C is theirs to handle.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Not the configured temporary folder: the path of a Unix socket must stay below 108 characters.
    folder = Path(tempfile.mkdtemp(prefix="gutclinic-test-", dir="/tmp"))
    give_to_ordinary_user(folder)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        ready: dict[str, str | int] = {"folder": str(folder)}
        try:
            if "postgresql" in names:
                ready["postgresql"] = str(stack.enter_context(running_postgresql(folder)))
            if "redis" in names:
                ready["redis"] = stack.enter_context(running_redis(folder))
        except ServerError as error:
            print(json.dumps({"error": str(error)}), flush=True)
            return 1
        print(json.dumps(ready), flush=True)
        sys.stdin.buffer.read()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
