"""A JSON document is read strictly: no float, no key twice, no guess."""

from decimal import Decimal
from time import perf_counter

import pytest

from protocols.domain.document import MOST_BYTES, Fields, parse_document
from protocols.domain.taper_error import DocumentError


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"{",
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1} {"b": 2}',
        b'{"a": "\xff"}',
        '{"a": "ü"}'.encode("utf-16"),
        b'{"a": "\\ud800"}',
        b'{"\\udfff": 1}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
    ],
)
def test_what_is_not_json_has_no_field(data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"\.$") as caught:
        parse_document(data)
    assert (caught.value.code, caught.value.field) == ("not_json", "")


def test_a_document_that_is_too_long_is_not_read() -> None:
    with pytest.raises(DocumentError) as caught:
        parse_document(b" " * (MOST_BYTES + 1))
    assert (caught.value.code, caught.value.field) == ("too_large", "")
    assert parse_document(b"{}" + b" " * (MOST_BYTES - 2)) == {}


def test_numbers_are_never_floats() -> None:
    found = parse_document(b'{"a": 0.1, "b": 7, "c": 1e2, "d": [1e999999999999999999999]}')
    assert found == {"a": Decimal("0.1"), "b": 7, "c": Decimal(100), "d": [Decimal("Infinity")]}
    assert isinstance(found, dict)
    assert type(found["b"]) is int


def test_a_number_of_ten_thousand_digits_is_out_of_any_range_and_no_crash() -> None:
    found = parse_document(b'{"a": 1' + b"0" * 10_000 + b', "b": -1' + b"0" * 10_000 + b"}")
    assert found == {"a": 10**18, "b": -(10**18)}


def test_a_byte_order_mark_does_no_harm() -> None:
    assert parse_document(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_a_key_given_twice_is_named_where_it_stands() -> None:
    outer = parse_document(b'{"a": 1, "b": [{"c": 1, "d": 2, "c": 1}], "e": {"a": 1}}')
    with pytest.raises(DocumentError, match="“c” is given twice") as caught:
        list(Fields(outer).objects("b"))
    assert (caught.value.code, caught.value.field) == ("key_twice", "b[0].c")
    with pytest.raises(DocumentError) as caught:
        Fields(parse_document(b'{"a": 1, "a": 1}'))
    assert caught.value.field == "a"


def test_a_hundred_thousand_keys_take_no_time() -> None:
    members = ",".join(f'"{number}":0' for number in [*range(90_000), 7])
    before = perf_counter()
    found = parse_document(f"{{{members}}}".encode())
    assert perf_counter() - before < 2
    with pytest.raises(DocumentError, match="“7” is given twice"):
        Fields(found)


def test_a_long_key_is_cut_short_in_the_answer() -> None:
    with pytest.raises(DocumentError) as caught:
        Fields({"k" * 5000: 1}).only({"a"})
    assert caught.value.field == "k" * 40 + "…"
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("value", [True, 1.5, Decimal("7.0"), "7", None, [7]])
def test_only_a_json_integer_is_a_whole_number(value: object) -> None:
    with pytest.raises(DocumentError) as caught:
        Fields({"days": value}, "recipe").integer("days")
    assert (caught.value.code, caught.value.field) == ("not_an_integer", "recipe.days")


@pytest.mark.parametrize(
    ("value", "expected"), [(25, "25"), (Decimal("12.5"), "12.5"), ("12.5", "12.5"), ("007", "7"), (-3, "-3")]
)
def test_a_decimal_is_a_number_or_text(value: object, expected: str) -> None:
    assert Fields({"percent": value}).decimal("percent") == Decimal(expected)


@pytest.mark.parametrize("value", [0.5, "1e3", " 5", ".5", "5.", "٣", "", "9" * 201, None, False, []])
def test_what_is_no_decimal(value: object) -> None:
    with pytest.raises(DocumentError) as caught:
        Fields({"percent": value}).decimal("percent")
    assert caught.value.code == "not_a_number"
