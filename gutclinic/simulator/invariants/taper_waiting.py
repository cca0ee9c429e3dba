"""No step of a taper begins in the dark: while nobody knows what she takes, the dose stays as it is."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from gutclinic.simulator.clock import after
from gutclinic.simulator.invariants.reckoning import DAY, LivedStep, changes, lived_steps
from gutclinic.simulator.invariants.seen import Seen, Violation
from gutclinic.simulator.invariants.starts import PROMPT
from gutclinic.simulator.invariants.tapers import zone_at
from gutclinic.simulator.invariants.wall import day_begins, local
from gutclinic.simulator.taper_evidence import TaperState

ASKED_FOR: Final = timedelta(days=3)


def no_step_begins_in_the_dark(seen: Seen) -> Iterator[Violation]:
    """No next step of a version begins while “Have you changed?” has been open for three days or longer.

    But where a person let it go on all the same on the eve, or where no sweep came in time to keep the dose.
    """
    for taper_id, states in seen.evidence.tapers.items():
        last = states[-1]
        for before, step in pairwise(lived_steps(last)):
            begins = day_begins(step.first, zone_at(seen, last, _noon(step.first)))
            if step.version != before.version or begins >= seen.evidence.ends:
                continue
            eve = step.first - DAY
            if _is_known(last, eve=eve, until=begins) or _was_let_go_on(seen, taper_id, last, eve):
                continue
            if _could_be_kept(seen, taper_id, last, eve=eve, begins=begins):
                text = f"Step {step.number} of version {step.version} began on {step.first}, and nobody knew."
                yield Violation("no step begins in the dark", seen.where_of_taper(taper_id), text)


def paper_comes_before_a_step(seen: Seen) -> Iterator[Violation]:
    """Agreed by telephone and not confirmed in writing: no step begins after the due day."""
    for taper_id, states in seen.evidence.tapers.items():
        last = states[-1]
        for step in lived_steps(last):
            begins = day_begins(step.first, zone_at(seen, last, _noon(step.first)))
            if begins >= seen.evidence.ends:
                continue
            state = seen.evidence.taper_at(taper_id, begins)
            version = next((each for each in state.versions if each.number == step.version), None) if state else None
            signature = version.signature if version else None
            if signature is None or signature.written_due_on is None or signature.is_confirmed:
                continue
            eve = step.first - DAY
            is_late = step.first > signature.written_due_on
            if is_late and _could_be_kept(seen, taper_id, last, eve=eve, begins=begins):
                text = f"Step {step.number} of version {step.version} began on {step.first} without the paper."
                yield Violation("the paper comes before a step", seen.where_of_taper(taper_id), text)


def _noon(day: date) -> datetime:
    return day_begins(day, "UTC") + timedelta(hours=12)


def _is_known(state: TaperState, *, eve: date, until: datetime) -> bool:
    """Whether she takes the newest change about which she was asked three days before the eve, by her newest word."""
    asked: list[LivedStep] = [step for step in changes(lived_steps(state)) if step.first <= eve - ASKED_FOR]
    if not asked:
        return True
    words = [
        report
        for report in state.uses
        if report.reported_at < until and (report.version, report.step) >= asked[-1].place
    ]
    return bool(words) and words[-1].kind == "changed"


def _was_let_go_on(seen: Seen, taper_id: int, state: TaperState, eve: date) -> bool:
    """Whether a person ended, on that very day, the hold that waited for her word."""
    return any(
        act.name == "resume"
        and not act.refusal
        and any(
            hold.resumed_on is None and hold.reason == "use-unknown" for v in act.before.versions for hold in v.holds
        )
        and local(act.at, zone_at(seen, state, act.at)).date() == eve
        for act in seen.evidence.taper_acts
        if act.taper_id == taper_id
    )


def _could_be_kept(seen: Seen, taper_id: int, state: TaperState, *, eve: date, begins: datetime) -> bool:
    """Whether a sweep came on the eve, after the last thing that happened before the step began."""
    happened = [each.at for each in seen.evidence.tapers[taper_id] if each.at < begins]
    code = seen.rows.plans[state.plan_id].patient.code
    moved = [since for since, _ in seen.evidence.people["patient", code] if since < begins]
    eve_begins = day_begins(eve, zone_at(seen, state, begins))
    due_at = after(max([eve_begins, *happened, *moved]), seen.evidence.outages)
    return due_at + PROMPT < begins
