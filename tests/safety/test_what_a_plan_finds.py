"""From a plan to findings: what stands, since when, and which orders it stops."""

from collections.abc import Callable
from datetime import date, timedelta

from clinics.actor import Actor
from patients.models import Finding, FindingChange, MedicineUse, Order, Patient, Plan, SafetyCheck
from patients.services import plan_moves, record
from patients.services.orders.stopping import stop
from patients.services.safety.assessing import preview, reassess
from protocols.domain.medicines import MedicineClass
from protocols.domain.order_states import StopReason
from protocols.domain.phases import EndReason
from protocols.domain.slots import Slot
from tests.fixtures.personae import NOON, TODAY
from tests.safety.conftest import Take, Write, rules

Findings = Callable[[], list[Finding]]


def test_betaine_beside_ibuprofen_stops_the_betaine_alone(
    order: Write, takes: Take, findings: Findings, plan: Plan
) -> None:
    betaine = order("Betaine HCl", amount="650 mg")
    order("Zinc carnosine", amount="75 mg")
    use = takes("Ibuprofen", MedicineClass.NSAID, since=date(2026, 1, 1))
    found = [row for row in findings() if row.severity == "BLOCK"]
    assert [(row.rule, row.about, row.stops) for row in found] == [
        ("R01", ["Betaine HCl", "ibuprofen"], [betaine.code])
    ]
    assert set(found[0].subjects) == {betaine.code, use.code}
    assert found[0].first_day == TODAY
    assert [row.code for row in plan.orders.filter(is_blocked=True)] == [betaine.code]
    assert Order.objects.get(pk=betaine.pk).blocked_since == TODAY


def test_what_is_stopped_is_still_put_before_the_rules(betaine_and_ibuprofen: Finding, findings: Findings) -> None:
    again = [row for row in findings() if row.rule == "R01"]
    assert [row.pk for row in again] == [betaine_and_ibuprofen.pk]
    assert FindingChange.objects.filter(finding=betaine_and_ibuprofen).count() == 1, "nothing became of it"


def test_an_order_is_let_go_of_once_its_finding_is_over(
    betaine_and_ibuprofen: Finding, plan: Plan, angela: Patient, by: Actor
) -> None:
    ibuprofen = MedicineUse.objects.get(patient=angela)
    later = NOON + timedelta(days=4)
    record.mark_in_error(ibuprofen, reason="Never taken.", by=by, at=later)
    reassess(plan, at=later)
    betaine_and_ibuprofen.refresh_from_db()
    assert betaine_and_ibuprofen.status == "resolved"
    betaine = plan.orders.get(name="Betaine HCl")
    assert not betaine.is_blocked
    rest = betaine.holds.get()
    assert (rest.first_day, rest.resumed_on) == (TODAY, TODAY + timedelta(days=4)), "those days it was not taken"


def test_what_is_stopped_for_good_is_cleared_at_once(betaine_and_ibuprofen: Finding, plan: Plan, by: Actor) -> None:
    betaine = plan.orders.get(name="Betaine HCl")
    stop(betaine, stop_reason=StopReason.INTERACTION, by=by, at=NOON, revision=plan.revision)
    betaine_and_ibuprofen.refresh_from_db()
    assert betaine_and_ibuprofen.status == "resolved", "nobody waits for the next morning"


def test_what_is_stopped_today_still_counts_where_a_rule_looks_back(
    order: Write, findings: Findings, plan: Plan, by: Actor
) -> None:
    course = order("Rifaximin", amount="550 mg", item_kind="medicine")
    stop(course, stop_reason=StopReason.REACTION, by=by, at=NOON, revision=plan.revision)
    assert "R30" in rules(findings()), "C. difficile is watched for two months after"


def test_a_later_order_is_found_with_the_day_on_which_it_begins(
    order: Write, takes: Take, findings: Findings, plan: Plan
) -> None:
    later = order("Betaine HCl", "replace", amount="650 mg")
    takes("Ibuprofen", MedicineClass.NSAID, since=date(2026, 1, 1))
    row = next(row for row in findings() if row.rule == "R01")
    assert row.first_day == later.first_day == TODAY + timedelta(days=14)
    stopped = plan.orders.get(pk=later.pk)
    assert (stopped.is_blocked, stopped.blocked_since) == (True, later.first_day)


def test_what_begins_later_stops_nothing_that_is_taken_until_then(order: Write, findings: Findings, plan: Plan) -> None:
    order("Betaine HCl", amount="650 mg")
    order("Ibuprofen", starts_after_days=10, amount="400 mg", item_kind="medicine")
    row = next(row for row in findings() if row.rule == "R01")
    assert row.first_day == TODAY + timedelta(days=10)
    assert not plan.orders.filter(is_blocked=True).exists()
    for days in (10, 11):
        reassess(plan, at=NOON + timedelta(days=days))
    assert [each.name for each in plan.orders.filter(is_blocked=True)] == ["Betaine HCl"]
    row.refresh_from_db()
    assert row.first_day == TODAY + timedelta(days=10), "not moved on each morning"


def test_magnesium_and_levothyroxine_are_hours_apart(order: Write, takes: Take, findings: Findings) -> None:
    magnesium = order("Magnesium glycinate", amount="200 mg")
    use = takes("Levothyroxine")
    row = next(row for row in findings() if row.severity == "SPACE")
    assert row.rule == "R12"
    assert {*row.spacing["a_codes"], *row.spacing["b_codes"]} == {magnesium.code, use.code}
    assert row.spacing["before_hours"] == row.spacing["after_hours"] == "4"
    assert not row.is_kept


def test_an_unknown_supplement_is_said_not_to_be_checked(order: Write, findings: Findings, plan: Plan) -> None:
    order("Powder of the moon", amount="5 g")
    findings()
    check = SafetyCheck.objects.get(plan=plan)
    assert {"kind": "substance", "name": "Powder of the moon"} in check.not_checked


def test_a_plan_is_looked_at_again_when_the_next_day_of_the_patient_begins(plan: Plan) -> None:
    reassess(plan, at=NOON)
    looks_at = SafetyCheck.objects.get(plan=plan).looks_at
    assert looks_at is not None
    assert looks_at.isoformat() == "2027-01-04T23:00:00+00:00", "midnight in Berlin"


def test_a_preview_writes_nothing(order: Write, takes: Take, plan: Plan) -> None:
    order("Betaine HCl", amount="650 mg")
    takes("Ibuprofen", MedicineClass.NSAID, since=date(2026, 1, 1))
    before = Finding.objects.count()
    judged = preview(plan, at=NOON)
    assert "R01" in {each.found.rule for each in judged.standing}
    assert Finding.objects.count() == before


def test_a_preview_of_other_orders_leaves_the_stored_ones_out(order: Write, takes: Take, plan: Plan) -> None:
    betaine = order("Betaine HCl", amount="650 mg")
    takes("Ibuprofen", MedicineClass.NSAID, since=date(2026, 1, 1))
    others = [each for each in plan.orders.all() if each.pk != betaine.pk]
    assert "R01" not in {each.found.rule for each in preview(plan, at=NOON, orders=others).standing}


def test_what_was_stopped_lately_still_counts_where_a_rule_says_so(
    order: Write, takes: Take, findings: Findings
) -> None:
    """Betaine HCl less than eight weeks after a PPI; nine weeks after it, no more."""
    order("Betaine HCl", amount="650 mg")
    takes("Pantoprazole", MedicineClass.PPI, since=date(2025, 1, 1), until=TODAY - timedelta(weeks=3))
    assert "R04" in rules(findings())


def test_a_ppi_stopped_nine_weeks_ago_no_longer_counts(order: Write, takes: Take, findings: Findings) -> None:
    order("Betaine HCl", amount="650 mg")
    takes("Pantoprazole", MedicineClass.PPI, since=date(2025, 1, 1), until=TODAY - timedelta(weeks=9))
    assert "R04" not in rules(findings())


def test_what_is_over_leaves_nothing_to_decide(betaine_and_ibuprofen: Finding, plan: Plan, by: Actor) -> None:
    plan.refresh_from_db()
    plan_moves.complete(plan, by=by, at=NOON, revision=plan.revision, end_reason=EndReason.FINISHED)
    reassess(plan, at=NOON)
    assert not plan.findings.standing().exists()
    assert not plan.orders.filter(is_blocked=True).exists()
    assert SafetyCheck.objects.get(plan=plan).looks_at is None


def test_daily_totals_count_every_product(order: Write, findings: Findings, plan: Plan) -> None:
    """Two times 600 mg of magnesium oxide, of which 60.3 % is magnesium, and 100 mg of magnesium itself."""
    order("Magnesium oxide", amount="600 mg", times_of_day=["with-lunch", "bedtime"])
    order("Magnesium", amount="100 mg")
    rows = findings()
    total = next(each for each in SafetyCheck.objects.get(plan=plan).totals if each["nutrient"] == "magnesium")
    assert total["amount"] == "823.6 mg"  # 2 × 600 × 0.603 + 100
    assert total["limit"] == "350 mg"
    assert total["is_over"] is True
    assert "R14" in rules(rows)


def test_hours_that_the_timetable_keeps_are_kept(order: Write, takes: Take, findings: Findings) -> None:
    """Magnesium at bedtime, levothyroxine on waking: fifteen hours lie between them."""
    order("Magnesium glycinate", amount="200 mg", times_of_day=["bedtime"])
    takes("Levothyroxine", pattern="daily", times_of_day=[Slot.ON_WAKING])
    row = next(row for row in findings() if row.rule == "R12")
    row.refresh_from_db()
    assert row.is_kept
    assert row.status == "open", "kept as long as the timetable keeps it, and nobody decided"


def test_what_an_earlier_plan_ordered_still_counts_for_a_while(
    order: Write, plan: Plan, angela: Patient, activate_plan: Callable[..., Plan], by: Actor
) -> None:
    """An antibiotic of a plan that ended ten days ago: somebody still looks out for C. difficile; not a year later."""
    order("Rifaximin", amount="550 mg", item_kind="medicine")
    plan.refresh_from_db()
    ended = NOON + timedelta(days=5)
    plan_moves.complete(plan, by=by, at=ended, revision=plan.revision, end_reason=EndReason.FINISHED)
    for later, is_found in ((NOON + timedelta(days=15), True), (NOON + timedelta(days=365), False)):
        following = activate_plan(angela, starts_on=later.date(), at=later)
        assert ("R30" in {row.rule for row in following.findings.standing()}) is is_found
        following.refresh_from_db()
        plan_moves.revoke(following, by=by, at=later, revision=following.revision, end_reason=EndReason.PATIENTS_CHOICE)
