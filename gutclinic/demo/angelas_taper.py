"""Angela's omeprazole, coming down from 40 mg: signed by dr_price, held once for a week, and now in its second step."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Final

from clinics.domain.instants import instant, zone
from gutclinic.demo import taper_desk
from gutclinic.demo.angelas_record import OMEPRAZOLE, shipped_medicine, write_angelas_record
from gutclinic.demo.desk import Desk
from gutclinic.demo.prescribers import prescriber_outside
from gutclinic.demo.timeline import Story
from patients.actor import acting_patient
from patients.models import Plan, Taper, UseKind
from patients.services.tapers.supplying import record_supply
from patients.services.tapers.using import report_use, write_diary
from protocols.domain.amount import Amount

# How many days ago it began, and how long before that it was drawn up and signed.
BEGAN_DAYS_AGO: Final = 38
DRAWN_UP_BEFORE: Final = 8
SIGNED_BEFORE: Final = 5
# Symptoms from 0 to 10 and doses of alginate, day by day, a week in each line; “-” is not recorded.
DIARY: Final = (
    "1/0 1/0 2/0 2/0 3/0 3/0 -",
    "4/1 4/0 5/1 5/1 6/2 5/1 4/0",
    "4/0 3/0 2/0 2/0 2/0 -   1/0",
    "2/0 -   1/0 1/0 -   1/0 0/0",
    "-   1/0 0/0 -   1/0 0/0 1/0",
    "2/0 3/1 3/0",
)
# Four rescue days within a week are as many as were signed: the morning after them it is held, and later goes on.
HELD_ON_DAY: Final = 13
RESUMED_ON_DAY: Final = 19
# The first step lasts 28 days, and those on hold.
SECOND_STEP_ON_DAY: Final = 28 + (RESUMED_ON_DAY - HELD_ON_DAY) + 1


def angelas_taper(desk: Desk, home: str) -> Story:
    """Drawn up at a visit of her running plan. home: where she lives."""
    today = desk.today(home)
    first_day = today - timedelta(days=BEGAN_DAYS_AGO)
    yield desk.on(first_day - timedelta(days=DRAWN_UP_BEFORE), home, minute=5)
    taper = _draw_up_and_send(desk, today=first_day - timedelta(days=DRAWN_UP_BEFORE))
    yield instant(first_day - timedelta(days=SIGNED_BEFORE), time(15, 10), zone(home))
    taper_desk.agree(taper, at=desk.clock.at)
    for number in range(1, BEGAN_DAYS_AGO + 1):
        day = first_day + timedelta(days=number - 1)
        yield from _morning(taper, number, day, desk, home)
        yield instant(day, time(20, 40), zone(home))
        _evening(taper, number, day, desk)


def _draw_up_and_send(desk: Desk, *, today: date) -> Taper:
    plan = Plan.objects.select_related("patient__clinic").get(patient__clinic=desk.clinic, patient__given_name="Angela")
    use = write_angelas_record(plan.patient, desk, today=today)
    medicine = shipped_medicine(OMEPRAZOLE)
    taper = taper_desk.draw_up(
        desk,
        plan,
        use,
        medicine,
        recipe=taper_desk.published_recipe(medicine),
        in_days=DRAWN_UP_BEFORE,
        today=today,
        prescriber=prescriber_outside(desk.clinic),
    )
    taper_desk.send_by_email(desk, taper, today=today)
    return taper


def _morning(taper: Taper, number: int, day: date, desk: Desk, home: str) -> Story:
    """What the clinic does that day, and what Angela brings home from the pharmacy."""
    yield desk.on(day, home, minute=50)
    if number == HELD_ON_DAY:
        reason = "Four rescue days in a week: she stays at 20 mg until it has settled."
        taper_desk.hold(desk, taper, reason=reason)
    elif number == RESUMED_ON_DAY:
        taper_desk.resume(desk, taper, reason="Quiet again for three days.")
    elif number == 1:
        _supply(taper, "20 mg", 34, day, desk)
    elif number == SECOND_STEP_ON_DAY - 1:
        _supply(taper, "10 mg", 30, day, desk)


def _evening(taper: Taper, number: int, day: date, desk: Desk) -> None:
    by, at = acting_patient(taper.plan.patient), desk.clock.at
    if number in {1, SECOND_STEP_ON_DAY}:
        report_use(taper, kind=UseKind.CHANGED, by=by, at=at)
    written = DIARY[(number - 1) // 7].split()[(number - 1) % 7]
    if written != "-":
        symptoms, rescue_doses = map(int, written.split("/"))
        write_diary(taper, on=day, symptoms=symptoms, rescue_doses=rescue_doses, by=by, at=at)


def _supply(taper: Taper, strength: str, count: int, day: date, desk: Desk) -> None:
    """Handed out by the pharmacy: on top of what she has."""
    record_supply(
        taper,
        strength=Amount.parse(strength),
        count=Decimal(count),
        is_all=False,
        on=day,
        by=acting_patient(taper.plan.patient),
        at=desk.clock.at,
    )
