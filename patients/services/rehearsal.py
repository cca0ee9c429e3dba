"""What a move would do to the dates: the move itself is made, read, and taken back. So it can never differ from it."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from patients.models import Plan, PlanPhase


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one phase stands: its status and its dates. last: None without a fixed end."""

    status: str
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class PhaseChange:
    """One phase before and after a move."""

    title: str
    before: Stand
    after: Stand

    @property
    def is_moved(self) -> bool:
        """Whether its dates change."""
        return (self.before.first, self.before.last) != (self.after.first, self.after.last)

    @property
    def has_new_status(self) -> bool:
        return self.before.status != self.after.status


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Every phase before and after. The plan's own status as well, since a move may change nothing else."""

    changes: list[PhaseChange]
    status_before: str
    status_after: str

    @property
    def fingerprint(self) -> str:
        """Equal for equal outcomes: whoever confirms sends back the one that was on the screen."""
        outcome = [
            self.status_after,
            *([c.title, c.after.status, str(c.after.first), str(c.after.last)] for c in self.changes),
        ]
        return hashlib.sha256(json.dumps(outcome).encode()).hexdigest()[:32]

    @property
    def moves_dates(self) -> bool:
        return any(change.is_moved for change in self.changes)


def rehearse(plan: Plan, move: Callable[[], object]) -> Rehearsal:
    """The phases before and after this move, of which nothing stays. What the move refuses, it refuses here too."""
    with transaction.atomic():
        before = _stands(plan)
        status_before = _status(plan)
        move()
        after = _stands(plan)
        status_after = _status(plan)
        transaction.set_rollback(True)
    changes = [PhaseChange(title, stand, after[code][1]) for code, (title, stand) in before.items()]
    return Rehearsal(changes, status_before, status_after)


def _stands(plan: Plan) -> dict[str, tuple[str, Stand]]:
    """By code, in the order of the plan, as the database has them now."""
    rows = PlanPhase.objects.filter(plan=plan).values_list("code", "title", "status", "starts_on", "ends_on")
    return {code: (title, Stand(status, first, last)) for code, title, status, first, last in rows.order_by("position")}


def _status(plan: Plan) -> str:
    return Plan.objects.values_list("status", flat=True).get(pk=plan.pk)
