"""What the clinic has muted: kinds, or all, of what one patient gets. Looked at when something is about to go.

What goes to professionals is muted nowhere, and no alert is: a mute is about one patient’s own messages.
"""

from collections.abc import Iterable
from datetime import datetime

from patients.models import RecipientKind, Reminder, ReminderNote
from patients.reminders.kind import Pace
from patients.reminders.kinds import KINDS

MUTABLE = {
    kind.name: kind
    for kind in KINDS.values()
    if RecipientKind.PATIENT in kind.recipients and kind.pace is not Pace.DAY_AND_NIGHT
}
"""What a patient gets, and may be spared."""


class Mutes:
    """The mutes of these patients that stand at one instant: one read, and none without patients."""

    def __init__(self, patients: Iterable[int], *, at: datetime) -> None:
        keys = set(patients)
        rows = ReminderNote.objects.mutes_at(at).filter(patient__in=keys).select_related("by_user") if keys else []
        self._standing: list[ReminderNote] = list(rows)

    def on(self, reminder: Reminder) -> ReminderNote | None:
        """The mute that keeps this reminder from going, if any; `plan` is loaded."""
        if reminder.recipient_kind != RecipientKind.PATIENT.value:
            return None
        return self.of(reminder.plan.patient_id, reminder.kind)

    def of(self, patient: int, kind: str) -> ReminderNote | None:
        """The mute that keeps this kind from this patient; of two, that which was said first."""
        if kind not in MUTABLE:
            return None
        mine = (note for note in self._standing if note.patient_id == patient and note.kind in {"", kind})
        return next(mine, None)


def mutes_of(reminders: Iterable[Reminder], *, at: datetime) -> Mutes:
    """Those that matter to these reminders."""
    own = RecipientKind.PATIENT.value
    return Mutes((each.plan.patient_id for each in reminders if each.recipient_kind == own), at=at)
