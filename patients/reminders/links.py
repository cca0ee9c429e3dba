"""The link that a prescriber is sent: made when it is sent, stored nowhere, of use only in the mailbox it is for."""

from django.urls import reverse

from clinics.services.letters import public_address
from patients.models import Door, SigningRequest, Taper, TaperVersion
from patients.models.private_links import signing_token
from patients.models.taper_course import signature_of

LINK_ROWS = ("versions__requests", "versions__signature")


def prescriber_link(taper: Taper, *, about: str, address: str) -> str | None:
    """What opens this taper for whoever reads that mailbox; None if nothing that was ever sent there does.

    about: the code of what the message is about; of a request that is this one, of anything else the newest one that
    stood open when its version was signed. `taper` has `LINK_ROWS` loaded.
    """
    since = taper.prescriber.email_since
    sent = [
        (version, request)
        for version in taper.versions.all()
        for request in version.requests.all()
        if request.door == Door.LINK.value and request.address == address
        # Of an earlier spell of the same address it opens nothing.
        if since is not None and request.made_at >= since
    ]
    asked = next((request for _, request in sent if request.code == about), None)
    signed = [request for version, request in sent if _stood_open_when_signed(request, version)]
    found = asked or max(signed, key=lambda request: (request.made_at, request.pk), default=None)
    return None if found is None else public_address(_path(found))


def _stood_open_when_signed(request: SigningRequest, version: TaperVersion) -> bool:
    """A signature closes what still waits, at its own instant; that link opens the taper for as long as it runs."""
    signature = signature_of(version)
    return signature is not None and request.closed_at == signature.signed_at


def _path(request: SigningRequest) -> str:
    return reverse("prescriber:follow", args=[signing_token(request)])
