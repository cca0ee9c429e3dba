from clinics.models.clinic import Clinic, Membership
from clinics.models.invitation import SingleUseInvitation, StaffInvitation
from clinics.models.user import User

__all__ = ["Clinic", "Membership", "SingleUseInvitation", "StaffInvitation", "User"]
