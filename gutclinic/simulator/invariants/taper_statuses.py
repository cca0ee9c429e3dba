"""Statuses of tapers and of their versions: a history that is whole and legal, and nothing that stays due."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from gutclinic.simulator.clock import after
from gutclinic.simulator.invariants.reckoning import DAY, ends_on, lived_steps
from gutclinic.simulator.invariants.seen import Seen, Violation
from gutclinic.simulator.invariants.starts import PROMPT
from gutclinic.simulator.invariants.tapers import zone_at
from gutclinic.simulator.invariants.wall import day_begins
from gutclinic.simulator.taper_evidence import TaperState
from patients.models import Transition

OPEN: Final = frozenset({"draft", "awaiting-signature", "active", "held", "watching"})
ENDED_PLANS: Final = frozenset({"completed", "revoked", "entered-in-error"})
WATCHED_DAYS: Final = timedelta(days=84)
CLOSED_DAYS: Final = timedelta(days=21)

# Written out anew, from the design. A line that keeps the status only tells something.
MOVES: Final = frozenset(
    {
        ("draw-up", "", "draft"),
        ("propose", "draft", "awaiting-signature"),
        ("withdraw", "awaiting-signature", "draft"),
        ("start", "awaiting-signature", "active"),
        ("revise", "held", "active"),
        ("revise", "watching", "active"),
        ("hold", "active", "held"),
        ("resume", "held", "active"),
        ("watch", "active", "watching"),
        ("watch", "held", "watching"),
        ("complete", "watching", "completed"),
        *(("stop", status, "stopped") for status in OPEN),
        *(("revoke", status, "stopped") for status in ("active", "held", "watching")),
        *(("enter-in-error", status, "entered-in-error") for status in OPEN | {"completed", "stopped"}),
    }
)


def taper_history_is_whole(seen: Seen) -> Iterator[Violation]:
    """Each taper’s transitions follow one another, legally, from the first status to the present one."""
    chains: dict[int, list[Transition]] = defaultdict(list)
    for transition in seen.rows.transitions:
        if transition.taper_id is not None:
            chains[transition.taper_id].append(transition)
    for taper in seen.rows.tapers.values():
        where, status, at = seen.where_of_taper(taper.pk), "", None
        for line in chains[taper.pk]:
            step = (line.move, line.from_status, line.to_status)
            if line.from_status != status or (at is not None and line.at < at):
                yield Violation("history is whole", where, f"“{line.move}” does not follow “{status}”.")
            if line.from_status != line.to_status and step not in MOVES:
                yield Violation("moves are legal", where, "“{}” from “{}” to “{}”.".format(*step))
            if not line.by_kind or not line.by_code:
                yield Violation("history is whole", where, f"Nobody is named for “{line.move}”.")
            status, at = line.to_status, line.at
        if status != taper.status:
            text = f"It is “{taper.status}”, but history ends with “{status}”."
            yield Violation("history is whole", where, text)


def changes_of_tapers_are_recorded(seen: Seen) -> Iterator[Violation]:
    for taper_id, before, now in seen.taper_pairs():
        if before.status != now.status and now.transition_count <= before.transition_count:
            text = f"It became “{now.status}” at {now.at}, and no transition was written."
            yield Violation("changes are recorded", seen.where_of_taper(taper_id), text)


def refusals_change_nothing_of_tapers(seen: Seen) -> Iterator[Violation]:
    for act in seen.evidence.taper_acts:
        if act.refusal and act.after.differs_from(act.before):
            text = f"“{act.name}” was refused at {act.at} ({act.refusal}) and changed the taper all the same."
            yield Violation("refusals change nothing", seen.where_of_taper(act.taper_id), text)


def one_version_counts(seen: Seen) -> Iterator[Violation]:
    """At most one version is in force, and at most one is drawn up or waits."""
    for taper_id, states in seen.evidence.tapers.items():
        for state in states:
            statuses = [version.status for version in state.versions]
            waiting = statuses.count("draft") + statuses.count("proposed")
            if statuses.count("in-force") > 1 or waiting > 1:
                text = f"At {state.at} its versions are {statuses}."
                yield Violation("one version counts", seen.where_of_taper(taper_id), text)
            if state.status in {"active", "held", "watching"} and "in-force" not in statuses:
                text = f"At {state.at} it is “{state.status}”, and no version is in force."
                yield Violation("one version counts", seen.where_of_taper(taper_id), text)


def plans_stay_open_with_their_tapers(seen: Seen) -> Iterator[Violation]:
    """A plan does not end while a taper of it may still go on."""
    for plan_id, states in seen.evidence.states.items():
        ended = [state.at for state in states if state.status in ENDED_PLANS]
        for at in ended[:1]:
            for taper_id, tapers in seen.evidence.tapers.items():
                state = seen.evidence.taper_at(taper_id, at)
                if tapers[0].plan_id == plan_id and state is not None and state.status in OPEN:
                    text = f"The plan ended at {at}, when it was “{state.status}”."
                    yield Violation("plans stay open with their tapers", seen.where_of_taper(taper_id), text)


def tapers_go_on_by_themselves(seen: Seen) -> Iterator[Violation]:
    """On its day, and no later than the next beat: it is watched, it is complete, an unanswered request is closed."""
    for taper_id, states in seen.evidence.tapers.items():
        for state, until in zip(states, [*(state.at for state in states[1:]), seen.evidence.ends], strict=True):
            due_at = _due(seen, state)
            if due_at is None:
                continue
            latest = after(max(due_at, state.at, _moved(seen, state, before=until)), seen.evidence.outages) + PROMPT
            if latest < until:
                text = f"“{state.status}” was over at {due_at}; it stayed so until {until}."
                yield Violation("tapers go on by themselves", seen.where_of_taper(taper_id), text)


def _due(seen: Seen, state: TaperState) -> datetime | None:
    """When this state ends by itself, if it does."""
    days: list[date] = []
    waiting = state.version("proposed")
    if waiting is not None and waiting.requests:
        days.append(min(request.made_on for request in waiting.requests) + CLOSED_DAYS)
    # While a step back waits for its signature, it is watched on.
    goes_on = state.status == "active" or (state.status == "watching" and waiting is None)
    over = ends_on(state, lived_steps(state)) if goes_on else None
    if over is not None:
        days.append(over + (DAY if state.status == "active" else WATCHED_DAYS + DAY))
    return day_begins(min(days), zone_at(seen, state, state.at)) if days else None


def _moved(seen: Seen, state: TaperState, *, before: datetime) -> datetime:
    """The last time before that at which the patient was known to live otherwise than before."""
    code = seen.rows.plans[state.plan_id].patient.code
    return max(since for since, _ in seen.evidence.people["patient", code] if since < before)
