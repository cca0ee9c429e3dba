from patients.models.channel_state import ChannelState
from patients.models.characteristic import Characteristic, CharacteristicKind, Sex, WeightUnit
from patients.models.condition import Allergy, AllergyAnswer, Condition, Presence, Severity
from patients.models.finding import (
    Finding,
    FindingChange,
    FindingStatus,
    SafetyCheck,
    SafetyRound,
)
from patients.models.heard import Heard
from patients.models.heartbeat import Heartbeat, Part
from patients.models.history import Transition
from patients.models.intake import Intake
from patients.models.lab import CodeSystem, Comparator, LabResult, LabStatus
from patients.models.medicine_use import MedicineReview, MedicineUse, ReviewAnswer
from patients.models.order import Order, OrderHold, OrderStock
from patients.models.people import ContactKind, ContactPoint, Patient, PortalInvitation, StopReason
from patients.models.plan import Hold, Plan, PlanCriterion, PlanPhase
from patients.models.reaching import (
    USUAL_ORDER,
    Channel,
    MessageGroup,
    MessagePreference,
    PushSubscription,
    SubscriptionEnd,
)
from patients.models.record import RecordEntry, SourceKind
from patients.models.recurrence import Recurrence
from patients.models.reminder import (
    Attempt,
    AttemptOutcome,
    HeldFor,
    Message,
    MessageStatus,
    RecipientKind,
    Reminder,
    ReminderStatus,
    ReportOutcome,
)
from patients.models.reminder_note import NoteAct, ReminderNote
from patients.models.reminder_past import AttemptPast, ReminderPast
from patients.models.rhythm import DayRhythm
from patients.models.signing import (
    ContactConsent,
    Door,
    LinkCode,
    PrescriberAnswer,
    PrescriberAnswerKind,
    Scan,
    Signature,
    SigningRequest,
    WrittenConfirmation,
)
from patients.models.taper import HoldReason, Substitution, Taper, TaperEnd, TaperHold, TaperVersion
from patients.models.taper_use import CalendarFeed, DiaryEntry, RedFlagReport, Supply, Told, UseKind, UseReport

__all__ = [
    "USUAL_ORDER",
    "Allergy",
    "AllergyAnswer",
    "Attempt",
    "AttemptOutcome",
    "AttemptPast",
    "CalendarFeed",
    "Channel",
    "ChannelState",
    "Characteristic",
    "CharacteristicKind",
    "CodeSystem",
    "Comparator",
    "Condition",
    "ContactConsent",
    "ContactKind",
    "ContactPoint",
    "DayRhythm",
    "DiaryEntry",
    "Door",
    "Finding",
    "FindingChange",
    "FindingStatus",
    "Heard",
    "Heartbeat",
    "HeldFor",
    "Hold",
    "HoldReason",
    "Intake",
    "LabResult",
    "LabStatus",
    "LinkCode",
    "MedicineReview",
    "MedicineUse",
    "Message",
    "MessageGroup",
    "MessagePreference",
    "MessageStatus",
    "NoteAct",
    "Order",
    "OrderHold",
    "OrderStock",
    "Part",
    "Patient",
    "Plan",
    "PlanCriterion",
    "PlanPhase",
    "PortalInvitation",
    "PrescriberAnswer",
    "PrescriberAnswerKind",
    "Presence",
    "PushSubscription",
    "RecipientKind",
    "RecordEntry",
    "Recurrence",
    "RedFlagReport",
    "Reminder",
    "ReminderNote",
    "ReminderPast",
    "ReminderStatus",
    "ReportOutcome",
    "ReviewAnswer",
    "SafetyCheck",
    "SafetyRound",
    "Scan",
    "Severity",
    "Sex",
    "Signature",
    "SigningRequest",
    "SourceKind",
    "StopReason",
    "SubscriptionEnd",
    "Substitution",
    "Supply",
    "Taper",
    "TaperEnd",
    "TaperHold",
    "TaperVersion",
    "Told",
    "Transition",
    "UseKind",
    "UseReport",
    "WeightUnit",
    "WrittenConfirmation",
]
