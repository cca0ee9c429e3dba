"""Writing the core record: add a fact, correct one, end a medicine, say that something was entered in error.

Practitioners of the patient's clinic alone may. A fact is never overwritten: a correction marks the wrong row and
writes the right one, in one transaction. `code` names the submission: the same one sent twice writes one row.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.models import (
    Allergy,
    AllergyAnswer,
    Characteristic,
    CharacteristicKind,
    Comparator,
    Condition,
    LabResult,
    LabStatus,
    MedicineReview,
    MedicineUse,
    Patient,
    Presence,
    RecordEntry,
    ReviewAnswer,
    Severity,
)
from patients.services.record_columns import END_COLUMNS, CharacteristicValue, Weight, columns_of, said, said_by
from patients.services.record_rules import in_order, not_later
from patients.services.record_writing import (
    EntryClosed,
    Source,
    locked_patient,
    mark,
    save_changed,
    sent_before,
    still_open,
    tell_of_medicines,
    today_at,
    write,
)
from protocols.domain.amount import Amount
from protocols.domain.medicines import MedicineClass
from protocols.domain.slots import Slot
from protocols.models import Medicine

__all__ = [
    "EntryClosed",
    "Source",
    "Weight",
    "add_allergy",
    "add_characteristic",
    "add_condition",
    "add_lab_result",
    "add_medicine",
    "add_medicine_review",
    "correct",
    "end_medicine",
    "mark_in_error",
]

Entry = TypeVar("Entry", bound=RecordEntry)


def add_characteristic(
    patient: Patient,
    *,
    kind: CharacteristicKind,
    value: CharacteristicValue,
    source: Source,
    by: Actor,
    at: datetime,
    code: str = "",
) -> Characteristic:
    """A plain fact; value None: it is not known."""
    return _add(Characteristic(kind=kind.value, **said(kind, value)), patient, source, by, at, code)


def add_condition(
    patient: Patient,
    *,
    icd10cm_code: str,
    presence: Presence = Presence.PRESENT,
    onset_on: date | None = None,
    resolved_on: date | None = None,
    detail: str = "",
    source: Source,
    by: Actor,
    at: datetime,
    code: str = "",
) -> Condition:
    """A condition that the patient has, had, is known not to have, or may have. Its code must be a leaf."""
    entry = Condition(
        icd10cm_code=icd10cm_code,
        presence=presence.value,
        onset_on=onset_on,
        resolved_on=resolved_on,
        detail=detail,
    )
    return _add(entry, patient, source, by, at, code)


def add_allergy(
    patient: Patient,
    *,
    answer: AllergyAnswer = AllergyAnswer.ALLERGY,
    substance: str = "",
    reaction: str = "",
    severity: Severity | None = None,
    source: Source,
    by: Actor,
    at: datetime,
    code: str = "",
) -> Allergy:
    """One allergy; or that none is known, or nobody knows, which only stands while the record names none."""
    entry = Allergy(
        answer=answer.value, substance=substance, reaction=reaction, severity=severity.value if severity else ""
    )
    return _add(entry, patient, source, by, at, code)


def add_medicine(
    patient: Patient,
    *,
    medicine: Medicine | None = None,
    name: str = "",
    medicine_class: MedicineClass | None = None,
    amount: Amount | None = None,
    pattern: str = "",
    times_of_day: Iterable[Slot] = (),
    directions: str = "",
    since: date | None = None,
    until: date | None = None,
    indication: str = "",
    indication_code: str = "",
    prescriber: Prescriber | None = None,
    is_bought_without_prescription: bool | None = None,
    source: Source,
    by: Actor,
    at: datetime,
    code: str = "",
) -> MedicineUse:
    """Something that the patient takes, or took until a day. What is left out is not known.

    medicine: of the clinic's catalogue; then name and class come from there. medicine_class None: nobody knows.
    """
    columns = columns_of(amount=amount, medicine_class=medicine_class, times_of_day=times_of_day)
    entry = MedicineUse(
        medicine=medicine,
        name=name,
        pattern=pattern,
        directions=directions,
        since=since,
        until=until,
        indication=indication,
        indication_code=indication_code,
        prescriber=prescriber,
        is_bought_without_prescription=is_bought_without_prescription,
        **columns,
    )
    return _add(entry, patient, source, by, at, code)


def add_medicine_review(
    patient: Patient, *, answer: ReviewAnswer, source: Source, by: Actor, at: datetime, code: str = ""
) -> MedicineReview:
    """Whether anybody asked if something else is taken, and what came of it."""
    return _add(MedicineReview(answer=answer.value), patient, source, by, at, code)


def add_lab_result(
    patient: Patient,
    *,
    lab_code: str,
    title: str = "",
    status: LabStatus = LabStatus.FINAL,
    value: Decimal | None = None,
    comparator: Comparator | None = None,
    unit: str = "",
    text: str = "",
    collected_on: date | None = None,
    source: Source,
    by: Actor,
    at: datetime,
    code: str = "",
) -> LabResult:
    """One result, or a test whose result is awaited. lab_code: of `protocols.domain.labs`, or the clinic's own."""
    entry = LabResult(
        lab_code=lab_code,
        title=title,
        status=status.value,
        value=value,
        comparator=comparator.value if comparator else "",
        unit=unit,
        text=text,
        collected_on=collected_on,
    )
    return _add(entry, patient, source, by, at, code)


@transaction.atomic
def correct(
    entry: Entry, *, reason: str, source: Source, by: Actor, at: datetime, code: str = "", **changes: Any
) -> Entry:
    """Mark this row as entered in error, and write another like it with these changes.

    changes: by the names that the functions above have for them. The kind of a plain fact stays what it is.
    """
    patient = locked_patient(entry, by=by)
    done = sent_before(type(entry), patient, code)
    if done is not None:
        return done
    stored = still_open(entry)
    if isinstance(stored, Characteristic) and "value" in changes:
        changes = said(CharacteristicKind(stored.kind), changes["value"])
    replacement = type(entry)(corrects=stored, **(said_by(stored) | columns_of(**changes)))
    if isinstance(replacement, MedicineUse) and isinstance(stored, MedicineUse) and replacement.until == stored.until:
        for name in END_COLUMNS:
            setattr(replacement, name, getattr(stored, name))
    mark(stored, reason=reason, by=by, at=at)
    return write(replacement, patient, source=source, by=by, at=at, code=code, previous=stored)


@transaction.atomic
def mark_in_error(entry: Entry, *, reason: str, by: Actor, at: datetime) -> Entry:
    """This should never have stood there. It counts no more, the patient no longer sees it, and the record keeps it."""
    locked_patient(entry, by=by)
    marked = mark(still_open(entry), reason=reason, by=by, at=at)
    tell_of_medicines(marked, at=at)
    return marked


@transaction.atomic
def end_medicine(use: MedicineUse, *, until: date, source: Source, by: Actor, at: datetime) -> MedicineUse:
    """It is, or will be, taken for the last time on `until`. Who said so is kept beside what was known before."""
    patient = locked_patient(use, by=by)
    stored = still_open(use)
    if stored.until is not None:
        raise EntryClosed("The last day of this medicine is known already. Correct it if it is wrong.")
    not_later(source.as_of, today_at(patient, at), field="as_of", what="This is known as of")
    in_order(stored.since, until, field="until")
    stored.until = until
    stored.end_recorded_at = at
    stored.end_by_kind, stored.end_by_code = by.kind.value, by.code
    stored.end_source_kind, stored.end_source_note = source.kind.value, source.note
    return save_changed(stored, by=by, at=at)


@transaction.atomic
def _add(entry: Entry, patient: Patient, source: Source, by: Actor, at: datetime, code: str) -> Entry:
    entry.patient = patient
    locked = locked_patient(entry, by=by)
    return sent_before(type(entry), locked, code) or write(entry, locked, source=source, by=by, at=at, code=code)
