"""How long an answer asks us to wait: its header Retry-After (RFC 9110, 10.2.3)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=1)


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """The wait that is asked for, at most a day; None if there is none, or none that can be read.

    headers: by their names in small letters. A date is read by the clock of whoever wrote it, not by ours.
    """
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return min(timedelta(seconds=int(said[:9])), LONGEST)
    until, answered_at = _instant(said), _instant(headers.get("date", ""))
    if until is None or answered_at is None:
        return None
    return min(max(until - answered_at, timedelta()), LONGEST)


def _instant(text: str) -> datetime | None:
    try:
        instant = parsedate_to_datetime(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None
