"""What a form of the portal sent, read strictly: anything else is a sentence, and nothing is written."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from patients.services.errors import InvalidRequest

MOST_DIGITS = 7


def day_of(text: str, *, field: str = "day") -> date:
    """The civil date of “2027-01-04”."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 — a civil date has no zone
    except ValueError as error:
        raise InvalidRequest("The day could not be read. Look again, then tap once more.", field=field) from error


def whole_number_of(text: str, *, field: str) -> int | None:
    """The number that was typed; None where the field was left empty."""
    words = text.strip()
    if not words:
        return None
    if not words.isascii() or not words.isdigit() or len(words) > MOST_DIGITS:
        raise InvalidRequest("Write a whole number, such as 2.", field=field)
    return int(words)


def count_of(text: str, *, field: str) -> Decimal:
    """A number of units as people type it: “12”, “12.5” or “12,5”."""
    words = text.strip().replace(",", ".")
    if not words or len(words) > MOST_DIGITS:
        raise InvalidRequest("Write how many you have, such as 28.", field=field)
    try:
        return Decimal(words)
    except InvalidOperation as error:
        raise InvalidRequest("Write how many you have, such as 28.", field=field) from error
