"""What stands twice, what was ended early, what is for need alone, and what begins in days to come."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.actor import acting_patient
from patients.models import MedicineUse, Patient, Plan, SourceKind, Taper, UseKind
from patients.services.day.apart import spacing_of
from patients.services.day.calendar_events import timed_events
from patients.services.day.kept import kept_spacings
from patients.services.day.sheet import day_sheet
from patients.services.day.things import life_of
from patients.services.day.timetable import DayTable, table_on, timetable_of
from patients.services.record import add_medicine
from patients.services.record_writing import Source
from patients.services.tapers import stopping, using
from patients.services.tapers.own_calendar import choose_detail, choose_times, make_feed
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import FIRST_DAY, on_day
from tests.portal.conftest import AddOrder, add_order
from tests.services.test_the_timetable_of_a_day import hours_apart, levothyroxine

__all__ = ["add_order", "levothyroxine"]

DAY = timedelta(days=1)
SOURCE = Source(kind=SourceKind.PATIENT, as_of=TODAY)


def names(table: DayTable) -> list[str]:
    return sorted(item.thing.name for item in [*table.items, *table.untimed])


def prescribed(dr_price: Prescriber) -> dict[str, object]:
    return {"item_kind": "medicine", "prescribed_by": "prescriber", "prescriber": dr_price}


def test_a_medicine_of_plan_and_record_stands_once_and_that_is_said(
    plan: Plan, levothyroxine: MedicineUse, add_order: AddOrder, dr_price: Prescriber
) -> None:
    add_order(
        plan,
        name="L-Thyroxine",
        amount_value="75",
        amount_unit="ug",
        times_of_day=["on-waking"],
        **prescribed(dr_price),
    )
    table = timetable_of(plan, on=TODAY)
    assert [(item.thing.name, item.dose) for item in table.times[0].items] == [("L-Thyroxine", "75 µg")]
    (clash,) = table.clashes_today
    assert clash.text == (
        "L-Thyroxine is written down twice: in the plan (75 µg) and the record (50 µg). It stands here once. "
        "Ask before you take more than that."
    )
    assert clash.ask == ("Dr Price",)
    at_its_line = "Written down twice, in the plan (75 µg) and the record (50 µg): it stands here once."
    assert [item.twice for item in table.items if item.thing.name == "L-Thyroxine"] == [at_its_line]
    notes = [line.note for time in day_sheet(plan, on=TODAY).times for line in time.lines]
    assert any(note.startswith(at_its_line.rstrip(".")) for note in notes), "on paper too"


def test_it_stands_as_the_record_says_on_days_on_which_the_plan_says_none(
    plan: Plan, levothyroxine: MedicineUse, add_order: AddOrder, dr_price: Prescriber
) -> None:
    add_order(
        plan,
        name="Levothyroxine",
        amount_value="75",
        amount_unit="ug",
        pattern="every 2 days",
        times_of_day=["on-waking"],
        **prescribed(dr_price),
    )
    doses = [
        [item.dose for item in timetable_of(plan, on=on).items if item.thing.name == "Levothyroxine"]
        for on in (TODAY, TODAY + DAY, TODAY + 2 * DAY)
    ]
    assert doses == [["75 µg"], ["50 µg"], ["75 µg"]]
    table = timetable_of(plan, on=TODAY + DAY)
    assert [clash.text for clash in table.clashes_today] == [
        "Levothyroxine is written down twice: in the plan (75 µg) and the record (50 µg). "
        "By the plan none is taken on this day. Ask before you take it."
    ]


def test_at_another_part_of_the_day_both_stand_and_that_is_said(
    plan: Plan, levothyroxine: MedicineUse, add_order: AddOrder, dr_price: Prescriber
) -> None:
    order = add_order(
        plan,
        name="Levothyroxine",
        amount_value="75",
        amount_unit="ug",
        times_of_day=["bedtime"],
        **prescribed(dr_price),
    )
    table = timetable_of(plan, on=TODAY)
    both = [item for item in table.items if item.thing.name == "Levothyroxine"]
    assert [item.dose for item in both] == ["50 µg", "75 µg"]
    said = "Written down twice, in the plan (75 µg) and the record (50 µg): ask whether you take all of it."
    assert [item.twice for item in both] == [said, said]
    order.times_of_day = ["before-breakfast"]
    order.save()
    table = timetable_of(plan, on=TODAY)
    assert [item.dose for item in table.items if item.thing.name == "Levothyroxine"] == ["75 µg"], "one morning"


def test_another_entry_of_the_record_stands_beside_the_taper_of_one(
    taper: Taper, plan: Plan, angela: Patient, by: Actor
) -> None:
    """20 mg at bedtime, and the taper of what is taken in the morning: in its last stage on Mondays and Thursdays."""
    add_medicine(
        angela,
        name="Omeprazole",
        amount=Amount.parse("20 mg"),
        pattern="daily",
        times_of_day=[Slot.BEDTIME],
        source=SOURCE,
        by=by,
        at=NOON,
    )
    table = timetable_of(plan, on=FIRST_DAY)
    assert [item.dose for item in table.items if item.thing.name == "Omeprazole"] == ["one capsule of 20 mg", "20 mg"]
    rest = timetable_of(plan, on=FIRST_DAY + 85 * DAY)
    assert [item.dose for item in rest.items if item.thing.name == "Omeprazole"] == ["20 mg"]


def test_a_supplement_of_the_plan_hides_nothing_of_the_record(
    plan: Plan, angela: Patient, add_order: AddOrder, by: Actor
) -> None:
    add_medicine(
        angela,
        name="Vitamin D3",
        amount=Amount.parse("50000 [iU]"),
        pattern="every 7 days",
        times_of_day=[Slot.WITH_DINNER],
        since=TODAY,
        source=SOURCE,
        by=by,
        at=NOON,
    )
    add_order(plan, name="Vitamin D3", amount_value="1000", amount_unit="[iU]", times_of_day=["with-dinner"])
    table = timetable_of(plan, on=TODAY)
    found = {item.thing.kind.value: item.twice for item in table.items if item.thing.name == "Vitamin D3"}
    assert found == {"order": "", "use": ""}


def test_a_medicine_that_comes_down_is_taken_as_signed_and_as_nothing_else(
    taper: Taper, plan: Plan, add_order: AddOrder, dr_price: Prescriber
) -> None:
    add_order(
        plan,
        name="Omeprazole",
        amount_value="40",
        amount_unit="mg",
        times_of_day=["before-breakfast"],
        **prescribed(dr_price),
    )
    table = timetable_of(plan, on=FIRST_DAY)
    assert [item.dose for item in table.items if item.thing.name == "Omeprazole"] == ["one capsule of 20 mg"]
    assert [clash.text.split(":")[0] for clash in table.clashes_today] == ["Omeprazole is written down twice"]


def test_a_morning_and_an_evening_of_one_record_both_stand(
    angela: Patient, levothyroxine: MedicineUse, by: Actor
) -> None:
    add_medicine(
        angela,
        name="Levothyroxine",
        amount=Amount.parse("25 ug"),
        pattern="daily",
        times_of_day=[Slot.BEDTIME],
        source=SOURCE,
        by=by,
        at=NOON,
    )
    table = timetable_of(angela, on=TODAY)
    assert [item.dose for item in table.items] == ["50 µg", "25 µg"]
    assert not table.clashes


def test_what_a_revoked_taper_reduced_stands_there_with_what_she_was_told(
    taper: Taper, plan: Plan, price: Actor
) -> None:
    stopping.revoke(taper, instruction="Take 20 mg daily.", by=price, at=on_day(10))
    table = timetable_of(plan, on=FIRST_DAY + 11 * DAY)
    (item,) = table.untimed
    assert (item.thing.name, item.dose) == ("Omeprazole", ""), "neither a step nor the old amount"
    assert item.thing.code == taper.reduces.code, "as findings name it then"
    assert item.thing.how == "Dr Price says: Take 20 mg daily."
    assert [line.name for line in day_sheet(plan, on=FIRST_DAY + 11 * DAY).untimed] == ["Omeprazole"]


@pytest.mark.parametrize("kind", [kind for kind in UseKind if kind.leaves_schedule])
def test_who_takes_something_else_finds_the_medicine_without_a_dose(
    taper: Taper, plan: Plan, angela: Patient, kind: UseKind
) -> None:
    using.report_use(taper, kind=kind, by=acting_patient(angela), at=on_day(2))
    table = timetable_of(plan, on=FIRST_DAY + DAY)
    assert [(item.thing.name, item.dose) for item in table.untimed] == [("Omeprazole", "")]
    assert "as you told us" in day_sheet(plan, on=FIRST_DAY + DAY).untimed[0].note


def test_what_is_swallowed_at_no_set_time_does_not_stand_under_all_day(plan: Plan, add_order: AddOrder) -> None:
    add_order(plan, name="Magnesium", times_of_day=[])
    add_order(plan, name="No sugar", item_kind="diet", times_of_day=[])
    table = timetable_of(plan, on=TODAY)
    assert [item.thing.name for item in table.untimed] == ["Magnesium"]
    assert [thing.name for thing in table.all_day] == ["No sugar"]


def test_what_is_for_need_alone_says_its_hours_on_page_and_paper(
    plan: Plan, levothyroxine: MedicineUse, add_order: AddOrder
) -> None:
    antacid = add_order(plan, name="Antacid", pattern="as needed", times_of_day=[])
    hours_apart(plan, levothyroxine.code, antacid.code)
    table = timetable_of(plan, on=TODAY)
    said = "At least four hours before or after levothyroxine (7:00)"
    assert table.keeps_from == {antacid.code: (f"{said}.",)}
    assert [line.note for line in day_sheet(plan, on=TODAY).as_needed] == [said]


def test_which_side_is_which_is_told_from_the_thing_for_need(
    plan: Plan, levothyroxine: MedicineUse, add_order: AddOrder
) -> None:
    """Levothyroxine two hours before or six after it: so it six hours before or two after levothyroxine."""
    antacid = add_order(plan, name="Antacid", pattern="as needed", times_of_day=[])
    finding = hours_apart(plan, levothyroxine.code, antacid.code)
    finding.spacing = {**(finding.spacing or {}), "before_hours": "2", "after_hours": "6"}
    finding.save()
    assert timetable_of(plan, on=TODAY).keeps_from == {
        antacid.code: ("At least six hours before or two hours after levothyroxine (7:00).",)
    }


def test_days_ahead_hold_what_a_phase_brings_that_begins_by_itself(plan: Plan) -> None:
    """Replace begins on 18 January, with digestive enzymes at lunch."""
    eve, turn = date(2027, 1, 17), date(2027, 1, 18)
    life = life_of(plan.patient, plan, today=TODAY)
    assert [names(table_on(life, on=on)) for on in (eve, turn)] == [
        ["No alcohol"],
        ["Digestive enzymes", "No alcohol"],
    ]
    on_that_day = life_of(plan.patient, plan, today=turn)
    assert names(table_on(on_that_day, on=turn)) == ["No alcohol"], "that day it has begun, or it has not"


def test_days_ahead_end_with_a_phase_as_it_is_planned_to(plan: Plan) -> None:
    """Remove ends on 31 January, with no alcohol in it; nobody finishes it until 2 February."""
    day_after, overdue = date(2027, 2, 1), date(2027, 2, 2)
    life = life_of(plan.patient, plan, today=TODAY)
    assert [names(table_on(life, on=on)) for on in (day_after - DAY, day_after)] == [
        ["Digestive enzymes", "No alcohol"],
        ["Digestive enzymes"],
    ]
    late = life_of(plan.patient, plan, today=overdue)
    assert names(table_on(late, on=overdue)) == ["No alcohol"]
    assert "No alcohol" in names(table_on(late, on=overdue + DAY)), "it is lived until somebody finishes it"


def test_a_phase_that_a_person_must_start_is_not_reckoned_with(plan: Plan) -> None:
    plan.phases.filter(key="replace").update(starts_by_person=True)
    life = life_of(plan.patient, plan, today=TODAY)
    assert names(table_on(life, on=date(2027, 1, 18))) == ["No alcohol"]


def test_hours_of_a_later_phase_are_kept_by_its_first_day(
    plan: Plan, levothyroxine: MedicineUse, add_order: AddOrder
) -> None:
    order = add_order(plan, name="Magnesium", first="replace", last="replace")
    finding = hours_apart(plan, levothyroxine.code, order.code)
    assert kept_spacings(plan, spacing_of(plan), at=NOON) == {finding.code}


def test_a_medicine_of_no_known_class_is_not_named_in_the_calendar(
    plan: Plan, angela: Patient, add_order: AddOrder, dr_price: Prescriber
) -> None:
    add_order(
        plan, name="Diazepam", amount_value="5", amount_unit="mg", times_of_day=["bedtime"], **prescribed(dr_price)
    )
    add_order(plan, name="Zinc", times_of_day=["bedtime"])
    she = acting_patient(angela)
    feed = choose_times(make_feed(angela, by=she, at=NOON), shows_times=True, by=she)
    choose_detail(feed, shows_detail=True, by=she)
    feed.refresh_from_db()
    titles = {str(event["SUMMARY"]) for event in timed_events(feed, at=NOON)}
    assert "22:30: Zinc 1 capsule and 1 more" in titles
    assert not any("Diazepam" in title for title in titles)


def test_paper_says_on_which_days_and_how_and_for_which_day_it_is(
    plan: Plan, add_order: AddOrder, dr_price: Prescriber
) -> None:
    add_order(
        plan,
        name="Alendronate",
        amount_value="70",
        amount_unit="mg",
        pattern="weekdays mon",
        times_of_day=["on-waking"],
        instructions="Stay upright for\nhalf an hour.",
        **prescribed(dr_price),
    )
    sheet = day_sheet(plan, on=TODAY)
    assert sheet.times[0].lines[0].note == "only Mondays; Stay upright for half an hour; prescribed by Dr Price"
    assert sheet.valid == "For Monday 4 January 2027 only: the next day is another."


def test_paper_holds_until_a_dose_changes(plan: Plan, add_order: AddOrder) -> None:
    add_order(plan, name="Zinc", titration=[{"days": 3, "amount": "0.5 {capsule}"}])
    assert day_sheet(plan, on=TODAY).valid == (
        "Valid through Wednesday 6 January 2027, unless something changes before. Then print it again."
    )


def test_paper_never_holds_beyond_four_weeks(angela: Patient, levothyroxine: MedicineUse) -> None:
    assert day_sheet(angela, on=TODAY).valid.startswith("Valid through Monday 1 February 2027,")


def test_a_meal_is_no_warning_while_nobody_has_said_when_she_eats(plan: Plan, angela: Patient, by: Actor) -> None:
    life = life_of(angela, plan)
    assumed = replace(life, rhythm=replace(life.rhythm, wakes_at=time(7, 20)))
    said = replace(life, rhythm=replace(assumed.rhythm, is_assumed=False))
    add_medicine(
        angela, name="Thing", pattern="daily", times_of_day=[Slot.BEFORE_BREAKFAST], source=SOURCE, by=by, at=NOON
    )
    uses = life_of(angela, plan).uses
    assert not table_on(replace(assumed, uses=uses), on=TODAY).clashes
    assert len(table_on(replace(said, uses=uses), on=TODAY).clashes) == 1


def test_a_moved_dose_counts_before_its_instructions(
    plan: Plan, levothyroxine: MedicineUse, add_order: AddOrder
) -> None:
    order = add_order(plan, name="Calcium", instructions="Take it with breakfast, never later.")
    hours_apart(plan, levothyroxine.code, order.code)
    assert timetable_of(plan, on=TODAY).moved == [
        "Calcium is with lunch: four hours from levothyroxine. "
        "This time counts, whatever its instructions say of meals."
    ]


def test_the_calendar_says_how_only_where_it_names_what(plan: Plan, angela: Patient, add_order: AddOrder) -> None:
    add_order(
        plan, name="Zinc", pattern="weekdays mon", times_of_day=["bedtime"], instructions="With a full\nglass of water."
    )
    she = acting_patient(angela)
    feed = choose_times(make_feed(angela, by=she, at=NOON), shows_times=True, by=she)
    assert not any("water" in str(event["DESCRIPTION"]) for event in timed_events(feed, at=NOON))
    choose_detail(feed, shows_detail=True, by=she)
    feed.refresh_from_db()
    (said, *_) = [str(event["DESCRIPTION"]) for event in timed_events(feed, at=NOON) if "Zinc" in event["SUMMARY"]]
    assert said.startswith("Zinc: only Mondays; With a full glass of water.\n")
