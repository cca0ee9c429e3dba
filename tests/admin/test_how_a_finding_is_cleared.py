"""A finding’s page says what would end it: what is stopped is an order, a taper, or only stands in the record."""

import pytest
from django.test import Client
from django.urls import reverse

from clinics.actor import Actor
from patients.models import Finding, Patient, Plan, SourceKind, Taper
from patients.services import record
from patients.services.record import Source
from protocols.domain.medicines import MedicineClass
from tests.admin.conftest import text_of
from tests.fixtures.personae import NOON, TODAY


@pytest.fixture
def take(angela: Patient, by: Actor) -> None:
    source = Source(kind=SourceKind.PATIENT, as_of=TODAY)
    record.add_medicine(angela, name="ibuprofen", medicine_class=MedicineClass.NSAID, source=source, by=by, at=NOON)


def page_of(cho: Client, finding: Finding) -> str:
    return text_of(cho.get(reverse("admin:patients_finding_change", args=[finding.code])))


def test_what_stops_a_taper_is_not_cleared_by_changing_an_order(
    cho: Client, plan: Plan, taper: Taper, take: None
) -> None:
    words = page_of(cho, plan.findings.get(rule="R37"))
    assert "It is cleared by stopping the taper or what is taken beside it, or overridden by Dr Price" in words
    assert "changing the order" not in words
    assert "Ibuprofen + omeprazole" in words


def test_the_line_of_a_finding_begins_with_a_capital(cho: Client, plan: Plan, taper: Taper, take: None) -> None:
    words = text_of(cho.get(reverse("admin:patients_plan_change", args=[plan.code])))
    assert "Stops the order Ibuprofen + omeprazole R37" in words
