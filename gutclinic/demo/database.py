"""The database of the demonstration: built once, kept for a day, built anew when what it was built from has changed."""

import hashlib
import inspect
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

from clinics.actor import Actor
from gutclinic import demo
from gutclinic.demo.building import build
from protocols.services.packs import packs_fingerprint

# “Today” in it is the day it was built. After this long it would be yesterday's clinic.
KEPT_FOR: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What lies beside the database once it is complete: from what, and when, it was built."""

    fingerprint: str
    built_at: str

    @classmethod
    def read(cls, file: Path) -> Self | None:
        try:
            return cls(**json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self)), encoding="utf-8")


def why_build(*, at: datetime) -> str:
    """Why the database must be built now, as a sentence; empty if the one that is there will do."""
    stamp = Stamp.read(_stamp_file())
    if stamp is None or not _database_file().exists():
        return "There is no clinic yet."
    if stamp.fingerprint != fingerprint():
        return "Migrations, protocols, the address or the demonstration itself have changed."
    if not timedelta() <= at - datetime.fromisoformat(stamp.built_at) < KEPT_FOR:
        return "The clinic is of another day."
    return ""


def build_database(*, system: Actor, at: datetime) -> None:
    """Make the database anew, with everything that is in it; messages to its people go with the old one.

    It counts as built only once all of it is: whatever ends this half-way, the next start begins again.
    """
    _stamp_file().unlink(missing_ok=True)
    connections.close_all()
    for ending in ("", "-wal", "-shm", "-journal"):
        Path(f"{_database_file()}{ending}").unlink(missing_ok=True)
    for message in Path(settings.EMAIL_FILE_PATH or "").glob("*.log"):
        message.unlink()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    build(system=system, at=at, keeps_letters=True)
    connection.close()
    Stamp(fingerprint(), at.isoformat()).write(_stamp_file())


def fingerprint() -> str:
    """SHA-256 over every migration, every shipped pack, the code that builds the clinic, and its address.

    The address stands in the links of letters that are kept.
    """
    digest = hashlib.sha256(packs_fingerprint().encode())
    digest.update(settings.PUBLIC_URL.encode())
    migrations = MigrationLoader(None).disk_migrations
    sources = [Path(inspect.getfile(type(migrations[key]))) for key in sorted(migrations)]
    sources += sorted(Path(demo.__file__).parent.glob("*.py"))
    for source in sources:
        digest.update(f"{source.name} {source.stat().st_size}\n".encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _database_file() -> Path:
    return Path(settings.DATABASES["default"]["NAME"])


def _stamp_file() -> Path:
    return settings.VAR_DIR / "built.json"
