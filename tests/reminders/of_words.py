"""What tests of the ledger’s words share."""

import re


def one_sentence(words: str) -> str:
    """The sentence, after a look that it is one, as people write it."""
    assert words.endswith("."), words
    assert words[0].isupper(), words
    assert not {". ", "\n"} & {words[at : at + 2] for at in range(len(words))}, words
    assert not re.search(r"\d{4}-\d\d-\d\d", words), f"a date that nobody speaks: {words}"
    return words
