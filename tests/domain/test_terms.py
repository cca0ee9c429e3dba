"""What a prescriber signs, as bytes: written out by hand once, and read back only from exactly those bytes."""

import hashlib
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from protocols.domain.amount import Amount
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.medicines import MedicineClass
from protocols.domain.pattern import Pattern
from protocols.domain.product import Units
from protocols.domain.taper import Dose, Step
from protocols.domain.terms import (
    AlertRoute,
    Permissions,
    Rescue,
    SignedMedicine,
    Terms,
    TermsError,
    terms_from,
)


def dose(amount: str) -> Dose:
    return Dose("before-breakfast", (Units(Amount.parse(amount), Decimal(1)),))


TERMS = Terms(
    patient="PATIENT001",
    taper="TAPER00001",
    version=1,
    medicine=SignedMedicine(
        substance="omeprazole",
        name="Omeprazole",
        form="delayed-release capsule",
        release="delayed",
        medicine_class=MedicineClass.PPI,
    ),
    indication="Sodbrennen, geheilt",
    indication_code="R12",
    gates=(GateAnswer(gate="G1", answer=Answer.NO, source="Endoscopy", as_of=date(2026, 5, 3)),),
    starting_doses=(dose("40 mg"),),
    steps=(Step((dose("20.0 mg"),), Pattern.daily(), 28), Step((dose("10 mg"),), Pattern.every(2), 14)),
    planned_first_day=date(2027, 1, 11),
    latest_first_day=date(2027, 2, 8),
    rescue=Rescue(medicine="Alginate", directions="10 mL when needed"),
    alert_route=AlertRoute.EMAIL,
    permissions=Permissions(automatic_hold_at_red_flag=True),
)

BY_HAND = (
    '{"alert_route":"email","format":1,'
    '"gates":[{"answer":"no","as_of":"2026-05-03","gate":"G1","lifted_because":"","source":"Endoscopy"}],'
    '"indication":{"code":"R12","text":"Sodbrennen, geheilt"},"latest_first_day":"2027-02-08",'
    '"medicine":{"class":"PPI","form":"delayed-release capsule","name":"Omeprazole","release":"delayed",'
    '"substance":"omeprazole"},"patient":"PATIENT001","permissions":{"automatic_hold_at_red_flag":true,'
    '"automatic_hold_at_threshold":false,"equivalents":false,"hold_at_current_dose_days":28,'
    '"resume_after_hold":true},"planned_first_day":"2027-01-11","request":"",'
    '"rescue":{"directions":"10 mL when needed","medicine":"Alginate","threshold_days":4,"within_days":7},'
    '"starting_doses":[{"slot":"before-breakfast","units":[{"count":"1","strength":"40 mg"}]}],'
    '"starting_pattern":"daily",'
    '"steps":[{"days":28,"lived_days":0,"pattern":"daily","take":[{"slot":"before-breakfast",'
    '"units":[{"count":"1","strength":"20 mg"}]}]},{"days":14,"lived_days":0,"pattern":"every 2 days",'
    '"take":[{"slot":"before-breakfast","units":[{"count":"1","strength":"10 mg"}]}]}],'
    '"taper":"TAPER00001","version":1}'
)


def test_the_bytes_are_these() -> None:
    assert TERMS.as_bytes() == BY_HAND.encode()
    assert hashlib.sha256(TERMS.as_bytes()).hexdigest() == hashlib.sha256(BY_HAND.encode()).hexdigest()


def test_no_date_of_a_step_stands_in_them() -> None:
    assert all(
        "20" not in step["pattern"] and set(step) == {"days", "lived_days", "pattern", "take"}
        for step in json.loads(TERMS.as_bytes())["steps"]
    )


def test_they_are_read_back_as_they_were() -> None:
    assert terms_from(TERMS.as_bytes()) == TERMS


def test_what_the_prescriber_answered_completes_them() -> None:
    gates = (GateAnswer(gate="G2", answer=Answer.NO, source="Answered", as_of=date(2027, 1, 4)),)
    signed = TERMS.completed(request="abc", gates=gates, indication="Reflux", indication_code="")
    assert (signed.request, signed.gates, signed.indication) == ("abc", gates, "Reflux")
    assert signed.steps == TERMS.steps
    assert terms_from(signed.as_bytes()) == signed


@pytest.mark.parametrize(
    "altered",
    [
        BY_HAND.replace('"20 mg"', '"20.0 mg"'),
        BY_HAND.replace('"format":1', '"format":2'),
        BY_HAND.replace('"format":1,', '"format": 1,'),
        BY_HAND.replace('"taper":"TAPER00001",', ""),
        BY_HAND.replace('"hold_at_current_dose_days":28', '"hold_at_current_dose_days":90'),
        BY_HAND.replace('"version":1', '"version":1,"x":1'),
        BY_HAND.replace('"days":28', '"days":0'),
        "[]",
        "",
        "{",
    ],
)
def test_any_other_bytes_are_refused(altered: str) -> None:
    assert altered != BY_HAND
    with pytest.raises(TermsError):
        terms_from(altered.encode())


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(TermsError):
        terms_from(b"\xff\xfe")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"steps": ()}, "steps"),
        ({"latest_first_day": date(2027, 1, 10)}, "latest_first_day"),
        ({"rescue": Rescue(medicine="x", directions="y", threshold_days=0)}, "threshold_days"),
        ({"rescue": Rescue(medicine="x", directions="y", threshold_days=8, within_days=7)}, "threshold_days"),
    ],
)
def test_what_cannot_be_agreed_is_refused_at_its_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(TermsError) as refused:
        replace(TERMS, **change)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_controlled_medicine_is_never_held_automatically() -> None:
    opioid = replace(TERMS.medicine, medicine_class=MedicineClass.OPIOID)
    with pytest.raises(TermsError, match="controlled"):
        replace(TERMS, medicine=opioid)
    replace(TERMS, medicine=opioid, permissions=Permissions())
