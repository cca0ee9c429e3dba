"""Angela, half-way through her plan, and Ben, whose plan is still a draft."""

from datetime import date, time, timedelta
from typing import Final

from clinics.domain.instants import instant, zone
from gutclinic.demo.angelas_orders import fit_the_draft
from gutclinic.demo.desk import Desk
from gutclinic.demo.timeline import Story
from patients.actor import acting_patient
from patients.models import Patient, Plan
from patients.services.hearing import hear
from patients.services.intakes import due_orders, record_slot
from protocols.domain.slots import Slot

HOME: Final = "Europe/Berlin"
LIVED_DAYS: Final = 60
# How many days back she began to tick, and one time of day she mostly leaves alone.
TICKING_DAYS: Final = 12
OFTEN_NOT_RECORDED: Final = Slot.AFTERNOON


def angela(desk: Desk) -> Story:
    """Assigned and begun sixty days ago; Remove finished and signed off on its last day; Repair runs since."""
    first_day = desk.today(HOME) - timedelta(days=LIVED_DAYS)
    yield desk.on(first_day - timedelta(days=1), HOME)
    patient = desk.receive(Patient(given_name="Angela", zone=HOME), email="angela@example.org", portal=True)
    plan = desk.assign(patient, starts_on=first_day)
    yield desk.on(first_day - timedelta(days=1), HOME, minute=20)
    fit_the_draft(desk, plan)
    desk.activate(plan)
    remove_ends = desk.phase(plan, "remove").ends_on
    assert remove_ends is not None  # the shipped Remove has a length
    yield desk.on(remove_ends, HOME, minute=30)
    desk.finish(plan, "remove", reason="Four weeks reviewed. The foods to bring back, and their order, are agreed.")
    for days_ago in range(TICKING_DAYS, 0, -1):
        yield from _tick(plan, desk.today(HOME) - timedelta(days=days_ago), desk)


def _tick(plan: Plan, day: date, desk: Desk) -> Story:
    """Record most of what was due that day, each at its time. What is left out is “not recorded”."""
    yield instant(day, time(6), zone(HOME))
    slots = Slot.ordered({slot for order in due_orders(plan, day=day) for slot in order.slots})
    for slot in slots:
        if (day.day + slot.position) % 5 == 0 or (slot is OFTEN_NOT_RECORDED and day.day % 3):
            continue
        yield instant(day, time(7 + slot.position * 3 // 2, 40), zone(HOME))
        hear(plan.patient, at=desk.clock.at)
        record_slot(plan, slot=slot, day=day, by=acting_patient(plan.patient), at=desk.clock.at)


def ben(desk: Desk) -> Story:
    """A draft, written yesterday, to begin in a week."""
    today = desk.today(HOME)
    yield desk.on(today - timedelta(days=1), HOME, minute=40)
    patient = desk.receive(Patient(given_name="Ben", zone=HOME), email="ben@example.org", portal=True)
    desk.assign(patient, starts_on=today + timedelta(days=7))
