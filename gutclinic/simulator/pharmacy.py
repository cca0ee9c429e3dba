"""The medicine that comes down in a run, and who prescribes it: outside with a confirmed address, or inside."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from clinics.actor import Actor, staff_in
from clinics.models import AddressKind, Clinic, Prescriber, User
from clinics.roles import Role
from clinics.services.prescribers import add_prescriber, confirm_address
from protocols.domain.medicines import MedicineClass
from protocols.models import Medicine
from protocols.services.catalogue_loading import load_catalogue

OMEPRAZOLE: Final = "omeprazole-capsule"
REGISTER: Final = "Register of physicians"


@dataclass(frozen=True, slots=True)
class Pharmacy:
    """outside: reached by email, fax and telephone. inside: a member of staff who is licensed for PPIs."""

    medicine: Medicine
    outside: Prescriber
    inside: Prescriber


def load_medicine(*, by: Actor, at: datetime) -> Medicine:
    """Load what ships, and return the omeprazole. by: the system."""
    load_catalogue(by=by, at=at)
    return Medicine.objects.current().prefetch_related("strengths").get(clinic__isnull=True, key=OMEPRAZOLE)


def open_pharmacy(
    clinic: Clinic, medicine: Medicine, *, number: int, practitioner: User, zone: str, at: datetime
) -> Pharmacy:
    """Enter one prescriber outside, living in that zone, and license this practitioner; by the clinic's admin."""
    admin = User.objects.get(memberships__clinic=clinic, memberships__role=Role.CLINIC_ADMIN.value)
    by = staff_in(clinic, admin)
    outside = add_prescriber(
        clinic,
        name=f"prescriber_{number}",
        email=f"prescriber_{number}@example.org",
        fax=f"+49 30 23125 01{number}",
        telephone=f"+49 30 23125 01{number}",
        zone=zone,
        by=by,
        at=at,
    )
    for kind in AddressKind:
        confirm_address(outside, kind, register=REGISTER, number=f"47-{number}", by=by, at=at)
    inside = add_prescriber(
        clinic,
        user=practitioner,
        name=practitioner.name,
        licence_register=REGISTER,
        licence_number=f"08-{number}",
        licensed_classes=[MedicineClass.PPI.value],
        by=by,
        at=at,
    )
    return Pharmacy(medicine, outside, inside)
