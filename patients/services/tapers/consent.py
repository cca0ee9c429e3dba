"""The patient’s agreement that the clinic may write to a prescriber about her."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from clinics.actor import Actor, require
from clinics.domain.instants import civil_date, zone
from clinics.models import Prescriber
from clinics.roles import Act
from patients.models import ContactConsent, Patient, Plan, Taper
from patients.services.errors import InvalidRequest, Refused
from patients.services.noticing import replan_of_prescriber
from patients.services.tapers.tapering import close_requests, tapering
from protocols.domain.taper_states import TaperMove


def give_consent(
    patient: Patient, prescriber: Prescriber, *, given_on: date, how: str, by: Actor, at: datetime
) -> ContactConsent:
    """Record that she agrees, on which day and how. Without it nothing is sent to this prescriber."""
    require(by, Act.HANDLE_TAPER_PAPERS, clinic=patient.clinic)
    if prescriber.clinic_id != patient.clinic_id:
        raise InvalidRequest("Choose a prescriber of this clinic’s list.", field="prescriber")
    if given_on > civil_date(at, zone(patient.zone)):
        raise InvalidRequest("That day has not come yet.", field="given_on")
    if not how.strip():
        raise InvalidRequest("Say how she agreed: on a signed form, by word of mouth, in a message.", field="how")
    try:
        with transaction.atomic():
            consent = ContactConsent.objects.create(
                patient=patient,
                prescriber=prescriber,
                given_on=given_on,
                how=how.strip(),
                recorded_at=at,
                by_kind=by.kind.value,
                by_code=by.code,
            )
            # What could go to nobody may go from now on, also about what has ended.
            replan_of_prescriber(prescriber, at=at, patient=patient.pk)
            return consent
    except IntegrityError as error:
        raise Refused("This consent is recorded already.") from error


@transaction.atomic
def withdraw_consent(consent: ContactConsent, *, by: Actor, at: datetime) -> ContactConsent:
    """She no longer agrees. Nothing more is sent, and what was sent and not answered is dead."""
    require(by, Act.HANDLE_TAPER_PAPERS, clinic=consent.patient.clinic)
    # The plans first, as everywhere: who is just sending something has sent it before, or does not send it any more.
    tapers = Taper.objects.open().filter(plan__patient=consent.patient_id, prescriber=consent.prescriber_id)
    list(Plan.objects.select_for_update(of=("self",), no_key=True).filter(tapers__in=tapers).order_by("pk"))
    locked: ContactConsent = ContactConsent.objects.select_for_update().get(pk=consent.pk)
    if locked.withdrawn_at is not None:
        raise Refused("This consent was withdrawn already.")
    locked.withdrawn_at, locked.withdrawn_by_kind, locked.withdrawn_by_code = at, by.kind.value, by.code
    locked.save()
    for taper in tapers.order_by("plan", "pk"):
        with tapering(taper, by=by, at=at, revision=None, act=Act.HANDLE_TAPER_PAPERS) as move:
            for version in move.versions:
                close_requests(version, at=at, because="She withdrew her consent.")
            move.note(TaperMove.WITHDRAW, reason="She withdrew her consent to contact the prescriber.")
    replan_of_prescriber(locked.prescriber, at=at, patient=locked.patient_id)
    return locked
