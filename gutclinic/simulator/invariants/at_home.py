"""What calls for a reminder in what somebody has at home: it runs low. Counted day by day, apart from the software.

Only what is taken in one phase is reckoned; where an order goes on into another one, nothing is claimed.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from gutclinic.simulator.evidence import PlanState
from gutclinic.simulator.home_evidence import HomeState
from gutclinic.simulator.invariants.calling import PATIENT, STAFF, Rule
from gutclinic.simulator.invariants.seen import Seen, Violation
from gutclinic.simulator.invariants.wall import preferred_instant

RUNNING_LOW: Final = "order-running-low"
RULE: Final = Rule((PATIENT, STAFF), 6)
_WEEK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)
_AHEAD: Final = 730


def is_reckoned(home: HomeState) -> bool:
    return home.phases[0] == home.phases[1]


def home_of(state: PlanState, code: str) -> HomeState | None:
    return next((home for home in state.homes if home.code == code), None)


def low_called_for_on(state: PlanState, home: HomeState) -> date | None:
    """The day on which this plan, as it is, calls for it; None if it does not."""
    phase = state.phases[home.phases[0]]
    if state.status not in {"active", "on-hold"} or not home.is_open or phase.status == "skipped":
        return None
    rests = [*home.rests, *_holds(state, phase.key)]
    first = phase.starts_on + timedelta(days=home.starts_after_days)
    last = home.ends_on or phase.ends_on
    if any(until is None for _, until in rests) or (last is not None and last < first):
        return None
    found = _told_on(home, first, last, rests)
    if found is not None or home.ends_on is not None or phase.status == "completed":
        return found
    if last is None:
        return None
    later = _told_on(home, first, None, rests)
    return None if later is None else max(later, last + timedelta(days=3))


def _holds(state: PlanState, key: str) -> Iterator[tuple[date, date | None]]:
    for hold in state.holds:
        if hold.phase in {"", key} and hold.first_day != hold.resumed_on:
            yield hold.first_day, None if hold.resumed_on is None else hold.resumed_on - _DAY


def _told_on(home: HomeState, first: date, last: date | None, rests: list[tuple[date, date | None]]) -> date | None:
    lows = [_low_on(home, number, first, last, rests) for number in range(len(home.counts))]
    number = len(lows) - 1
    if lows[number] is None:
        return None
    # Back through the counts that told nobody anything new: it was low before each, and so it was after it.
    while number and _is_no_news(lows[number - 1], lows[number], home.counts[number].on):
        number -= 1
    low = lows[number]
    assert low is not None
    # What makes it last longer, or lets it be taken again, may make it low later than it would have been told.
    resumed = [until + _DAY for _, until in rests if until is not None]
    known = max([home.counts[number].noted_on, *resumed, *home.lengthened_on])
    return max(low, known + _DAY)


def _is_no_news(before: date | None, after: date | None, on: date) -> bool:
    return before is not None and after is not None and before <= on and after <= on + timedelta(days=3)


def _low_on(
    home: HomeState, number: int, first: date, last: date | None, rests: list[tuple[date, date | None]]
) -> date | None:
    """A week before the first day without enough, by the count of this number alone: each is of all there is."""
    counted = home.counts[number]
    left, day = counted.count, counted.on
    end = counted.on + timedelta(days=_AHEAD)
    while day <= (end if last is None else min(end, last)):
        rested = any(since <= day and (until is None or day <= until) for since, until in rests)
        if day >= first and not rested:
            left -= home.a_day
            if left < 0:
                return day - _WEEK
        day += _DAY
    return None


def what_homes_call_for_is_owed(seen: Seen) -> Iterator[Violation]:
    """For each stretch in which a plan stayed as it was: every such reminder whose instant lay in it was owed then."""
    rows = {
        (r.key.split(":")[1], r.civil_date, r.recipient_kind): r for r in seen.rows.reminders if r.kind == RUNNING_LOW
    }
    for plan_id, states in seen.evidence.states.items():
        ends = [*(state.at for state in states[1:]), seen.evidence.ends]
        for state, until in zip(states, ends, strict=True):
            for code, on, recipient, instant in _calls(seen, plan_id, state, until):
                row = rows.get((code, on, recipient))
                where = f"{seen.where(plan_id)}, {RUNNING_LOW} of {on} to {recipient}"
                if row is None:
                    text = f"It was to go at {instant}, and was never owed."
                    yield Violation("what is called for is owed", where, text)
                elif row.status == "cancelled" and row.finished_at is not None and row.finished_at < instant:
                    text = f"It was to go at {instant}, and had been cancelled at {row.finished_at}."
                    yield Violation("what is called for is owed", where, text)


def _calls(seen: Seen, plan_id: int, state: PlanState, until: datetime) -> Iterator[tuple[str, date, str, datetime]]:
    plan = seen.rows.plans[plan_id]
    for home in filter(is_reckoned, state.homes):
        on = low_called_for_on(state, home)
        for recipient in RULE.recipients if on is not None else ():
            assert on is not None
            code = plan.practitioner.code if recipient == STAFF else plan.patient.code
            instant = preferred_instant(on, seen.person((recipient, code), state.at))
            if state.at <= instant < until and seen.person((recipient, code), instant).is_reachable:
                yield home.code, on, recipient, instant
