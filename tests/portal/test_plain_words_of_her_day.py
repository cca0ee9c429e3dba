"""What a tired reader needs: a button that says what it records, and a medicine that says whose it is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from clinics.models import Prescriber
from patients.models import MedicineUse, Patient, Plan
from tests.fixtures.personae import NOON
from tests.portal.conftest import AddOrder
from tests.portal.reading import forms_of, text_of
from tests.services.test_the_timetable_of_a_day import hours_apart, levothyroxine

__all__ = ["levothyroxine"]

Page = Callable[[Patient], str]
PRACTICE = {"item_kind": "practice", "amount_value": None, "amount_unit": ""}


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        (("taken", "taken"), "I took these"),
        (("done", "done"), "I did these"),
        (("taken", "done"), "I took or did these"),
    ],
)
def test_a_tap_says_whether_things_were_taken_or_done(
    plan: Plan, angela: Patient, read_page: Page, add_order: AddOrder, kinds: tuple[str, str], said: str
) -> None:
    for number, kind in enumerate(kinds):
        add_order(plan, name=f"Thing {number}", times_of_day=["bedtime"], **({} if kind == "taken" else PRACTICE))
    assert f"{said} , 22:30, bedtime" in [form.button for form in forms_of(read_page(angela))]


def test_a_medicine_says_who_prescribes_it_and_grades_no_trials(
    plan: Plan, angela: Patient, read_page: Page, add_order: AddOrder, dr_price: Prescriber
) -> None:
    add_order(
        plan,
        name="Rifaximin",
        item_kind="medicine",
        amount_value="550",
        amount_unit="mg",
        prescribed_by="prescriber",
        prescriber=dr_price,
        times_of_day=["bedtime"],
        evidence="none",
        source="Three lists agree (codes)",
    )
    at_bedtime = text_of(read_page(angela)).split("22:30 · bedtime", 1)[1].split("I took this", 1)[0]
    assert "Rifaximin 550 mg Prescribed by Dr Price." in at_bedtime
    assert "tested" not in at_bedtime
    assert "lists agree" not in at_bedtime


def test_hours_to_keep_from_others_never_lie_behind_a_tap(
    plan: Plan,
    levothyroxine: MedicineUse,
    angela: Patient,
    read_page: Page,
    add_order: AddOrder,
    travel: time_machine.Traveller,
) -> None:
    antacid = add_order(plan, name="Antacid", pattern="as needed", times_of_day=[])
    hours_apart(plan, levothyroxine.code, antacid.code)
    travel.move_to(NOON + timedelta(days=5), tick=False)
    needed = read_page(angela).split("When needed", 1)[1]
    assert '<details class="item" open>' in needed.split("Antacid", 1)[0]
    assert "At least four hours before or after levothyroxine (7:00)." in needed
