"""Who prescribes what the patients of the demonstration take: one outside, confirmed by a colleague, and one inside."""

from datetime import datetime
from typing import Final

from clinics.actor import Actor, staff_in
from clinics.models import AddressKind, Clinic, Prescriber, User
from clinics.services.prescribers import add_prescriber, confirm_address
from protocols.domain.medicines import MedicineClass

REGISTER: Final = "Register of physicians of the demonstration"


def enter_prescribers(clinic: Clinic, *, practitioner: User, colleague: User, at: datetime) -> None:
    """Enter dr_price, whose email address and fax number the colleague confirms, and license the practitioner.

    The practitioner is the only clinic admin, and so enters the own licence; the history says that.
    """
    by: Actor = staff_in(clinic, practitioner)
    price = add_prescriber(
        clinic,
        name="Dr Price",
        practice="Family practice at the mill pond",
        email="dr_price@example.org",
        # Of a range that is given to nobody, like the telephone number.
        fax="+49 30 23125 018",
        telephone="+49 30 23125 019",
        zone=clinic.zone,
        by=by,
        at=at,
    )
    for kind in AddressKind:
        confirm_address(price, kind, register=REGISTER, number="4711", by=staff_in(clinic, colleague), at=at)
    add_prescriber(
        clinic,
        user=practitioner,
        name=practitioner.name,
        licence_register=REGISTER,
        licence_number="0815",
        licensed_classes=[MedicineClass.PPI.value],
        by=by,
        at=at,
    )


def prescriber_outside(clinic: Clinic) -> Prescriber:
    return Prescriber.objects.outside().get(clinic=clinic)


def prescriber_inside(clinic: Clinic) -> Prescriber:
    return Prescriber.objects.inside().get(clinic=clinic)
