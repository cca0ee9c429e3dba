"""What is ordered in a plan that lives: added, changed by a new version, and every refusal."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from clinics.actor import Actor, NotAllowed, staff_in
from clinics.models import Clinic, Prescriber, User
from patients.models import Door, Order, Patient, Plan, Transition
from patients.services import plan_moves
from patients.services.errors import InvalidRequest, PlanChanged, PrescribersMissing
from patients.services.intakes import due_orders
from patients.services.orders.adding import add
from patients.services.orders.changing import change
from patients.services.orders.errors import ItemAlreadyOrdered, OldVersion, PlanIsOver, PrescriberMustSay, UnusualAmount
from patients.services.orders.holding import hold, resume
from patients.services.orders.prescribed import PrescriberWord
from patients.services.orders.says import Says, says_of
from protocols.domain.amount import Amount
from protocols.domain.order_states import IllegalOrderMove, OrderStatus
from protocols.domain.phases import EndReason
from protocols.domain.slots import Slot
from protocols.domain.supplements import PrescribedBy
from protocols.models.content import ItemKind
from tests.fixtures.personae import NOON, TODAY

TELEPHONED = PrescriberWord(door=Door.TELEPHONE, on=TODAY, words="Take it twice a day.")


def says(plan: Plan, name: str = "Zinc", amount: str = "15 mg", *, phase: str = "remove", **fields: Any) -> Says:
    row = plan.phases.get(key=phase)
    given = {"times_of_day": (Slot.WITH_DINNER,), "item_kind": ItemKind.SUPPLEMENT} | fields
    return Says(first_phase=row, last_phase=row, name=name, amount=Amount.parse(amount), **given)


def day(number: int) -> date:
    """The n-th day of the plan, which begins on TODAY."""
    return TODAY + timedelta(days=number - 1)


def at(number: int) -> datetime:
    return NOON + timedelta(days=number - 1)


def revision(plan: Plan) -> int:
    return Plan.objects.get(pk=plan.pk).revision


def add_it(plan: Plan, what: Says, by: Actor, *, on: int = 1, **more: Any) -> Order:
    return add(plan, says=what, by=by, at=at(on), revision=revision(plan), **more)


def change_it(order: Order, by: Actor, *, on: int = 1, from_day: int | None = None, **fields: Any) -> Order:
    options = {name: fields.pop(name) for name in ("prescriber_word", "is_raised_at_once") if name in fields}
    current = Order.objects.to_reckon().get(pk=order.pk)
    return change(
        current,
        says=replace(says_of(current), **fields),
        from_day=None if from_day is None else day(from_day),
        by=by,
        at=at(on),
        revision=revision(order.plan),
        **options,
    )


def doses(plan: Plan, key: str, *, through: int) -> dict[int, str]:
    """By day of the plan, what is due of this item. Never twice on one day."""
    found: dict[int, str] = {}
    for number in range(1, through + 1):
        due = [order for order in due_orders(Plan.objects.get(pk=plan.pk), day=day(number)) if order.key == key]
        assert len(due) <= 1
        if due:
            found[number] = str(due[0].amount_on(day(number)))
    return found


def test_what_is_added_begins_today_where_its_phase_has_begun(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, pattern="every 2 days"), by, on=4)
    assert (order.first_day, order.last_day) == (day(4), day(28))
    assert sorted(doses(plan, "zinc", through=10)) == [4, 6, 8, 10]
    line = Transition.objects.get(order=order)
    assert (line.move, line.from_status, line.to_status) == ("add", "", "active")


def test_a_change_is_a_new_version_and_the_old_one_stands_as_it_was_said(plan: Plan, by: Actor) -> None:
    first = add_it(plan, says(plan, "Zinc", "15 mg"), by)
    second = change_it(first, by, on=3, amount=Amount.parse("30 mg"))
    assert doses(plan, "zinc", through=5) == {1: "15 mg", 2: "15 mg", 3: "30 mg", 4: "30 mg", 5: "30 mg"}
    first.refresh_from_db()
    assert (first.amount, first.ends_on, first.is_current) == (Amount.parse("15 mg"), day(2), False)
    assert (second.number, second.replaces_id, second.is_current) == (2, first.pk, True)
    line = Transition.objects.get(order=second)
    assert line.details["changed"] == ["amount"]
    with pytest.raises(OldVersion):
        change_it(first, by, on=3, amount=Amount.parse("45 mg"))


def test_a_later_change_is_taken_from_its_day_and_may_be_overtaken(plan: Plan, by: Actor) -> None:
    first = add_it(plan, says(plan, "Zinc", "15 mg"), by)
    second = change_it(first, by, on=2, from_day=6, amount=Amount.parse("30 mg"))
    assert second.status_on(day(2)) is OrderStatus.PLANNED
    assert doses(plan, "zinc", through=7) == dict.fromkeys(range(1, 6), "15 mg") | {6: "30 mg", 7: "30 mg"}
    third = change_it(second, by, on=3, from_day=4, amount=Amount.parse("45 mg"))
    assert doses(plan, "zinc", through=7) == dict.fromkeys(range(1, 4), "15 mg") | dict.fromkeys(range(4, 8), "45 mg")
    assert third.number == 3


def test_every_second_day_goes_on_counting_while_the_pattern_stays(plan: Plan, by: Actor) -> None:
    first = add_it(plan, says(plan, pattern="every 2 days"), by)
    change_it(first, by, on=4, amount=Amount.parse("30 mg"))
    assert sorted(doses(plan, "zinc", through=9)) == [1, 3, 5, 7, 9]


def test_another_pattern_counts_from_the_last_dose(plan: Plan, by: Actor) -> None:
    first = add_it(plan, says(plan, pattern="every 2 days"), by)
    change_it(first, by, on=4, pattern="every 3 days")
    assert sorted(doses(plan, "zinc", through=10)) == [1, 3, 6, 9]


RAISED = ({"days": 3, "amount": "5 mg"}, {"days": 3, "amount": "10 mg"})


def test_a_slow_start_does_not_count_days_on_hold(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "20 mg", titration=RAISED), by)
    hold(order, by=by, at=at(3), revision=revision(plan))
    assert due_of(plan, 3) == []
    resume(order, by=by, at=at(6), revision=revision(plan))
    # Days 1, 2 and 6 at 5 mg; 7, 8 and 9 at 10 mg.
    expected = dict.fromkeys((1, 2, 6), "5 mg") | dict.fromkeys((7, 8, 9), "10 mg") | {10: "20 mg"}
    assert doses(plan, "zinc", through=10) == expected


def due_of(plan: Plan, number: int) -> list[Order]:
    return [order for order in due_orders(Plan.objects.get(pk=plan.pk), day=day(number)) if order.key == "zinc"]


def test_a_hold_of_the_whole_plan_does_not_count_either(plan: Plan, by: Actor) -> None:
    add_it(plan, says(plan, "Zinc", "20 mg", titration=RAISED), by)
    plan_moves.hold(plan, by=by, at=at(2), revision=revision(plan))
    plan_moves.resume(plan, by=by, at=at(4), revision=revision(plan))
    assert due_of(plan, 5)[0].amount_on(day(5)) == Amount.parse("5 mg")
    assert due_of(plan, 6)[0].amount_on(day(6)) == Amount.parse("10 mg")


def test_a_slow_start_goes_on_through_a_change_of_the_time_of_day(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "20 mg", titration=RAISED), by)
    change_it(order, by, on=3, times_of_day=(Slot.BEDTIME,))
    expected = dict.fromkeys((1, 2, 3), "5 mg") | dict.fromkeys((4, 5, 6), "10 mg") | {7: "20 mg"}
    assert doses(plan, "zinc", through=7) == expected


def test_another_amount_during_a_slow_start_says_how_it_goes_on(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, "Zinc", "20 mg", titration=RAISED), by)
    with pytest.raises(InvalidRequest, match="still being raised") as refused:
        change_it(order, by, on=3, amount=Amount.parse("40 mg"))
    assert refused.value.field == "titration"
    change_it(order, by, on=3, amount=Amount.parse("40 mg"), is_raised_at_once=True)
    assert doses(plan, "zinc", through=4) == {1: "5 mg", 2: "5 mg", 3: "40 mg", 4: "40 mg"}


def test_what_is_on_hold_stays_on_hold_through_a_change(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan), by)
    hold(order, by=by, at=at(2), revision=revision(plan), reason="Nausea.")
    with pytest.raises(InvalidRequest, match="on hold"):
        change_it(order, by, on=3, from_day=9, amount=Amount.parse("5 mg"))
    second = change_it(order, by, on=3, amount=Amount.parse("5 mg"))
    assert due_of(plan, 4) == []
    resume(second, by=by, at=at(5), revision=revision(plan))
    assert doses(plan, "zinc", through=6) == {1: "15 mg", 5: "5 mg", 6: "5 mg"}


def test_what_has_not_begun_is_replaced_at_once(plan: Plan, by: Actor) -> None:
    planned = plan.orders.get(key="glutamine")
    second = change_it(planned, by, amount=Amount.parse("10 g"))
    assert second.first_day == planned.first_phase.starts_on
    assert plan.orders.current().filter(key="glutamine").count() == 1
    planned.refresh_from_db()
    assert Order.objects.to_reckon().get(pk=planned.pk).window is None


def test_a_draft_is_filled_in_without_a_version(assign_plan: Callable[..., Plan], angela: Patient, by: Actor) -> None:
    draft = assign_plan(angela)
    order = change_it(draft.orders.get(key="glutamine"), by, amount=Amount.parse("10 g"))
    assert (order.number, order.amount, draft.orders.filter(key="glutamine").count()) == (1, Amount.parse("10 g"), 1)


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"amount": "0 mg"}, "amount", "more than zero"),
        ({"titration": ({"days": 3, "amount": "20 mg"},)}, "titration", "below the full"),
        ({"titration": ({"days": 3, "amount": "1 g"},)}, "titration", "write both in one"),
        ({"pattern": "now and then"}, "pattern", "not a pattern"),
        ({"ends_on": date(2029, 1, 1)}, None, None),
        ({"starts_on": TODAY - timedelta(days=1)}, "starts_on", "gone by"),
        ({"ends_on": TODAY - timedelta(days=1)}, "ends_on", "gone by"),
        ({"name": " "}, "name", "blank"),
        ({"prescriber": "dr_price"}, "prescriber", "Only a medicine"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    plan: Plan, by: Actor, dr_price: Prescriber, fields: dict[str, Any], field: str | None, words: str | None
) -> None:
    amount = fields.pop("amount", "15 mg")
    if "prescriber" in fields:
        fields = {"prescriber": dr_price}
    what = replace(says(plan, amount=amount), **fields)
    if field is None:
        assert add_it(plan, what, by).ends_on == date(2029, 1, 1)
        return
    with pytest.raises(InvalidRequest, match=words) as refused:
        add_it(plan, what, by)
    assert refused.value.field == field
    assert not Order.objects.filter(key__startswith="zinc").exists()


def test_days_outside_the_plan_are_refused(plan: Plan, by: Actor) -> None:
    plan.phases.filter(key="rebalance").update(duration_days=7, ends_on=day(28))
    with pytest.raises(InvalidRequest, match="outside the plan") as refused:
        add_it(plan, says(plan, ends_on=day(400)), by)
    assert refused.value.field == "ends_on"
    with pytest.raises(InvalidRequest, match="before Repair begins"):
        add_it(plan, says(plan, phase="repair", starts_on=day(5)), by)
    repair, remove = plan.phases.get(key="repair"), plan.phases.get(key="remove")
    with pytest.raises(InvalidRequest, match="or with a later one"):
        add_it(plan, replace(says(plan), first_phase=repair, last_phase=remove), by)


def test_two_open_orders_of_one_item_are_refused_and_one_after_the_other_are_not(plan: Plan, by: Actor) -> None:
    add_it(plan, says(plan, ends_on=day(5)), by)
    with pytest.raises(ItemAlreadyOrdered, match="Zinc"):
        add_it(plan, says(plan, "zinc", starts_on=day(5)), by)
    again = add_it(plan, says(plan, "zinc", starts_on=day(6)), by)
    assert again.key == "zinc-2"


def test_a_plan_that_is_over_takes_no_order(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan), by)
    plan_moves.revoke(plan, by=by, at=NOON, revision=revision(plan), end_reason=EndReason.REACTION)
    with pytest.raises(PlanIsOver):
        add_it(plan, says(plan, "Iron"), by)
    with pytest.raises(PlanIsOver):
        hold(order, by=by, at=NOON, revision=revision(plan))


def test_an_outdated_screen_changes_nothing(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan), by)
    with pytest.raises(PlanChanged):
        hold(order, by=by, at=NOON, revision=revision(plan) - 1)
    with pytest.raises(PlanChanged):
        add(plan, says=says(plan, "Iron"), by=by, at=NOON, revision=revision(plan) - 1)


def test_only_a_practitioner_of_this_clinic_moves_an_order(
    plan: Plan, by: Actor, clinic: Clinic, assistant_1: User, dr_dee: User, other_clinic: Clinic
) -> None:
    order = add_it(plan, says(plan), by)
    for other in (staff_in(clinic, assistant_1), staff_in(other_clinic, dr_dee)):
        with pytest.raises(NotAllowed):
            add(plan, says=says(plan, "Iron"), by=other, at=NOON, revision=revision(plan))
        with pytest.raises(NotAllowed):
            hold(order, by=other, at=NOON, revision=revision(plan))
    assert Order.objects.get(pk=order.pk).standing == "open"


def test_a_prescribed_medicine_changes_only_by_its_prescribers_word(
    plan: Plan, by: Actor, dr_price: Prescriber
) -> None:
    medicine = says(plan, "Rifaximin", "550 mg", item_kind=ItemKind.MEDICINE, prescribed_by=PrescribedBy.PRESCRIBER)
    with pytest.raises(InvalidRequest, match="who prescribes it") as refused:
        add_it(plan, medicine, by)
    assert refused.value.field == "prescriber"
    order = add_it(plan, replace(medicine, prescriber=dr_price), by)
    with pytest.raises(PrescriberMustSay):
        change_it(order, by, amount=Amount.parse("1100 mg"))
    with pytest.raises(PrescriberMustSay):
        hold(order, by=by, at=NOON, revision=revision(plan))
    changed = change_it(order, by, amount=Amount.parse("1100 mg"), prescriber_word=TELEPHONED)
    line = Transition.objects.get(order=changed)
    assert line.details["prescriber_word"] == {
        "through": "telephone",
        "on": TODAY.isoformat(),
        "words": "Take it twice a day.",
    }
    assert line.details["prescriber"] == dr_price.code


def test_a_word_that_says_nothing_is_none(plan: Plan, by: Actor, dr_price: Prescriber) -> None:
    medicine = says(plan, "Rifaximin", "550 mg", item_kind=ItemKind.MEDICINE, prescribed_by=PrescribedBy.PRESCRIBER)
    order = add_it(plan, replace(medicine, prescriber=dr_price), by)
    for wrong in (
        replace(TELEPHONED, words=" "),
        replace(TELEPHONED, on=day(2)),
        replace(TELEPHONED, door=Door.INSIDE),
    ):
        with pytest.raises(InvalidRequest):
            hold(order, by=by, at=NOON, revision=revision(plan), prescriber_word=wrong)


def test_activation_asks_who_prescribes(
    assign_plan: Callable[..., Plan], angela: Patient, by: Actor, dr_price: Prescriber
) -> None:
    draft = assign_plan(angela)
    row = draft.orders.get(key="enzymes")
    amounts = {row.code: Amount.parse("1 {capsule}")}
    order = draft.orders.get(key="glutamine")
    Order.objects.filter(pk=order.pk).update(item_kind="medicine", prescribed_by="prescriber")
    with pytest.raises(PrescribersMissing, match="L-glutamine"):
        plan_moves.activate(draft, by=by, at=NOON, revision=0, amounts=amounts)
    plan_moves.activate(draft, by=by, at=NOON, revision=0, amounts=amounts, prescribers={order.code: dr_price})
    order.refresh_from_db()
    assert order.prescriber == dr_price


def test_an_amount_a_thousand_times_the_usual_is_asked_about_once(plan: Plan, by: Actor) -> None:
    with pytest.raises(UnusualAmount, match="Did you mean") as refused:
        add_it(plan, says(plan, "Glutamine", "5000 g", phase="remove"), by)
    assert refused.value.field == "amount_confirmed"
    assert add_it(plan, says(plan, "Glutamine", "5000 g", phase="remove"), by, amount_confirmed=True).number == 1


def test_nothing_changed_is_no_version(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan), by)
    with pytest.raises(InvalidRequest, match="Nothing is changed"):
        change_it(order, by)
    with pytest.raises(InvalidRequest, match="gone by"):
        change_it(order, by, on=3, from_day=2, amount=Amount.parse("1 mg"))


def test_what_is_over_is_not_changed(plan: Plan, by: Actor) -> None:
    order = add_it(plan, says(plan, ends_on=day(3)), by)
    with pytest.raises(IllegalOrderMove, match="completed"):
        change_it(order, by, on=4, amount=Amount.parse("1 mg"))
