"""On which line of a TOML file a value stands: what TOML's reader does not say, and whoever mends a pack needs."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from protocols.services.pack_files import PackError, read_pack_text

_TOKEN: Final = re.compile(
    r"""
      (?P<comment> \#[^\n]* )
    | (?P<text> \"{3} (?: \\. | [^\\] )*? \"{3,5} | '{3} .*? '{3,5} | "(?: \\. | [^"\\\n] )*" | '[^'\n]*' )
    | (?P<newline> \n )
    | (?P<mark> [\[\]{}=,] )
    | (?P<word> [^\s\[\]{}=,\#"']+ )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int


class PackLines:
    """The line of every table, key and entry of a list, by its path: `substances[3].sources[0].cite`."""

    def __init__(self, text: str) -> None:
        """text: TOML that its reader has accepted."""
        self._lines: dict[str, int] = {}
        self._tokens = [token for token in _tokens(text) if token.kind != "comment"]
        self._at = 0
        self._read()

    def of(self, path: str) -> int:
        """The line of what stands at this path; of what holds it, where it is missing; 1 where nothing does."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return 1

    def _read(self) -> None:
        table = ""
        entries: dict[str, int] = {}
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            if token.kind == "newline":
                self._at += 1
            elif token.text == "[":
                table = self._header(entries)
                self._lines[table] = token.line
                self._lines.setdefault(table.removesuffix("]").rstrip("0123456789").removesuffix("["), token.line)
            else:
                self._pair(table)

    def _header(self, entries: dict[str, int]) -> str:
        """Read `[a]` or `[[a.b]]`, and return its path with numbers: `a[2].b[0]`."""
        is_entry = self._tokens[self._at + 1].text == "["
        self._at += 2 if is_entry else 1
        words = self._key("]")
        self._at += 2 if is_entry else 1
        path = ""
        for place, word in enumerate(words):
            path = _joined(path, word)
            if is_entry and place == len(words) - 1:
                entries[path] = entries.get(path, -1) + 1
            if path in entries:
                path = f"{path}[{entries[path]}]"
        return path

    def _pair(self, table: str) -> None:
        line = self._tokens[self._at].line
        path = table
        for word in self._key("="):
            path = _joined(path, word)
        self._lines[path] = line
        self._at += 1
        self._value(path)

    def _key(self, end: str) -> list[str]:
        """The words of a key up to this mark, on which it stops."""
        words: list[str] = []
        while self._tokens[self._at].text != end:
            token = self._tokens[self._at]
            words += [token.text[1:-1]] if token.kind == "text" else [word for word in token.text.split(".") if word]
            self._at += 1
        return words

    def _value(self, path: str) -> None:
        token = self._tokens[self._at]
        self._at += 1
        if token.text == "[":
            number = 0
            while (found := self._next()).text != "]":
                if found.text == ",":
                    self._at += 1
                    continue
                self._lines[f"{path}[{number}]"] = found.line
                self._value(f"{path}[{number}]")
                number += 1
            self._at += 1
        elif token.text == "{":
            while (found := self._next()).text != "}":
                if found.text == ",":
                    self._at += 1
                    continue
                self._pair(path)
            self._at += 1
        else:
            # A date may be parted from its time by a space.
            while self._at < len(self._tokens) and self._tokens[self._at].kind == "word":
                self._at += 1

    def _next(self) -> _Token:
        while self._tokens[self._at].kind == "newline":
            self._at += 1
        return self._tokens[self._at]


def read_pack_and_lines(pack_key: str, folder: Path | None = None) -> tuple[str, dict[str, Any], PackLines]:
    """The name of this pack's file, what it holds, unchecked, and its lines. Raises `PackError`."""
    file_name, text = read_pack_text(pack_key, folder)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackError([f"{file_name}: this is not TOML. {error}."]) from error
    return file_name, content, PackLines(text)


def refuse(
    problems: Mapping[str, str], *, file_name: str, lines: PackLines, named: Callable[[str], str] = lambda path: path
) -> None:
    """Raise `PackError` with every problem (path → sentence) and its line, in the order of the file, if there is any.

    named: the path as people find it, with the name of its entry beside the number.
    """
    if not problems:
        return
    found = sorted((lines.of(path), place, path) for place, path in enumerate(problems))
    raise PackError([f"{file_name}, line {line}, {named(path)}: {problems[path]}" for line, _, path in found])


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    line = 1
    for match in _TOKEN.finditer(text.replace("\r\n", "\n")):
        found.append(_Token(str(match.lastgroup), match[0], line))
        line += match[0].count("\n")
    return found


def _joined(path: str, word: str) -> str:
    return f"{path}.{word}" if path else word
