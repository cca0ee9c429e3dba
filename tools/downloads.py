"""Programs for the tests that no Python package installs: fetched once, checked, kept below `.cache/`."""

import base64
import hashlib
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

CACHE = Path(__file__).resolve().parent.parent / ".cache"


class DownloadError(Exception):
    """A program cannot be had; the message is a sentence for whoever runs the command."""


def keep(
    name: str,
    *,
    integrity: str,
    fetch: Callable[[Path], Path],
    unpack: Callable[[Path, Path], None],
) -> Path:
    """Return `.cache/<name>`, which holds what the archive with this `integrity` unpacks to.

    `integrity` is an algorithm and a base64 digest (`sha512-…`). `fetch(folder)` downloads the archive into
    a folder and returns its path; `unpack(archive, folder)` writes its contents. Neither runs if the folder
    is there already, and a half-finished one is never left. Raises DownloadError if the archive is not the
    expected one.
    """
    target = CACHE / name
    stamp = target / "integrity"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == integrity:
        return target
    if platform.machine() != "x86_64":
        raise DownloadError(f"The tests' {name} exists for x86-64 only; this machine is {platform.machine()}.")
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as temporary:
        archive = fetch(Path(temporary))
        check_integrity(archive, integrity)
        unpacked = Path(temporary) / "unpacked"
        unpacked.mkdir()
        unpack(archive, unpacked)
        (unpacked / "integrity").write_text(integrity, encoding="utf-8")
        if target.exists():
            shutil.rmtree(target)
        unpacked.rename(target)
    return target


def check_integrity(archive: Path, integrity: str) -> None:
    """Raise DownloadError unless the file has this digest."""
    algorithm, _, expected = integrity.partition("-")
    with archive.open("rb") as content:
        actual = base64.b64encode(hashlib.file_digest(content, algorithm).digest()).decode()
    if actual != expected:
        raise DownloadError(f"{archive.name} is not the archive that was pinned: {algorithm} {actual}, not {expected}.")


def run(fetch: Callable[[], Path]) -> int:
    """Run one download as a command: print where it is or what went wrong; return the exit status."""
    try:
        print(f"ready: {fetch().relative_to(CACHE.parent)}")
    except DownloadError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
