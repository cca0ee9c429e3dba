"""A warning sign stops no order: a practitioner clears it once it was reviewed, and nobody else has to be found."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from clinics.actor import Actor
from patients.models import Finding, Patient, Plan, SafetyCheck
from patients.services import record
from patients.services.safety.assessing import reassess
from patients.services.safety.deciding import acknowledge, may_be_acknowledged
from patients.services.safety.errors import NotToBeAcknowledged
from protocols.domain.medicines import MedicineClass
from tests.fixtures.personae import NOON, TODAY
from tests.safety.conftest import SOURCE, Take, Write

Findings = Callable[[], list[Finding]]


@pytest.fixture
def melaena(angela: Patient, by: Actor, findings: Findings) -> Finding:
    record.add_condition(angela, icd10cm_code="K92.1", source=SOURCE, by=by, at=NOON)
    return next(row for row in findings() if row.rule == "R55")


def test_it_is_cleared_with_what_came_of_it(melaena: Finding, plan: Plan, by: Actor) -> None:
    assert may_be_acknowledged(melaena)
    row = acknowledge(melaena, reason="Iron tablets; stool tested, no blood.", by=by, at=NOON, revision=0)
    assert row.status == "acknowledged"
    reassess(plan, at=NOON + timedelta(days=1))
    row.refresh_from_db()
    assert row.status == "acknowledged", "nobody is asked again"


def test_another_sign_is_another_question(melaena: Finding, angela: Patient, by: Actor, findings: Findings) -> None:
    acknowledge(melaena, reason="Iron tablets.", by=by, at=NOON, revision=0)
    record.add_condition(angela, icd10cm_code="K92.0", source=SOURCE, by=by, at=NOON)
    assert [row.status for row in findings() if row.rule == "R55"] == ["acknowledged", "open"]


def test_two_medicines_from_elsewhere_stop_nothing_here(takes: Take, findings: Findings, by: Actor) -> None:
    takes("Omeprazole")
    takes("Clopidogrel", MedicineClass.ANTIPLATELET)
    row = next(row for row in findings() if row.rule == "R33")
    assert acknowledge(row, reason="Her cardiologist was told.", by=by, at=NOON, revision=0).status == "acknowledged"


def test_what_is_ordered_here_later_is_not_let_through_by_it(
    takes: Take, order: Write, findings: Findings, by: Actor, plan: Plan
) -> None:
    takes("Omeprazole")
    takes("Clopidogrel", MedicineClass.ANTIPLATELET)
    row = next(row for row in findings() if row.rule == "R33")
    acknowledge(row, reason="Her cardiologist was told.", by=by, at=NOON, revision=0)
    order("Esomeprazole", amount="20 mg")
    order("Omeprazole", amount="20 mg")
    standing = [each for each in findings() if each.rule == "R33"]
    assert {each.status for each in standing} == {"open"}
    assert plan.orders.filter(is_blocked=True).count() == 2
    with pytest.raises(NotToBeAcknowledged):
        acknowledge(standing[0], reason="Again.", by=by, at=NOON, revision=standing[0].revision)


def test_the_diet_of_the_protocol_is_a_strict_one(order: Write, findings: Findings, plan: Plan) -> None:
    order("Leave out the foods on your list", item_kind="diet", until="rebalance", times_of_day=[])
    (row,) = [each for each in findings() if each.rule == "R60"]
    assert row.first_day > TODAY + timedelta(days=42), "six weeks are not too long"
    reassess(plan, at=NOON + timedelta(days=43))
    row.refresh_from_db()
    assert (row.status, row.first_day) == ("open", TODAY + timedelta(days=43))


def test_what_is_not_known_about_a_diet_is_asked(order: Write, findings: Findings, plan: Plan) -> None:
    order("Leave out the foods on your list", item_kind="diet", times_of_day=[])
    findings()
    asked = [row for row in SafetyCheck.objects.get(plan=plan).not_checked if row.get("rule") == "R60"]
    assert asked
