"""A day of Angela: her plan, her levothyroxine and her taper on one clock, each dose once."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest

from clinics.actor import Actor
from clinics.domain.instants import zone
from clinics.models import Prescriber
from patients.models import Finding, Intake, MedicineUse, Order, Patient, Plan, SourceKind, Taper
from patients.services.day.apart import spacing_of
from patients.services.day.kept import kept_spacings
from patients.services.day.saying_rhythm import set_rhythm
from patients.services.day.timetable import DayTable, moved_in_full, timetable_of
from patients.services.record import add_medicine
from patients.services.record_writing import Source
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import FIRST_DAY
from tests.portal.conftest import AddOrder, add_order

__all__ = ["add_order"]

DAY = timedelta(days=1)


@pytest.fixture
def levothyroxine(angela: Patient, dr_price: Prescriber, by: Actor) -> MedicineUse:
    return add_medicine(
        angela,
        name="Levothyroxine",
        amount=Amount.parse("50 ug"),
        pattern="daily",
        times_of_day=[Slot.ON_WAKING],
        since=date(2020, 1, 1),
        prescriber=dr_price,
        source=Source(kind=SourceKind.PATIENT, as_of=TODAY),
        by=by,
        at=NOON,
    )


def hours_apart(plan: Plan, a: str, b: str, hours: str | None = "4", *, part: str = "") -> Finding:
    """A finding as the safety rules write it."""
    return Finding.objects.create(
        plan=plan,
        rule="R05",
        part=part,
        rule_version="1",
        facts_key=f"{a}-{b}",
        severity="SPACE",
        text="Apart.",
        cite="A test.",
        mark="R",
        first_day=TODAY,
        spacing={"a": "a", "b": "b", "a_codes": [a], "b_codes": [b], "before_hours": hours, "after_hours": hours},
        opened_at=NOON,
    )


def read(table: DayTable) -> dict[str, list[str]]:
    return {time.clock: [item.thing.name for item in time.items] for time in table.times}


def test_the_plan_and_the_record_stand_on_one_clock(
    plan: Plan, levothyroxine: MedicineUse, add_order: AddOrder
) -> None:
    add_order(plan, name="Zinc", times_of_day=["with-breakfast", "bedtime"])
    table = timetable_of(plan, on=TODAY)
    assert read(table) == {
        "7:00": ["Levothyroxine"],
        "7:30": ["Zinc"],
        "20:30": ["No alcohol"],
        "22:30": ["Zinc"],
    }
    assert [time.name for time in table.times] == ["on waking", "breakfast", "after dinner", "bedtime"]
    assert table.times[0].items[0].dose == "50 µg"
    assert table.is_rhythm_assumed


def test_what_is_too_near_moves_and_says_why(plan: Plan, levothyroxine: MedicineUse, add_order: AddOrder) -> None:
    magnesium = add_order(plan, name="Magnesium", times_of_day=["with-breakfast"])
    finding = hours_apart(plan, levothyroxine.code, magnesium.code)
    table = timetable_of(plan, on=TODAY)
    (item,) = [item for item in table.items if item.thing.name == "Magnesium"]
    (at,) = [time.minute for time in table.times if item in time.items]
    assert at - 7 * 60 >= 4 * 60
    assert item.key == f"{magnesium.code}.with-breakfast", "the dose stays what it was, wherever it stands"
    assert table.moved == ["Magnesium is with lunch: four hours from levothyroxine."]
    assert moved_in_full(item) == "With lunch instead of with breakfast: four hours from levothyroxine."
    assert kept_spacings(plan, spacing_of(plan), at=NOON) == {finding.code}


def test_what_nobody_here_may_move_is_a_conflict_in_words(
    plan: Plan, levothyroxine: MedicineUse, angela: Patient, by: Actor
) -> None:
    iron = add_medicine(
        angela,
        name="Iron",
        pattern="daily",
        times_of_day=[Slot.WITH_BREAKFAST],
        source=Source(kind=SourceKind.PATIENT, as_of=TODAY),
        by=by,
        at=NOON,
    )
    hours_apart(plan, levothyroxine.code, iron.code)
    table = timetable_of(plan, on=TODAY)
    (clash,) = table.clashes_today
    assert clash.text == "Levothyroxine and iron are meant four hours apart, and this day has no place for that."
    assert clash.ask == ("Dr Price",)
    assert read(table)["7:00"] == ["Levothyroxine"]
    assert read(table)["7:30"] == ["Iron"]
    assert kept_spacings(plan, spacing_of(plan), at=NOON) == frozenset()


def test_hours_that_nobody_stated_and_things_without_a_time_are_never_kept(
    plan: Plan, levothyroxine: MedicineUse, add_order: AddOrder
) -> None:
    zinc = add_order(plan, name="Zinc", times_of_day=["bedtime"])
    antacid = add_order(plan, name="Antacid", pattern="as needed", times_of_day=[])
    hours_apart(plan, levothyroxine.code, zinc.code, None)
    hours_apart(plan, levothyroxine.code, antacid.code)
    assert kept_spacings(plan, spacing_of(plan), at=NOON) == frozenset()


def test_a_resolved_finding_moves_nothing(plan: Plan, levothyroxine: MedicineUse, add_order: AddOrder) -> None:
    magnesium = add_order(plan, name="Magnesium", times_of_day=["with-breakfast"])
    finding = hours_apart(plan, levothyroxine.code, magnesium.code)
    finding.status, finding.resolved_at = "resolved", NOON
    finding.save()
    assert "Magnesium" in read(timetable_of(plan, on=TODAY))["7:30"]


def test_times_stay_the_same_on_days_without_a_dose(
    plan: Plan, levothyroxine: MedicineUse, add_order: AddOrder
) -> None:
    """Iron every second day keeps zinc out of breakfast on all days, or zinc would go back and forth."""
    iron = add_order(plan, name="Iron", pattern="every 2 days", times_of_day=["with-breakfast"])
    zinc = add_order(plan, name="Zinc", times_of_day=["with-breakfast"])
    hours_apart(plan, iron.code, zinc.code, "2")
    days = [timetable_of(plan, on=TODAY + number * DAY) for number in range(4)]
    at = [{item.thing.name: time.clock for time in day.times for item in time.items} for day in days]
    assert [sorted(day) for day in at] == [
        ["Iron", "Levothyroxine", "No alcohol", "Zinc"],
        ["Levothyroxine", "No alcohol", "Zinc"],
    ] * 2
    assert len({day["Zinc"] for day in at}) == 1
    assert [(thing.name, on) for thing, on in days[1].not_today] == [("Iron", TODAY + 2 * DAY)]


def test_every_dose_of_every_order_that_is_due_stands_exactly_once(plan: Plan, add_order: AddOrder) -> None:
    slots = [slot.value for slot in Slot]
    for number in range(8):
        add_order(plan, name=f"Thing {number}", times_of_day=slots[number : number + 3])
    orders = list(Order.objects.filter(plan=plan))
    for first, second in zip(orders, orders[2:], strict=False):
        hours_apart(plan, first.code, second.code, "2")
    doses = [item.key for item in timetable_of(plan, on=TODAY).items]
    due = [f"{order.code}.{slot}" for order in orders if order.is_due_on(TODAY) for slot in order.times_of_day]
    assert sorted(doses) == sorted(due)


def test_a_tapers_dose_stands_at_its_signed_time_in_place_of_the_medicine(taper: Taper, plan: Plan) -> None:
    before = timetable_of(plan, on=TODAY)
    assert [(item.thing.kind.value, item.dose) for item in before.times[0].items] == [("use", "40 mg")]
    after = timetable_of(plan, on=FIRST_DAY)
    assert after.times[0].clock == "7:00"
    assert [(item.thing.kind.value, item.thing.name, item.dose) for item in after.times[0].items] == [
        ("taper", "Omeprazole", "one capsule of 20 mg")
    ]
    assert [(thing.name, thing.how) for thing in after.as_needed] == [
        ("Alginate", "10 mL after meals and at bedtime when needed")
    ]


def test_a_signed_time_never_moves_and_others_move_around_it(taper: Taper, plan: Plan, add_order: AddOrder) -> None:
    zinc = add_order(plan, name="Zinc", times_of_day=["with-breakfast"])
    hours_apart(plan, taper.code, zinc.code)
    table = timetable_of(plan, on=FIRST_DAY)
    at = {item.thing.name: time for time in table.times for item in time.items}
    assert at["Omeprazole"].clock == "7:00"
    assert at["Zinc"].minute >= 11 * 60


def test_before_it_is_signed_no_step_stands_there(sent_taper: Taper, plan: Plan) -> None:
    kinds = {item.thing.kind.value for item in timetable_of(plan, on=FIRST_DAY).items}
    assert kinds == {"use", "order"}


def test_a_day_off_shows_when_the_next_dose_is(taper: Taper, plan: Plan) -> None:
    """Days 57 to 84: 10 mg every second day, from day 57 on."""
    off = FIRST_DAY + 57 * DAY
    table = timetable_of(plan, on=off)
    assert "Omeprazole" not in [item.thing.name for item in table.items]
    assert ("Omeprazole", off + DAY) in [(thing.name, on) for thing, on in table.not_today]


def test_without_a_plan_there_are_medicines_all_the_same(angela: Patient, levothyroxine: MedicineUse) -> None:
    assert read(timetable_of(angela, on=TODAY)) == {"7:00": ["Levothyroxine"]}


def test_a_medicine_without_a_time_is_not_left_out(angela: Patient, by: Actor) -> None:
    add_medicine(
        angela, name="Thing", pattern="daily", source=Source(kind=SourceKind.PATIENT, as_of=TODAY), by=by, at=NOON
    )
    table = timetable_of(angela, on=TODAY)
    assert [item.thing.name for item in table.untimed] == ["Thing"]
    assert not table.is_empty


def test_her_own_times_are_those_of_the_day(plan: Plan, angela: Patient, add_order: AddOrder, by: Actor) -> None:
    add_order(plan, name="Zinc", times_of_day=["with-breakfast", "bedtime"])
    set_rhythm(
        angela,
        wakes_at=time(9),
        breakfast_at=time(10, 15),
        lunch_at=None,
        dinner_at=time(19),
        sleeps_at=time(1),
        by=by,
        at=NOON,
    )
    table = timetable_of(plan, on=TODAY)
    assert list(read(table)) == ["10:15", "21:00", "1:00"]
    assert not table.is_rhythm_assumed
    assert table.times[-1].instant(TODAY, zone(angela.zone)).isoformat() == "2027-01-05T00:00:00+00:00"


def test_when_the_clocks_change_an_instant_exists(plan: Plan, angela: Patient, add_order: AddOrder, by: Actor) -> None:
    """On 28 March 2027 the clocks of Berlin skip 2:00 to 3:00: a bedtime at 2:30 of the 27th is at 3:30."""
    add_order(plan, name="Zinc", times_of_day=["bedtime"], last="rebalance")
    set_rhythm(
        angela,
        wakes_at=time(10),
        breakfast_at=None,
        lunch_at=None,
        dinner_at=None,
        sleeps_at=time(2, 30),
        by=by,
        at=NOON,
    )
    (last,) = [time for time in timetable_of(plan, on=date(2027, 3, 27)).times if time.clock == "2:30"]
    assert last.instant(date(2027, 3, 27), zone(angela.zone)).isoformat() == "2027-03-28T01:30:00+00:00"


def test_the_number_of_queries_does_not_grow_with_what_is_taken(
    plan: Plan,
    levothyroxine: MedicineUse,
    taper: Taper,
    add_order: AddOrder,
    angela: Patient,
    by: Actor,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    def count() -> int:
        fresh = Plan.objects.select_related("patient__clinic").get(pk=plan.pk)
        with django_assert_max_num_queries(20) as queries:
            timetable_of(fresh, on=FIRST_DAY)
        return len(queries)

    one = count()
    for number in range(6):
        order = add_order(plan, name=f"Thing {number}", titration=[{"days": 3, "amount": "0.5 {capsule}"}])
        hours_apart(plan, levothyroxine.code, order.code)
    for number in range(3):
        source = Source(kind=SourceKind.PATIENT, as_of=TODAY)
        add_medicine(
            angela, name=f"Other {number}", pattern="daily", times_of_day=[Slot.EVENING], source=source, by=by, at=NOON
        )
    assert count() == one


def test_nothing_is_written_by_looking(plan: Plan, levothyroxine: MedicineUse) -> None:
    timetable_of(plan, on=TODAY)
    assert Intake.objects.count() == 0
