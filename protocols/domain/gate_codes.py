"""The ICD-10-CM codes by which gates know ulcers, bleeding and long use of medicines.

Each is a leaf, or the beginning of leaves, of the release of April 2026. A code matches whatever begins with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

ULCER_CODES: Final = ("K25", "K26", "K27", "K28", "Z87.11")
"""Gastric, duodenal, peptic and gastrojejunal ulcers, and a past one."""
_BLEEDING_ULCERS: Final = tuple(f"{site}.{kind}" for site in ("K25", "K26", "K27", "K28") for kind in "0246")
BLEED_CODES: Final = (
    "I85.01", "I85.11", "K20.81", "K20.91", "K21.01", "K22.11", "K22.6", *_BLEEDING_ULCERS,
    "K29.01", "K29.21", "K29.31", "K29.41", "K29.51", "K29.61", "K29.71", "K29.81", "K29.91",
    "K31.811", "K31.82", "K92.0", "K92.1", "K92.2",
)  # fmt: skip
"""Bleeding from oesophagus, stomach or duodenum, and bleeding whose place is not said.

A bleed from lower down (diverticula, haemorrhoids) is not among them: it is no reason for acid suppression by itself,
and the prescriber is asked in any case.
"""
LONG_TERM_CODES: Final = ("Z79.01", "Z79.02", "Z79.1", "Z79.82")
"""Long use of an anticoagulant, an antiplatelet, an NSAID or aspirin. Which one, and whether still, they do not say."""
H_PYLORI_CODE: Final = "B96.81"


def matches(code: str, beginnings: Iterable[str]) -> bool:
    """Whether a code, as it is written in a record, is or lies beneath one of these."""
    return code.strip().upper().startswith(tuple(beginnings))
