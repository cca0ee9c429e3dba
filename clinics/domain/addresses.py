"""When two email addresses lead to one mailbox, and how a fax number is written."""

from __future__ import annotations

import re
from typing import Final

# Digits alone, with the sign of an international number before them: long enough for an extension-less local
# number, and at most what the numbering plan of the world allows (ITU E.164).
_FAX: Final = re.compile(r"\+?[0-9]{5,15}")
_PUNCTUATION: Final = re.compile(r"[\s./()\-–—\u2010\u2011]")


class FaxNumberError(ValueError):
    """This is no fax number: the text is a sentence that says what to enter."""


def mailbox(address: str) -> str:
    """The mailbox behind an email address, to compare with others; empty for an empty one.

    “ Ada+tapers@Example.org” and “ada@example.org” are read by the same person: case, spaces around, and what
    follows a plus sign do not tell people apart. Dots do: most mail servers keep such addresses apart.
    """
    local, at, domain = address.strip().casefold().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}" if local else ""


def masked(address: str) -> str:
    """An email address as its owner recognises it and nobody else learns it: “d…e@example.org”."""
    local, at, domain = address.strip().rpartition("@")
    return f"{local[:1]}…{local[-1:] if len(local) > 3 else ''}{at}{domain}"


def fax_number(text: str) -> str:
    """A fax number as it is stored: digits, and a plus sign before an international one. Empty for an empty text.

    “+49 (0)30 12 34-56” is “+4930123456”: the zero in brackets is dialled inside the country only.
    Raises FaxNumberError.
    """
    typed = text.strip()
    if typed.startswith("+"):
        typed = typed.replace("(0)", "")
    number = _PUNCTUATION.sub("", typed)
    if number and not _FAX.fullmatch(number):
        raise FaxNumberError("Write the fax number in digits, for example +49 30 123456.")
    return number
