"""Taking a pack's tables apart key by key, and collecting what is wrong with its path instead of stopping."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from protocols.domain.wording import forbidden_claims, missing_hypothesis

Choice = TypeVar("Choice", bound=StrEnum)


class Table:
    """One table of a pack. Each key is taken by name and type; `close` refuses those that nobody took.

    A key that is missing or wrong is noted in `problems` (path → sentence); a harmless value stands in for
    it, so that one reading finds as much as possible. The first problem of a path is the one that is told.
    """

    def __init__(self, content: Mapping[str, Any], *, path: str = "", problems: dict[str, str]) -> None:
        self._content = content
        self._path = path
        self._taken: set[str] = set()
        self.problems = problems

    def path(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def complain(self, key: str, sentence: str) -> None:
        self.problems.setdefault(self.path(key), sentence)

    def text(self, key: str, *, optional: bool = False) -> str:
        """Text as it stands; empty where it may be, and is, left out."""
        value = self._take(key, optional=optional)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.complain(key, "This is text: write it in quotation marks.")
            return ""
        if not value.strip():
            self.complain(key, "This is empty: write it, or leave the key out if it is optional.")
        return value.strip()

    def prose(self, key: str, *, optional: bool = False, may_be_theory: bool = False) -> str:
        """Text that people read, its lines joined into paragraphs. It may claim nothing."""
        paragraphs = self.text(key, optional=optional).split("\n\n")
        text = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs if paragraph.strip())
        if claims := forbidden_claims(text):
            self.complain(key, f"This claims “{', '.join(claims)}”: say what is done, not what it cures.")
        if not may_be_theory and missing_hypothesis(text):
            self.complain(key, "This speaks of theory: say “hypothesis” beside it, or leave the theory out.")
        return text

    def whole(self, key: str) -> int | None:
        """A whole number, or None where it is left out."""
        value = self._take(key, optional=True)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        self.complain(key, "This is a whole number, without quotation marks.")
        return None

    def yes(self, key: str) -> bool:
        """True or false; false where it is left out."""
        return self.yes_if_known(key) is True

    def yes_if_known(self, key: str) -> bool | None:
        """True or false; None where it is left out, because nobody knows."""
        value = self._take(key, optional=True)
        if value is None or isinstance(value, bool):
            return value
        self.complain(key, "This is true or false.")
        return None

    def choice(self, key: str, of: type[Choice], *, optional: bool = False) -> Choice | None:
        """One of a list of words. None if it is none of them, which is noted, and where it may be, and is, left out."""
        value = self.text(key, optional=optional)
        if value in list(of):
            return of(value)
        if optional and self._content.get(key) is None:
            return None
        self.complain(key, f"“{value}” is unknown here. Use one of: {', '.join(of)}.")
        return None

    def texts(self, key: str, *, optional: bool = False) -> list[str]:
        """A list of texts; it may be empty, and is, where it may be left out."""
        value = self._take(key, optional=optional)
        if value is None and optional:
            return []
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return value
        self.complain(key, "This is a list of texts: [“…”, “…”].")
        return []

    def texts_if_known(self, key: str) -> list[str] | None:
        """A list of texts; None where it is left out, because nobody knows."""
        return self.texts(key) if self._content.get(key) is not None else None

    def plain(self, key: str) -> dict[str, Any]:
        """A table of whole numbers, texts and yes or no, nested as you like: what JSON can hold exactly."""
        value = self._take(key)
        if not isinstance(value, dict):
            self.complain(key, "This is a table: {} if there is nothing to say.")
            return {}
        if not _is_plain(value):
            self.complain(key, "Only texts, whole numbers, true and false, and lists or tables of them stand here.")
            return {}
        return value

    def table(self, key: str) -> "Table | None":
        """One table inside this one, or None where it is left out. Whoever takes it closes it."""
        value = self._take(key, optional=True)
        if isinstance(value, dict):
            return Table(value, path=self.path(key), problems=self.problems)
        if value is not None:
            self.complain(key, "This is a table: { … = …, … = … }.")
        return None

    def tables(self, key: str) -> Iterator["Table"]:
        """A list of tables, each closed behind whoever reads it. Left out, it is an empty one."""
        value = self._take(key, optional=True)
        if value is None:
            return
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.complain(key, "This is a list of tables.")
            return
        for index, item in enumerate(value):
            table = Table(item, path=f"{self.path(key)}[{index}]", problems=self.problems)
            yield table
            table.close()

    def close(self) -> None:
        for key in self._content:
            if key not in self._taken:
                self.complain(key, "There is no such key here: check its spelling, or remove it.")

    def _take(self, key: str, *, optional: bool = False) -> Any:
        self._taken.add(key)
        value = self._content.get(key)
        if value is None and not optional:
            self.complain(key, "This is missing.")
        return value


def _is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(_is_plain(item) for item in value.values())
    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    return isinstance(value, str | int)
