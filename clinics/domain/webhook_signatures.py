"""Whether a report that came in over the internet was signed by whom it says it is from. Nothing here keeps state."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

# How far the clock of whoever signed may be from ours; an older report may be one that somebody plays again.
TOLERANCE: Final = timedelta(minutes=5)


def twilio_signature(secret: str, *, url: str, parameters: Iterable[tuple[str, str]]) -> str:
    """What Twilio writes into X-Twilio-Signature for a form that it posts.

    The address as Twilio called it, with its query, and then each parameter’s name and value in the order of names, no
    pair twice; HMAC-SHA1 with the account’s token, in base64. https://www.twilio.com/docs/usage/webhooks/webhooks-security
    """
    signed = url + "".join(name + value for name, value in sorted(set(parameters)))
    return base64.b64encode(hmac.new(secret.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def is_signed_by_twilio(signature: str, *, secret: str, url: str, parameters: Iterable[tuple[str, str]]) -> bool:
    """Whether the signature is right. Without a secret nothing is."""
    return bool(secret) and _same(signature, twilio_signature(secret, url=url, parameters=parameters))


def timed_signature(secret: str, *, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the timestamp, a full stop and the body, in hexadecimal digits."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def is_signed_in_time(signature: str, *, secret: str, timestamp: str, body: bytes, at: datetime) -> bool:
    """Whether the signature is right and its timestamp, in seconds since 1970, at most five minutes from `at`."""
    if not secret or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(at.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return False
    return _same(signature, timed_signature(secret, timestamp=timestamp, body=body))


def _same(given: str, right: str) -> bool:
    """Compare in a time that does not tell how much of it was right."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())
