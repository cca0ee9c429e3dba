"""Equal documents have equal bytes, and what has several spellings is refused."""

import hashlib
import json
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.canonical import NotCanonical, canonical_bytes, sha256_of

# Written by hand, byte by byte, and hashed with sha256sum.
WRITTEN = (
    b'{"amount":"2.5 mg","days":[0,14,-1],"medicine":"Om\xc3\xa9prazole \xe2\x80\x93 \\"20\\"",'
    b'"nested":{"A":null,"Z":true,"a":false,"\xc3\xa9":""},"tab\\t":"\\u0001/\xf0\x9f\x92\x8a"}'
)
WRITTEN_SHA256 = "bf81621ec1ba4c33bc527b0a1d496973b0b6ed396159c85cac2f19356d252fd5"
DOCUMENT = {
    "tab\t": "\x01/\N{PILL}",
    "nested": {"\N{LATIN SMALL LETTER E WITH ACUTE}": "", "a": False, "Z": True, "A": None},
    "days": [0, 14, -1],
    "medicine": "Ome\N{COMBINING ACUTE ACCENT}prazole – \"20\"",
    "amount": "2.5 mg",
}  # fmt: skip


class Colour(StrEnum):
    RED = "red"


class Number(IntEnum):
    ONE = 1


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.text())
KEYS = st.text(max_size=5).map(lambda text: unicodedata.normalize("NFC", text))
DOCUMENTS = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS,
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
        max_leaves=12,
    ),
    max_size=5,
)


def rewritten(value: Any, form: str, order: Callable[[list[Any]], list[Any]]) -> Any:
    """The same document with its text in another Unicode form and its keys in another order."""
    if isinstance(value, str):
        return unicodedata.normalize(form, value)
    if isinstance(value, list):
        return [rewritten(item, form, order) for item in value]
    if isinstance(value, dict):
        return {unicodedata.normalize(form, key): rewritten(value[key], form, order) for key in order(list(value))}
    return value


def test_a_document_has_the_bytes_that_were_written_by_hand() -> None:
    assert canonical_bytes(DOCUMENT) == WRITTEN
    assert sha256_of(WRITTEN) == WRITTEN_SHA256 == hashlib.sha256(WRITTEN).hexdigest()


def test_the_hash_of_nothing_is_the_published_one() -> None:
    assert sha256_of(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_an_empty_document_is_two_bytes() -> None:
    assert canonical_bytes({}) == b"{}"


@given(DOCUMENTS, st.randoms(use_true_random=False))
def test_order_of_keys_and_form_of_letters_change_no_byte(document: dict[str, Any], random: Any) -> None:
    def shuffled(keys: list[Any]) -> list[Any]:
        return random.sample(keys, len(keys))

    expected = canonical_bytes(document)
    for form in ("NFC", "NFD"):
        assert canonical_bytes(rewritten(document, form, shuffled)) == expected


@given(DOCUMENTS)
def test_what_is_read_back_is_the_document_and_is_written_alike(document: dict[str, Any]) -> None:
    content = canonical_bytes(document)
    assert json.loads(content) == rewritten(document, "NFC", sorted)
    assert canonical_bytes(json.loads(content)) == content


@given(DOCUMENTS, DOCUMENTS)
def test_different_documents_have_different_bytes(one: dict[str, Any], other: dict[str, Any]) -> None:
    def told_apart(value: Any) -> Any:
        # To Python 1 is True; on paper it is not.
        if isinstance(value, list):
            return [told_apart(item) for item in value]
        if isinstance(value, dict):
            return {key: told_apart(item) for key, item in value.items()}
        return (type(value).__name__, value)

    same = told_apart(rewritten(one, "NFC", sorted)) == told_apart(rewritten(other, "NFC", sorted))
    assert (canonical_bytes(one) == canonical_bytes(other)) == same


def test_a_tuple_is_written_like_a_list_and_a_named_value_like_its_value() -> None:
    assert canonical_bytes({"a": (1, "b")}) == b'{"a":[1,"b"]}'
    assert canonical_bytes({Colour.RED: Colour.RED, "n": Number.ONE}) == b'{"n":1,"red":"red"}'
    assert canonical_bytes({"n": True}) != canonical_bytes({"n": 1})


def test_keys_stand_in_the_order_of_their_code_points() -> None:
    # In UTF-16 the pill would come before the last letter of the basic plane.
    assert canonical_bytes({"\N{PILL}": 1, "\uffdc": 2, "b": 3, "B": 4, "": 5}) == (
        '{"":5,"B":4,"b":3,"\uffdc":2,"\N{PILL}":1}'.encode()
    )


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (2.5, "float"),
        (2.0, "float"),
        (float("nan"), "float"),
        (float("inf"), "float"),
        (Decimal("2.5"), "Decimal"),
        (Decimal(20), "Decimal"),
        (Decimal("NaN"), "Decimal"),
        (date(2027, 1, 4), "date"),
        (b"20 mg", "bytes"),
        ({1, 2}, "set"),
        (object(), "object"),
    ],
)
@pytest.mark.parametrize("place", ["value", "list", "object"])
def test_what_has_several_spellings_is_refused(value: object, name: str, place: str) -> None:
    document: dict[str, dict[str, Any]] = {
        "value": {"a": value},
        "list": {"a": [1, value]},
        "object": {"a": {"b": value}},
    }
    with pytest.raises(NotCanonical, match=f"A {name} has no single way of being written"):
        canonical_bytes(document[place])


@pytest.mark.parametrize("key", [1, 1.5, None, True, b"a", ("a",)])
def test_a_key_that_is_no_text_is_refused(key: Any) -> None:
    with pytest.raises(NotCanonical, match=f"A key is text, not a {type(key).__name__}"):
        canonical_bytes({"a": {key: 1}})


def test_two_keys_that_become_one_are_refused() -> None:
    accented = {"\N{LATIN SMALL LETTER E WITH ACUTE}": 1, "e\N{COMBINING ACUTE ACCENT}": 1}
    with pytest.raises(NotCanonical, match="The key “é” stands there twice"):
        canonical_bytes({"a": [accented]})


@pytest.mark.parametrize("document", [{"a": "\ud83d"}, {"\udc8a": "a"}, {"a": ["b", {"c": "x\ud800y"}]}])
def test_half_a_character_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(NotCanonical, match=r"half a character.*\.$"):
        canonical_bytes(document)
