"""Plans are put before the rules again: each morning, after a new edition, whatever breaks, and never twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from clinics.actor import Actor
from clinics.models import Clinic
from patients.models import Finding, FindingChange, Patient, Plan, SafetyCheck, SafetyRound
from patients.services.safety import looking
from patients.services.safety.assessing import reassess
from patients.services.safety.looking import look_at_plans
from protocols.domain.sources import HowRead
from protocols.services.rule_reviews import ReadSource, knowledge_of, let_count, take_back
from tests.fixtures.personae import NOON, make_patient
from tests.safety.conftest import Write
from tests.services.test_two_at_once import at_once

MORNING = NOON + timedelta(hours=13)
"""Two in the morning of the next day in Berlin."""


@pytest.fixture
def many(activate_plan: Callable[..., Plan], clinic: Clinic) -> list[Plan]:
    return [activate_plan(make_patient(clinic, f"patient_{number:03}")) for number in range(4)]


def test_a_plan_is_looked_at_each_morning_and_once(plan: Plan) -> None:
    look_at_plans(at=NOON)
    assert look_at_plans(at=NOON + timedelta(hours=1)) == 0
    assert look_at_plans(at=MORNING) == 1
    assert SafetyCheck.objects.get(plan=plan).checked_at == MORNING
    assert look_at_plans(at=MORNING) == 0


def test_a_clinics_decision_puts_all_its_plans_before_the_rules_again(
    many: list[Plan], clinic: Clinic, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "BATCH", 3)
    for _ in range(3):
        look_at_plans(at=NOON)
    before = knowledge_of(clinic).version
    rule, part = next((rule, part) for rule in knowledge_of(clinic).rules for part in rule.parts if not part.is_enabled)
    source = ReadSource(cite="A review, 2024", year=2024, how_read=HowRead.PRIMARY)
    review = let_count(clinic, rule=rule.id, part=part.key, source=source, seen="", by=by, at=NOON)
    look_at_plans(at=NOON)
    found = SafetyRound.objects.get(clinic=clinic, finished_at=None)
    assert (found.plans, found.done, found.failed) == (4, 3, 0)
    look_at_plans(at=NOON)
    look_at_plans(at=NOON)
    found.refresh_from_db()
    assert (found.done, found.finished_at) == (4, NOON)
    assert {check.edition for check in SafetyCheck.objects.all()} == {knowledge_of(clinic).version} != {before}
    take_back(clinic, rule=rule.id, part=part.key, seen=review.code, by=by, at=NOON)
    for _ in range(3):
        look_at_plans(at=NOON + timedelta(minutes=1))
    assert {check.edition for check in SafetyCheck.objects.all()} == {before}, "an edition that came back counts anew"


def test_a_plan_that_breaks_stops_no_other_and_waits_a_quarter_of_an_hour(
    many: list[Plan], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = many[1]

    def fragile(plan: Plan, **said: Any) -> None:
        if plan.pk == broken.pk:
            raise RuntimeError("Betaine HCl of Angela")
        reassess(plan, **said)

    look_at_plans(at=NOON)
    monkeypatch.setattr(looking, "reassess", fragile)
    with pytest.raises(ExceptionGroup):
        look_at_plans(at=MORNING)
    checks = {check.plan_id: check for check in SafetyCheck.objects.all()}
    assert [checks[plan.pk].checked_at == MORNING for plan in many] == [True, False, True, True]
    assert checks[broken.pk].looks_at == MORNING + timedelta(minutes=15)
    assert "Betaine" not in caplog.text
    assert "Angela" not in caplog.text
    assert look_at_plans(at=MORNING + timedelta(minutes=1)) == 0, "it waits"


def test_a_round_counts_what_broke_and_comes_to_its_end(many: list[Plan], monkeypatch: pytest.MonkeyPatch) -> None:
    SafetyCheck.objects.all().delete()

    def fragile(plan: Plan, **said: Any) -> None:
        if plan.pk == many[0].pk:
            raise RuntimeError
        reassess(plan, **said)

    monkeypatch.setattr(looking, "reassess", fragile)
    with pytest.raises(ExceptionGroup):
        look_at_plans(at=NOON)
    look_at_plans(at=NOON)
    found = SafetyRound.objects.get()
    assert (found.plans, found.done, found.failed, found.finished_at) == (4, 3, 1, NOON)


def test_what_is_due_is_found_without_reading_every_plan(many: list[Plan], django_assert_max_num_queries: Any) -> None:
    look_at_plans(at=NOON)
    look_at_plans(at=NOON)
    with django_assert_max_num_queries(6):
        look_at_plans(at=NOON)


@pytest.mark.django_db(transaction=True)
def test_two_who_look_at_once_write_one_row(plan: Plan, angela: Patient, order: Write) -> None:
    order("Magnesium oxide", amount="900 mg")
    results = at_once(*[lambda: reassess(plan, at=NOON)] * 3)
    assert results == [None, None, None], results
    found = Finding.objects.filter(plan=plan, rule="R14")
    assert found.count() == 1
    assert FindingChange.objects.filter(finding__in=found).count() == 1
