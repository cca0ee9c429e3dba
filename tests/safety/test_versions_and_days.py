"""What counts on which day: versions of an order, the day a plan ends, later orders, and what rests."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from clinics.actor import Actor
from patients.models import CharacteristicKind, Finding, Patient, Plan, SafetyCheck
from patients.services import record
from patients.services.orders.changing import change
from patients.services.orders.holding import hold
from patients.services.orders.says import says_of
from patients.services.safety.assessing import reassess
from protocols.domain.amount import Amount
from tests.fixtures.personae import NOON, TODAY
from tests.safety.conftest import SOURCE, Take, Write, rules

Findings = Callable[[], list[Finding]]


def _magnesium(plan: Plan) -> str:
    totals = SafetyCheck.objects.get(plan=plan).totals
    return next(total["amount"] for total in totals if total["nutrient"] == "magnesium")


def test_a_change_for_a_later_day_is_never_added_to_what_is_taken_until_then(
    order: Write, findings: Findings, plan: Plan, by: Actor
) -> None:
    """400 mg of the oxide hold 241.2 mg, 500 mg hold 301.5 mg: neither is over 350 mg."""
    oxide = order("Magnesium oxide", amount="400 mg")
    findings()
    plan.refresh_from_db()
    more = replace(says_of(plan.orders.to_reckon().get(pk=oxide.pk)), amount=Amount.parse("500 mg"))
    later = TODAY + timedelta(days=8)
    at = NOON + timedelta(days=3)
    change(
        plan.orders.get(pk=oxide.pk), says=more, from_day=later, by=by, at=at, revision=plan.revision,
        amount_confirmed=True,
    )  # fmt: skip
    reassess(plan, at=at)
    assert "R14" not in rules(list(plan.findings.standing()))
    assert _magnesium(plan) == "301.5 mg"


def test_an_order_of_a_later_phase_is_stopped_by_the_same_finding(
    order: Write, findings: Findings, plan: Plan, angela: Patient, by: Actor
) -> None:
    record.add_characteristic(angela, kind=CharacteristicKind.PREGNANCY, value=True, source=SOURCE, by=by, at=NOON)
    first, later = order("Berberine", amount="500 mg"), order("Berberine again", "repair", amount="500 mg")
    type(later).objects.filter(pk=later.pk).update(name="Berberine")
    row = next(row for row in findings() if row.rule == "R07")
    assert row.stops == [first.code, later.code]
    assert plan.orders.filter(is_blocked=True).count() == 2


def test_hours_stay_kept_while_one_of_the_two_rests(
    order: Write, takes: Take, findings: Findings, plan: Plan, by: Actor
) -> None:
    magnesium = order("Magnesium glycinate", amount="200 mg", times_of_day=["bedtime"])
    takes("Levothyroxine", times_of_day=["on-waking"], pattern="daily", since=date(2026, 1, 1))
    assert next(row for row in findings() if row.rule == "R12").is_kept
    plan.refresh_from_db()
    hold(magnesium, by=by, at=NOON, revision=plan.revision)
    reassess(plan, at=NOON)
    assert plan.findings.get(rule="R12").is_kept
