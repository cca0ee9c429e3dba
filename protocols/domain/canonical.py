"""One way of writing a document as bytes, so that equal documents have equal bytes and a signature has one meaning."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from typing import Any


class NotCanonical(ValueError):
    """The document holds something that has no single way of being written."""


def canonical_bytes(document: dict[str, Any]) -> bytes:
    """`document` as JSON in UTF-8: text in NFC, keys sorted, no spaces.

    Holds only text, whole numbers, true, false, null, lists and objects. A float or a Decimal has several spellings:
    amounts are written as text beforehand (`str(Amount)` is fixed-point without trailing zeros). Raises
    `NotCanonical` for anything else, and for two keys that become the same text.
    """
    text = json.dumps(_normal(document), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise NotCanonical("The text holds half a character: type it again.") from error


def sha256_of(content: bytes) -> str:
    """The SHA-256 of these bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _normal(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return unicodedata.normalize("NFC", str(value))
    if isinstance(value, list | tuple):
        return [_normal(item) for item in value]
    if isinstance(value, dict):
        return _normal_object(value)
    raise NotCanonical(f"A {type(value).__name__} has no single way of being written: write it as text.")


def _normal_object(value: dict[Any, Any]) -> dict[str, Any]:
    normal: dict[str, Any] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise NotCanonical(f"A key is text, not a {type(key).__name__}.")
        name = unicodedata.normalize("NFC", key)
        if name in normal:
            raise NotCanonical(f"The key “{name}” stands there twice.")
        normal[name] = _normal(item)
    return normal
