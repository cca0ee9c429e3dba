"""The right findings in a plan like Angela’s, and only those. The expected list was written by hand from the sources:

- magnesium and levothyroxine lie four hours apart (R12);
- after an antibiotic somebody looks out for C. difficile for two months (R30);
- a PPI for a year or longer: magnesium in the blood (R31); for more than three years: vitamin B12 (R32);
- a PPI that comes down beside levothyroxine: tell that prescriber, TSH again (R36).

Two things are to be known besides: two that begin with Re-inoculate, and five that begin with Repair, would not let a
reaction point at its cause. Her enzymes begin a week after the first step of the taper, and nothing else does.

Nothing else: her zinc comes to 17 mg of at most 40, her magnesium to 200 mg of at most 350, her vitamin D to 50 µg of
at most 100; partially hydrolysed guar gum is no bulk-forming fibre; famotidine beside a PPI that comes down is meant.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from clinics.models import Prescriber
from patients.actor import acting_patient
from patients.models import Finding, Patient, Plan, SafetyCheck, Taper, UseKind
from patients.services.day.apart import spacing_of
from patients.services.safety.assessing import reassess
from patients.services.safety.deciding import who_may_override
from patients.services.safety.situation import taking_of
from patients.services.tapers import using
from protocols.models import Supplement
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import on_day
from tests.safety.conftest import Take, Write

EXPECTED = {
    ("R12", ("levothyroxine", "magnesium")),
    ("R30", ("rifaximin",)),
    ("R31", ("omeprazole",)),
    ("R32", ("omeprazole",)),
    ("R36", ("levothyroxine", "omeprazole")),
    ("ONE-CHANGE", ("phgg", "probiotic")),
    ("ONE-CHANGE", ("glutamine", "glutathione", "magnesium", "vitamin d", "zinc carnosine")),
}


@pytest.fixture
def angelas_plan(
    plan: Plan,
    taper: Taper,
    order: Write,
    takes: Take,
    shelved: Callable[[str], Supplement],
    dr_price: Prescriber,
) -> Plan:
    plan.orders.all().delete()
    prescribed = {"item_kind": "medicine", "prescribed_by": "prescriber", "prescriber": dr_price}
    order("Famotidine", amount="20 mg", times_of_day=["bedtime"], **prescribed)
    order(
        "Rifaximin",
        amount="550 mg",
        times_of_day=["on-waking", "afternoon", "bedtime"],
        ends_on=TODAY + timedelta(days=13),
        **prescribed,
    )
    meals = ["with-breakfast", "with-lunch", "with-dinner"]
    for name, key, phase, amount, times in [
        ("Enzymes", "digestive-enzymes", "replace", "1 {capsule}", meals),
        ("Probiotic", "probiotic-many-strains", "re-inoculate", "1 {capsule}", meals[:1]),
        ("PHGG", "phgg-powder", "re-inoculate", "6 g", meals[1:2]),
        ("Glutamine", "glutamine-powder", "repair", "5 g", ["on-waking", "afternoon", "bedtime"]),
        ("Glutathione", "glutathione-250", "repair", "1 {capsule}", ["on-waking"]),
        ("Zinc carnosine", "zinc-carnosine-37-5", "repair", "1 {capsule}", ["before-breakfast", "before-dinner"]),
        ("Vitamin D", "vitamin-d3-ug", "repair", "50 ug", meals[1:2]),
        ("Magnesium", "magnesium", "repair", "200 mg", ["bedtime"]),
    ]:
        order(name, phase, amount=amount, times_of_day=times, supplement=shelved(key))
    takes("Levothyroxine", since=TODAY - timedelta(days=1000))
    reassess(plan, at=NOON)
    return plan


def found(plan: Plan) -> set[tuple[str, tuple[str, ...]]]:
    return {(row.rule, tuple(sorted(name.lower() for name in row.about))) for row in plan.findings.standing()}


def test_the_right_findings_appear_and_only_those(angelas_plan: Plan) -> None:
    assert found(angelas_plan) == EXPECTED
    assert not angelas_plan.orders.filter(is_blocked=True).exists()


def test_her_day_is_within_the_limits(angelas_plan: Plan) -> None:
    """37.5 mg of zinc carnosine twice, of which 22.6 % is zinc: 16.95 mg."""
    totals = {row["nutrient"]: row for row in SafetyCheck.objects.get(plan=angelas_plan).totals}
    assert totals["zinc"]["amount"] == "16.95 mg"
    assert totals["magnesium"]["amount"] == "200 mg"
    assert totals["vitamin d"]["amount"] == "50 ug"
    assert not any(row["is_over"] for row in totals.values())


def test_the_timetable_is_told_which_hours_to_keep(angelas_plan: Plan) -> None:
    apart = spacing_of(angelas_plan)
    assert [(each.rule, each.before_hours, each.after_hours) for each in apart] == [("R12", 4, 4)]
    magnesium = angelas_plan.orders.get(name="Magnesium")
    assert magnesium.code in apart[0].a_codes + apart[0].b_codes


def test_before_its_signature_a_taper_changes_nothing(
    plan: Plan, draft_taper: Taper, takes: Take, order: Write
) -> None:
    plan.orders.all().delete()
    takes("Levothyroxine", since=TODAY - timedelta(days=1000))
    reassess(plan, at=NOON)
    assert {row.rule for row in plan.findings.standing()} == {"R31", "R32"}, "what the record alone says"


def test_an_antiinflammatory_beside_the_taper_calls_for_its_prescriber(
    angelas_plan: Plan, takes: Take, taper: Taper, dr_price: Prescriber
) -> None:
    takes("Naproxen", since=TODAY)
    row = Finding.objects.get(plan=angelas_plan, rule="R37")
    assert (row.severity, row.stops) == ("BLOCK", [taper.code])
    assert [prescriber for prescriber, _ in who_may_override(row)] == [dr_price]


def test_once_she_says_that_she_has_stopped_the_rules_hear_of_it(
    plan: Plan, taper: Taper, order: Write, angela: Patient
) -> None:
    """Betaine HCl beside a PPI that she takes no more: until then it is reduced; after eight weeks neither counts."""
    order("Betaine HCl", "rebalance", amount="650 mg")
    she = acting_patient(angela)
    using.report_use(taper, kind=UseKind.STOPPED, since=on_day(3).date(), by=she, at=on_day(3))
    things = {
        taken.code: taken
        for situation in [taking_of(plan, today=on_day(3).date())]
        for thing in situation.things
        for taken in thing.taken
    }
    assert things[taper.code].until == on_day(2).date()
    assert SafetyCheck.objects.get(plan=plan).checked_at == on_day(3), "looked at with her word"
    using.write_diary(taper, on=on_day(3).date(), symptoms=1, rescue_doses=None, by=she, at=on_day(4))
    assert SafetyCheck.objects.get(plan=plan).checked_at == on_day(3), "a line of her diary says nothing to a rule"
