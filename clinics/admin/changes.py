"""What simple-history kept of a row, as sentences: who changed which particulars, when, from what to what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Change:
    """One saved change. when: on the clinic's clock. who: the name of a login, or the software."""

    at: datetime
    when: str
    who: str
    what: list[str]


def changes_in(records: Iterable[Any], *, noun: str, zone: ZoneInfo) -> list[Change]:
    """The changes of rows of one kind, newest first. records: historical rows of any number of rows, newest first."""
    newer_first: dict[Any, list[Any]] = {}
    for record in records:
        newer_first.setdefault(record.id, []).append(record)
    changes = []
    for versions in newer_first.values():
        for newer, older in zip(versions, [*versions[1:], None], strict=True):
            what = [f"{noun} added."] if older is None else _differences(newer, older)
            who = str(newer.history_user) if newer.history_user else "gutclinic"
            if what:
                changes.append(Change(newer.history_date, local_words(newer.history_date, zone), who, what))
    return sorted(changes, key=lambda change: change.at, reverse=True)


def local_words(at: datetime, zone: ZoneInfo) -> str:
    """“4 January 2027, 12:00” on the clock of that zone. A template would turn it back into the server's."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M}"


def _differences(newer: Any, older: Any) -> list[str]:
    sentences = []
    for change in newer.diff_against(older, foreign_keys_are_objs=False).changes:
        field = newer.instance_type._meta.get_field(change.field)
        name = str(field.verbose_name)
        label = name[:1].upper() + name[1:]
        if field.is_relation:
            sentences.append(f"{label} changed.")
        else:
            sentences.append(f"{label}: {_in_words(change.old)} → {_in_words(change.new)}")
    return sentences


def _in_words(value: Any) -> str:
    if value is None or value in ("", []):
        return "nothing"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
