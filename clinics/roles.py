"""Roles in a clinic and what each may do there. The one table that every write asks."""

from enum import StrEnum


class Role(StrEnum):
    PRACTITIONER = "practitioner"
    ASSISTANT = "assistant"
    CLINIC_ADMIN = "clinic-admin"

    @property
    def label(self) -> str:
        return {"practitioner": "Practitioner", "assistant": "Assistant", "clinic-admin": "Clinic admin"}[self.value]


class Act(StrEnum):
    """Something that is done in a clinic; the value completes the sentence “You may not …”."""

    SEE_PATIENTS = "see patients here"
    EDIT_PATIENT = "change a patient’s particulars here"
    EDIT_RECORD = "change the record of a patient here"
    INVITE_PATIENT = "invite patients to the portal here"
    MOVE_PLAN = "assign or move plans here"
    MANAGE_TAPER = "draw up or move tapers here"
    HANDLE_TAPER_PAPERS = "send or file papers about tapers here"
    TAKE_ON_WARNING = "take on a warning sign here"
    SEND_REMINDER_AGAIN = "send reminders again here"
    SILENCE_REMINDERS = "cancel or mute reminders here"
    DECIDE_FINDING = "decide about findings here"
    REVIEW_RULES = "say which safety rules count here"
    PUBLISH_TEMPLATE = "change or publish protocols here"
    MANAGE_PRESCRIBERS = "enter or confirm prescribers here"
    MANAGE_STAFF = "manage staff and settings here"


MAY: dict[Act, frozenset[Role]] = {
    Act.SEE_PATIENTS: frozenset(Role),
    Act.EDIT_PATIENT: frozenset(Role),
    Act.EDIT_RECORD: frozenset({Role.PRACTITIONER}),
    Act.INVITE_PATIENT: frozenset(Role),
    Act.MOVE_PLAN: frozenset({Role.PRACTITIONER}),
    Act.MANAGE_TAPER: frozenset({Role.PRACTITIONER}),
    Act.HANDLE_TAPER_PAPERS: frozenset(Role),
    Act.TAKE_ON_WARNING: frozenset(Role),
    Act.SEND_REMINDER_AGAIN: frozenset({Role.PRACTITIONER, Role.ASSISTANT}),
    Act.SILENCE_REMINDERS: frozenset({Role.PRACTITIONER}),
    Act.DECIDE_FINDING: frozenset({Role.PRACTITIONER}),
    Act.REVIEW_RULES: frozenset({Role.PRACTITIONER}),
    Act.PUBLISH_TEMPLATE: frozenset({Role.PRACTITIONER}),
    Act.MANAGE_PRESCRIBERS: frozenset(Role),
    Act.MANAGE_STAFF: frozenset({Role.CLINIC_ADMIN}),
}
