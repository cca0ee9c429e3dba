"""Where the shipped packs lie, and reading one of them as TOML."""

import hashlib
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

PACKS_FOLDER: Final = Path(__file__).resolve().parent.parent / "packs"
"""Where the shipped packs lie; every function here reads another folder if it is given one."""
MEDICINES: Final = "medicines"
SUPPLEMENTS: Final = "supplements"
CATALOGUE: Final = (MEDICINES, SUPPLEMENTS)
"""Loaded once, for all clinics."""
SUBSTANCES: Final = "substances"
UPPER_LIMITS: Final = "upper-limits"
GROUPS: Final = "groups"
SAFETY_RULES: Final = "safety-rules"
KNOWLEDGE: Final = (SUBSTANCES, UPPER_LIMITS, GROUPS, SAFETY_RULES)
"""Packs that are read as they are, never loaded: what is known of substances, and the rules about them."""
_NO_PROTOCOLS: Final = frozenset({*CATALOGUE, *KNOWLEDGE})


class PackError(Exception):
    """A pack cannot be loaded, and nothing of it was. `problems`: one sentence each, with file and path."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


def available_packs(folder: Path | None = None) -> list[str]:
    """The keys of all protocols, in the order of the alphabet. The pack “five-phase” is five_phase.toml."""
    return [key for key in _all_packs(folder) if key not in _NO_PROTOCOLS]


def packs_fingerprint(folder: Path | None = None) -> str:
    """SHA-256, in hexadecimal, over every pack's name and bytes: it differs as soon as any pack does."""
    digest = hashlib.sha256()
    for key in _all_packs(folder):
        content = _file(key, folder).read_bytes()
        # The length keeps the end of one pack apart from the beginning of the next.
        digest.update(f"{key} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def read_pack(pack_key: str, folder: Path | None = None) -> tuple[str, dict[str, Any]]:
    """The name of this pack's file, and what it holds, unchecked. Raises `PackError` if it cannot be read."""
    file_name, text = read_pack_text(pack_key, folder)
    try:
        return file_name, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackError([f"{file_name}: this is not TOML. {error}."]) from error


def read_pack_text(pack_key: str, folder: Path | None = None) -> tuple[str, str]:
    """The name of this pack's file, and its text. Raises `PackError` if there is none, or it is no text."""
    known = _all_packs(folder)
    if pack_key not in known:
        raise PackError([f"There is no pack “{pack_key}”. There is: {', '.join(known) or 'none'}."])
    file = _file(pack_key, folder)
    try:
        return file.name, file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PackError([f"{file.name}: this is not UTF-8 text, from byte {error.start} on."]) from error


def _all_packs(folder: Path | None) -> list[str]:
    return sorted(path.stem.replace("_", "-") for path in (folder or PACKS_FOLDER).glob("*.toml"))


def _file(pack_key: str, folder: Path | None) -> Path:
    return (folder or PACKS_FOLDER) / f"{pack_key.replace('-', '_')}.toml"
