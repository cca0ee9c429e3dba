"""A run from the empty database to the verdict, and the counts that come of it."""

from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any

from clinics.actor import Actor
from gutclinic.simulator.database import own_database
from gutclinic.simulator.evidence import Evidence, Rows
from gutclinic.simulator.invariants.all import judge
from gutclinic.simulator.invariants.reminders import OUTCOMES, lost, owed_in_run
from gutclinic.simulator.invariants.seen import Seen, Violation
from gutclinic.simulator.invariants.sending import duplicates, in_quiet_hours
from gutclinic.simulator.run import Progress, run


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the run came to. All counts are those of the run alone, without the days in which it settled."""

    patients: int
    days: int
    plans: int
    transitions: int
    reminders: dict[str, int]
    messages: int
    violations: list[Violation]
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """The contract’s document."""
        return {
            "patients": self.patients,
            "days": self.days,
            "plans": self.plans,
            "transitions": self.transitions,
            "reminders": self.reminders,
            "messages": self.messages,
            "violations": [violation.as_dict() for violation in self.violations],
            "seconds": self.seconds,
        }


def simulate(*, patients: int, days: int, seed: int, by: Actor, progress: Progress = lambda at: None) -> Outcome:
    """Run on a database of its own, and judge. by: the system."""
    began = perf_counter()
    with own_database():
        evidence = run(patients=patients, days=days, seed=seed, by=by, progress=progress)
        rows = Rows.read()
        violations = judge(evidence, rows)
        return count(evidence, rows, violations, patients=patients, days=days, seconds=perf_counter() - began)


def count(
    evidence: Evidence,
    rows: Rows,
    violations: list[Violation],
    *,
    patients: int,
    days: int,
    seconds: float,
) -> Outcome:
    seen = Seen(evidence, rows)
    owed = owed_in_run(seen)
    statuses = {outcome: sum(r.status == outcome for r in owed) for outcome in OUTCOMES}
    reminders = {
        "owed": len(owed),
        **statuses,
        "lost": len(lost(seen)),
        "duplicates": sum(extra for what, extra in duplicates(seen).items() if isinstance(what, str)),
        "in_quiet_hours": sum(len(hand_over.carried) for hand_over in in_quiet_hours(seen)),
    }
    return Outcome(
        patients=patients,
        days=days,
        plans=_within(evidence, (plan.created_at for plan in rows.plans.values())),
        transitions=_within(evidence, (transition.at for transition in rows.transitions)),
        reminders=reminders,
        messages=_within(evidence, (h.at for h in evidence.hand_overs if h.outcome == "accepted")),
        violations=violations,
        seconds=round(seconds, 1),
    )


def _within(evidence: Evidence, instants: Any) -> int:
    return sum(1 for at in instants if _is_within(evidence, at))


def _is_within(evidence: Evidence, at: datetime) -> bool:
    return evidence.begins <= at < evidence.ends
