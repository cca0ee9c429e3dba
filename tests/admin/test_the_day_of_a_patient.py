"""The day as staff see it: every dose with its reason, what does not fit, her times, and the sheet of paper."""

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinics.actor import Actor
from clinics.models import Prescriber, User
from patients.models import DayRhythm, Finding, MedicineUse, Patient, Plan, SourceKind
from patients.services.record import add_medicine
from patients.services.record_writing import Source
from protocols.domain import day_placing
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from tests.admin.conftest import text_of
from tests.fixtures.pdf_reading import Pdf
from tests.fixtures.personae import NOON, TODAY
from tests.portal.conftest import AddOrder, add_order

__all__ = ["add_order"]


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


def hours_apart(plan: Plan, a: str, b: str) -> None:
    spacing = {"a": "levothyroxine", "b": "it", "a_codes": [a], "b_codes": [b], "before_hours": "4", "after_hours": "4"}
    Finding.objects.create(
        plan=plan,
        rule="R05",
        rule_version="1",
        facts_key=f"{a}-{b}",
        severity="SPACE",
        text="Apart.",
        cite="A test.",
        mark="R",
        first_day=TODAY,
        spacing=spacing,
        opened_at=NOON,
    )


def test_each_dose_stands_with_its_reason(
    cho: Client, plan: Plan, levothyroxine: MedicineUse, add_order: AddOrder
) -> None:
    order = add_order(plan, name="Magnesium", times_of_day=["with-breakfast"])
    hours_apart(plan, levothyroxine.code, order.code)
    text = text_of(cho.get(reverse("admin:patients_plan_day", args=[plan.code])))
    assert "Levothyroxine 50 µg the record, Dr Price As the record says: on waking. It is not moved from here." in text
    assert "Magnesium 1 capsule the plan With lunch instead of with breakfast: four hours from levothyroxine." in text
    assert "levothyroxine and it: four hours apart (R05) : kept" in text


def test_what_does_not_fit_says_whom_to_ask(
    cho: Client, plan: Plan, levothyroxine: MedicineUse, angela: Patient, by: Actor
) -> None:
    source = Source(kind=SourceKind.PATIENT, as_of=TODAY)
    powder = add_medicine(
        angela, name="Powder", pattern="daily", times_of_day=[Slot.WITH_BREAKFAST], source=source, by=by, at=NOON
    )
    hours_apart(plan, levothyroxine.code, powder.code)
    text = text_of(cho.get(reverse("admin:patients_plan_day", args=[plan.code])))
    assert (
        "Levothyroxine and powder are meant four hours apart, and this day has no place for that. Ask Dr Price." in text
    )
    assert "not kept" in text


def test_another_day_can_be_looked_at(cho: Client, plan: Plan, angela: Patient, add_order: AddOrder) -> None:
    add_order(plan, name="Iron", pattern="every 2 days")
    address = reverse("admin:patients_plan_day", args=[plan.code])
    tomorrow = text_of(cho.get(address, {"on": str(TODAY + timedelta(days=1))}))
    assert "Iron: next on Wednesday 6 January" in tomorrow
    assert "today" in text_of(cho.get(address, {"on": "the 4th"}))


def test_a_patient_without_a_plan_has_a_day(cho: Client, angela: Patient, levothyroxine: MedicineUse) -> None:
    assert "Levothyroxine 50 µg" in text_of(cho.get(reverse("admin:patients_patient_day", args=[angela.code])))


def test_staff_write_her_times_down(cho: Client, dr_cho: User, angela: Patient, plan: Plan) -> None:
    address = reverse("admin:patients_patient_day_times", args=[angela.code])
    wrong = {"wakes_at": "09:00", "breakfast_at": "08:00", "lunch_at": "", "dinner_at": "19:00", "sleeps_at": "23:00"}
    assert "Breakfast lies between going to bed and getting up." in text_of(cho.post(address, wrong))
    assert DayRhythm.objects.count() == 0
    response = cho.post(address, wrong | {"breakfast_at": "09:30"}, follow=True)
    assert "By the times that were said for this patient." in text_of(response)
    row = DayRhythm.objects.get()
    assert (row.breakfast_at, row.lunch_at, row.said_by_code) == (time(9, 30), None, dr_cho.code)


def test_the_sheet_is_hers(cho: Client, angela: Patient, levothyroxine: MedicineUse) -> None:
    response = cho.get(reverse("admin:patients_patient_day_sheet", args=[angela.code]))
    assert "Levothyroxine – 50 µg" in Pdf(response.content).words
    assert "no-store" in response["Cache-Control"]


def test_the_page_costs_the_same_however_much_is_taken(
    cho: Client, plan: Plan, levothyroxine: MedicineUse, add_order: AddOrder
) -> None:
    address = reverse("admin:patients_plan_day", args=[plan.code])
    few = _queries(cho, address)
    for number in range(6):
        order = add_order(plan, name=f"Thing {number}", times_of_day=["with-breakfast", "bedtime"])
        hours_apart(plan, levothyroxine.code, order.code)
    assert _queries(cho, address) == few <= 25


def _queries(cho: Client, address: str) -> int:
    cho.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert cho.get(address).status_code == 200
    return len(captured)


def test_a_draft_shows_the_day_that_it_would_make_and_prints_none(
    cho: Client, plan: Plan, levothyroxine: MedicineUse, add_order: AddOrder
) -> None:
    plan.status = "draft"
    plan.save()
    plan.phases.update(status="planned")
    magnesium = add_order(plan, name="Magnesium", times_of_day=["with-breakfast"])
    hours_apart(plan, levothyroxine.code, magnesium.code)
    response = cho.get(reverse("admin:patients_plan_day", args=[plan.code]))
    text = text_of(response)
    assert "Magnesium 1 capsule" in text
    assert "With lunch instead of with breakfast: four hours from levothyroxine." in text
    assert "This plan is a draft" in text
    assert "Today on paper" not in text


def test_a_day_that_was_not_searched_to_the_end_says_so_and_what_is_assumed_is_kept_on_that_condition(
    cho: Client,
    plan: Plan,
    levothyroxine: MedicineUse,
    add_order: AddOrder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    magnesium = add_order(plan, name="Magnesium", times_of_day=["with-breakfast"])
    hours_apart(plan, levothyroxine.code, magnesium.code)
    address = reverse("admin:patients_plan_day", args=[plan.code])
    text = text_of(cho.get(address))
    assert "kept, if the assumed times are so" in text
    assert "Not everything was tried" not in text
    monkeypatch.setattr(day_placing, "MOST_DAYS_TRIED", 0)
    # A day is reckoned once: with one thing more it is another.
    add_order(plan, name="Thing of its own", times_of_day=["with-dinner"])
    assert "Not everything was tried" in text_of(cho.get(address))
