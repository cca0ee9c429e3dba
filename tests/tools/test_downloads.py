"""A fetched program is the one that was pinned, or there is none."""

import base64
import hashlib
from pathlib import Path

import pytest

from tools import downloads
from tools.downloads import DownloadError, keep

CONTENT = b"a program"
INTEGRITY = "sha512-" + base64.b64encode(hashlib.sha512(CONTENT).digest()).decode()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(downloads, "CACHE", tmp_path)
    return tmp_path


class Source:
    """Stands for a registry: hands out the content and counts how often it was asked."""

    def __init__(self, content: bytes = CONTENT) -> None:
        self.content = content
        self.times_asked = 0

    def fetch(self, folder: Path) -> Path:
        self.times_asked += 1
        archive = folder / "archive"
        archive.write_bytes(self.content)
        return archive


def _unpack(archive: Path, folder: Path) -> None:
    (folder / "program").write_bytes(archive.read_bytes())


def test_a_program_is_fetched_once(cache: Path) -> None:
    source = Source()
    for _ in range(2):
        assert keep("browser", integrity=INTEGRITY, fetch=source.fetch, unpack=_unpack) == cache / "browser"
    assert source.times_asked == 1
    assert (cache / "browser" / "program").read_bytes() == CONTENT


def test_another_archive_is_refused_and_nothing_is_left(cache: Path) -> None:
    with pytest.raises(DownloadError, match="archive is not the archive that was pinned: sha512"):
        keep("browser", integrity=INTEGRITY, fetch=Source(b"an imposter").fetch, unpack=_unpack)
    assert list(cache.iterdir()) == []


def test_a_newly_pinned_archive_replaces_the_old_one(cache: Path) -> None:
    keep("browser", integrity=INTEGRITY, fetch=Source().fetch, unpack=_unpack)
    newer = b"a newer program"
    digest = "sha256-" + base64.b64encode(hashlib.sha256(newer).digest()).decode()
    keep("browser", integrity=digest, fetch=Source(newer).fetch, unpack=_unpack)
    assert (cache / "browser" / "program").read_bytes() == newer


def test_what_breaks_off_half_way_leaves_nothing(cache: Path) -> None:
    def breaks_off(archive: Path, folder: Path) -> None:
        _unpack(archive, folder)
        raise DownloadError("The disk is full.")

    with pytest.raises(DownloadError, match="The disk is full"):
        keep("browser", integrity=INTEGRITY, fetch=Source().fetch, unpack=breaks_off)
    assert list(cache.iterdir()) == []
