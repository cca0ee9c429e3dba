"""A text as it goes out by SMS: in as few segments as it can, and how many those are.

A message holds 160 characters of the GSM alphabet, or 70 of any other; a longer one is cut into segments of 153 or 67,
each of which is paid for (https://www.twilio.com/docs/glossary/what-sms-character-limit). One typographic quotation
mark is enough to make it 70, so those are written plainly. Nothing is ever cut off: a link without its end leads
nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# 3GPP TS 23.038, 6.2.1: the default alphabet, and what takes two places in it.
_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED: Final = frozenset("\f^{}\\[~]|€")
_PLAIN: Final = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "−": "-", "…": "...", "·": "-", "•": "-"}
    | {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2011": "-", "\u00ad": None, "\t": " "}
)


@dataclass(frozen=True, slots=True)
class SmsText:
    """What is sent, and in how many segments."""

    text: str
    segment_count: int


def sms_text(text: str) -> SmsText:
    """Write a text plainly, without what only costs room: spaces at the ends of lines, and empty lines.

    Where plain writing takes more segments (“…” is three full stops), it stays as it is.
    """
    lines = (line.strip() for line in text.splitlines())
    tight = "\n".join(line for line in lines if line)
    plain = tight.translate(_PLAIN)
    found = min(plain, tight, key=segment_count)
    return SmsText(found, segment_count(found))


def segment_count(text: str) -> int:
    """In how many segments this very text goes out; at least one."""
    if all(character in _GSM or character in _GSM_EXTENDED for character in text):
        places = [2 if character in _GSM_EXTENDED else 1 for character in text]
        return _count(places, alone=160, joined=153)
    # A character beyond the basic plane is a pair, and a pair is not torn apart.
    return _count([2 if ord(character) > 0xFFFF else 1 for character in text], alone=70, joined=67)


def _count(places: list[int], *, alone: int, joined: int) -> int:
    if sum(places) <= alone:
        return 1
    count, used = 1, 0
    for place in places:
        if used + place > joined:
            count, used = count + 1, 0
        used += place
    return count
