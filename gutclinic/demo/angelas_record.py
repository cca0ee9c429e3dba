"""What the clinic knows about Angela: restless legs, years of reflux and the capsules for it, and a thyroid tablet."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from clinics.models import Prescriber
from gutclinic.demo.desk import Desk
from gutclinic.demo.prescribers import prescriber_outside
from patients.models import (
    AllergyAnswer,
    CharacteristicKind,
    MedicineUse,
    Patient,
    ReviewAnswer,
    Sex,
    SourceKind,
)
from patients.services import record
from patients.services.record import Source, Weight
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from protocols.models import Medicine

BORN: Final = date(1971, 9, 14)
OMEPRAZOLE: Final = "omeprazole-capsule"
LEVOTHYROXINE: Final = "levothyroxine"
YEAR: Final = timedelta(days=365)


def shipped_medicine(key: str) -> Medicine:
    return Medicine.objects.current().get(clinic__isnull=True, key=key)


def write_angelas_record(patient: Patient, desk: Desk, *, today: date) -> MedicineUse:
    """Everything that was asked at the first visit, today; returns the omeprazole."""
    by, at = desk.by, desk.clock.at
    said = Source(kind=SourceKind.PATIENT, as_of=today)
    seen = Source(kind=SourceKind.MEASURED_HERE, as_of=today)
    letter = Source(kind=SourceKind.DOCUMENT, as_of=today - timedelta(days=40), note="letter of the family practice")
    plain_facts: list[tuple[CharacteristicKind, Any, Source]] = [
        (CharacteristicKind.SEX, Sex.FEMALE, said),
        (CharacteristicKind.BIRTH_DATE, BORN, said),
        (CharacteristicKind.PREGNANCY, False, said),
        (CharacteristicKind.BREASTFEEDING, False, said),
        (CharacteristicKind.WEIGHT, Weight(value=Decimal("68.5")), seen),
    ]
    for kind, value, source in plain_facts:
        record.add_characteristic(patient, kind=kind, value=value, source=source, by=by, at=at)
    for code, years in (("K21.9", 7), ("R12", 8), ("G25.81", 4), ("E03.9", 5)):
        record.add_condition(patient, icd10cm_code=code, onset_on=today - years * YEAR, source=letter, by=by, at=at)
    record.add_allergy(patient, answer=AllergyAnswer.NONE_KNOWN, source=said, by=by, at=at)
    # Iron is looked at first where legs are restless.
    record.add_lab_result(
        patient,
        lab_code="2276-4",
        value=Decimal(41),
        unit="ng/mL",
        collected_on=letter.as_of,
        source=letter,
        by=by,
        at=at,
    )
    record.add_medicine_review(patient, answer=ReviewAnswer.COMPLETE, source=said, by=by, at=at)
    price = prescriber_outside(desk.clinic)
    record.add_medicine(
        patient,
        medicine=shipped_medicine(LEVOTHYROXINE),
        amount=Amount.parse("50 ug"),
        pattern="daily",
        times_of_day=[Slot.ON_WAKING],
        since=today - 5 * YEAR,
        indication="Underactive thyroid",
        indication_code="E03.9",
        prescriber=price,
        is_bought_without_prescription=False,
        source=said,
        by=by,
        at=at,
    )
    return add_omeprazole(patient, desk, "40 mg", since=today - 7 * YEAR, source=said, prescriber=price)


def add_omeprazole(
    patient: Patient, desk: Desk, amount: str, *, since: date, source: Source, prescriber: Prescriber
) -> MedicineUse:
    """So much every morning."""
    return record.add_medicine(
        patient,
        medicine=shipped_medicine(OMEPRAZOLE),
        amount=Amount.parse(amount),
        pattern="daily",
        times_of_day=[Slot.BEFORE_BREAKFAST],
        since=since,
        indication="Heartburn",
        indication_code="R12",
        prescriber=prescriber,
        is_bought_without_prescription=False,
        source=source,
        by=desk.by,
        at=desk.clock.at,
    )
