from patients.models.history import Transition
from patients.models.intake import Intake
from patients.models.order import Order
from patients.models.people import ContactKind, ContactPoint, Patient, PortalInvitation
from patients.models.plan import Hold, Plan, PlanCriterion, PlanPhase
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
    "Attempt",
    "AttemptOutcome",
    "Channel",
    "ContactKind",
    "ContactPoint",
    "Hold",
    "Intake",
    "Message",
    "MessageStatus",
    "Order",
    "Patient",
    "Plan",
    "PlanCriterion",
    "PlanPhase",
    "PortalInvitation",
    "RecipientKind",
    "Reminder",
    "ReminderStatus",
    "Transition",
]
