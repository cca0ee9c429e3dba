"""Finding packs, reading them, and noticing that one has changed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from protocols.services.pack_files import PackError, available_packs, packs_fingerprint, read_pack
from tests.protocols.conftest import SMALL_PACK


def test_a_pack_is_known_by_the_name_of_its_file(folder: Path) -> None:
    (folder / "another_one.toml").write_text("", encoding="utf-8")
    (folder / "README.md").write_text("Not a pack.", encoding="utf-8")
    assert available_packs(folder) == ["another-one", "small"]


def test_the_shipped_packs_are_found() -> None:
    assert available_packs() == ["five-phase"]


def test_an_unknown_pack_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(PackError, match=r"There is no pack “large”\. There is: small\."):
        read_pack("large", folder)


def test_a_path_is_no_pack(folder: Path) -> None:
    with pytest.raises(PackError, match="There is no pack"):
        read_pack("../small", folder / "..")


def test_what_is_not_toml_is_refused_with_the_line(rewrite: Callable[[str, str], None], folder: Path) -> None:
    rewrite('title = "First"', 'title = "First')
    with pytest.raises(PackError, match=r"small\.toml: this is not TOML\. .*line 10.*\.$"):
        read_pack("small", folder)


def test_what_is_not_text_is_refused(folder: Path) -> None:
    (folder / "small.toml").write_bytes(b'key = "\xff"')
    with pytest.raises(PackError, match=r"small\.toml: this is not UTF-8 text, from byte 7 on\."):
        read_pack("small", folder)


def test_the_fingerprint_stays_the_same_while_no_pack_changes(folder: Path) -> None:
    before = packs_fingerprint(folder)
    (folder / "README.md").write_text("Not a pack.", encoding="utf-8")
    (folder / "small.toml").write_text(SMALL_PACK, encoding="utf-8")
    assert packs_fingerprint(folder) == before
    assert len(before) == 64


def test_the_fingerprint_changes_with_a_word_of_a_pack(rewrite: Callable[[str, str], None], folder: Path) -> None:
    before = packs_fingerprint(folder)
    rewrite("With water.", "With wine.")
    assert packs_fingerprint(folder) != before


def test_the_fingerprint_changes_with_the_name_of_a_pack(folder: Path) -> None:
    before = packs_fingerprint(folder)
    (folder / "small.toml").rename(folder / "smaller.toml")
    assert packs_fingerprint(folder) != before


def test_the_fingerprint_changes_when_one_pack_swallows_the_next(folder: Path) -> None:
    (folder / "a.toml").write_text("x = 1\n", encoding="utf-8")
    (folder / "b.toml").write_text("y = 2\n", encoding="utf-8")
    before = packs_fingerprint(folder)
    (folder / "b.toml").unlink()
    (folder / "a.toml").write_text("x = 1\nb\ny = 2\n", encoding="utf-8")
    assert packs_fingerprint(folder) != before
