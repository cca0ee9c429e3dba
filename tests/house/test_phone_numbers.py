"""A telephone number is one number, however it was typed, or a sentence that says what to type."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from clinics.phone_numbers import PhoneNumberError, mobile_number, phone_number, validate_mobile_number


@pytest.mark.parametrize(
    "typed",
    [
        *("+4915123456789", "+49 1512 3456789", "0049 151 23456789", "+49 (0)1512/345 67 89", " +49-1512-3456789 "),
        *("+49.1512.3456789", "\uff0b49 1512 3456789".replace("\uff0b", "+")),
    ],
)
def test_one_number_is_one_however_it_is_typed(typed: str) -> None:
    assert mobile_number(typed) == "+4915123456789"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "There is no telephone number"),
        ("   ", "There is no telephone number"),
        ("0151 23456789", "The country’s code is missing"),
        ("112", "The country’s code is missing"),
        ("angela@example.org", "has digits only"),
        ("+49 151 CALL ME", "has digits only"),
        ("+999 1234567", "No country has this code"),
        ("+49", "This is no telephone number"),
        ("+49" + "1" * 60, "too long"),
        ("+1 555 0100", "Digits are missing"),
        ("+49 1512 34", "No such number is given out"),
        ("+1 123 456 7890", "No such number is given out"),
        ("+1 212 555 01000", "too many digits"),
        ("+4915123456789#5", "extension"),
    ],
)
def test_what_is_no_number_is_a_sentence_that_does_not_repeat_it(typed: str, sentence: str) -> None:
    for read in (phone_number, mobile_number):
        with pytest.raises(PhoneNumberError, match=sentence) as refused:
            read(typed)
        assert str(refused.value).endswith((".", "digit by digit."))
        assert len(typed.strip()) < 6 or typed.strip() not in str(refused.value)


@pytest.mark.parametrize("typed", ["+49 30 123456", "+49 900 1234567", "+1 800 555 1212"])
def test_a_landline_is_a_number_but_takes_no_text_messages(typed: str) -> None:
    assert phone_number(typed).startswith("+")
    with pytest.raises(PhoneNumberError, match="Text messages do not arrive"):
        mobile_number(typed)


def test_where_landline_and_mobile_look_alike_the_number_is_taken() -> None:
    assert mobile_number("+1 212 555 0143") == "+12125550143"


def test_a_field_holds_the_number_as_it_is_stored() -> None:
    validate_mobile_number("+4915123456789")
    for value in ("+49 1512 3456789", "+49 30 123456", "x"):
        with pytest.raises(ValidationError):
            validate_mobile_number(value)


@given(st.text(max_size=60))
def test_whatever_is_typed_it_is_a_number_or_a_sentence(typed: str) -> None:
    try:
        number = phone_number(typed)
    except PhoneNumberError:
        return
    assert number.startswith("+")
    assert number[1:].isascii()
    assert number[1:].isdigit()
    assert len(number) <= 16
    assert phone_number(number) == number
