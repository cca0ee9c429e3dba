"""Addresses that open something for whoever holds them: derived when they are sent, stored nowhere.

A link is the opaque code of its row and a keyed hash of that row’s secret. Another secret, another key of the site, or
another address of the prescriber, and it opens nothing.
"""

import secrets

from django.utils.crypto import constant_time_compare, salted_hmac

from patients.models.people import Patient
from patients.models.reaching import MessageGroup
from patients.models.signing import SigningRequest
from patients.models.taper_use import CalendarFeed

_LENGTH = 40
_ALL = "a"
_SIGNS = {
    MessageGroup.PHASES: "p",
    MessageGroup.MEDICINES: "m",
    MessageGroup.SUPPLIES: "s",
    MessageGroup.PLAN_CHANGES: "c",
    MessageGroup.TIMES_OF_DAY: "t",
}


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


def stopping_token(patient_code: str, group: MessageGroup | None) -> str:
    """What ends the messages of one group to this patient; of all, where group is None.

    It stands in the messages themselves, so it names the group by a letter alone. It works for as long as they lie in
    a mailbox, and ending is all that it can do.
    """
    sign = _ALL if group is None else _SIGNS[group]
    return f"{patient_code}-{sign}-{_seal('stopping', patient_code, sign)}"


def stopping_of(token: str) -> tuple[Patient, tuple[MessageGroup, ...]] | None:
    """Whose messages this token ends, and which; None for any other text."""
    code, _, rest = token.partition("-")
    sign, _, seal = rest.partition("-")
    if not constant_time_compare(seal, _seal("stopping", code, sign)):
        return None
    patient = Patient.objects.select_related("clinic").filter(code=code).first()
    if patient is None:
        return None
    return patient, tuple(group for group in MessageGroup if sign in (_ALL, _SIGNS[group]))


def _seal(what: str, *parts: str) -> str:
    hashed = salted_hmac(f"gutclinic.{what}", "\0".join(parts), algorithm="sha256")
    return hashed.hexdigest()[:_LENGTH]
