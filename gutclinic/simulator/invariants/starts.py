"""The sweep starts each phase on its day: never before it, and no later than the next beat."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from gutclinic.simulator.clock import after
from gutclinic.simulator.invariants.seen import Seen, Violation
from gutclinic.simulator.invariants.wall import day_begins, local

# Two beats: one may have just gone by when the day begins.
PROMPT: Final = timedelta(minutes=2)


def phases_start_on_their_day(seen: Seen) -> Iterator[Violation]:
    outages = seen.evidence.outages
    # What people bring about is judged in `moves`.
    acted = seen.acted_revisions()
    for plan_id, before, now in seen.pairs():
        for key, was in before.phases.items():
            phase = now.phases[key]
            if was.begins_at is None or phase.status != "active" or was.status != "planned":
                continue
            if now.revision != before.revision and now.revision in acted[plan_id]:
                continue
            today = local(now.at, before.patient.zone).date()
            if today < was.starts_on:
                text = f"Planned for {was.starts_on}, it was started on {today}."
                yield Violation("no phase starts early", seen.where(plan_id, key), text)
            due_at = after(max(day_begins(was.starts_on, before.patient.zone), before.at), outages)
            if now.at > due_at + PROMPT:
                text = f"It was due at {due_at} and started at {now.at}."
                yield Violation("phases start on their day", seen.where(plan_id, key), text)
            if phase.starts_on != was.starts_on:
                text = f"Planned for {was.starts_on}, it was started as of {phase.starts_on}."
                yield Violation("phases start on their day", seen.where(plan_id, key), text)


def nothing_stays_due(seen: Seen) -> Iterator[Violation]:
    """At the end no phase is still waiting for a sweep that should have started it within the run."""
    for plan in seen.rows.plans.values():
        for phase in plan.phases.all():
            if phase.begins_at is not None and phase.begins_at < seen.evidence.ends:
                text = f"It was due at {phase.begins_at} and never started."
                yield Violation("nothing stays due", seen.where(plan.pk, phase.key), text)
