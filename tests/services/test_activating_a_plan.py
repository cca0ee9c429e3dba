from collections.abc import Callable
from datetime import date, timedelta

import pytest

from clinics.actor import Actor
from patients.models import Patient, Plan, Reminder, Transition
from patients.services import plan_moves
from patients.services.errors import AmountsMissing, InvalidRequest, PlanAlreadyRunning, PlanChanged
from protocols.domain.amount import Amount
from tests.fixtures.personae import NOON, TODAY


def statuses(plan: Plan) -> dict[str, str]:
    return {phase.key: phase.status for phase in plan.phases.all()}


def test_a_draft_owes_nothing(assign_plan: Callable[..., Plan], angela: Patient) -> None:
    assign_plan(angela)
    assert Reminder.objects.count() == 0


def test_activation_asks_for_missing_amounts(assign_plan: Callable[..., Plan], angela: Patient, by: Actor) -> None:
    plan = assign_plan(angela)
    with pytest.raises(AmountsMissing) as refused:
        plan_moves.activate(plan, by=by, at=NOON, revision=0)
    assert refused.value.names == ["Digestive enzymes"]
    plan.refresh_from_db()
    assert plan.status == "draft"


def test_activation_starts_what_begins_today(plan: Plan) -> None:
    assert statuses(plan) == {
        "remove": "active",
        "replace": "planned",
        "re-inoculate": "planned",
        "repair": "planned",
        "rebalance": "planned",
    }


def test_reminders_are_owed_for_what_is_to_come(plan: Plan) -> None:
    owed = {(r.kind, r.phase.key, r.recipient_kind, r.civil_date) for r in Reminder.objects.owed()}
    replace = TODAY + timedelta(days=14)
    assert ("phase-coming", "replace", "patient", replace - timedelta(days=3)) in owed
    assert ("phase-starts", "replace", "staff", replace) in owed
    assert ("phase-due", "remove", "staff", TODAY + timedelta(days=27)) in owed
    assert ("phase-overdue", "remove", "staff", TODAY + timedelta(days=30)) in owed
    assert not [row for row in owed if row[:2] == ("phase-starts", "remove")], "noon is past the preferred time"


def test_a_plan_from_the_past_marks_what_is_done_and_owes_nothing_old(
    activate_plan: Callable[..., Plan], angela: Patient
) -> None:
    plan = activate_plan(angela, starts_on=TODAY - timedelta(days=45))
    assert statuses(plan) == {
        "remove": "completed",
        "replace": "completed",
        "re-inoculate": "active",
        "repair": "planned",
        "rebalance": "active",
    }
    assert min(r.send_at for r in Reminder.objects.all()) >= NOON


def test_a_second_running_plan_is_refused(
    plan: Plan, assign_plan: Callable[..., Plan], angela: Patient, by: Actor
) -> None:
    second = assign_plan(angela, starts_on=date(2027, 2, 1))
    with pytest.raises(PlanAlreadyRunning):
        plan_moves.activate(second, by=by, at=NOON, revision=0)


def test_a_move_on_an_outdated_screen_is_refused(plan: Plan, by: Actor) -> None:
    with pytest.raises(PlanChanged):
        plan_moves.hold(plan, by=by, at=NOON, revision=plan.revision - 1)


def test_every_move_is_in_the_history(plan: Plan) -> None:
    moves = [(t.move, t.from_status, t.to_status) for t in Transition.objects.filter(plan=plan)]
    assert moves == [("assign", "", "draft"), ("activate", "draft", "active"), ("start", "planned", "active")]


def test_what_is_not_for_this_patient_is_left_out(assign_plan: Callable[..., Plan], angela: Patient, by: Actor) -> None:
    plan = assign_plan(angela, starts_on=TODAY - timedelta(days=20))
    enzymes = plan.orders.get(key="enzymes")
    plan_moves.activate(plan, by=by, at=NOON, revision=0, left_out=[enzymes.code])
    enzymes = plan.orders.select_related("first_phase", "last_phase").get(key="enzymes")
    assert enzymes.first_phase.status == "active"
    assert not enzymes.is_due_on(TODAY)
    assert Transition.objects.get(plan=plan, move="activate").details["left_out"] == [enzymes.code]


def test_an_order_is_not_both_decided_and_left_out(
    assign_plan: Callable[..., Plan], angela: Patient, by: Actor
) -> None:
    plan = assign_plan(angela)
    code = plan.orders.get(key="enzymes").code
    with pytest.raises(InvalidRequest, match="either an amount, or left out"):
        plan_moves.activate(
            plan, by=by, at=NOON, revision=0, amounts={code: Amount.parse("1 {capsule}")}, left_out=[code]
        )


def test_an_amount_of_nothing_and_an_unknown_order_are_refused(
    assign_plan: Callable[..., Plan], angela: Patient, by: Actor
) -> None:
    plan = assign_plan(angela)
    code = plan.orders.get(key="enzymes").code
    too_large = Amount.parse("123456789012 mg")
    for amounts in ({code: Amount.parse("0 mg")}, {"NOSUCHCODE": Amount.parse("1 mg")}, {code: too_large}):
        with pytest.raises(InvalidRequest):
            plan_moves.activate(plan, by=by, at=NOON, revision=0, amounts=amounts)


def test_activation_decides_only_what_the_protocol_leaves_open(
    assign_plan: Callable[..., Plan], angela: Patient, by: Actor
) -> None:
    plan = assign_plan(angela)
    amounts = {order.code: Amount.parse("1 {capsule}") for order in plan.orders.all() if order.needs_amount}
    for key, amount in (("glutamine", "5000 g"), ("no-alcohol", "3 g")):
        code = plan.orders.get(key=key).code
        with pytest.raises(InvalidRequest, match="leaves open"):
            plan_moves.activate(plan, by=by, at=NOON, revision=0, amounts=amounts | {code: Amount.parse(amount)})
    plan_moves.activate(plan, by=by, at=NOON, revision=0, amounts=amounts)
    decided = Transition.objects.get(plan=plan, move="activate").details["amounts"]
    assert list(decided.values()) == ["1 {capsule}"]
