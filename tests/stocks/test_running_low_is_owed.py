"""“Running low” goes to her and to the clinic, once for each time it runs low, and never when it is no longer so."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.actor import Actor
from clinics.models import Clinic
from patients.models import Order, Patient, Plan, PlanPhase, Reminder
from patients.reminders.channels import Envelope
from patients.reminders.planning import replan
from patients.services import phase_moves, plan_moves
from patients.services.orders.holding import hold, resume
from patients.services.orders.stock import count_stock
from protocols.models import Supplement
from tests.fixtures.personae import NOON, TODAY
from tests.stocks.conftest import Counts, Write, make_supplement, on_day

Sweep = Callable[[datetime], list[Envelope]]
KIND = "order-running-low"


def owed(plan: Plan) -> list[Reminder]:
    return list(Reminder.objects.owed().filter(plan=plan, kind=KIND).order_by("recipient_kind"))


def days(plan: Plan) -> list[int]:
    """The days of the plan on which both of them are to be told."""
    to_her = [(row.civil_date - TODAY).days + 1 for row in owed(plan) if row.recipient_kind == "patient"]
    assert to_her == [(row.civil_date - TODAY).days + 1 for row in owed(plan) if row.recipient_kind == "staff"]
    return to_her


def nine(number: int) -> datetime:
    """09:00 in Berlin on that day."""
    return on_day(number) - timedelta(hours=3)


def test_both_are_told_a_week_before_in_neutral_words(
    plan: Plan, zinc_order: Order, counts: Counts, sweep_at: Sweep
) -> None:
    counts(zinc_order, 20)
    assert days(plan) == [21 - 7]
    assert {row.order for row in owed(plan)} == {zinc_order}
    assert {row.key.split(":")[1] for row in owed(plan)} == {zinc_order.code}
    went = sweep_at(nine(14))
    assert {envelope.address for envelope in went} == {"angela@example.org", "dr_cho@example.org"}
    for envelope in went:
        told = f"{envelope.subject} {envelope.text} {envelope.html}".lower()
        assert not [word for word in ("zinc", "capsule", "low", "buy", "order", "angela") if word in told]
    assert owed(plan) == []


def test_nobody_is_written_to_at_night(
    plan: Plan, zinc_order: Order, counts: Counts, sweep_at: Sweep, angela: Patient
) -> None:
    counts(zinc_order, 20)
    (to_her, _) = owed(plan)
    assert sweep_at(on_day(14) - timedelta(hours=9)) == []
    assert to_her.send_at == nine(14)


def test_counting_again_while_it_is_low_tells_nobody_twice(
    plan: Plan, zinc_order: Order, counts: Counts, sweep_at: Sweep
) -> None:
    counts(zinc_order, 20)
    sweep_at(nine(14))
    counts(zinc_order, 7, 14)
    counts(zinc_order, 6, 15)
    counts(zinc_order, 6, 16)
    assert owed(plan) == []
    assert sweep_at(nine(17)) == []


def test_a_package_takes_it_back(plan: Plan, zinc_order: Order, counts: Counts, sweep_at: Sweep) -> None:
    counts(zinc_order, 20)
    counts(zinc_order, 60, 5, is_all=False)
    # Enough for the 28 days of its phase; if nobody finishes that, eighty last through day 80.
    assert days(plan) == [81 - 7]
    taken_back = Reminder.objects.filter(kind=KIND, civil_date=TODAY + timedelta(days=13))
    assert {row.status for row in taken_back} == {"cancelled"}
    assert [row for row in sweep_at(nine(14)) if "angela" in row.address] == []


def test_what_is_low_when_it_is_counted_is_told_the_next_morning(plan: Plan, zinc_order: Order, counts: Counts) -> None:
    counts(zinc_order, 3, 5)
    assert days(plan) == [6]


def test_a_hold_and_a_stop_take_it_back(plan: Plan, zinc_order: Order, counts: Counts, by: Actor) -> None:
    counts(zinc_order, 20)
    held = plan_moves.hold(plan, by=by, at=on_day(5), revision=plan.revision)
    assert owed(plan) == []
    plan_moves.resume(held, by=by, at=on_day(8), revision=held.revision)
    # Three days on which nothing was taken.
    assert days(plan) == [24 - 7]
    stop(zinc_order, plan)
    assert owed(plan) == []


def stop(order: Order, plan: Plan) -> None:
    Order.objects.filter(pk=order.pk).update(standing="stopped", stop_reason="reaction", ends_on=TODAY)
    replan(Plan.objects.get(pk=plan.pk), at=on_day(8))


def test_a_phase_that_is_left_out_takes_it_along(
    plan: Plan, write: Write, clinic: Clinic, counts: Counts, by: Actor
) -> None:
    counts(write("later", make_supplement("Later", clinic), "replace"), 5)
    assert days(plan) == [15 + 5 - 7]
    phase_moves.skip(
        plan.phases.get(key="replace"), by=by, at=on_day(2), revision=Plan.objects.get().revision, reason="Not needed."
    )
    assert owed(plan) == []


def test_what_was_stopped_in_the_meantime_does_not_go(
    plan: Plan, zinc_order: Order, counts: Counts, sweep_at: Sweep
) -> None:
    """Right before it goes it is looked at once more, whether or not anything planned it anew."""
    counts(zinc_order, 20)
    Order.objects.filter(pk=zinc_order.pk).update(standing="stopped", stop_reason="reaction", ends_on=TODAY)
    assert [row for row in sweep_at(nine(14)) if "angela" in row.address] == []
    assert {row.status for row in Reminder.objects.filter(kind=KIND)} == {"cancelled"}


def test_two_orders_of_one_product_share_what_is_there(
    plan: Plan, write: Write, zinc: Supplement, zinc_order: Order, counts: Counts
) -> None:
    write("zinc-at-night", zinc, times_of_day=["bedtime"])
    counts(zinc_order, 20)
    # Two a day: ten days.
    assert days(plan) == [11 - 7]


def test_each_product_has_its_own_day(
    plan: Plan, write: Write, clinic: Clinic, zinc_order: Order, counts: Counts
) -> None:
    counts(zinc_order, 20)
    counts(write("other", make_supplement("Other", clinic)), 24)
    assert sorted(days(plan)) == [14, 18]


def test_a_phase_that_nobody_finished_is_told_of_when_it_is_overdue(
    plan: Plan, zinc_order: Order, counts: Counts
) -> None:
    counts(zinc_order, 28)
    assert days(plan) == [28 + 3]


def test_planning_again_changes_nothing(plan: Plan, zinc_order: Order, counts: Counts) -> None:
    counts(zinc_order, 20)
    before = list(Reminder.objects.order_by("pk").values())
    replan(Plan.objects.get(pk=plan.pk), at=on_day(2))
    assert list(Reminder.objects.order_by("pk").values()) == before


def test_where_nobody_counted_planning_reads_one_row_more(plan: Plan, zinc_order: Order) -> None:
    fresh = Plan.objects.get(pk=plan.pk)
    with CaptureQueriesContext(connection) as queries:
        replan(fresh, at=NOON)
    assert len([query for query in queries if "orderstock" in query["sql"]]) == 1
    assert not [query for query in queries if 'FROM "patients_orderhold"' in query["sql"]]


def test_ten_counted_products_are_planned_in_as_many_queries_as_one(
    plan: Plan, write: Write, clinic: Clinic, zinc_order: Order, counts: Counts, by: Actor
) -> None:
    counts(zinc_order, 20)
    with CaptureQueriesContext(connection) as one:
        replan(Plan.objects.get(pk=plan.pk), at=NOON)
    for number in range(9):
        order = write(f"other-{number}", make_supplement(f"Other {number}", clinic))
        count_stock(order, count=Decimal(20), is_all=True, by=by, at=NOON)
    with CaptureQueriesContext(connection) as ten:
        replan(Plan.objects.get(pk=plan.pk), at=NOON)
    assert len(ten) == len(one)


def test_what_is_low_because_it_lasts_longer_is_told_the_day_after(
    plan: Plan, zinc_order: Order, counts: Counts, by: Actor
) -> None:
    counts(zinc_order, 28)
    remove = PlanPhase.objects.select_related("plan").get(plan=plan, key="remove")
    phase_moves.extend(remove, days=28, by=by, at=on_day(26), revision=Plan.objects.get(pk=plan.pk).revision)
    assert days(plan) == [27]


def test_what_is_low_because_it_goes_on_after_its_phase_is_told_the_day_after(
    plan: Plan, zinc_order: Order, counts: Counts, by: Actor
) -> None:
    counts(zinc_order, 28)
    remove = PlanPhase.objects.select_related("plan").get(plan=plan, key="remove")
    phase_moves.complete(
        remove,
        by=by,
        at=on_day(26),
        revision=Plan.objects.get(pk=plan.pk).revision,
        reason="Said at the visit.",
        orders={zinc_order.code: phase_moves.Continue(TODAY + timedelta(days=59))},
    )
    assert days(plan) == [27]


def test_what_is_low_when_it_is_resumed_is_told_the_day_after(
    plan: Plan, zinc_order: Order, counts: Counts, by: Actor
) -> None:
    hold(zinc_order, by=by, at=on_day(5), revision=Plan.objects.get(pk=plan.pk).revision)
    counts(zinc_order, 3, 6)
    assert days(plan) == []
    held = Order.objects.get(pk=zinc_order.pk)
    resume(held, by=by, at=on_day(15), revision=Plan.objects.get(pk=plan.pk).revision)
    assert days(plan) == [16]


def test_in_the_far_east_the_day_after_counting_is_her_own(
    plan: Plan, zinc_order: Order, by: Actor, angela: Patient
) -> None:
    Patient.objects.filter(pk=angela.pk).update(zone="Australia/Sydney")
    # 09:30 on Saturday, 9 January in Sydney.
    at = datetime(2027, 1, 8, 22, 30, tzinfo=UTC)
    count_stock(Order.objects.get(pk=zinc_order.pk), count=Decimal(3), is_all=True, by=by, at=at)
    to_her = Reminder.objects.owed().get(plan=plan, kind=KIND, recipient_kind="patient")
    assert to_her.civil_date == date(2027, 1, 10)
