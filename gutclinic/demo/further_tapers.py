"""Tapers of four of the forty: one waits for its signature, one does not know what is taken, one is a draft, one rests.

The last one rests since its patient reported a warning sign.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, time, timedelta
from typing import Any, Final

from clinics.actor import staff_in
from clinics.domain.instants import instant, zone
from clinics.models import Prescriber, User
from gutclinic.demo import taper_desk
from gutclinic.demo.angelas_record import OMEPRAZOLE, add_omeprazole, shipped_medicine
from gutclinic.demo.cast import home_of
from gutclinic.demo.desk import Desk
from gutclinic.demo.prescribers import prescriber_inside, prescriber_outside
from gutclinic.demo.timeline import Story
from patients.actor import acting_patient
from patients.models import CharacteristicKind, Plan, ReviewAnswer, SourceKind, Taper, UseKind
from patients.services.record import Source, add_characteristic, add_medicine_review
from patients.services.tapers.taking_on import take_on_red_flag
from patients.services.tapers.using import report_red_flags, report_use

# Who of the forty, by number. The plan of each runs today.
UNKNOWN, WAITS, DRAFT, WARNED = 12, 18, 20, 26
SENT_DAYS_AGO: Final = 6
BEGAN_DAYS_AGO: Final = 20
TAKEN_FOR: Final = timedelta(days=1000)
TAKEN_ON_SIGN, OPEN_SIGN = "swallowing", "bloody-stool"
# From 20 mg: 10 mg daily, then every second day.
IN_TWO_STEPS: Final[Mapping[str, Any]] = {
    "method": "strength_ladder",
    "days_per_step": 14,
    "floor": "10 mg",
    "tail": [{"pattern": "every 2 days", "amount": "10 mg", "days": 14}],
}


def further_tapers(desk: Desk, *, among: Collection[int]) -> list[Story]:
    """Those of these patients, by number."""
    return [story(desk) for number, story in STORIES.items() if number in among]


def _use_unknown(desk: Desk) -> Story:
    """Signed, begun, and not a word since: its second step waits until somebody knows what is taken."""
    home = home_of(UNKNOWN)
    first_day = desk.today(home) - timedelta(days=BEGAN_DAYS_AGO)
    visited_on = first_day - timedelta(days=4)
    yield desk.on(visited_on, home, minute=25)
    taper = _draw_up(desk, UNKNOWN, "20 mg", recipe=IN_TWO_STEPS, in_days=4, today=visited_on)
    taper_desk.send_by_email(desk, taper, today=visited_on)
    yield desk.on(visited_on + timedelta(days=1), home, minute=35)
    taper_desk.agree(taper, at=desk.clock.at)


def _two_warnings(desk: Desk) -> Story:
    """One that a colleague took on within minutes, and one of last night that went to the next person, and is open."""
    home = home_of(WARNED)
    today = desk.today(home)
    visited_on = today - timedelta(days=9)
    yield desk.on(visited_on, home, minute=27)
    taper = _draw_up(desk, WARNED, "20 mg", recipe=IN_TWO_STEPS, in_days=4, today=visited_on)
    taper_desk.send_by_email(desk, taper, today=visited_on)
    yield desk.on(visited_on + timedelta(days=1), home, minute=37)
    taper_desk.agree(taper, at=desk.clock.at)
    by = acting_patient(taper.plan.patient)
    yield instant(visited_on + timedelta(days=4), time(20, 5), zone(home))
    report_use(taper, kind=UseKind.CHANGED, by=by, at=desk.clock.at)
    yield desk.on(today - timedelta(days=3), home, minute=14)
    first = report_red_flags(taper, flags=[TAKEN_ON_SIGN], by=by, at=desk.clock.at)
    yield desk.on(today - timedelta(days=3), home, minute=26)
    colleague = User.objects.get(email="assistant_1@example.org")
    take_on_red_flag(first, by=staff_in(desk.clinic, colleague), at=desk.clock.at)
    yield instant(today - timedelta(days=1), time(21, 10), zone(home))
    report_red_flags(taper, flags=[OPEN_SIGN], by=by, at=desk.clock.at)


def _waits_for_signature(desk: Desk) -> Story:
    """The request went by email and nobody has answered: the letter is to be faxed."""
    home = home_of(WAITS)
    visited_on = desk.today(home) - timedelta(days=SENT_DAYS_AGO)
    yield desk.on(visited_on, home, minute=15)
    taper = _draw_up(desk, WAITS, "40 mg", in_days=14, today=visited_on)
    taper_desk.send_by_email(desk, taper, today=visited_on)


def _draft(desk: Desk) -> Story:
    """Drawn up yesterday for a medicine that the practitioner prescribes, who may sign it inside."""
    home = home_of(DRAFT)
    visited_on = desk.today(home) - timedelta(days=1)
    yield desk.on(visited_on, home, minute=55)
    _draw_up(desk, DRAFT, "20 mg", in_days=7, today=visited_on, prescriber=prescriber_inside(desk.clinic))


def _draw_up(
    desk: Desk,
    number: int,
    amount: str,
    *,
    in_days: int,
    today: date,
    recipe: Mapping[str, Any] | None = None,
    prescriber: Prescriber | None = None,
) -> Taper:
    """At a visit today. recipe: the published one, unless another is given; prescriber: dr_price, unless another is."""
    plan = (
        Plan.objects.running()
        .select_related("patient__clinic")
        .get(patient__clinic=desk.clinic, patient__family_name=f"{number:03}")
    )
    said = Source(kind=SourceKind.PATIENT, as_of=today)
    asked = prescriber or prescriber_outside(desk.clinic)
    # A prescriber finds the patient by the name and this date.
    born = date(1950 + number, 3, number)
    add_characteristic(
        plan.patient, kind=CharacteristicKind.BIRTH_DATE, value=born, source=said, by=desk.by, at=desk.clock.at
    )
    add_medicine_review(plan.patient, answer=ReviewAnswer.COMPLETE, source=said, by=desk.by, at=desk.clock.at)
    use = add_omeprazole(plan.patient, desk, amount, since=today - TAKEN_FOR, source=said, prescriber=asked)
    medicine = shipped_medicine(OMEPRAZOLE)
    return taper_desk.draw_up(
        desk,
        plan,
        use,
        medicine,
        recipe=recipe or taper_desk.published_recipe(medicine),
        in_days=in_days,
        today=today,
        prescriber=asked,
    )


STORIES: Final[Mapping[int, Callable[[Desk], Story]]] = {
    UNKNOWN: _use_unknown,
    WAITS: _waits_for_signature,
    DRAFT: _draft,
    WARNED: _two_warnings,
}
"""Whose medicine comes down, by number, and how."""
