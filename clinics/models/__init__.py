from clinics.models.clinic import Clinic, Membership
from clinics.models.invitation import SingleUseInvitation, StaffInvitation
from clinics.models.prescriber import AddressKind, Prescriber, PrescriberConfirmation
from clinics.models.user import User

__all__ = [
    "AddressKind",
    "Clinic",
    "Membership",
    "Prescriber",
    "PrescriberConfirmation",
    "SingleUseInvitation",
    "StaffInvitation",
    "User",
]
