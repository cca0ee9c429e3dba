"""The workspace of staff: its one base class, and the clinic itself."""

from clinics.admin.clinic import ClinicAdmin
from clinics.admin.prescriber import PrescriberAdmin
from clinics.admin.staff import MembershipAdmin

__all__ = ["ClinicAdmin", "MembershipAdmin", "PrescriberAdmin"]
