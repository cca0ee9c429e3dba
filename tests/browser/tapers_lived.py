"""A taper that has run for a while by the clock of the server, since no test may stop that."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from clinics.actor import Actor, acting_prescriber, staff_in
from clinics.domain.instants import civil_date, zone
from clinics.models import AddressKind, Clinic, Prescriber, User
from clinics.services.confirmations import confirm_address
from clinics.services.prescribers import add_prescriber
from patients.models import Door, MedicineUse, Patient, Plan, ReviewAnswer, SourceKind, Taper
from patients.services.record import add_medicine, add_medicine_review
from patients.services.record_writing import Source
from patients.services.tapers.consent import give_consent
from patients.services.tapers.drawing_up import Covering, Draft, save_draft
from patients.services.tapers.requesting import propose, send
from patients.services.tapers.signing import Agreement, sign
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from protocols.domain.terms import AlertRoute, Permissions, Rescue
from protocols.models import Medicine
from tests.fixtures.tapers import NO_STOPS, PPI_1D


def today_of(patient: Patient, at: datetime) -> date:
    return civil_date(at, zone(patient.zone))


def reachable(clinic: Clinic, colleague: User, *, by: Actor, at: datetime) -> Prescriber:
    """Dr Price, whose addresses a colleague has confirmed."""
    found = add_prescriber(
        clinic,
        name="Dr Price",
        practice="Price and partners",
        email="dr_price@example.org",
        fax="+49 30 123456",
        telephone="+49 30 123457",
        by=by,
        at=at,
    )
    for kind in AddressKind:
        confirm_address(
            found, kind, register="Register of physicians", number="4711", by=staff_in(clinic, colleague), at=at
        )
    return found


def takes(
    patient: Patient, medicine: Medicine, prescriber: Prescriber | None, *, by: Actor, at: datetime
) -> MedicineUse:
    """40 mg before breakfast for years, and nothing else."""
    source = Source(kind=SourceKind.DOCUMENT, as_of=today_of(patient, at), note="The pharmacy’s list")
    add_medicine_review(patient, answer=ReviewAnswer.COMPLETE, source=source, by=by, at=at)
    return add_medicine(
        patient,
        medicine=medicine,
        amount=Amount.parse("40 mg"),
        pattern="daily",
        times_of_day=[Slot.BEFORE_BREAKFAST],
        since=date(2021, 3, 1),
        prescriber=prescriber,
        is_bought_without_prescription=None if prescriber else True,
        source=source,
        by=by,
        at=at,
    )


def drawn_up(
    plan: Plan, use: MedicineUse, medicine: Medicine, prescriber: Prescriber, *, by: Actor, at: datetime
) -> Taper:
    """Angela’s draft, to begin the day after."""
    today = today_of(plan.patient, at)
    draft = Draft(
        reduces=use,
        medicine=medicine,
        prescriber=prescriber,
        start=((Slot.BEFORE_BREAKFAST, Amount.parse("40 mg")),),
        recipe=PPI_1D,
        planned_first_day=today + timedelta(days=1),
        indication="Heartburn, resolved",
        indication_code="R12",
        answers=tuple(replace(answer, as_of=today) for answer in NO_STOPS),
        rescue=Rescue(medicine="Alginate", directions="10 mL after meals and at bedtime when needed"),
        alert_route=AlertRoute.EMAIL,
        permissions=Permissions(automatic_hold_at_red_flag=True, equivalents=True),
        covering=Covering(reason="Symptoms have resolved.", monitored_by="dr_cho", call="The clinic"),
    )
    return save_draft(plan, draft, by=by, at=at)


def sent(taper: Taper, *, by: Actor, at: datetime) -> Taper:
    """With her consent, through the link."""
    give_consent(
        taper.plan.patient,
        taper.prescriber,
        given_on=today_of(taper.plan.patient, at),
        how="Signed form in the file",
        by=by,
        at=at,
    )
    propose(taper, shown=taper.versions.get().sha256, by=by, at=at, revision=taper.revision)
    taper.refresh_from_db()
    send(taper, door=Door.LINK, by=by, at=at, revision=taper.revision)
    return Taper.objects.get(pk=taper.pk)


def signed(taper: Taper, *, at: datetime) -> Taper:
    """By Dr Price, through the link."""
    version = taper.versions.get(status="proposed")
    sign(
        taper,
        door=Door.LINK,
        version_sha256=version.sha256,
        agreement=Agreement(),
        means="By control of a mailbox.",
        request=version.requests.last(),
        by=acting_prescriber(taper.prescriber),
        at=at,
    )
    return Taper.objects.get(pk=taper.pk)
