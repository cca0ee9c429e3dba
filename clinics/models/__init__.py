from clinics.models.clinic import Clinic, Membership
from clinics.models.invitation import SingleUseInvitation, StaffInvitation
from clinics.models.prescriber import AddressKind, Prescriber, PrescriberConfirmation
from clinics.models.staffing import (
    Cover,
    EmergencyNumber,
    EscalationOrder,
    EscalationStep,
    StaffedHours,
    StaffedStretch,
)
from clinics.models.user import User

__all__ = [
    "AddressKind",
    "Clinic",
    "Cover",
    "EmergencyNumber",
    "EscalationOrder",
    "EscalationStep",
    "Membership",
    "Prescriber",
    "PrescriberConfirmation",
    "SingleUseInvitation",
    "StaffInvitation",
    "StaffedHours",
    "StaffedStretch",
    "User",
]
