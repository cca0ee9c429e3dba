"""The days of orders that hang on a taper, reckoned anew from what was signed and from the days on hold."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from gutclinic.simulator.invariants.reckoning import DAY, LivedStep, ends_on, lived_steps
from gutclinic.simulator.invariants.seen import Seen, Violation
from gutclinic.simulator.invariants.taper_statuses import OPEN, WATCHED_DAYS
from gutclinic.simulator.invariants.tapers import today_of
from gutclinic.simulator.taper_evidence import TaperState, TiedState

RUNNING: Final = frozenset({"active", "held", "watching"})
AS_PLANNED: Final = frozenset({"changed", "not-yet"})


def tied_orders_follow_their_taper(seen: Seen) -> Iterator[Violation]:
    """Nothing before the signature; then from its first dose, through its watch, or so long after its last dose."""
    for taper_id, states in seen.evidence.tapers.items():
        for state in states:
            for tied in state.tied:
                text = _wrong(state, tied, today=today_of(seen, state))
                if text:
                    said = f"{tied.key}, {tied.kind}: {text}"
                    yield Violation("what hangs on a taper follows it", seen.where_of_taper(taper_id), said)


def _wrong(state: TaperState, tied: TiedState, *, today: date) -> str:
    if state.status == "entered-in-error":
        return "It hangs on a taper that was entered in error."
    steps = lived_steps(state)
    if state.started_at is None or not steps:
        return "" if tied.first is None else f"It begins on {tied.first}, and nothing is signed."
    if tied.kind == "after":
        return _wrong_after(state, tied, steps)
    if tied.first != steps[0].first:
        return f"It begins on {tied.first}, and the first step on {steps[0].first}."
    if state.status not in OPEN:
        # It was ended on one of its days: what goes with it ends no later.
        return "" if tied.last is not None and tied.last <= today else f"It goes on to {tied.last} after the end."
    end = ends_on(state, steps)
    if tied.kind == "during":
        expected = None if end is None else _last_dose(steps)
    else:
        expected = None if end is None else end + WATCHED_DAYS
    return "" if tied.last == expected else f"It ends on {tied.last}; on {expected} it should."


def _wrong_after(state: TaperState, tied: TiedState, steps: tuple[LivedStep, ...]) -> str:
    if state.status == "stopped":
        return "" if tied.first is None else f"It begins on {tied.first}, and the taper was given up."
    if not AS_PLANNED.issuperset(use.kind for use in state.uses):
        # What she says she really took decides then, and that is judged elsewhere.
        return ""
    last = None if state.status in RUNNING and ends_on(state, steps) is None else _last_dose(steps)
    expected = None if last is None else last + timedelta(days=tied.after_days or 0)
    return "" if tied.first == expected else f"It begins on {tied.first}; on {expected} it should."


def _last_dose(steps: tuple[LivedStep, ...]) -> date | None:
    """The last day on which anything of it is taken."""
    for step in reversed(steps):
        day = step.last
        while day is not None and day >= step.first:
            if step.step.milligrams and step.step.is_taken_on(day, first=step.first):
                return day
            day -= DAY
    return None
