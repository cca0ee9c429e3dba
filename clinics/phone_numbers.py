"""Telephone numbers: what somebody types becomes one E.164 number, or a sentence that says what to type instead."""

import phonenumbers
from django.core.exceptions import ValidationError
from phonenumbers import NumberParseException, PhoneNumberType, ValidationResult

# E.164 allows fifteen digits; far more than anybody types for one is not looked at.
LONGEST_TYPED = 40
# These ring somewhere, or cost the caller; no text arrives there.
TAKES_NO_TEXT = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.VOICEMAIL,
        PhoneNumberType.UAN,
        PhoneNumberType.PAGER,
    }
)
TYPE_IT_LIKE = "Type it with the country’s code, for example +49 1512 3456789."


def dialled(typed: str) -> str:
    """What of it can be dialled, for a link: people write “(030) 123 45” with whatever they like in between."""
    return "".join(sign for sign in typed if sign.isdigit() or sign == "+")


class PhoneNumberError(ValueError):
    """This is no number that can be used: the text is a sentence that says what to type, without the number."""


def phone_number(typed: str) -> str:
    """The number in E.164, such as “+4915123456789”. Raises PhoneNumberError.

    A number without its country’s code is refused: which country was meant would be a guess, and the message would
    reach a stranger.
    """
    return phonenumbers.format_number(_read(typed), phonenumbers.PhoneNumberFormat.E164)


def mobile_number(typed: str) -> str:
    """The same for a number that text messages go to: one that is known to be a landline is refused as well."""
    number = _read(typed)
    if phonenumbers.number_type(number) in TAKES_NO_TEXT:
        raise PhoneNumberError("Text messages do not arrive at this number. Enter the number of a mobile telephone.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def validate_mobile_number(value: str) -> None:
    """For a model’s field that holds E.164: what is stored must be what `mobile_number` returns."""
    try:
        written = mobile_number(value)
    except PhoneNumberError as error:
        raise ValidationError(str(error), code="phone_number") from None
    if written != value:
        raise ValidationError(f"Write this number as {written}.", code="phone_number")


def _read(typed: str) -> phonenumbers.PhoneNumber:
    text = typed.strip()
    if not text:
        raise PhoneNumberError(f"There is no telephone number. {TYPE_IT_LIKE}")
    if len(text) > LONGEST_TYPED:
        raise PhoneNumberError(f"This is too long for a telephone number. {TYPE_IT_LIKE}")
    if any(character.isalpha() for character in text):
        raise PhoneNumberError(f"A telephone number has digits only. {TYPE_IT_LIKE}")
    # What is dialled for a foreign country in most of the world.
    if text.startswith("00"):
        text = f"+{text[2:]}"
    if not text.startswith("+"):
        raise PhoneNumberError(f"The country’s code is missing. {TYPE_IT_LIKE}")
    try:
        number = phonenumbers.parse(text, None)
    except NumberParseException as error:
        raise PhoneNumberError(_why(error)) from None
    if number.extension:
        raise PhoneNumberError("Leave out the extension: a text message cannot dial one.")
    match phonenumbers.is_possible_number_with_reason(number):
        case ValidationResult.TOO_SHORT | ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            raise PhoneNumberError("Digits are missing in this number. Compare it with where it was written down.")
        case ValidationResult.TOO_LONG:
            raise PhoneNumberError("This number has too many digits. Compare it with where it was written down.")
    if not phonenumbers.is_valid_number(number):
        raise PhoneNumberError("No such number is given out in that country. Compare it digit by digit.")
    return number


def _why(error: NumberParseException) -> str:
    if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        return f"No country has this code. {TYPE_IT_LIKE}"
    return f"This is no telephone number. {TYPE_IT_LIKE}"
