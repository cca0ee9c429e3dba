"""How any row of the core record is written: who may, under which lock, with which source, and what is kept of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar, cast

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from clinics.actor import Actor, require
from clinics.domain.instants import civil_date, zone
from clinics.roles import Act
from patients.models import Characteristic, Condition, MedicineUse, Patient, RecordEntry, SourceKind
from patients.reminders.planning import replan_all_of
from patients.services.errors import InvalidRequest, Refused
from patients.services.record_history import stamp_history
from patients.services.record_rules import check_entry
from patients.services.safety.assessing import reassess_all_of

Entry = TypeVar("Entry", bound=RecordEntry)


class EntryClosed(Refused):
    """This row was marked as entered in error, or has an end already: it is not changed that way again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a fact comes from. as_of: the civil date on which it was so, or was said."""

    kind: SourceKind
    as_of: date
    note: str = ""


def locked_patient(entry: RecordEntry, *, by: Actor) -> Patient:
    """The patient of this row, locked before anything of the record is read, for somebody who may write it."""
    patient = (
        Patient.objects.select_for_update(of=("self",), no_key=True).select_related("clinic").get(pk=entry.patient_id)
    )
    require(by, Act.EDIT_RECORD, clinic=patient.clinic)
    return patient


def today_at(patient: Patient, at: datetime) -> date:
    """The civil date where the patient lives."""
    return civil_date(at, zone(patient.zone))


def still_open(entry: Entry) -> Entry:
    """This row as it is stored now, if it stands. The patient is locked."""
    stored = cast(Entry, type(entry)._default_manager.get(pk=entry.pk))
    if stored.is_in_error:
        raise EntryClosed("This was marked as entered in error already. Look at the record again.")
    return stored


def sent_before(model: type[Entry], patient: Patient, code: str) -> Entry | None:
    """What this very submission wrote when it was sent the first time."""
    if not code:
        return None
    found = cast(Entry | None, model._default_manager.filter(code=code).first())
    if found is not None and found.patient_id != patient.pk:
        raise Refused("This form was already used for somebody else. Open it again and send it anew.")
    return found


def write(
    entry: Entry,
    patient: Patient,
    *,
    source: Source,
    by: Actor,
    at: datetime,
    code: str = "",
    previous: Entry | None = None,
) -> Entry:
    """Check and save a new row."""
    entry.patient = patient
    entry.source_kind, entry.source_note, entry.as_of = source.kind.value, source.note.strip(), source.as_of
    entry.recorded_at = at
    entry.by_kind, entry.by_code, entry.by_user_id = by.kind.value, by.code, by.user_id
    if code:
        entry.code = code
    check_entry(entry, today=today_at(patient, at), previous=previous)
    return save_changed(entry, by=by, at=at)


def mark(stored: Entry, *, reason: str, by: Actor, at: datetime) -> Entry:
    """Mark a row as entered in error."""
    if not reason.strip():
        raise InvalidRequest("Say what was wrong with it: others will read it.", field="reason")
    stored.entered_in_error_at = at
    stored.entered_in_error_by_kind, stored.entered_in_error_by_code = by.kind.value, by.code
    stored.entered_in_error_reason = reason.strip()
    stamp_history(stored, by=by, at=at)
    stored.save()
    return stored


def save_changed(entry: Entry, *, by: Actor, at: datetime) -> Entry:
    """Save a row, and the version that its history keeps."""
    try:
        entry.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise InvalidRequest(" ".join(messages), field="" if field == NON_FIELD_ERRORS else field) from error
    stamp_history(entry, by=by, at=at)
    entry.save()
    tell_of_medicines(entry, at=at)
    return entry


def tell_of_medicines(entry: RecordEntry, *, at: datetime) -> None:
    """What the rules say of it now; and whoever signed a taper is told of what speaks against it, or no longer of a
    mistake.
    """
    reassess_all_of(entry.patient, at=at)
    if isinstance(entry, MedicineUse | Condition | Characteristic):
        replan_all_of(entry.patient, at=at)
