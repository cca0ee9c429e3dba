"""The ICD-10-CM release that gutclinic ships: checking a code, and finding one by words."""

import gzip
from functools import lru_cache
from pathlib import Path
from typing import Final

from protocols.domain.icd10cm import CodeSet, ConditionCode

SHIPPED: Final = Path(__file__).resolve().parent.parent / "packs" / "icd10cm-2026-04.tsv.gz"
"""Made by `tools/make_icd10cm.py`."""
MOST_FOUND: Final = 25


@lru_cache(maxsize=1)
def released_codes() -> CodeSet:
    """The shipped release; unpacked when it is first asked for, in some 30 ms and 20 MB."""
    return CodeSet(gzip.decompress(SHIPPED.read_bytes()))


def check_condition_code(text: str) -> ConditionCode:
    """The leaf that is meant by “k21.00” or “K2100”. Raises `CodeError` with a sentence that says what to write."""
    return released_codes().leaf(text)


def search_conditions(words: str, *, limit: int = MOST_FOUND) -> list[ConditionCode]:
    """Leaves to choose from: “reflux” or “gerd”; none if nothing fits."""
    return released_codes().search(words, limit=limit)
