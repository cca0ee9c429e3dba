"""What a form of the portal sent, read strictly: anything else is a sentence, and nothing is written."""

import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from patients.services.errors import InvalidRequest

MOST_DIGITS = 7
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])(?:[:.]([0-5][0-9]))?")


def day_of(text: str, *, field: str = "day") -> date:
    """The civil date of “2027-01-04”."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 — a civil date has no zone
    except ValueError as error:
        raise InvalidRequest("The day could not be read. Look again, then tap once more.", field=field) from error


def clock_of(text: str, *, field: str) -> time | None:
    """A time of day as people type it: “7”, “7:30” or “7.30”; None where the field was left empty."""
    words = text.strip()
    if not words:
        return None
    found = _CLOCK.fullmatch(words)
    if found is None:
        raise InvalidRequest("Write a time such as 7:30.", field=field)
    return time(int(found[1]), int(found[2] or 0))


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
