"""Envelopes for every channel, and a push subscription whose private half the test keeps."""

import base64
import json
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from patients.reminders.channels import Envelope

NUMBER = "+4915123456789"
FIREFOX = "https://updates.push.services.mozilla.com/wpush/v2/only-this-browser-knows"


def envelope(
    address: str,
    *,
    text: str = "There is a new note for you: https://clinic.example.org/portal/ABC",
    keep_for: timedelta | None = None,
) -> Envelope:
    return Envelope(
        address=address,
        sender_name="Your clinic",
        subject="You have a new note",
        text=text,
        html="<p>There is a new note for you.</p>",
        idempotency_key="ABC.123@example.org",
        keep_for=keep_for,
    )


class Browser:
    """One that has said yes to push messages: it alone can read what is pushed to it."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = b"sixteen octets!!"

    def subscription(self, *, endpoint: str = FIREFOX) -> str:
        """What the browser’s `subscription.toJSON()` says."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": base64url(point), "auth": base64url(self.secret)}
        return json.dumps({"endpoint": endpoint, "expirationTime": None, "keys": keys})


def base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
