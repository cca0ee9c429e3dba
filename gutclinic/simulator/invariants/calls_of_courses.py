"""What calls for a reminder in the dates of a taper: its first day, its changes, its end, a hold that lasts."""

from collections.abc import Iterator
from typing import Final

from gutclinic.simulator.invariants.calling import PATIENT, STAFF
from gutclinic.simulator.invariants.reckoning import changes, ends_on, lived_steps
from gutclinic.simulator.invariants.taper_rules import TaperCall
from gutclinic.simulator.invariants.taper_seen import days_after, left_version
from gutclinic.simulator.taper_evidence import TaperState

BY_ITSELF: Final = frozenset({"rescue-threshold", "use-unknown", "confirmation-missing", "record-changed"})


def dates(state: TaperState) -> Iterator[TaperCall]:
    """The first day, each change on the day before and on its day, the first day without, and the reviews after it."""
    steps = lived_steps(state)
    if not steps or state.status not in {"active", "watching"}:
        return
    over = ends_on(state, steps)
    left = left_version(state)
    if state.status == "active":
        yield TaperCall("taper-starts", steps[0].first, PATIENT, state.code)
        for step in changes(steps)[1:]:
            if step.version > left:
                yield TaperCall("step-coming", days_after(step.first, -1), PATIENT, state.code)
                yield TaperCall("step-changes", step.first, PATIENT, state.code)
    if over is None:
        return
    if steps[-1].version > left:
        if state.status == "active":
            yield TaperCall("step-coming", over, PATIENT, state.code)
        yield TaperCall("taper-over", days_after(over, 1), PATIENT, state.code)
    for weeks in (4, 12):
        for recipient in (PATIENT, STAFF):
            yield TaperCall("taper-review", days_after(over, 7 * weeks), recipient, state.code)


def holds_that_last(state: TaperState) -> Iterator[TaperCall]:
    if state.status != "held":
        return
    for hold in (hold for version in state.versions for hold in version.holds if hold.resumed_on is None):
        for day_of_hold in (21, 28):
            yield TaperCall("hold-long", days_after(hold.first_day, day_of_hold - 1), STAFF, state.code)
        if hold.reason in BY_ITSELF:
            for recipient in (PATIENT, STAFF):
                yield TaperCall("held-by-itself", hold.first_day, recipient, state.code, hold.at)
