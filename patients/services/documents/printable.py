"""Text that people typed, made ready for paper: what the fonts can show, and nothing that bends a page.

PDF/UA refuses a page with a character that no font has, and invisible characters can turn the order of what stands
after them. So what the fonts lack is printed as “�”, and what cannot be seen is left out.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

MISSING: Final = "�"
"""Stands where a character cannot be printed."""
_LONGEST_RUN: Final = 36
"""A run of characters without a space that is longer than this gets places at which a line may end."""
_MAY_BREAK: Final = "\u200b"
# A line never ends between a number and its unit, nor between a count and what is counted.
_MEASURED: Final = re.compile(r"(?<=[0-9½]) (?=(?:mg|g|µg|mL|IU)\b|× [0-9])|(?<=[0-9½] ×) (?=[0-9])")
_TIED: Final = "\u00a0"

# What the fonts inside typst can show upright, bold and slanted; a test compares. Not in it, although they could:
# boxes and ticks, for nobody's words are to look like an answer.
_SHOWN: Final = (
    (0x20, 0x7E), (0xA0, 0x4FF), (0x531, 0x58F), (0x591, 0x5F4), (0x606, 0x60C), (0x61B, 0x61B), (0x61F, 0x61F),
    (0x621, 0x63A), (0x640, 0x655), (0x660, 0x66D), (0x10D0, 0x10FF), (0x1E00, 0x1FFF), (0x2010, 0x2027),
    (0x202F, 0x2040), (0x2044, 0x2052), (0x2070, 0x209C), (0x20A0, 0x20C0), (0x2100, 0x211E), (0x2126, 0x2151),
    (0x2153, 0x2184), (0x2190, 0x22FF), (0xFB00, 0xFB06), (0xFFFD, 0xFFFD),
)  # fmt: skip
_SPACES: Final = frozenset({"Zs", "Zl", "Zp", "Cc"})
_UNSEEN: Final = "Cf"


def printable(text: str) -> str:
    """One paragraph of text as it can be printed: composed, on one line, without what no eye sees."""
    composed = unicodedata.normalize("NFC", text)
    words = (_breakable(word) for word in "".join(map(_shown, composed)).split(" ") if word)
    return _MEASURED.sub(_TIED, " ".join(words))


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text as it was typed: one for each line that is not empty."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def day(on: date) -> str:
    """“4 January 2027”: no two countries read it differently."""
    return f"{on.day} {on:%B %Y}"


def as_plain(value: Any) -> Any:
    """Any content object as JSON that a page may show: dates in words, enums by their value, text printable."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, list | tuple):
        return [as_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, datetime):
        raise TypeError("An instant is no civil date: say it in words before it is printed.")
    if isinstance(value, date):
        return day(value)
    if value is None or isinstance(value, bool | int):
        return value
    raise TypeError(f"A {type(value).__name__} cannot be printed as it is.")


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category in _SPACES:
        # A space that keeps words together stays one; line ends and controls are spaces.
        return character if character == _TIED else " "
    if category == _UNSEEN:
        return ""
    number = ord(character)
    is_shown = category != "Cn" and any(first <= number <= last for first, last in _SHOWN)
    return character if is_shown else MISSING


def _breakable(word: str) -> str:
    """The word, with places to break it where it is longer than a line may bear; never before an accent."""
    if len(word) <= _LONGEST_RUN:
        return word
    parts = []
    for position, character in enumerate(word):
        if position and position % _LONGEST_RUN == 0 and not unicodedata.combining(character):
            parts.append(_MAY_BREAK)
        parts.append(character)
    return "".join(parts)
