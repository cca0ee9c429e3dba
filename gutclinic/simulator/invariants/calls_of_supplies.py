"""What calls for a reminder in what she has at home: it ends before her steps do."""

from collections.abc import Iterator
from datetime import date, timedelta

from gutclinic.simulator.invariants.calling import PATIENT, STAFF
from gutclinic.simulator.invariants.reckoning import LivedStep, ends_on, lived_steps, units_on
from gutclinic.simulator.invariants.taper_rules import TaperCall
from gutclinic.simulator.invariants.taper_seen import days_after, left_version, newest_signed
from gutclinic.simulator.taper_evidence import SupplyState, TaperState


def short_supplies(state: TaperState) -> Iterator[TaperCall]:
    """A week before the first day for which a strength is not enough, or the day after it was counted.

    Each count of a run is of all that is left, and of some: the newest one of a strength says it.
    """
    steps = lived_steps(state)
    over, newest = ends_on(state, steps), newest_signed(state)
    if state.status != "active" or over is None or newest is None or left_version(state) >= newest.number:
        return
    for supply in {supply.strength: supply for supply in state.supplies}.values():
        short_on = _short_on(steps, supply, until=over)
        if short_on is not None:
            on = max(days_after(short_on, -7), days_after(supply.recorded_at.date(), 1))
            for recipient in (PATIENT, STAFF):
                yield TaperCall("supply-short", on, recipient, state.code)


def _short_on(steps: tuple[LivedStep, ...], supply: SupplyState, *, until: date) -> date | None:
    left = supply.count
    for number in range((until - supply.on).days + 1):
        day: date = supply.on + timedelta(days=number)
        left -= units_on(steps, day, supply.strength)
        if left < 0:
            return day
    return None
