"""Fetch the browser of the tests: `.venv/bin/python -m tools.fetch_browser`.

A headless Chromium with the libraries and fonts that a bare Debian lacks, out of an npm package. npm's own
settings say where that comes from; the digest says that it is the right one.
"""

import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import brotli

from tools.downloads import CACHE, DownloadError, keep, run

PACKAGE = "@sparticuz/chromium@153.0.0"
INTEGRITY = "sha512-jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
FOLDER = CACHE / "browser"
# Only the fonts that came along, so that a page looks the same on every machine.
FONTS_CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""


def fetch_browser() -> Path:
    """Return the folder that holds `chromium`, its libraries and its fonts."""
    return keep("browser", integrity=INTEGRITY, fetch=_download, unpack=_unpack)


def browser_program() -> Path:
    """Return the path of the fetched program. Raises DownloadError, naming what is missing."""
    program = FOLDER / "chromium"
    if not program.exists():
        raise DownloadError(f"The browser is missing: there is no {program}. Run `make install`.")
    return program


def browser_environment() -> dict[str, str]:
    """Return the environment the program needs to find its own libraries and fonts."""
    return {
        **os.environ,
        "LD_LIBRARY_PATH": str(FOLDER / "lib"),
        "FONTCONFIG_FILE": str(FOLDER / "fonts.conf"),
    }


def _download(folder: Path) -> Path:
    # The machine's own npm first: it is the one that was told which registry to use.
    npm = shutil.which("npm") or shutil.which("npm", path=Path(sys.executable).parent)
    if npm is None:
        raise DownloadError("The browser cannot be fetched: there is no npm. Run `make install`.")
    command = [npm, "pack", "--silent", f"--pack-destination={folder}", PACKAGE]
    environment = {
        **os.environ,
        "PATH": f"{Path(npm).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }
    packed = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    archives = list(folder.glob("*.tgz"))
    if packed.returncode != 0 or len(archives) != 1:
        raise DownloadError(f"The browser cannot be fetched: npm could not download {PACKAGE}.\n{packed.stderr}")
    return archives[0]


def _unpack(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as package:
        for name in ("al2023.tar.br", "fonts.tar.br", "swiftshader.tar.br"):
            with tarfile.open(fileobj=io.BytesIO(_decompressed(package, name))) as part:
                # Python 3.11 has no filters before 3.11.4; the digest has vouched for the contents.
                part.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
                part.extractall(folder)
        (folder / "fonts.conf").write_text(FONTS_CONFIGURATION, encoding="utf-8")
        program = folder / "chromium"
        program.write_bytes(_decompressed(package, "chromium.br"))
    program.chmod(0o755)


def _decompressed(package: tarfile.TarFile, name: str) -> bytes:
    content = package.extractfile(f"package/bin/{name}")
    if content is None:
        raise DownloadError(f"The browser's package holds no {name}.")
    with content:
        decompressed: bytes = brotli.decompress(content.read())
        return decompressed


if __name__ == "__main__":
    sys.exit(run(fetch_browser))
