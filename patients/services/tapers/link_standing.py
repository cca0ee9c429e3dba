"""What a prescriber’s link opens at an instant: a request to answer, a taper that runs, a warning sign, or nothing.

The link and the mailbox are asked anew each time: an address that was changed or no longer counts, a consent that was
withdrawn, a request that was sent again, and it is dead.
"""

from datetime import datetime
from enum import StrEnum

from django.db.models import Q

from clinics.domain.instants import civil_date, zone
from clinics.models import AddressKind
from clinics.services.confirmations import confirmed_address
from patients.models import ContactConsent, Door, Signature, SigningRequest
from patients.services.tapers.looking import closes_on
from protocols.domain.taper_states import VersionStatus


class LinkState(StrEnum):
    """waits: for an answer. runs: what was signed may be read, held and revoked. The rest opens nothing by itself.

    reported: what was signed has ended, and a warning sign is open that its prescriber was told of.

    answered, taken_back: who is reading already may still be told so.
    """

    WAITS = "waits"
    RUNS = "runs"
    REPORTED = "reported"
    ANSWERED = "answered"
    TAKEN_BACK = "taken-back"
    DEAD = "dead"

    @property
    def opens(self) -> bool:
        """Whether a code is sent for it."""
        return self in {LinkState.WAITS, LinkState.RUNS, LinkState.REPORTED}


def linked_request(code: str) -> SigningRequest | None:
    """The request of this code that was sent as a link, with the taper, the patient and the prescriber it is about."""
    return (
        SigningRequest.objects.filter(code=code, door=Door.LINK.value)
        .select_related(
            "version__taper__plan__patient__clinic",
            "version__taper__plan__practitioner",
            "version__taper__prescriber__clinic",
            "version__taper__medicine",
        )
        .first()
    )


def link_state(request: SigningRequest, *, at: datetime) -> LinkState:
    """What this link opens now."""
    if not _reaches_its_prescriber(request, at=at):
        return LinkState.DEAD
    if request.version.taper.is_in_error:
        return LinkState.TAKEN_BACK
    if request.is_open and request.version.status == VersionStatus.PROPOSED.value and not _is_too_old(request, at=at):
        return LinkState.WAITS
    if _was_signed(request):
        if request.version.taper.is_running:
            return LinkState.RUNS
        if request.version.taper.red_flags.filter(cleared_at__isnull=True).exists():
            return LinkState.REPORTED
    return LinkState.ANSWERED if request.answers.exists() else LinkState.TAKEN_BACK


def _reaches_its_prescriber(request: SigningRequest, *, at: datetime) -> bool:
    """Whether the address that it went to still counts, and the patient still agrees that it is written to.

    An address that was another one meanwhile is a new one: whoever had it for an hour keeps no link.
    """
    version = request.version
    taper = version.taper
    since = taper.prescriber.email_since
    if since is None or request.made_at < since:
        return False
    consent = ContactConsent.objects.standing().filter(patient=taper.plan.patient_id, prescriber=taper.prescriber_id)
    if not consent.exists():
        return False
    counts = confirmed_address(taper.prescriber, AddressKind.EMAIL, drawn_up_by_code=version.drawn_up_by_code, at=at)
    return counts is not None and counts == request.address


def _is_too_old(request: SigningRequest, *, at: datetime) -> bool:
    """Whether it is past the day on which it is closed unanswered: a late sweep opens no door."""
    return civil_date(at, zone(request.version.taper.plan.patient.zone)) >= closes_on(request)


def _was_signed(request: SigningRequest) -> bool:
    """Whether an agreement came of it, or by another door while it stood open."""
    signed_meanwhile = Q(version=request.version_id, signed_at=request.closed_at)
    return Signature.objects.filter(Q(answer__request=request) | signed_meanwhile).exists()
