"""The clinics, practitioners and patients of a run, who come in by the same services as everybody."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final

from clinics.actor import Actor, staff_in
from clinics.models import Clinic, User
from clinics.roles import Role
from clinics.services.staff import accept_staff_invitation, invite_staff, open_clinic
from gutclinic.simulator.pharmacy import Pharmacy, load_medicine, open_pharmacy
from gutclinic.simulator.places import ZONES, choose_habits
from gutclinic.simulator.protocols import publish_protocols
from patients.models import ContactPoint, Patient
from patients.services.people import save_contact_point, save_patient
from protocols.models import TemplateVersion

# A clinic's name may tell what somebody is treated for; its messages must not.
CLINICS: Final = (
    ("Lindenhof gut practice", "Europe/Berlin"),
    ("Harbour gut practice", "Pacific/Auckland"),
    ("Lagoon gut practice", "Pacific/Kiritimati"),
)
# The clinic's number, and where the practitioner lives. The first works in two clinics.
PRACTITIONERS: Final = (
    ((0, 2), "Europe/Berlin"),
    ((0,), "America/New_York"),
    ((1,), "Pacific/Auckland"),
    ((1,), "Pacific/Pago_Pago"),
    ((2,), "Pacific/Kiritimati"),
    ((2,), "Asia/Kolkata"),
)
# Where the prescriber outside each clinic lives: not always where the clinic is.
PRESCRIBERS: Final = ("Europe/London", "Pacific/Auckland", "America/Los_Angeles")
UNREACHABLE_EVERY: Final = 16
SHARED_ADDRESS_EVERY: Final = 9


@dataclass(frozen=True, slots=True)
class House:
    """One clinic of the run: who works there, and what may be assigned."""

    clinic: Clinic
    practitioners: list[User]
    versions: list[TemplateVersion]
    pharmacy: Pharmacy

    def acting(self, practitioner: User) -> Actor:
        return staff_in(self.clinic, practitioner)

    def colleague(self, practitioner: User) -> User:
        """This practitioner, or the first of the others once they have left."""
        return practitioner if self.acting(practitioner).roles else self.practitioners[0]


def open_houses(*, by: Actor, at: datetime) -> list[House]:
    """Three clinics with their practitioners, published protocols and prescribers. by: the system."""
    clinics = []
    for number, (name, zone) in enumerate(CLINICS, start=1):
        clinic, secret = open_clinic(
            name=name,
            zone=zone,
            admin_email=f"clinic_admin_{number}@example.org",
            roles=[Role.CLINIC_ADMIN],
            by=by,
            at=at,
        )
        accept_staff_invitation(clinic.invitations.get().code, secret, at=at)
        clinics.append(clinic)
    staff: dict[int, list[User]] = {number: [] for number in range(len(clinics))}
    for number, (numbers, zone) in enumerate(PRACTITIONERS, start=1):
        for clinic_number in numbers:
            practitioner = _practitioner(number, clinics[clinic_number], zone=zone, at=at)
            staff[clinic_number].append(practitioner)
    houses = []
    medicine = load_medicine(by=by, at=at)
    for number, clinic in enumerate(clinics):
        first = staff[number][0]
        versions = publish_protocols(clinic, by=staff_in(clinic, first), system=by, at=at)
        pharmacy = open_pharmacy(
            clinic, medicine, number=number + 1, practitioner=first, zone=PRESCRIBERS[number], at=at
        )
        houses.append(House(clinic, staff[number], versions, pharmacy))
    return houses


def admin_of(clinic: Clinic) -> User:
    """The one admin of a clinic of the run."""
    return User.objects.get(memberships__clinic=clinic, memberships__role=Role.CLINIC_ADMIN.value)


def _practitioner(number: int, clinic: Clinic, *, zone: str, at: datetime) -> User:
    admin = admin_of(clinic)
    email = f"practitioner_{number}@example.org"
    invitation, secret = invite_staff(
        clinic,
        email=email,
        name=email.partition("@")[0],
        roles=[Role.PRACTITIONER],
        by=staff_in(clinic, admin),
        at=at,
    )
    practitioner = accept_staff_invitation(invitation.code, secret, at=at)
    practitioner.zone = zone
    practitioner.full_clean(exclude=["password"])
    practitioner.save()
    return practitioner


def name_of(number: int) -> str:
    return f"patient_{number:03}"


def receive_patient(number: int, house: House, *, by: Actor, rng: Random, at: datetime) -> Patient:
    """A new record. Some have no address, and some share the one of the patient before them."""
    patient = Patient(clinic=house.clinic, given_name=name_of(number), zone=ZONES[(number - 1) % len(ZONES)])
    choose_habits(patient, rng)
    save_patient(patient, by=by, at=at)
    if number % UNREACHABLE_EVERY:
        owner = number - 1 if number % SHARED_ADDRESS_EVERY == 0 else number
        contact = ContactPoint(patient=patient, value=address_of(owner), messages_allowed=True)
        save_contact_point(contact, by=by, at=at)
    return patient


def address_of(number: int) -> str:
    return f"{name_of(number)}@example.org"
