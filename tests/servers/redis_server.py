"""A real Redis on a free loopback port, keeping nothing on disk."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM

import redis

from tests.servers.process import ServerError, give_to_ordinary_user, running_server
from tools.downloads import DownloadError
from tools.fetch_redis import redis_program

# Two for every process that runs tests: one for the cache, one for the queue.
DATABASES = 64
PROGRAM = "redis-server"


@contextmanager
def running_redis(folder: Path) -> Iterator[int]:
    """Run Redis in a folder below `folder`; yield its port."""
    port = free_port()
    with serving_redis(prepare_redis(folder), port=port):
        yield port


def prepare_redis(folder: Path) -> Path:
    """Make a folder for Redis below `folder`. It may be served, stopped and served again: then it is empty."""
    home = folder / "redis"
    home.mkdir()
    give_to_ordinary_user(home)
    try:
        # A copy, because the ordinary user who runs it may not be able to reach the original.
        shutil.copy(redis_program(), home / PROGRAM)
    except DownloadError as error:
        raise ServerError(str(error)) from error
    return home


@contextmanager
def serving_redis(home: Path, *, port: int) -> Iterator[None]:
    """Run Redis in its folder on this port until the block ends."""
    program = home / PROGRAM
    command: list[str | Path] = [program, "--port", str(port), "--bind", "127.0.0.1"]
    command += ["--databases", str(DATABASES), "--save", "", "--appendonly", "no", "--dir", home]
    with running_server("Redis", command, folder=home, answers=lambda: _answers(port), stop_signal=SIGTERM):
        yield


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    try:
        with redis.Redis(port=port, socket_timeout=5) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False
