"""A browser’s push subscription: read strictly, because all of it was sent by a visitor.

The endpoint is an address that this server will call. So it must be one of the push services that browsers use, over
https, on the ordinary port. Which those are stands in the settings (PUSH_HOSTS): those of Chrome and most others,
Firefox, Safari and Edge, as listed in https://github.com/web-push-libs/web-push/issues/801.
"""

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

LONGEST_ENDPOINT = 2048
# RFC 8291, 2: an uncompressed point on P-256, and 16 random octets.
POINT_BYTES, SECRET_BYTES = 65, 16


class SubscriptionRefused(ValueError):
    """This subscription is not taken; the text says why, without the endpoint."""


class ServiceNotListed(SubscriptionRefused):
    """Its push service is none of those in the settings."""


@dataclass(frozen=True, slots=True)
class PushSubscription:
    """Where a browser is reached, and its two keys. Whoever knows the endpoint can call it: it is a secret."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)

    @property
    def address(self) -> str:
        """As it stands in an envelope, and is stored."""
        return json.dumps({"endpoint": self.endpoint, "keys": {"p256dh": self.p256dh, "auth": self.auth}})

    @property
    def host(self) -> str:
        """The push service, to tell one that is down from the others."""
        return urlsplit(self.endpoint).hostname or ""

    @property
    def origin(self) -> str:
        """What a VAPID token is made out to (RFC 8292, 2)."""
        return f"https://{urlsplit(self.endpoint).netloc}"


def push_subscription(text: str, *, hosts: Iterable[str]) -> PushSubscription:
    """Read what a browser’s `subscription.toJSON()` says. Raises SubscriptionRefused.

    hosts: the push services that are allowed. “*.” stands for one name or several before the rest.
    """
    try:
        said = json.loads(text)
        endpoint, keys = said["endpoint"], said["keys"]
        p256dh, auth = keys["p256dh"], keys["auth"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise SubscriptionRefused("This is no push subscription.") from None
    if not all(isinstance(part, str) for part in (endpoint, p256dh, auth)):
        raise SubscriptionRefused("This is no push subscription.")
    _check_endpoint(endpoint, hosts)
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), _decoded(p256dh, POINT_BYTES))
        _decoded(auth, SECRET_BYTES)
    except ValueError:
        raise SubscriptionRefused("The keys of this push subscription cannot be used.") from None
    return PushSubscription(endpoint, p256dh, auth)


def push_service_of(address: str) -> str:
    """The host of a push service, out of what stands in an envelope; empty for what is no subscription."""
    try:
        return urlsplit(json.loads(address)["endpoint"]).hostname or ""
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""


def is_listed(host: str, hosts: Iterable[str]) -> bool:
    """Whether a host is one of the list, or below one that is written with “*.”."""
    return any(host.endswith(one[1:]) and host != one[2:] if one.startswith("*.") else host == one for one in hosts)


def _check_endpoint(endpoint: str, hosts: Iterable[str]) -> None:
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise SubscriptionRefused("The endpoint of this push subscription is no address.") from None
    # Programs read what stands before a backslash differently.
    is_plain = endpoint.isascii() and endpoint.isprintable() and not {" ", "\\"} & set(endpoint)
    is_plain = is_plain and len(endpoint) <= LONGEST_ENDPOINT
    if not is_plain or parts.scheme != "https" or "@" in parts.netloc or port not in (None, 443) or parts.fragment:
        raise SubscriptionRefused("The endpoint of this push subscription is no plain https address.")
    if not is_listed(host, hosts):
        raise ServiceNotListed("The endpoint of this push subscription is none of the push services we know.")


def _decoded(text: str, length: int) -> bytes:
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError from error
    if len(found) != length:
        raise ValueError
    return found
