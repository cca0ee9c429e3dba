"""What the clinic has muted for a patient, as colleagues read it."""

from datetime import datetime

from patients.models import NoteAct, Patient, RecipientKind, Reminder, ReminderNote
from patients.reminders.ledger_words import day_words, kind_words, who_did


def mute_words(note: ReminderNote) -> str:
    """“Every routine message, up to and including Wednesday 20 January 2027, by dr_cho: “Away””."""
    what = f"“{kind_words(note.kind)}”" if note.kind else "Every routine message"
    until = f"up to and including {day_words(note.until)}" if note.until else "for good"
    return f"{what}, {until}, by {who_did(note)}: “{note.reason}”"


def mutes_for(reminder: Reminder, *, at: datetime) -> list[ReminderNote]:
    """What is muted for this reminder’s patient at this instant; nothing where it goes to somebody else."""
    if reminder.recipient_kind != RecipientKind.PATIENT.value:
        return []
    return _standing(reminder.plan.patient_id, at=at)


def muted_words(patient: Patient, *, at: datetime) -> list[str]:
    """One line for each mute that stands, for the patient’s page. It is lifted on the page of a reminder to her."""
    return [f"Muted: {mute_words(note)}" for note in _standing(patient.pk, at=at)]


def mutes_ever(patient: int) -> list[ReminderNote]:
    """Every mute of this patient, lifted or not."""
    rows = ReminderNote.objects.filter(patient=patient, act=NoteAct.MUTED.value)
    return list(rows.select_related("by_user").order_by("at", "pk"))


def _standing(patient: int, *, at: datetime) -> list[ReminderNote]:
    rows = ReminderNote.objects.mutes_at(at).filter(patient=patient)
    return list(rows.select_related("by_user").order_by("at", "pk"))
