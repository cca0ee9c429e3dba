"""What a finding stops, as a patient reads it: in the clinic’s plain words, and nothing of what clinicians read."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.models import Finding, Order, Patient, Plan, SourceKind, Taper
from patients.portal.stopped import stopped_now
from patients.services import record
from patients.services.record import Source
from patients.services.safety.assessing import reassess
from protocols.domain.medicines import MedicineClass
from protocols.models.catalogue import CONSULT
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import FIRST_DAY, on_day


def put(plan: Plan, name: str, phase: str = "remove", **fields: Any) -> Order:
    said = {"item_kind": "supplement", "amount_value": "650", "amount_unit": "mg", "times_of_day": ["with-lunch"]}
    first = plan.phases.get(key=phase)
    return Order.objects.create(
        plan=plan,
        key=name.lower().replace(" ", "-"),
        name=name,
        first_phase=first,
        last_phase=first,
        evidence="weak",
        source="A test.",
        **(said | fields),
    )


@pytest.fixture
def ibuprofen(angela: Patient, plan: Plan, by: Actor) -> None:
    source = Source(kind=SourceKind.PATIENT, as_of=TODAY)
    record.add_medicine(
        angela,
        name="Ibuprofen",
        medicine_class=MedicineClass.NSAID,
        since=date(2026, 1, 1),
        source=source,
        by=by,
        at=NOON,
    )


def test_she_reads_why_it_is_not_taken_now(
    plan: Plan, angela: Patient, ibuprofen: None, read_page: Callable[[Patient], str]
) -> None:
    put(plan, "Betaine HCl")
    reassess(plan, at=NOON)
    finding = Finding.objects.get(plan=plan, rule="R01")
    words = " ".join(read_page(angela).split())
    assert "Not now: your clinic is checking this together with Ibuprofen." in words
    assert CONSULT in words
    assert finding.text not in words, "nothing of what clinicians read"
    assert finding.cite not in words
    assert "R01" not in words
    assert "BLOCK" not in words
    shown = stopped_now(plan, user=angela.user, today=TODAY)
    assert [each.name for each in shown] == ["Betaine HCl"]
    assert " ".join(finding.patient_text.split()) in " ".join(shown[0].sentences)


def test_what_begins_later_is_not_told_yet(plan: Plan, angela: Patient, ibuprofen: None) -> None:
    put(plan, "Betaine HCl", "repair")
    reassess(plan, at=NOON)
    assert Order.objects.get(name="Betaine HCl").is_blocked
    assert stopped_now(plan, user=angela.user, today=TODAY) == []


def test_nobody_else_reads_it(plan: Plan, ben: Patient, ibuprofen: None) -> None:
    put(plan, "Betaine HCl")
    reassess(plan, at=NOON)
    assert stopped_now(plan, user=ben.user, today=TODAY) == []


def test_where_nothing_is_stopped_one_question_is_asked(plan: Plan, angela: Patient) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert stopped_now(plan, user=angela.user, today=TODAY) == []
    assert len(captured) <= 1


def test_a_condition_is_not_named(plan: Plan, angela: Patient, by: Actor) -> None:
    source = Source(kind=SourceKind.DOCUMENT, as_of=TODAY)
    record.add_condition(angela, icd10cm_code="K25.9", source=source, by=by, at=NOON)
    put(plan, "Betaine HCl")
    reassess(plan, at=NOON)
    shown = stopped_now(plan, user=angela.user, today=TODAY)
    assert shown[0].sentences[0] == "Not now: your clinic is checking this."
    assert CONSULT not in shown[0].sentences


def test_nobody_is_told_to_leave_a_prescribed_medicine_out(
    plan: Plan, angela: Patient, dr_price: Prescriber, by: Actor
) -> None:
    source = Source(kind=SourceKind.DOCUMENT, as_of=TODAY)
    record.add_medicine(angela, name="Clopidogrel", source=source, by=by, at=NOON)
    put(plan, "Omeprazole", item_kind="medicine", prescribed_by="prescriber", prescriber=dr_price)
    reassess(plan, at=NOON)
    shown = stopped_now(plan, user=angela.user, today=TODAY)
    assert shown[0].is_prescribed
    assert shown[0].sentences[0].startswith("Ask your prescriber or us before you take or leave it")
    assert shown[0].sentences[-1] == CONSULT


def test_what_comes_down_is_told_too(plan: Plan, taper: Taper, angela: Patient, ibuprofen: None) -> None:
    reassess(plan, at=on_day(1))
    [shown] = stopped_now(plan, user=angela.user, today=FIRST_DAY, tapers=[taper])
    assert (shown.name, shown.is_prescribed) == ("Omeprazole", True)
    assert shown.sentences[0].startswith("Ask your prescriber or us before you reduce it further: your clinic")
    assert "together with Ibuprofen" in shown.sentences[0]
    assert shown.sentences[-1] == CONSULT


def test_it_is_explained_as_long_as_its_phase_is_lived(plan: Plan, ibuprofen: None, angela: Patient) -> None:
    """Remove was planned to end on 31 January; until somebody finishes it, its orders are still to be taken."""
    put(plan, "Betaine HCl")
    reassess(plan, at=NOON)
    user = angela.user
    for days in (3, 40):
        stopped = stopped_now(plan, user=user, today=TODAY + timedelta(days=days))
        assert [each.name for each in stopped] == ["Betaine HCl"], days
