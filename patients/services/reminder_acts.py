"""What people do to reminders, each act once and written down: ask again, cancel, mute, let go again.

request_key: of the form that was sent; the same key is the same act, so that a second click does nothing more.
"""

from datetime import date, datetime

from django.db import transaction

from clinics.actor import Actor, require
from clinics.codes import new_code
from clinics.domain.instants import civil_date, day_ends, zone
from clinics.roles import Act
from patients.models import NoteAct, Patient, RecipientKind, Reminder, ReminderNote, ReminderStatus
from patients.reminders.by_hand import NotTrueAnyMore, let_go, owe_again, who_gets_it_again
from patients.reminders.kinds import EXEMPT_FROM_QUIET_HOURS
from patients.reminders.mutes import MUTABLE, Mutes
from patients.services.errors import InvalidRequest, Refused

LONGEST_REASON = 300


@transaction.atomic
def ask_again(reminder: Reminder, *, reason: str, request_key: str, by: Actor, at: datetime) -> ReminderNote:
    """Owe once more what was sent, missed or cancelled; at night it waits for the morning, unless it is an alert."""
    locked = _locked(reminder, act=Act.SEND_REMINDER_AGAIN, by=by)
    earlier = _done_before(request_key, NoteAct.ASKED_AGAIN, reminder=locked)
    if earlier is not None:
        return earlier
    why = _reason(reason)
    first = locked.again_of or locked
    if Reminder.objects.owed().filter(again_of=first).exists() or first.status == ReminderStatus.OWED.value:
        raise Refused("It is still owed, and goes by itself. Ask again once it has gone, or was missed.")
    if locked.recipient_kind == RecipientKind.PATIENT.value:
        patient = locked.plan.patient_id
        if Mutes([patient], at=at).of(patient, locked.kind) is not None:
            raise Refused("This is muted for the patient. Unmute it first.")
    try:
        recipient = who_gets_it_again(locked, at=at)
    except NotTrueAnyMore as why_not:
        raise Refused(f"It cannot be sent again. {why_not}") from why_not
    code = new_code()
    made = owe_again(locked, recipient, note=code, at=at)
    return _note(NoteAct.ASKED_AGAIN, locked, code=code, made=made, reason=why, request_key=request_key, by=by, at=at)


@transaction.atomic
def cancel(reminder: Reminder, *, reason: str, request_key: str, by: Actor, at: datetime) -> ReminderNote:
    """Let go of what is owed; the plan does not owe it again. An alert is never let go of like this."""
    locked = _locked(reminder, act=Act.SILENCE_REMINDERS, by=by)
    earlier = _done_before(request_key, NoteAct.CANCELLED, reminder=locked)
    if earlier is not None:
        return earlier
    why = _reason(reason)
    if locked.kind in EXEMPT_FROM_QUIET_HOURS:
        raise Refused("An alert is not cancelled. Deal with what it is about, and it is no longer owed.")
    if locked.status != ReminderStatus.OWED.value:
        raise Refused("It is not owed any more, so there is nothing to cancel.")
    let_go(locked, at=at)
    return _note(NoteAct.CANCELLED, locked, reason=why, request_key=request_key, by=by, at=at)


@transaction.atomic
def mute(
    patient: Patient,
    *,
    kind: str,
    until: date | None,
    reason: str,
    request_key: str,
    by: Actor,
    at: datetime,
    reminder: Reminder | None = None,
) -> ReminderNote:
    """Keep a kind of message, or every routine one, from this patient up to and including a day, or for good.

    kind: empty for every kind. until: a civil date where the patient lives; None for good. reminder: on whose page it
    was said.
    """
    stored = _locked_patient(patient.pk, by=by)
    earlier = _done_before(request_key, NoteAct.MUTED, patient=stored)
    if earlier is not None:
        return earlier
    why = _reason(reason)
    if kind and kind not in MUTABLE:
        raise InvalidRequest("This kind goes to no patient, or is an alert, and cannot be muted.", field="kind")
    where = zone(stored.zone)
    if until is not None and until < civil_date(at, where):
        raise InvalidRequest("That day is over. Choose a later one, or leave it empty for good.", field="until")
    if any(note.kind in {"", kind} for note in ReminderNote.objects.mutes_at(at).filter(patient=stored)):
        raise Refused("This is muted already. To mute it until another day, unmute it first.")
    return ReminderNote.objects.create(
        **_signed(NoteAct.MUTED, stored, reason=why, request_key=request_key, by=by, at=at),
        reminder=reminder,
        kind=kind,
        until=until,
        silent_until=None if until is None else day_ends(until, where),
    )


@transaction.atomic
def unmute(muted: ReminderNote, *, reason: str, request_key: str, by: Actor, at: datetime) -> ReminderNote:
    """Take a mute back. What was not sent meanwhile stays so."""
    stored = _locked_patient(muted.patient_id, by=by)
    earlier = _done_before(request_key, NoteAct.UNMUTED, patient=stored)
    if earlier is not None:
        return earlier
    why = _reason(reason)
    if not ReminderNote.objects.mutes_at(at).filter(pk=muted.pk, patient=stored).exists():
        raise Refused("It is not muted any more.")
    signed = _signed(NoteAct.UNMUTED, stored, reason=why, request_key=request_key, by=by, at=at)
    return ReminderNote.objects.create(**signed, reminder=muted.reminder, kind=muted.kind, lifts=muted)


def _locked(reminder: Reminder, *, act: Act, by: Actor) -> Reminder:
    """The row as it stands, locked, for somebody who may do this; its first row where it repeats one.

    Locked by the first row, so that two who ask again, here and on the page of a repetition, come one after the other.
    """
    first = reminder.again_of_id or reminder.pk
    keys = sorted({first, reminder.pk})
    rows = Reminder.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    loaded = {row.pk: row for row in rows.select_related("plan__patient__clinic", "plan__practitioner")}
    stored = loaded[reminder.pk]
    require(by, act, clinic=stored.plan.patient.clinic)
    return stored


def _locked_patient(key: int, *, by: Actor) -> Patient:
    stored = Patient.objects.select_for_update(of=("self",), no_key=True).select_related("clinic").get(pk=key)
    require(by, Act.SILENCE_REMINDERS, clinic=stored.clinic)
    return stored


def _done_before(
    request_key: str, act: NoteAct, *, reminder: Reminder | None = None, patient: Patient | None = None
) -> ReminderNote | None:
    """What this form has done already, if it was sent before."""
    if not request_key or len(request_key) > 64:
        raise InvalidRequest("A request needs a key of 1 to 64 characters.", field="request_key")
    earlier: ReminderNote | None = ReminderNote.objects.filter(request_key=request_key).first()
    if earlier is None:
        return None
    about = earlier.reminder_id if reminder is not None else earlier.patient_id
    asked = reminder.pk if reminder is not None else patient.pk if patient is not None else None
    if earlier.act != act.value or about != asked:
        raise InvalidRequest("This form was already used for something else. Open it again and send it anew.")
    return earlier


def _reason(reason: str) -> str:
    said = " ".join(reason.split())
    if not said:
        raise InvalidRequest("Say why: others will read it.", field="reason")
    if len(said) > LONGEST_REASON:
        raise InvalidRequest(f"Say it in at most {LONGEST_REASON} characters.", field="reason")
    return said


def _note(
    act: NoteAct,
    reminder: Reminder,
    *,
    reason: str,
    request_key: str,
    by: Actor,
    at: datetime,
    code: str = "",
    made: Reminder | None = None,
) -> ReminderNote:
    signed = _signed(act, reminder.plan.patient, reason=reason, request_key=request_key, by=by, at=at)
    return ReminderNote.objects.create(**signed, code=code or new_code(), reminder=reminder, made=made)


def _signed(
    act: NoteAct, patient: Patient, *, reason: str, request_key: str, by: Actor, at: datetime
) -> dict[str, object]:
    return {
        "act": act.value,
        "patient": patient,
        "reason": reason,
        "request_key": request_key,
        "at": at,
        "by_kind": by.kind.value,
        "by_code": by.code,
        "by_roles": by.role_words,
        "by_clinic": by.clinic_code,
        "by_user_id": by.user_id,
    }
