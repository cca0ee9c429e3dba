"""What Angela takes beside her omeprazole: what her plan has, what was added to it, and what she counts at home."""

from datetime import date, time, timedelta
from typing import Final

from clinics.domain.instants import instant, zone
from gutclinic.demo import order_desk
from gutclinic.demo.angelas_record import shipped_medicine
from gutclinic.demo.cupboard import OWN_MAGNESIUM, own_supplement, shipped_supplement
from gutclinic.demo.desk import Desk
from gutclinic.demo.prescribers import prescriber_outside
from gutclinic.demo.timeline import Story
from patients.actor import acting_patient
from patients.models import Plan
from patients.services.day.saying_rhythm import set_rhythm
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from protocols.domain.supplements import PrescribedBy, TaperTie

FAMOTIDINE_DAYS_AGO: Final = 36
ANTIBIOTIC_DAYS_AGO: Final = 6
ANTIBIOTIC_DAYS: Final = 14
COUNTED_DAYS_AGO: Final = 2
# Counted at home, in units of the product. Of glutamine she takes 15 g a day: that is not enough for a week.
AT_HOME: Final = {"glutamine": 90, "prebiotic-fibre": 250, "digestive-enzymes": 120, "magnesium": 40}
# Why dr_cho goes on although a rule warns; the rest of what is found is still open.
REASONS: Final = {
    "R31": "Magnesium in blood was asked of the family practice; the result is expected next week.",
    "R36": "Dr Price knows that the omeprazole comes down, and looks at the TSH eight weeks later.",
}


def fit_the_draft(desk: Desk, plan: Plan) -> None:
    """Before it begins: her vitamin D and magnesium earlier than the protocol has them, and glutamine slowly."""
    replacing = desk.phase(plan, "replace")
    capsules = own_supplement(desk.clinic, OWN_MAGNESIUM)
    order_desk.say_otherwise(
        desk, plan, "vitamin-d", first_phase=replacing, starts_after_days=10, amount=Amount.parse("1000 [iU]")
    )
    order_desk.say_otherwise(
        desk,
        plan,
        "magnesium",
        first_phase=replacing,
        starts_after_days=21,
        supplement=capsules,
        name=capsules.name,
        amount=Amount.parse("200 mg"),
    )
    order_desk.say_otherwise(desk, plan, "glutamine", titration=({"days": 3, "amount": "2.5 g"},))


def angelas_orders(desk: Desk, home: str) -> Story:
    """Famotidine while the omeprazole comes down, an antibiotic from dr_price, her day, and what she has at home."""
    today = desk.today(home)
    yield desk.on(today - timedelta(days=FAMOTIDINE_DAYS_AGO), home, minute=10)
    plan = Plan.objects.select_related("patient__clinic").get(patient__clinic=desk.clinic, patient__given_name="Angela")
    _order_famotidine(desk, plan)
    yield instant(today - timedelta(days=FAMOTIDINE_DAYS_AGO), time(19, 15), zone(home))
    _say_her_day(desk, plan)
    yield desk.on(today - timedelta(days=ANTIBIOTIC_DAYS_AGO + 2), home, minute=20)
    _order_antibiotic(desk, plan, starts_on=today - timedelta(days=ANTIBIOTIC_DAYS_AGO))
    yield desk.on(today - timedelta(days=1), home, minute=12)
    _order_licorice(desk, plan, starts_on=desk.phase(plan, "repair").starts_on + timedelta(days=8))
    order_desk.go_on_knowingly(desk, plan, REASONS)
    counted_on = today - timedelta(days=COUNTED_DAYS_AGO)
    for key, units in AT_HOME.items():
        order_desk.count(desk, plan, key, units, on=counted_on)


def _order_famotidine(desk: Desk, plan: Plan) -> None:
    order_desk.order(
        desk,
        plan,
        shipped_medicine("famotidine-tablet"),
        phases=("remove", "rebalance"),
        prescribed_by=PrescribedBy.PRESCRIBER,
        prescriber=prescriber_outside(desk.clinic),
        amount=Amount.parse("20 mg"),
        pattern="as needed",
        taper_tie=TaperTie.WHILE_WATCHED,
    )


def _order_antibiotic(desk: Desk, plan: Plan, *, starts_on: date) -> None:
    """Three times a day for two weeks; dr_price prescribed it, and the clinic lets it fit her day."""
    order_desk.order(
        desk,
        plan,
        shipped_medicine("rifaximin"),
        phases=("replace", "replace"),
        prescriber=prescriber_outside(desk.clinic),
        prescribed_by=PrescribedBy.PRESCRIBER,
        amount=Amount.parse("550 mg"),
        times_of_day=(Slot.WITH_BREAKFAST, Slot.AFTERNOON, Slot.BEDTIME),
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=ANTIBIOTIC_DAYS - 1),
    )


def _order_licorice(desk: Desk, plan: Plan, *, starts_on: date) -> None:
    """To begin on the day on which glutathione begins: one change too many, and another day is proposed."""
    order_desk.order(
        desk,
        plan,
        shipped_supplement("dgl"),
        phases=("repair", "repair"),
        amount=Amount.parse("400 mg"),
        times_of_day=(Slot.BEFORE_LUNCH, Slot.BEFORE_DINNER),
        starts_on=starts_on,
    )


def _say_her_day(desk: Desk, plan: Plan) -> None:
    set_rhythm(
        plan.patient,
        wakes_at=time(6, 30),
        breakfast_at=time(7, 30),
        lunch_at=time(12, 45),
        dinner_at=time(18, 30),
        sleeps_at=time(22, 45),
        by=acting_patient(plan.patient),
        at=desk.clock.at,
    )
