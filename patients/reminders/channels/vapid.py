"""The site’s own key for web push (VAPID, RFC 8292): 32 octets in base64url, as push libraries print it."""

import base64
import binascii

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

KEY_BYTES = 32


class KeyUnusable(ValueError):
    """This is no VAPID key. The text does not repeat it."""

    def __init__(self) -> None:
        super().__init__("This is no VAPID key: it must be 32 octets in base64url.")


def vapid_key(text: str) -> Vapid02:
    """The key that signs, from the settings. Raises KeyUnusable."""
    try:
        octets = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        if len(octets) != KEY_BYTES:
            raise KeyUnusable
        return Vapid02(derive_private_key(int.from_bytes(octets, "big"), SECP256R1()))
    except (binascii.Error, ValueError):
        raise KeyUnusable from None


def new_vapid_key() -> str:
    """A new key, to be kept in the settings. With another one every subscription ends."""
    number = generate_private_key(SECP256R1()).private_numbers().private_value
    return _base64url(number.to_bytes(KEY_BYTES, "big"))


def public_part(key: Vapid02) -> str:
    """What a page gives to `pushManager.subscribe` as `applicationServerKey`."""
    return _base64url(key.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
