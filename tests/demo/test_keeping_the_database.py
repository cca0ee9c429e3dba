"""The database of the demonstration is kept for a day, and built anew when what it was built from has changed."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from pytest_django import Settings

from clinics.actor import for_system
from gutclinic.demo import database
from protocols.services import pack_files
from tests.fixtures.personae import NOON


class Built:
    """Stands for building: counts, and may fail half-way."""

    def __init__(self) -> None:
        self.times = 0
        self.breaks = False

    def __call__(self, **kwargs: object) -> None:
        self.times += 1
        if self.breaks:
            raise KeyboardInterrupt


@pytest.fixture
def built(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Built:
    """A folder without a clinic. Building writes a file where the database would be."""
    settings.VAR_DIR = tmp_path
    settings.EMAIL_FILE_PATH = str(tmp_path / "outbox")
    (tmp_path / "outbox").mkdir()
    file = tmp_path / "gutclinic.sqlite3"
    build = Built()
    monkeypatch.setattr(database, "_database_file", lambda: file)
    monkeypatch.setattr(database, "build", build)
    monkeypatch.setattr(database, "call_command", lambda *args, **kwargs: file.touch())
    monkeypatch.setattr(database.connections, "close_all", lambda: None)
    monkeypatch.setattr(database.connection, "close", lambda: None)
    return build


def make(*, at: object = NOON) -> None:
    database.build_database(system=for_system(), at=NOON)


def test_at_first_there_is_none(built: Built) -> None:
    assert database.why_build(at=NOON) == "There is no clinic yet."


@pytest.mark.parametrize("later", [timedelta(), timedelta(hours=23, minutes=59)])
def test_it_is_kept_for_a_day(built: Built, later: timedelta) -> None:
    make()
    assert database.why_build(at=NOON + later) == ""


@pytest.mark.parametrize("later", [timedelta(days=1), timedelta(days=40), timedelta(seconds=-1)])
def test_of_another_day_it_is_built_anew(built: Built, later: timedelta) -> None:
    make()
    assert database.why_build(at=NOON + later) == "The clinic is of another day."


def test_without_its_file_it_is_built_anew(built: Built, tmp_path: Path) -> None:
    make()
    (tmp_path / "gutclinic.sqlite3").unlink()
    assert database.why_build(at=NOON) == "There is no clinic yet."


def test_changed_packs_build_it_anew(built: Built, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    make()
    (tmp_path / "another.toml").write_text('key = "another"', encoding="utf-8")
    changed = pack_files.packs_fingerprint(tmp_path)
    monkeypatch.setattr(database, "packs_fingerprint", lambda: changed)
    assert "have changed" in database.why_build(at=NOON)


def test_a_changed_migration_builds_it_anew(built: Built, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    make()
    read = Path.read_bytes

    def with_one_more_line(path: Path) -> bytes:
        return read(path) + (b"\n# another" if path.match("patients/migrations/0001_initial.py") else b"")

    monkeypatch.setattr(Path, "read_bytes", with_one_more_line)
    assert "have changed" in database.why_build(at=NOON)


def test_a_new_migration_builds_it_anew(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    make()
    load = MigrationLoader.load_disk

    def with_one_more(loader: MigrationLoader) -> None:
        load(loader)
        loader.disk_migrations[("patients", "9999_new")] = Migration("9999_new", "patients")

    monkeypatch.setattr(MigrationLoader, "load_disk", with_one_more)
    assert "have changed" in database.why_build(at=NOON)


def test_stopped_half_way_it_does_not_count_as_built(built: Built) -> None:
    make()
    built.breaks = True
    with pytest.raises(KeyboardInterrupt):
        make()
    assert database.why_build(at=NOON) == "There is no clinic yet."


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"fingerprint": 1}', '{"fingerprint": "a", "built_at": "b", "c": 1}']
)
def test_a_torn_stamp_builds_it_anew(built: Built, tmp_path: Path, content: str) -> None:
    make()
    (tmp_path / "built.json").write_text(content, encoding="utf-8")
    assert database.why_build(at=NOON)


def test_messages_to_the_people_of_the_old_one_go_with_it(built: Built, tmp_path: Path) -> None:
    old = tmp_path / "outbox" / "20270103-090000-1.log"
    old.touch()
    make()
    assert not old.exists()
    assert built.times == 1
