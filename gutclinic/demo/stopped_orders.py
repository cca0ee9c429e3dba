"""Two of the forty with something that a safety rule stops: one order stays stopped, one is taken all the same."""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Final

from gutclinic.demo import order_desk
from gutclinic.demo.angelas_record import OMEPRAZOLE, shipped_medicine
from gutclinic.demo.cast import home_of
from gutclinic.demo.cupboard import shipped_supplement
from gutclinic.demo.desk import Desk
from gutclinic.demo.prescribers import prescriber_outside
from gutclinic.demo.timeline import Story
from patients.models import Finding, Plan, SourceKind
from patients.services import record
from patients.services.record import Source
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from protocols.domain.supplements import PrescribedBy

# Who of the forty, by number. The plan of each runs today.
STOPPED, OVERRIDDEN = 17, 19
DAYS_AGO: Final = 3
WORDS: Final = "Cardiology was asked, and agrees until the next visit in spring."


def stopped_orders(desk: Desk, *, among: Collection[int]) -> list[Story]:
    """Those of these patients, by number."""
    return [story(desk) for number, story in STORIES.items() if number in among]


def _betaine_beside_ibuprofen(desk: Desk) -> Story:
    """The ibuprofen came to light after the betaine was ordered. Nobody overrides this: the order is changed."""
    home = home_of(STOPPED)
    today = desk.today(home) - timedelta(days=DAYS_AGO)
    yield desk.on(today, home, minute=33)
    plan = _plan(desk, STOPPED)
    order_desk.order(
        desk,
        plan,
        shipped_supplement("betaine-hydrochloride"),
        phases=("replace", "replace"),
        amount=Amount.parse("650 mg"),
        times_of_day=(Slot.WITH_DINNER,),
    )
    _takes(desk, plan, "ibuprofen", "400 mg", "as needed")


def _omeprazole_beside_clopidogrel(desk: Desk) -> Story:
    """dr_price prescribes both, and says on the telephone that she is to take them."""
    home = home_of(OVERRIDDEN)
    today = desk.today(home) - timedelta(days=DAYS_AGO)
    yield desk.on(today, home, minute=37)
    plan, price = _plan(desk, OVERRIDDEN), prescriber_outside(desk.clinic)
    _takes(desk, plan, "clopidogrel", "75 mg", "daily")
    ordered = order_desk.order(
        desk,
        plan,
        shipped_medicine(OMEPRAZOLE),
        phases=("repair", "repair"),
        prescribed_by=PrescribedBy.PRESCRIBER,
        prescriber=price,
        amount=Amount.parse("20 mg"),
        times_of_day=(Slot.BEFORE_BREAKFAST,),
    )
    yield desk.on(today, home, minute=52)
    stopping = [each for each in Finding.objects.undecided().filter(plan=plan) if ordered.code in each.stops]
    for finding in stopping:
        order_desk.write_override_down(desk, finding, price, words=WORDS, today=today)


def _takes(desk: Desk, plan: Plan, key: str, amount: str, pattern: str) -> None:
    """Something that somebody else prescribes, as the patient says."""
    on = plan.starts_on
    record.add_medicine(
        plan.patient,
        medicine=shipped_medicine(key),
        amount=Amount.parse(amount),
        pattern=pattern,
        times_of_day=() if pattern == "as needed" else (Slot.WITH_BREAKFAST,),
        since=on - timedelta(days=400),
        prescriber=prescriber_outside(desk.clinic),
        source=Source(kind=SourceKind.PATIENT, as_of=on),
        by=desk.by,
        at=desk.clock.at,
    )


def _plan(desk: Desk, number: int) -> Plan:
    return (
        Plan.objects.running()
        .select_related("patient__clinic")
        .get(patient__clinic=desk.clinic, patient__family_name=f"{number:03}")
    )


STORIES: Final[Mapping[int, Callable[[Desk], Story]]] = {
    STOPPED: _betaine_beside_ibuprofen,
    OVERRIDDEN: _omeprazole_beside_clopidogrel,
}
"""Whose order is stopped, by number, and how."""
