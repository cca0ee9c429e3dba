"""One release of ICD-10-CM: which codes exist, which of them are leaves, and how to find one by words.

A condition is recorded by a leaf: a code with nothing beneath it. The table is kept as the text that it was read from
(8 MB) and searched in place: 98,000 rows of Python objects would take many times as much.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

FEW: Final = 8
"""As many codes a sentence names one by one; of more, only the first are given as examples."""
EXAMPLES: Final = 4

# The second sign is a digit, but for one category of 2026: QA0.
_WRITTEN: Final = re.compile(r"[A-Z][0-9A][0-9A-Z][0-9A-Z]{0,4}")
_HEAD: Final = re.compile(rb"ICD-10-CM\t(?P<release>\d{4}-\d\d-\d\d)\n")
# What people type, and what the titles say.
_ABBREVIATIONS: Final = {
    "adhd": "attention-deficit hyperactivity",
    "copd": "chronic obstructive pulmonary",
    "eoe": "eosinophilic esophagitis",
    "gerd": "gastro-esophageal reflux",
    "gord": "gastro-esophageal reflux",
    "ibs": "irritable bowel",
    "imo": "intestinal methanogen",
    "ipf": "idiopathic pulmonary fibrosis",
    "ra": "rheumatoid arthritis",
    "rls": "restless legs",
    "sibo": "small intestinal bacterial overgrowth",
    "sifo": "small intestinal fungal overgrowth",
    "sle": "systemic lupus erythematosus",
    "uc": "ulcerative colitis",
}
_AMERICAN: Final = (("oe", "e"), ("ae", "e"), ("our", "or"))


class CodeError(ValueError):
    """This is not a code for a condition here: the text is a sentence that says what to write instead."""


class NotACode(CodeError):
    """It does not look like a code at all."""


class NotInRelease(CodeError):
    """This release has no such code: it never existed, was retired, or is newer."""


class NotALeaf(CodeError):
    """There are finer codes beneath it, and one of those is to be chosen. leaves: all of them."""

    def __init__(self, sentence: str, *, leaves: list[str]) -> None:
        super().__init__(sentence)
        self.leaves = leaves


@dataclass(frozen=True, slots=True)
class ConditionCode:
    """A code of the release as it is written, with its dot, and its title.

    includes: other names that the release lists under it, such as “Zollinger-Ellison syndrome” under E16.4.
    """

    code: str
    title: str
    is_leaf: bool
    includes: tuple[str, ...] = ()


def written(text: str) -> str:
    """The code as it is written: capitals, a dot after the third sign. Raises `NotACode`."""
    signs = re.sub(r"[\s.]", "", text).upper()
    if not _WRITTEN.fullmatch(signs):
        raise NotACode(
            f"“{text.strip()}” is not an ICD-10-CM code. A code is a letter, two more signs and up to four after a "
            "dot, as in K21.00. Search by words if you do not know it."
        )
    return signs if len(signs) == 3 else f"{signs[:3]}.{signs[3:]}"


class CodeSet:
    """The codes of one release.

    table: a line with the release, then one per code in the order of the codes: code, title and, if there are any,
    other names with “ | ” between them; tabs between the three.
    """

    def __init__(self, table: bytes) -> None:
        head = _HEAD.match(table)
        if head is None:
            raise ValueError("This is not a table of ICD-10-CM codes: its first line names no release.")
        self.release = date.fromisoformat(head["release"].decode())
        # Each row stands between two ends of lines, the first and the last as well.
        self._table = table[head.end() - 1 :]
        self._folded: str | None = None

    @property
    def release_words(self) -> str:
        return f"the {self.release:%B %Y} release of ICD-10-CM"

    def find(self, text: str) -> ConditionCode | None:
        """The code that is written like this, in any capitals, with or without its dot; None if it does not exist."""
        code = written(text)
        start = self._first_from(code.encode())
        row = self._row(start)
        return row if row is not None and row.code == code else None

    def leaf(self, text: str) -> ConditionCode:
        """The code by which a condition may be recorded. Raises `NotACode`, `NotInRelease` or `NotALeaf`."""
        code = written(text)
        found = self.find(code)
        if found is None:
            raise NotInRelease(self._why_unknown(code))
        if not found.is_leaf:
            leaves = [row.code for row in self.beneath(code) if row.is_leaf]
            raise NotALeaf(f"{code} is not a leaf: choose {_one_of(leaves)}.", leaves=leaves)
        return found

    def beneath(self, code: str) -> Iterator[ConditionCode]:
        """All codes that are finer than this one, at any depth, in order."""
        prefix = written(code).encode()
        at = self._first_from(prefix)
        while (row := self._row(at)) is not None and row.code.encode().startswith(prefix):
            if row.code != prefix.decode():
                yield row
            at = self._table.index(b"\n", at + 1)

    def search(self, words: str, *, limit: int) -> list[ConditionCode]:
        """Leaves with all of these words, or words that begin so, in their code or names.

        Those with the words in the code or title come before those with other names; then the shortest titles.
        """
        asked = _asked(words)
        if not asked:
            return []
        starts = _starts(asked)
        found = self._with_all(starts)
        if not found:
            starts = _starts([_american(word) for word in asked])
            found = self._with_all(starts)
        return sorted(found, key=lambda row: (not _is_in_title(row, starts), len(row.title), row.code))[:limit]

    # --- The table as text ----------------------------------------------------------------------------------

    def _first_from(self, code: bytes) -> int:
        """Where the first row that is not before this code begins: the end of the line above it."""
        low, high = 0, len(self._table) - 1
        while low < high:
            middle = self._table.rindex(b"\n", low, (low + high) // 2 + 1)
            after = self._table.index(b"\n", middle + 1)
            if self._table[middle + 1 : self._table.index(b"\t", middle)] < code:
                low = after
            else:
                high = middle
        return low

    def _row(self, at: int) -> ConditionCode | None:
        """The row after this end of a line; None at the end of the table."""
        end = self._table.find(b"\n", at + 1)
        if end < 0:
            return None
        code, title, *includes = self._table[at + 1 : end].decode().split("\t")
        # In this order what lies beneath a code comes right after it and begins with it.
        is_leaf = not self._table.startswith(code.encode(), end + 1)
        return ConditionCode(code, title, is_leaf, tuple(includes[0].split(" | ")) if includes else ())

    def _with_all(self, starts: dict[str, re.Pattern[str]]) -> list[ConditionCode]:
        if self._folded is None:
            self._folded = _folded(self._table.decode())
        longest = max(starts, key=len)
        rows, end = [], 0
        while (hit := self._folded.find(longest, end)) >= 0:
            above, end = self._folded.rindex("\n", 0, hit + 1), self._folded.index("\n", hit)
            line = self._folded[above + 1 : end]
            if all(start.search(line) for start in starts.values()):
                row = self.find(line.partition("\t")[0])
                if row is not None and row.is_leaf:
                    rows.append(row)
        return rows

    def _why_unknown(self, code: str) -> str:
        sentence = f"{code} is not in {self.release_words}: it never was, or it was retired."
        for length in range(len(code) - 1, 2, -1):
            above = self.find(code[:length])
            if above is None:
                continue
            leaves = [above.code] if above.is_leaf else [row.code for row in self.beneath(above.code) if row.is_leaf]
            # The seventh sign says the same beneath every injury: first visit, later visit, or what is left of it.
            alike = [leaf for leaf in leaves if len(code) == len(leaf) == 8 and leaf[-1] == code[-1]]
            return f"{sentence} The nearest: {_one_of(alike or leaves)}."
        return f"{sentence} Search by words instead."


def _one_of(codes: list[str]) -> str:
    if len(codes) == 1:
        return codes[0]
    if len(codes) <= FEW:
        return f"{', '.join(codes[:-1])} or {codes[-1]}"
    return f"one of {len(codes)} codes, such as {', '.join(codes[:EXAMPLES])}"


def _asked(words: str) -> list[str]:
    """The words to look for, in small letters, abbreviations written out; none if there is nothing to go by."""
    found: list[str] = []
    for word in re.split(r"[\s,;]+", _folded(words)):
        found += _ABBREVIATIONS.get(word, word).split()
    return found if any(len(word) > 1 for word in found) else []


def _starts(words: list[str]) -> dict[str, re.Pattern[str]]:
    """For each word, what finds it at the beginning of one."""
    return {word: re.compile(rf"(?<![a-z0-9]){re.escape(word)}") for word in words}


def _is_in_title(row: ConditionCode, starts: dict[str, re.Pattern[str]]) -> bool:
    text = _folded(f"{row.code} {row.title}")
    return all(start.search(text) for start in starts.values())


def _folded(text: str) -> str:
    """Small letters without accents: Sjögren is also found as sjogren."""
    small = text.lower()
    for accented in set(re.findall(r"[^\x00-\x7f]", small)):
        small = small.replace(accented, unicodedata.normalize("NFKD", accented)[0])
    return small


def _american(word: str) -> str:
    for british, american in _AMERICAN:
        word = word.replace(british, american)
    return word
