"""Tapers with something that hangs on them: instead of the medicine, for as long as it is watched, and afterwards."""

from collections.abc import Iterator
from datetime import datetime

from gutclinic.simulator import order_acts, taper_days, taper_moves, taper_papers
from gutclinic.simulator.stories.taper_opening import drawn_up, lived, signature
from gutclinic.simulator.taper_life import TaperLife
from patients.models import TaperEnd, UseKind
from protocols.domain.order_states import StopReason
from protocols.domain.slots import Slot
from protocols.domain.supplements import TaperTie

NIGHT, DINNER = (Slot.BEDTIME,), (Slot.WITH_DINNER,)


def _three(life: TaperLife) -> None:
    """One of each kind, ordered before anything is signed: all of them wait."""
    plan = life.life
    order_acts.order(plan, "aloe", "10 mL", NIGHT, taper_tie=TaperTie.DURING)
    order_acts.order(plan, "psyllium-powder", "6 g", NIGHT, taper_tie=TaperTie.WHILE_WATCHED)
    order_acts.order(plan, "bitters", "1 mL", DINNER, taper_tie=TaperTie.AFTER, taper_tie_days=3)


def takes_something_along(life: TaperLife) -> Iterator[datetime]:
    """Held and resumed, then drawn up anew; what goes along rests for itself, is changed, and is lived to the end."""
    yield from drawn_up(life, days_per_step=5, in_days=2)
    if not life.exists:
        return
    _three(life)
    yield from signature(life, within_days=1)
    yield from lived(life, days=7)
    taper_days.say(life, UseKind.CHANGED)
    taper_moves.hold(life)
    order_acts.hold(life.life, "psyllium")
    yield life.in_days(2, 4)
    taper_moves.resume(life)
    order_acts.resume(life.life, "psyllium")
    yield life.in_days(1, 2)
    order_acts.say_otherwise(life.life, "psyllium", times_of_day=DINNER)
    taper_moves.extend(life, days=3, in_days=3)
    taper_papers.propose(life)
    yield from signature(life, within_days=2)
    yield from lived(life)
    order_acts.look(life.life)
    while life.is_running:
        yield life.in_days(6, 9)
    order_acts.look(life.life)


def gives_up_what_goes_along(life: TaperLife) -> Iterator[datetime]:
    """One of the three is left out, one is stopped, one was an error; then the taper itself is given up."""
    yield from drawn_up(life, days_per_step=6, in_days=2)
    if not life.exists:
        return
    _three(life)
    order_acts.leave_out(life.life, "bitters")
    yield from signature(life, within_days=1)
    yield from lived(life, days=8)
    order_acts.order(life.life, "bitters", "2 mL", DINNER, taper_tie=TaperTie.AFTER, taper_tie_days=0)
    order_acts.stop(life.life, "psyllium", StopReason.PATIENTS_CHOICE)
    yield life.in_days(2, 4)
    order_acts.enter_in_error(life.life, "psyllium")
    taper_moves.stop(life, TaperEnd.PATIENTS_CHOICE)
    yield life.in_days(1, 3)
    order_acts.look(life.life)
