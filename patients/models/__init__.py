from patients.models.characteristic import Characteristic, CharacteristicKind, Sex, WeightUnit
from patients.models.condition import Allergy, AllergyAnswer, Condition, Presence, Severity
from patients.models.history import Transition
from patients.models.intake import Intake
from patients.models.lab import CodeSystem, Comparator, LabResult, LabStatus
from patients.models.medicine_use import MedicineReview, MedicineUse, ReviewAnswer
from patients.models.order import Order
from patients.models.people import ContactKind, ContactPoint, Patient, PortalInvitation
from patients.models.plan import Hold, Plan, PlanCriterion, PlanPhase
from patients.models.record import RecordEntry, SourceKind
from patients.models.reminder import (
    Attempt,
    AttemptOutcome,
    Channel,
    Message,
    MessageStatus,
    RecipientKind,
    Reminder,
    ReminderStatus,
)

__all__ = [
    "Allergy",
    "AllergyAnswer",
    "Attempt",
    "AttemptOutcome",
    "Channel",
    "Characteristic",
    "CharacteristicKind",
    "CodeSystem",
    "Comparator",
    "Condition",
    "ContactKind",
    "ContactPoint",
    "Hold",
    "Intake",
    "LabResult",
    "LabStatus",
    "MedicineReview",
    "MedicineUse",
    "Message",
    "MessageStatus",
    "Order",
    "Patient",
    "Plan",
    "PlanCriterion",
    "PlanPhase",
    "PortalInvitation",
    "Presence",
    "RecipientKind",
    "RecordEntry",
    "Reminder",
    "ReminderStatus",
    "ReviewAnswer",
    "Severity",
    "Sex",
    "SourceKind",
    "Transition",
    "WeightUnit",
]
