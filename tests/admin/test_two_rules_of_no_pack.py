"""A medicine written down twice, and changes too close together, in the workspace: where each stands, and who waits."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.models import Finding, Order, Patient, Plan, SourceKind, Taper
from patients.services.record import Source, add_medicine
from patients.services.safety.assessing import reassess
from tests.admin.conftest import text_of
from tests.admin.test_orders import ENTERED
from tests.fixtures.personae import NOON, TODAY


def put(plan: Plan, name: str, phase: str, **fields: Any) -> Order:
    row = plan.phases.get(key=phase)
    said = {"item_kind": "supplement", "times_of_day": ["bedtime"], "amount_value": 5, "amount_unit": "g"} | fields
    return Order.objects.create(
        plan=plan,
        key=name.lower(),
        name=name,
        first_phase=row,
        last_phase=row,
        pattern="daily",
        evidence="weak",
        source="A test.",
        **said,
    )


@pytest.fixture
def clash(plan: Plan) -> Finding:
    """Alpha and Beta begin with the enzymes of Replace, on 18 January."""
    put(plan, "Alpha", "replace")
    put(plan, "Beta", "replace")
    reassess(plan, at=NOON)
    return plan.findings.get(rule="ONE-CHANGE")


@pytest.fixture
def doubled(plan: Plan, angela: Patient, dr_price: Prescriber, by: Actor) -> Finding:
    put(plan, "Levothyroxine", "remove", item_kind="medicine", prescribed_by="prescriber", prescriber=dr_price)
    source = Source(kind=SourceKind.PATIENT, as_of=TODAY)
    add_medicine(angela, name="Levothyroxine", source=source, by=by, at=NOON)
    return plan.findings.get(rule="TWICE")


def plan_page(plan: Plan) -> str:
    return reverse("admin:patients_plan_change", args=[plan.code])


def test_a_clash_stands_on_the_plan_with_the_way_to_spread_it_and_waits_for_nobody(
    cho: Client, plan: Plan, clash: Finding
) -> None:
    page = cho.get(plan_page(plan))
    words = text_of(page)
    assert "One change at a time To be known Alpha + Beta + Digestive enzymes ONE-CHANGE" in words
    assert "Proposed: Beta on Thu 21 Jan 2027 and Digestive enzymes on Sun 24 Jan 2027." in words
    changes = reverse("admin:patients_plan_changes", args=[plan.code])
    assert f'<a href="{changes}">Spread them out</a>' in page.text
    assert "to be decided" not in words
    assert "Findings to decide" not in text_of(cho.get(reverse("admin:index")))


def test_the_list_of_findings_keeps_it_apart_from_what_is_to_be_decided(cho: Client, clash: Finding) -> None:
    listed = reverse("admin:patients_finding_changelist")
    assert clash.code in text_of(cho.get(f"{listed}?state=known"))
    assert clash.code not in text_of(cho.get(f"{listed}?state=undecided"))
    assert clash.code in text_of(cho.get(listed))


def test_its_page_says_that_nobody_has_to_decide_and_leads_to_the_days(cho: Client, plan: Plan, clash: Finding) -> None:
    page = cho.get(reverse("admin:patients_finding_change", args=[clash.code]))
    assert "To be known: nobody has to decide" in text_of(page)
    assert "ONE-CHANGE, built in," in text_of(page)
    assert reverse("admin:patients_plan_changes", args=[plan.code]) in page.text
    assert clash.first_day == TODAY + timedelta(days=14)


def test_a_medicine_written_down_twice_waits_for_a_practitioner(cho: Client, plan: Plan, doubled: Finding) -> None:
    words = text_of(cho.get(plan_page(plan)))
    assert "To be weighed Levothyroxine TWICE Written down twice: is it one medicine, or two?" in words
    assert "1 to be decided" in words
    assert "Findings to decide" in text_of(cho.get(reverse("admin:index")))
    page = text_of(cho.get(reverse("admin:patients_finding_change", args=[doubled.code])))
    assert "TWICE, built in," in page
    assert "Acknowledge" in page


def test_the_day_says_it_at_the_line(cho: Client, plan: Plan, doubled: Finding) -> None:
    words = text_of(cho.get(reverse("admin:patients_plan_day", args=[plan.code])))
    assert "Written down twice, in the plan (5 g) and the record: it stands here once." in words


def test_ordering_what_a_taper_reduces_is_refused_where_it_was_typed(cho: Client, plan: Plan, taper: Taper) -> None:
    plan.refresh_from_db()
    address = reverse("admin:patients_plan_order_write", args=[plan.code])
    entered = ENTERED | {"name": "Omeprazole", "value": "40", "item_kind": "medicine"}
    page = cho.post(address, {"revision": plan.revision, "_confirm": "1"} | entered)
    assert "a signed taper reduces omeprazole, and runs only what its prescriber signed" in text_of(page)
    assert 'value="Omeprazole"' in page.text
    assert not plan.orders.filter(name="Omeprazole").exists()
