"""The practitioner's workspace: today, patients, plans, tapers, the reminders ledger, and one's own settings."""

from patients.admin.finding import FindingAdmin
from patients.admin.me import UserAdmin
from patients.admin.patient import PatientAdmin
from patients.admin.plan import PlanAdmin
from patients.admin.reminder import ReminderAdmin
from patients.admin.safety_round import SafetyRoundAdmin
from patients.admin.taper import TaperAdmin

__all__ = ["FindingAdmin", "PatientAdmin", "PlanAdmin", "ReminderAdmin", "SafetyRoundAdmin", "TaperAdmin", "UserAdmin"]
