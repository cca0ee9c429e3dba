"""What comes too close together in a plan, what is proposed, and what becomes of that once it is accepted."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from clinics.actor import Actor, NotAllowed, staff_in
from clinics.models import Clinic, User
from patients.models import Order, Plan
from patients.services import plan_moves
from patients.services.errors import InvalidRequest, PlanChanged, Refused
from patients.services.orders.changes_ahead import changes_ahead, clashes_of
from patients.services.orders.clash_words import clash_words
from patients.services.orders.starting_later import move_start, move_starts
from protocols.domain.dose_changes import dose_changes
from tests.fixtures.lives import Life
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.records import make_medicine
from tests.services.test_adding_and_changing_orders import change_it
from tests.stocks.conftest import Write, on_day


def day(number: int) -> date:
    return TODAY + timedelta(days=number - 1)


@pytest.fixture
def three(write: Write, plan: Plan) -> list[Order]:
    """Three things that begin with Replace, on day 15, besides the enzymes of the protocol."""
    return [write(name, None, "replace") for name in ("alpha", "beta", "gamma")]


def replace_day() -> date:
    return day(15)


def test_what_begins_on_one_day_is_spread_by_three_days_each(plan: Plan, three: list[Order]) -> None:
    (clash,) = [clash for clash in clashes_of(plan, on=TODAY) if clash.day == replace_day()]
    assert {change.label for change in clash.changes} == {"Alpha", "Beta", "Gamma", "Digestive enzymes"}
    # In the order of the plan: alpha stays, and each of the others comes three days after the one before it.
    assert [(move.order.name, move.after) for move in clash.moves] == [
        ("Beta", day(18)),
        ("Digestive enzymes", day(21)),
        ("Gamma", day(24)),
    ]


def test_what_is_changed_before_it_begins_is_no_change_but_a_start(plan: Plan, three: list[Order], by: Actor) -> None:
    change_it(three[1], by, times_of_day=("with-lunch",))
    (clash,) = [clash for clash in clashes_of(plan, on=TODAY) if clash.day == replace_day()]
    assert {change.label for change in clash.changes} == {"Alpha", "Beta", "Gamma", "Digestive enzymes"}


def test_what_is_marked_as_one_change_stays_together(plan: Plan, three: list[Order]) -> None:
    Order.objects.filter(plan=plan, first_phase__key="replace").update(counts_as="enzymes")
    assert [clash for clash in clashes_of(plan, on=TODAY) if clash.day == replace_day()] == []


def test_a_titrated_start_moves_with_its_steps(plan: Plan, write: Write) -> None:
    write("alpha", None, "replace")
    stages = [{"days": 3, "amount": "20 mg"}, {"days": 3, "amount": "40 mg"}]
    slow = write("slow", None, "replace", titration=stages, amount_value=Decimal(75))
    found = changes_ahead(plan, on=TODAY)
    steps = [change.day for change in found.changes if change.code.startswith(slow.code)]
    assert steps == [day(15), day(18), day(21)]
    (moved,) = [move for move in found.moves if move.order == slow]
    assert {
        found.found.days[change.code] - change.day for change in found.changes if change.code.startswith(slow.code)
    } == {moved.after - moved.before}


def test_what_has_begun_and_what_is_prescribed_stays(plan: Plan, write: Write) -> None:
    begun = write("begun", None)
    prescribed = write("prescribed", None, "replace", item_kind="medicine", prescribed_by="prescriber")
    tied = write("tied", None, "replace", taper_tie="during", tied_from=day(15))
    write("alpha", None, "replace")
    assert {move.order for move in changes_ahead(plan, on=TODAY).moves}.isdisjoint({begun, prescribed, tied})


def test_accepting_moves_them_and_nothing_clashes_any_more(plan: Plan, three: list[Order], by: Actor) -> None:
    found = changes_ahead(plan, on=TODAY)
    plan.refresh_from_db()
    to = {move.order.code: move.after for move in found.moves}
    move_starts(plan, to=to, by=by, at=NOON, revision=plan.revision)
    again = changes_ahead(Plan.objects.get(pk=plan.pk), on=TODAY)
    assert again.moves == []
    for code, after in to.items():
        assert Order.objects.get(code=code).first_day == after
    line = plan.transitions.get(move="spread")
    assert {each["order"]: each["after"] for each in line.details["begin_later"]} == {
        code: after.isoformat() for code, after in to.items()
    }


def test_what_was_spread_moves_on_with_its_phase(plan: Plan, three: list[Order], by: Actor) -> None:
    _, beta, _ = three
    plan.refresh_from_db()
    move_start(beta, to=day(18), by=by, at=NOON, revision=plan.revision)
    plan.refresh_from_db()
    held = plan_moves.hold(plan, by=by, at=on_day(3), revision=plan.revision)
    plan_moves.resume(held, by=by, at=on_day(5), revision=held.revision)
    assert Order.objects.get(pk=beta.pk).first_day == day(20)


@pytest.mark.parametrize(
    ("to", "words"),
    [
        (day(15), "later day"),
        (day(14), "later day"),
        (day(43), "at the latest"),
    ],
)
def test_nothing_leaves_its_window(plan: Plan, three: list[Order], by: Actor, to: date, words: str) -> None:
    plan.refresh_from_db()
    with pytest.raises(InvalidRequest, match=words):
        move_starts(plan, to={three[0].code: day(18), three[1].code: to}, by=by, at=NOON, revision=plan.revision)
    assert Order.objects.get(pk=three[0].pk).first_day == day(15)


def test_nothing_moves_when_the_plan_has_changed_meanwhile(plan: Plan, three: list[Order], by: Actor) -> None:
    plan.refresh_from_db()
    shown = plan.revision
    plan_moves.hold(plan, by=by, at=NOON, revision=shown)
    with pytest.raises(PlanChanged):
        move_start(three[1], to=day(18), by=by, at=NOON, revision=shown)
    assert Order.objects.get(pk=three[1].pk).first_day == day(15)


def test_another_plans_order_is_not_moved(
    plan: Plan, three: list[Order], by: Actor, assign_plan: object, ben: object
) -> None:
    other = assign_plan(ben)  # type: ignore[operator]
    plan.refresh_from_db()
    with pytest.raises(Refused, match="not in the plan"):
        move_starts(plan, to={other.orders.first().code: day(30)}, by=by, at=NOON, revision=plan.revision)


def test_only_a_practitioner_of_the_clinic_moves_them(
    plan: Plan, three: list[Order], clinic: Clinic, other_clinic: Clinic, assistant_1: User, dr_dee: User
) -> None:
    plan.refresh_from_db()
    for stranger in (staff_in(clinic, assistant_1), staff_in(other_clinic, dr_dee)):
        with pytest.raises(NotAllowed):
            move_start(three[1], to=day(18), by=stranger, at=NOON, revision=plan.revision)


def test_a_draft_can_be_spread_before_it_begins(assign_plan: object, angela: object, by: Actor) -> None:
    draft = assign_plan(angela)  # type: ignore[operator]
    order = draft.orders.get(key="enzymes")
    move_start(order, to=order.first_day + timedelta(days=3), by=by, at=NOON, revision=draft.revision)
    assert Order.objects.get(pk=order.pk).starts_after_days == 3


def test_a_step_of_a_taper_stays_where_it_was_signed_and_the_order_gives_way(life: Life, write: Write) -> None:
    # Omeprazole 40 mg: from 20 mg to 10 mg on day 29 of the taper.
    (step,) = [start for start in dose_changes(life.course) if start.number == 2]
    days = (step.first - Order.objects.filter(plan=life.taper.plan, key="enzymes").get().first_phase.starts_on).days
    order = write("alpha", None, "replace", starts_after_days=days)
    found = changes_ahead(life.taper.plan, on=TODAY)
    (clash,) = [clash for clash in found.clashes if order.code in {change.code for change in clash.changes}]
    assert life.taper.reduces.name in clash_words(clash)
    assert {move.order for move in clash.moves} == {order}
    assert next(move.after for move in clash.moves) >= step.first + timedelta(days=3)


def test_what_needs_a_prescription_is_not_moved_before_its_prescriber_is_named(
    plan: Plan, write: Write, clinic: Clinic
) -> None:
    sold = make_medicine(clinic, "famotidine", "h2ra", prescription_only=True)
    order = write("famotidine", None, "replace", item_kind="medicine", medicine=sold, prescribed_by="clinic")
    write("alpha", None, "replace")
    assert order not in {move.order for move in changes_ahead(plan, on=TODAY).moves}


def test_what_was_spread_says_so_in_its_own_history(plan: Plan, three: list[Order], by: Actor) -> None:
    plan.refresh_from_db()
    move_start(three[1], to=day(18), by=by, at=NOON, revision=plan.revision)
    line = plan.transitions.get(order=three[1])
    assert (line.move, line.details) == (
        "move-start",
        {"first_day": day(18).isoformat(), "planned_first_day": day(15).isoformat()},
    )
