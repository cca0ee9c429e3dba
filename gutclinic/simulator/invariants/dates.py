"""Dates: lived days stay, planned ones follow their anchors, and open phases last their lived days."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from gutclinic.simulator.evidence import PhaseState, PlanState
from gutclinic.simulator.invariants.seen import Seen, Violation
from gutclinic.simulator.invariants.wall import day_begins, local

DAY: Final = timedelta(days=1)
OPEN: Final = frozenset({"active", "on-hold"})
UNENDED: Final = frozenset({"draft", "active", "on-hold"})
ENDED: Final = frozenset({"completed", "skipped"})


def lived_days_stay(seen: Seen) -> Iterator[Violation]:
    """Once a phase has started its first day never changes; once it has ended, nor does its last."""
    for plan_id, before, after in seen.pairs():
        if before.status == "draft":
            continue
        for key, was in before.phases.items():
            now = after.phases[key]
            if was.status in OPEN | ENDED and now.starts_on != was.starts_on:
                text = f"The first day was {was.starts_on}, and became {now.starts_on} at {after.at}."
                yield Violation("lived days stay", seen.where(plan_id, key), text)
            if was.status in ENDED and now.ends_on != was.ends_on:
                text = f"The last day was {was.ends_on}, and became {now.ends_on} at {after.at}."
                yield Violation("lived days stay", seen.where(plan_id, key), text)


def planned_dates_follow(seen: Seen) -> Iterator[Violation]:
    """A planned phase lies at its anchor’s date plus its offset, and lasts its days.

    It lies later only on a day on which a person moved the plan, and its own day had gone by.
    """
    move_days: dict[int, set[date]] = defaultdict(set)
    for act in seen.evidence.acts:
        move_days[act.plan_id].add(local(act.at, act.after.patient.zone).date())
    for plan_id, state in _states(seen):
        if state.status not in UNENDED:
            continue
        for key, phase in state.phases.items():
            if phase.status != "planned":
                continue
            anchor = anchor_date(state, phase)
            expected = None if anchor is None else anchor + timedelta(days=phase.offset_days)
            was_brought_here = expected and phase.starts_on > expected and phase.starts_on in move_days[plan_id]
            if phase.starts_on != expected and not was_brought_here:
                text = f"It starts on {phase.starts_on}; its anchor and offset say {expected}, at {state.at}."
                yield Violation("planned dates follow", seen.where(plan_id, key), text)
            if phase.ends_on != last_of(phase.starts_on, phase.duration_days):
                text = f"From {phase.starts_on}, {phase.duration_days} days: not until {phase.ends_on}."
                yield Violation("planned dates follow", seen.where(plan_id, key), text)


def anchor_date(state: PlanState, phase: PhaseState) -> date | None:
    if phase.anchor == "plan-start":
        return state.starts_on
    anchor = state.phases[phase.anchor_phase]
    return anchor.starts_on if phase.anchor == "phase-start" else anchor.ends_on


def last_of(first: date, duration_days: int | None) -> date | None:
    return None if duration_days is None else first + timedelta(days=duration_days - 1)


def open_phases_last_their_days(seen: Seen) -> Iterator[Violation]:
    """A started phase ends on the day that is its last lived one, walking over the held days one by one."""
    for plan_id, state in _states(seen):
        for key, phase in state.phases.items():
            if phase.status in OPEN and state.status in {"active", "on-hold"}:
                expected = last_lived(state, phase)
                if phase.ends_on != expected:
                    text = f"It ends on {phase.ends_on}; counting its days leads to {expected}, at {state.at}."
                    yield Violation("open phases last their days", seen.where(plan_id, key), text)


def last_lived(state: PlanState, phase: PhaseState) -> date | None:
    if phase.duration_days is None:
        return None
    held = held_days(state, phase.key)
    day, lived = phase.starts_on, 0
    while True:
        lived += day not in held
        if lived == phase.duration_days:
            return day
        day += DAY


def held_days(state: PlanState, key: str) -> set[date]:
    """The days of all holds of the plan or of this phase that are over."""
    days: set[date] = set()
    for hold in state.holds:
        if hold.phase in {"", key} and hold.resumed_on is not None:
            day = hold.first_day
            while day < hold.resumed_on:
                days.add(day)
                day += DAY
    return days


def nothing_is_planned_into_the_past(seen: Seen) -> Iterator[Violation]:
    """When a person has moved a plan, no planned phase lies before the patient’s today, unless it only waits for the
    sweep."""
    acted = seen.acted_revisions()
    for plan_id, before, after in seen.pairs():
        moved_by_person = after.revision != before.revision and after.revision in acted[plan_id]
        if not moved_by_person or after.status not in {"active", "on-hold"}:
            continue
        today = local(after.at, after.patient.zone).date()
        for key, phase in after.phases.items():
            is_due = phase.begins_at is not None and phase.begins_at <= after.at
            if phase.status == "planned" and phase.starts_on < today and not is_due:
                text = f"It is planned for {phase.starts_on}, on {today}."
                yield Violation("nothing is planned into the past", seen.where(plan_id, key), text)


def starts_are_scheduled(seen: Seen) -> Iterator[Violation]:
    """`begins_at` is the first instant of a phase's day where the patient lives, if and only if it starts by itself."""
    for plan_id, state in _states(seen):
        for key, phase in state.phases.items():
            by_itself = (
                state.status == "active"
                and phase.status == "planned"
                and not phase.starts_by_person
                and _anchor_has_moved(state, phase)
            )
            expected = day_begins(phase.starts_on, state.patient.zone) if by_itself else None
            if phase.begins_at != expected:
                text = f"The sweep is to start it at {phase.begins_at}; that should be {expected}, at {state.at}."
                yield Violation("starts are scheduled", seen.where(plan_id, key), text)


def _anchor_has_moved(state: PlanState, phase: PhaseState) -> bool:
    if phase.anchor == "plan-start":
        return True
    anchor = state.phases[phase.anchor_phase]
    if phase.anchor == "phase-end" and anchor.status == "on-hold":
        return False
    return anchor.status != "planned"


def _states(seen: Seen) -> Iterator[tuple[int, PlanState]]:
    for plan_id, states in seen.evidence.states.items():
        for state in states:
            yield plan_id, state
