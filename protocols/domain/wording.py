"""What patient texts must not say: no claim to cure, heal or detox, and no theory without "hypothesis" beside
it.

Words are refused wherever they stand, in a denial too ("this is not a cure"): the check cannot weigh a
sentence, and a text that avoids the word is never misread. Food that is cured, such as cured meat, makes no
claim.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_BETWEEN: Final = r"(?:\w+\W+){0,4}?"
_CLAIMS: Final = re.compile(
    rf"""
      \b cur(?:e|es|ed|ing|able|ative) \b (?! \W+ (?:meat|ham|fish|sausage|pork|bacon|salmon|food)s? \b )
    | \b heal (?:s|ed|ing|er|ers)? \b
    | \b de-?tox \w*
    | \b cleans (?:e|es|ed|er|ers|ing|ings) \b
    | \b (?: (?:flush|purg|remov|eliminat|expel|clear) \w* | rid ) \W+ {_BETWEEN} toxins \b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_THEORY: Final = re.compile(
    r"\b(?:leaky\W+gut|theor(?:y|ies)|(?:is|are)\W+(?:thought|believed)\W+to|root\W+causes?)\b", re.IGNORECASE
)
_HYPOTHESIS: Final = re.compile(r"\bhypothes[ie]s\b", re.IGNORECASE)


def forbidden_claims(text: str) -> list[str]:
    """The words of `text` that claim to cure, heal or detox: lower case, in order, each once."""
    found = (" ".join(claim[0].lower().split()) for claim in _CLAIMS.finditer(_plain(text)))
    return list(dict.fromkeys(found))


def missing_hypothesis(text: str) -> bool:
    """Whether `text` speaks of theory ("leaky gut", "root cause") and never says "hypothesis"."""
    plain = _plain(text)
    return bool(_THEORY.search(plain)) and not _HYPOTHESIS.search(plain)


def _plain(text: str) -> str:
    """`text` with look-alike letters made plain and invisible characters gone: neither hides a word."""
    composed = unicodedata.normalize("NFKC", text)
    return "".join(character for character in composed if unicodedata.category(character) != "Cf")
