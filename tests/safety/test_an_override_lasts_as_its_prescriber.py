"""An override counts as long as it is that prescriber’s to give: not of one who has ended, or lost the licence."""

from collections.abc import Callable

import pytest

from clinics.actor import Actor, acting_prescriber
from clinics.models import Clinic, Prescriber, User
from patients.models import Door, Finding, Order, Plan
from patients.services.safety.deciding import Word, file_override, override_in_person
from protocols.domain.medicines import MedicineClass
from tests.fixtures.personae import NOON, TODAY
from tests.safety.conftest import Take, Write

Findings = Callable[[], list[Finding]]


@pytest.fixture
def stopped(prescribed: Write, takes: Take, findings: Findings) -> Finding:
    """A BLOCK that stops the omeprazole of dr_price."""
    prescribed("Omeprazole", amount="20 mg")
    takes("Clopidogrel", MedicineClass.ANTIPLATELET)
    return next(row for row in findings() if row.rule == "R33")


def stands(findings: Findings, plan: Plan) -> tuple[str, bool]:
    row = next(row for row in findings() if row.rule == "R33")
    return row.status, plan.orders.get(name="Omeprazole").is_blocked


def test_the_word_of_a_prescriber_who_has_ended_does_not_go_on_counting(
    stopped: Finding, findings: Findings, plan: Plan, dr_price: Prescriber, by: Actor
) -> None:
    word = Word(prescriber=dr_price.code, reason="Two weeks.", door=Door.TELEPHONE, said_on=TODAY, is_read_back=True)
    file_override(stopped, word, by=by, at=NOON, revision=stopped.revision)
    assert stands(findings, plan) == ("overridden", False)
    Prescriber.objects.filter(pk=dr_price.pk).update(ended_at=NOON, ended_by_kind="system", ended_by_code="system")
    assert stands(findings, plan) == ("open", True)
    assert "has ended here" in stopped.changes.latest("at", "pk").reason


def test_whoever_has_lost_the_licence_no_longer_answers_for_it(
    stopped: Finding, findings: Findings, plan: Plan, clinic: Clinic, dr_cho: User
) -> None:
    own = Prescriber.objects.create(
        clinic=clinic,
        user=dr_cho,
        name="Dr Cho",
        licence_number="4711",
        licensed_classes=["other"],
        created_at=NOON,
        created_by_kind="system",
        created_by_code="system",
    )
    Order.objects.filter(plan=plan, name="Omeprazole").update(prescriber=own)
    me = acting_prescriber(own, user=dr_cho)
    override_in_person(stopped, reason="I follow her closely.", by=me, at=NOON, revision=stopped.revision)
    assert stands(findings, plan) == ("overridden", False)
    Prescriber.objects.filter(pk=own.pk).update(licensed_classes=[])
    assert stands(findings, plan) == ("open", True)
