"""What an invariant is given, and what it gives back."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise

from gutclinic.simulator.evidence import Evidence, PersonState, PlanState, Rows
from gutclinic.simulator.taper_evidence import TaperState
from patients.models import FindingChange, Reminder, Transition


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One thing that must not have happened. where: whom it concerns, by name and never by code."""

    invariant: str
    where: str
    text: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Seen:
    evidence: Evidence
    rows: Rows

    @cached_property
    def told_prescribers(self) -> dict[int, list[tuple[datetime, str, date]]]:
        """By taper: when its prescriber was sent what, by its key, and for which date."""
        told: dict[int, list[tuple[datetime, str, date]]] = defaultdict(list)
        for hand_over in self.evidence.hand_overs:
            if hand_over.outcome == "accepted" and hand_over.recipient[0] == "prescriber":
                for carried in hand_over.carried:
                    if carried.taper_id is not None:
                        told[carried.taper_id].append((hand_over.at, carried.key, carried.civil_date))
        return told

    @cached_property
    def finding_lines(self) -> dict[int, list[FindingChange]]:
        """By plan: the history of its findings, the oldest line first."""
        lines: dict[int, list[FindingChange]] = defaultdict(list)
        for line in self.rows.finding_changes:
            lines[line.finding.plan_id].append(line)
        return lines

    @cached_property
    def moves_of_plans(self) -> dict[int, list[Transition]]:
        """By plan: its history, the oldest line first."""
        moves: dict[int, list[Transition]] = defaultdict(list)
        for move in self.rows.transitions:
            moves[move.plan_id].append(move)
        return moves

    def where(self, plan_id: int, phase: str = "") -> str:
        """“patient_017, repair”."""
        name = self.evidence.name_of_plan(self.rows, plan_id)
        return f"{name}, {phase}" if phase else name

    def where_of(self, reminder: Reminder) -> str:
        phase = reminder.phase.key if reminder.phase else ""
        told = self.evidence.names[recipient_of(reminder)]
        where = self.where_of_taper(reminder.taper_id) if reminder.taper_id else self.where(reminder.plan_id, phase)
        return f"{where}, {reminder.kind} of {reminder.civil_date} to {told}"

    def where_of_taper(self, taper_id: int) -> str:
        """“patient_017, taper 1”."""
        name = self.evidence.taper_names.get(taper_id, "a taper that nobody drew up")
        return f"{self.where(self.rows.tapers[taper_id].plan_id)}, {name}"

    def person(self, recipient: tuple[str, str], at: datetime) -> PersonState:
        return self.evidence.person_at(recipient, at)

    def acted_revisions(self) -> dict[int, set[int]]:
        """By plan: the revisions that people’s acts made, and not the sweep."""
        revisions: dict[int, set[int]] = defaultdict(set)
        for act in self.evidence.acts:
            if act.before is not None and act.after.revision != act.before.revision:
                revisions[act.plan_id].add(act.after.revision)
        return revisions

    def taper_pairs(self) -> "list[tuple[int, TaperState, TaperState]]":
        """Every taper’s states, each with the one before it."""
        return [
            (taper_id, before, after)
            for taper_id, states in self.evidence.tapers.items()
            for before, after in pairwise(states)
        ]

    def pairs(self) -> "list[tuple[int, PlanState, PlanState]]":
        """Every plan’s states, each with the one before it."""
        return [
            (plan_id, before, after)
            for plan_id, states in self.evidence.states.items()
            for before, after in pairwise(states)
        ]


def recipient_of(reminder: Reminder) -> tuple[str, str]:
    return (reminder.recipient_kind, reminder.recipient_code)
