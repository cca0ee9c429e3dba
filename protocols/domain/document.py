"""Reading a JSON document strictly: nothing guessed, nothing dropped, every mistake named by its path."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from protocols.domain.amount import Amount, AmountError
from protocols.domain.pattern import Pattern, PatternError
from protocols.domain.taper_error import DocumentError

MOST_BYTES: Final = 1_000_000
MOST_CHARACTERS: Final = 200
"""In one text."""
MOST_ENTRIES: Final = 1000
"""In one list."""

_DIGITS_OF_INTEGERS: Final = 18
_SHOWN: Final = 40
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL: Final = re.compile(r"[0-9]+(\.[0-9]+)?")


class Members(dict[str, Any]):
    """A JSON object, with the keys that it names more than once: the last would win without a word."""

    twice: tuple[str, ...] = ()


def parse_document(data: bytes) -> object:
    """The JSON value in UTF-8 text. Numbers with a point are `Decimal`, objects `Members`; never a float.

    Raises `DocumentError` without a field for what is not JSON.
    """
    if len(data) > MOST_BYTES:
        raise DocumentError("too_large", "", f"The document is longer than {MOST_BYTES} bytes: shorten it.")
    try:
        text = data.decode("utf-8-sig")
        found: object = json.loads(
            text, object_pairs_hook=_members, parse_int=_integer, parse_float=_decimal, parse_constant=_no_constant
        )
        # Half a character, written as \ud800, is JSON but no text.
        json.dumps(found, ensure_ascii=False, default=str).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise DocumentError(
            "not_json", "", "This is not a JSON document in UTF-8: correct it and try again."
        ) from error
    return found


def _members(pairs: list[tuple[str, Any]]) -> Members:
    found = Members(pairs)
    if len(found) < len(pairs):
        times = Counter(key for key, _ in pairs)
        found.twice = tuple(key for key, count in times.items() if count > 1)
    return found


def _integer(text: str) -> int:
    """The number; one with more digits than anything here counts becomes the largest of its sign."""
    if len(text.lstrip("-")) <= _DIGITS_OF_INTEGERS:
        return int(text)
    return -(10**_DIGITS_OF_INTEGERS) if text.startswith("-") else 10**_DIGITS_OF_INTEGERS


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("Infinity")


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is not JSON.")


class Fields:
    """One JSON object of a document, read key by key."""

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, dict):
            raise DocumentError("not_an_object", path, "An object with named values belongs here, in curly brackets.")
        self.path = path
        self._members: dict[str, Any] = value
        for key in getattr(value, "twice", ()):
            raise DocumentError("key_twice", self.at(key), f"“{shown(key)}” is given twice: give it once.")

    def at(self, key: str) -> str:
        """The path of one of its keys."""
        return f"{self.path}.{shown(key)}" if self.path else shown(key)

    def __contains__(self, key: str) -> bool:
        return key in self._members

    def only(self, keys: Collection[str], *, why: str = "") -> None:
        """Refuse every other key by name."""
        for key in self._members:
            if key not in keys:
                known = ", ".join(sorted(keys))
                raise DocumentError(
                    "unknown_key",
                    self.at(key),
                    f"“{shown(key)}” is not known here{why}: leave it out. Known are {known}.",
                )

    def value(self, key: str) -> object:
        """Whatever stands there; it must be there."""
        if key not in self._members:
            raise DocumentError("missing", self.at(key), f"“{key}” is missing: add it.")
        return self._members[key]

    def text(self, key: str) -> str:
        return text_of(self.value(key), self.at(key))

    def one_of(self, key: str, choices: Iterable[str]) -> str:
        found, choices = self.text(key), list(choices)
        if found not in choices:
            raise DocumentError(
                "unknown_value", self.at(key), f"“{shown(found)}” is not possible here. Write {', '.join(choices)}."
            )
        return found

    def integer(self, key: str) -> int:
        found = self.value(key)
        if isinstance(found, bool) or not isinstance(found, int):
            raise DocumentError(
                "not_an_integer", self.at(key), "A whole number belongs here, without quotes or a point."
            )
        return found

    def decimal(self, key: str) -> Decimal:
        """A number, or the same as text."""
        found = self.value(key)
        if isinstance(found, str) and _DECIMAL.fullmatch(found) and len(found) <= MOST_CHARACTERS:
            return Decimal(found)
        if isinstance(found, bool) or not isinstance(found, int | Decimal):
            raise DocumentError("not_a_number", self.at(key), "A number belongs here, such as 12.5.")
        return Decimal(found)

    def amount(self, key: str) -> Amount:
        found = self.text(key)
        try:
            return Amount.parse(found)
        except AmountError as error:
            raise DocumentError("not_an_amount", self.at(key), str(error)) from error

    def pattern(self, key: str) -> Pattern:
        found = self.text(key)
        try:
            return Pattern.parse(found)
        except PatternError as error:
            raise DocumentError("not_a_pattern", self.at(key), str(error)) from error

    def day(self, key: str) -> date:
        found = self.text(key)
        try:
            if _DATE.fullmatch(found):
                return date.fromisoformat(found)
        except ValueError:
            pass
        raise DocumentError("not_a_date", self.at(key), f"“{shown(found)}” is not a date. Write, say, 2027-01-04.")

    def entries(self, key: str) -> Iterator[tuple[object, str]]:
        """The entries of a list, each with its path."""
        found = self.value(key)
        if not isinstance(found, list):
            raise DocumentError("not_a_list", self.at(key), "A list belongs here, in square brackets.")
        if len(found) > MOST_ENTRIES:
            raise DocumentError("too_many", self.at(key), f"At most {MOST_ENTRIES} entries are possible here.")
        return ((entry, f"{self.at(key)}[{position}]") for position, entry in enumerate(found))

    def objects(self, key: str) -> Iterator[Fields]:
        return (Fields(entry, path) for entry, path in self.entries(key))


def text_of(value: object, path: str) -> str:
    """A text that is not empty, nor longer than anything here needs."""
    if not isinstance(value, str):
        raise DocumentError("not_text", path, "Text belongs here, in quotes.")
    if not value.strip():
        raise DocumentError("empty", path, "This is empty: fill it in.")
    if len(value) > MOST_CHARACTERS:
        raise DocumentError("text_too_long", path, f"A text here has at most {MOST_CHARACTERS} characters: shorten it.")
    return value


def shown(text: str) -> str:
    """A person's own words as an error repeats them: never long."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
