"""Paper that a tired patient can use: when and how much first, the rest said once, and a page that holds for days."""

from patients.models import Plan
from patients.services.day.sheet import day_sheet
from tests.fixtures.personae import TODAY
from tests.portal.conftest import AddOrder, add_order

__all__ = ["add_order"]


def test_how_a_thing_is_taken_stands_with_the_first_of_its_times(plan: Plan, add_order: AddOrder) -> None:
    add_order(
        plan,
        name="Peppermint oil",
        pattern="weekdays mon",
        times_of_day=["with-breakfast", "with-lunch", "with-dinner"],
        instructions="Take them while you eat. Tell us if you have gout.",
    )
    notes = [
        line.note for time in day_sheet(plan, on=TODAY).times for line in time.lines if line.name == "Peppermint oil"
    ]
    assert notes == [
        "only Mondays; Take them while you eat. Tell us if you have gout",
        "only Mondays",
        "only Mondays",
    ]


def test_what_is_only_done_now_and_then_makes_no_new_page_each_day(plan: Plan, add_order: AddOrder) -> None:
    add_order(plan, name="Zinc", times_of_day=["with-breakfast"])
    before = day_sheet(plan, on=TODAY).valid
    add_order(plan, name="A long walk", item_kind="practice", amount_value=None, amount_unit="", pattern="every 2 days")
    sheet = day_sheet(plan, on=TODAY)
    assert "A long walk" in [line.name for time in sheet.times for line in time.lines]
    assert (
        sheet.valid
        == before
        == ("Valid through Sunday 17 January 2027, unless something changes before. Then print it again.")
    )
