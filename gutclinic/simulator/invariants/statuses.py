"""Statuses: at most one running plan, and a history that is whole and legal."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from gutclinic.simulator.invariants.seen import Seen, Violation
from patients.models import Transition

RUNNING: Final = frozenset({"active", "on-hold"})

# Written out anew, from the design. What is not here must not happen.
LEGAL_FOR_PLAN: Final = frozenset(
    {
        ("assign", "", "draft"),
        ("activate", "draft", "active"),
        ("hold", "active", "on-hold"),
        ("resume", "on-hold", "active"),
        ("hand-over", "draft", "draft"),
        ("hand-over", "active", "active"),
        ("hand-over", "on-hold", "on-hold"),
        ("complete", "active", "completed"),
        ("complete", "on-hold", "completed"),
        ("revoke", "draft", "revoked"),
        ("revoke", "active", "revoked"),
        ("revoke", "on-hold", "revoked"),
        ("enter-in-error", "draft", "entered-in-error"),
        ("enter-in-error", "active", "entered-in-error"),
        ("enter-in-error", "on-hold", "entered-in-error"),
        ("enter-in-error", "completed", "entered-in-error"),
        ("enter-in-error", "revoked", "entered-in-error"),
    }
)
LEGAL_FOR_PHASE: Final = frozenset(
    {
        ("start", "planned", "active"),
        ("extend", "planned", "planned"),
        ("extend", "active", "active"),
        ("extend", "on-hold", "on-hold"),
        ("hold", "active", "on-hold"),
        ("resume", "on-hold", "active"),
        ("complete", "active", "completed"),
        ("complete", "on-hold", "completed"),
        ("skip", "planned", "skipped"),
    }
)


def one_running_plan(seen: Seen) -> Iterator[Violation]:
    """No patient ever has two plans that are active or on hold."""
    by_patient: dict[str, list[int]] = defaultdict(list)
    for plan_id in seen.evidence.states:
        by_patient[seen.where(plan_id)].append(plan_id)
    for name, plan_ids in by_patient.items():
        events = sorted(
            (
                (state.at, state.revision, plan_id, state.status)
                for plan_id in plan_ids
                for state in seen.evidence.states[plan_id]
            ),
            key=lambda event: event[0],
        )
        running: set[int] = set()
        for at, _, plan_id, status in events:
            running = running | {plan_id} if status in RUNNING else running - {plan_id}
            if len(running) > 1:
                yield Violation("one running plan", name, f"{len(running)} plans run at {at}.")
    counts: dict[int, int] = defaultdict(int)
    for plan in seen.rows.plans.values():
        counts[plan.patient_id] += plan.status in RUNNING
        if counts[plan.patient_id] > 1:
            yield Violation("one running plan", seen.where(plan.pk), "Two plans run at the end.")


def history_is_whole(seen: Seen) -> Iterator[Violation]:
    """Each plan's and phase's transitions follow one another, legally, from the first status to the present one."""
    chains: dict[tuple[int, int | None], list[Transition]] = defaultdict(list)
    for transition in seen.rows.transitions:
        if transition.taper_id is not None or transition.order_id is not None or transition.move == "spread":
            # Not of a plan or phase: see `taper_statuses.taper_history_is_whole`; of orders, `order_history`.
            continue
        chains[transition.plan_id, transition.phase_id].append(transition)
    for plan in seen.rows.plans.values():
        yield from _chain(chains[plan.pk, None], "", plan.status, LEGAL_FOR_PLAN, where=seen.where(plan.pk))
        for phase in plan.phases.all():
            yield from _chain(
                chains[plan.pk, phase.pk],
                "planned",
                phase.status,
                LEGAL_FOR_PHASE,
                where=seen.where(plan.pk, phase.key),
            )


def _chain(
    chain: Sequence[Transition], first: str, last: str, legal: frozenset[tuple[str, str, str]], *, where: str
) -> Iterator[Violation]:
    status, at = first, None
    for transition in chain:
        step = (transition.move, transition.from_status, transition.to_status)
        if transition.from_status != status:
            text = f"“{transition.move}” goes from “{transition.from_status}”, after “{status}”."
            yield Violation("history is whole", where, text)
        if step not in legal:
            yield Violation("moves are legal", where, "“{}” from “{}” to “{}”.".format(*step))
        if at is not None and transition.at < at:
            yield Violation("history is whole", where, f"“{transition.move}” comes before what it follows.")
        if not transition.by_kind or not transition.by_code:
            yield Violation("history is whole", where, f"Nobody is named for “{transition.move}”.")
        status, at = transition.to_status, transition.at
    if status != last:
        yield Violation("history is whole", where, f"It is “{last}”, but history ends with “{status}”.")


def changes_are_recorded(seen: Seen) -> Iterator[Violation]:
    """Whenever a status was seen to change, transitions were written at that time."""
    for plan_id, before, after in seen.pairs():
        changed = (before.status != after.status) + sum(
            before.phases[key].status != phase.status for key, phase in after.phases.items()
        )
        written = after.transition_count - before.transition_count
        if written < changed:
            text = f"{changed} statuses changed at {after.at}, and {written} transitions were written."
            yield Violation("changes are recorded", seen.where(plan_id), text)


def refusals_change_nothing(seen: Seen) -> Iterator[Violation]:
    """An act that was refused has left the plan, its dates and its history as they were."""
    for act in seen.evidence.acts:
        if act.refusal and act.before is not None and act.after.differs_from(act.before):
            text = f"“{act.name}” was refused at {act.at} ({act.refusal}) and changed the plan all the same."
            yield Violation("refusals change nothing", seen.where(act.plan_id, act.phase), text)


def software_holds(seen: Seen) -> Iterator[Violation]:
    for at, failure in seen.evidence.failures:
        yield Violation("the software holds", str(at), failure)
