"""What a taper calls for: the design’s table of its reminders, written out anew, and put together."""

from collections.abc import Callable, Collection, Iterator
from datetime import date
from typing import Final

from gutclinic.simulator.invariants.calling import STAFF
from gutclinic.simulator.invariants.calls_for_signatures import answered, asked, closed, confirmation
from gutclinic.simulator.invariants.calls_of_courses import dates, holds_that_last
from gutclinic.simulator.invariants.calls_of_supplies import short_supplies
from gutclinic.simulator.invariants.calls_of_use import (
    bleeding_risks,
    frequent_rescue,
    left_schedule,
    signs_not_taken_on,
    silence,
    use_unknown,
    warning_signs,
)
from gutclinic.simulator.invariants.taper_rules import PRESCRIBER, TaperCall, plan_statuses
from gutclinic.simulator.invariants.taper_seen import days_after
from gutclinic.simulator.taper_evidence import TaperState

FOLLOWED: Final = frozenset({"signature-request", "use-left", "bleeding-risk"})

_CALLS: Final[tuple[Callable[[TaperState], Iterator[TaperCall]], ...]] = (
    *(asked, closed, answered, confirmation, dates, holds_that_last),
    *(silence, use_unknown, left_schedule, warning_signs, signs_not_taken_on),
    *(frequent_rescue, bleeding_risks, short_supplies),
)

Told = Collection[tuple[str, str, date]]
"""Kind, subject and date of what its prescriber was sent."""


def taper_calls(state: TaperState, plan_status: str, told: Told) -> list[TaperCall]:
    """Everything that this taper, as it is, calls for."""
    if state.status == "entered-in-error":
        return []
    found = [call for calls in _CALLS for call in calls(state) if plan_status in plan_statuses(call.kind)]
    found = [call for call in found if call.recipient != PRESCRIBER or _is_told_apart(state, call)]
    untold = [call for call in found if call.recipient == PRESCRIBER and (call.kind, call.about, call.on) not in told]
    not_reached = [
        *(
            TaperCall("prescriber-not-reached", days_after(call.on, 1), STAFF, call.about)
            for call in untold
            if call.kind in FOLLOWED
        ),
        *(
            TaperCall("prescriber-not-alerted", call.on, STAFF, call.about, call.arose_at)
            for call in untold
            if call.kind == "red-flag"
        ),
    ]
    return found + [call for call in not_reached if plan_status in plan_statuses(call.kind)]


def _is_told_apart(state: TaperState, call: TaperCall) -> bool:
    """A practitioner who prescribes it too hears of what happened once, as practitioner."""
    is_asked = call.kind in {"signature-request", "signature-again"}
    return is_asked or state.prescriber_user_code != state.practitioner_code
