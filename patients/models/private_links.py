"""Addresses that open something for whoever holds them: derived when they are sent, stored nowhere.

A link is the opaque code of its row and a keyed hash of that row’s secret. Another secret, another key of the site, or
another address of the prescriber, and it opens nothing.
"""

import secrets

from django.utils.crypto import constant_time_compare, salted_hmac

from patients.models.signing import SigningRequest
from patients.models.taper_use import CalendarFeed

_LENGTH = 40


def new_nonce() -> str:
    """The secret of a new row: 256 bits."""
    return secrets.token_urlsafe(32)


def signing_token(request: SigningRequest) -> str:
    """What opens this request, for the prescriber’s mailbox alone."""
    return f"{request.code}-{_seal('signing', request.code, request.nonce, request.address)}"


def request_of(token: str) -> SigningRequest | None:
    """The request that this token opens, open or closed; None for any other text."""
    code, _, seal = token.partition("-")
    request = SigningRequest.objects.filter(code=code).first()
    if request is None or not constant_time_compare(
        seal, _seal("signing", request.code, request.nonce, request.address)
    ):
        return None
    return request


def feed_token(feed: CalendarFeed) -> str:
    """What opens this calendar."""
    return f"{feed.code}-{_seal('calendar', feed.code, feed.nonce)}"


def feed_of(token: str) -> CalendarFeed | None:
    """The calendar that this token opens; None for any other text, and once it was revoked."""
    code, _, seal = token.partition("-")
    feed = CalendarFeed.objects.filter(code=code, revoked_at__isnull=True).first()
    if feed is None or not constant_time_compare(seal, _seal("calendar", feed.code, feed.nonce)):
        return None
    return feed


def _seal(what: str, *parts: str) -> str:
    hashed = salted_hmac(f"gutclinic.{what}", "\0".join(parts), algorithm="sha256")
    return hashed.hexdigest()[:_LENGTH]
