"""What a practitioner does with orders and the record in the workspace, click by click."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from playwright.sync_api import Page, expect

from patients.models import Patient, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An order as it is entered. search: what is typed. product: as the catalogue names it. first, last: phases."""

    search: str
    product: str
    value: str
    unit: str
    first: str = "Repair"
    last: str = "Repair"
    times: Sequence[str] = ()
    slow_start: str = ""
    pattern: str = "daily"
    last_day: str = ""
    prescriber: str = ""
    tie: str = ""


def order_it(desk: Page, plan: Plan, wanted: Wanted) -> None:
    """Find it in the catalogue, write the order, look at what becomes of it, and confirm."""
    desk.goto(reverse("admin:patients_plan_change", args=[plan.code]))
    desk.get_by_role("link", name="Add an order").click()
    desk.get_by_label("Name, brand or ingredient").fill(wanted.search)
    desk.get_by_role("button", name="Search the catalogue").click()
    desk.get_by_role("link", name=re.compile(rf"^Order {re.escape(wanted.product)}\b")).click()
    desk.get_by_label("How much each time").fill(wanted.value)
    desk.get_by_label("Unit").select_option(label=wanted.unit)
    desk.get_by_label("Slow start").fill(wanted.slow_start)
    desk.get_by_label("On which days").fill(wanted.pattern)
    for time in wanted.times:
        desk.get_by_role("group", name="Times of day").get_by_label(time, exact=True).check()
    desk.get_by_label("Begins with").select_option(label=wanted.first)
    desk.get_by_label("Ends with").select_option(label=wanted.last)
    desk.get_by_label("Last day of its own").fill(wanted.last_day)
    if wanted.prescriber:
        desk.get_by_label("Prescriber").select_option(label=wanted.prescriber)
    if wanted.tie:
        desk.get_by_label("Hangs on the taper").select_option(label=wanted.tie)
    confirm(desk, "Order it")
    expect(desk.get_by_text(f"{wanted.product} is ordered.")).to_be_visible()


def open_order(desk: Page, plan: Plan, name: str) -> None:
    desk.goto(reverse("admin:patients_plan_change", args=[plan.code]))
    desk.get_by_role("group", name="Table of orders").get_by_role("link", name=name, exact=True).click()


def change_amount(desk: Page, plan: Plan, name: str, value: str, *, why: str) -> None:
    open_order(desk, plan, name)
    desk.get_by_role("link", name="Change", exact=True).click()
    desk.get_by_label("How much each time").fill(value)
    desk.get_by_label("Why").fill(why)
    confirm(desk, "Change it")
    expect(desk.get_by_text(f"{name} is changed.")).to_be_visible()


def stop_it(desk: Page, plan: Plan, name: str, *, because: str) -> None:
    open_order(desk, plan, name)
    desk.get_by_role("link", name="Stop", exact=True).click()
    desk.get_by_label("Because").select_option(label=because)
    confirm(desk, "Stop")
    expect(desk.get_by_text(f"{name}: it is stopped.")).to_be_visible()


def confirm(desk: Page, button: str) -> None:
    """The first press shows what becomes of it; the second means it."""
    desk.get_by_role("button", name=button, exact=True).click()
    expect(desk.get_by_role("heading", name="Afterwards")).to_be_visible()
    desk.get_by_role("button", name=button, exact=True).click()


def write_medicine_into_the_record(desk: Page, patient: Patient, name: str, *, amount: str, since: str) -> None:
    """Milligrams, once a day with lunch, as the patient says."""
    desk.goto(reverse("admin:patients_patient_change", args=[patient.code]))
    desk.get_by_role("link", name="Add a medicine").click()
    desk.get_by_label("Its name, if it is not in the list").fill(name)
    desk.get_by_label("Its class, if it is not in the list").select_option(label="NSAID")
    desk.get_by_label("How much each time").fill(amount)
    desk.get_by_label("Unit").select_option(label="mg")
    desk.get_by_label("How often").fill("daily")
    desk.get_by_label("With lunch").check()
    desk.get_by_label("First day").fill(since)
    desk.get_by_label("Who prescribes it").select_option(label="Nobody: bought without a prescription")
    desk.get_by_label("Known from").select_option(label="The patient says so")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("Written into the record.")).to_be_visible()
