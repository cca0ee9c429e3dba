"""What a plan as a whole calls for, from two histories that nobody rewrites: of its moves, and of its findings.

Which hours the timetable keeps has no history: where findings of hours apart are among those found together, it is not
reckoned when they wait.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from gutclinic.simulator.invariants.calling import PATIENT, STAFF
from gutclinic.simulator.invariants.seen import Seen, Violation
from gutclinic.simulator.invariants.wall import day_begins, local, next_preferred
from patients.models import FindingChange, Reminder, Transition

CHANGED: Final = "plan-changed"
WAITING: Final = "findings-waiting"
LATE_DAYS: Final = {CHANGED: 2, WAITING: 3}
WEEK: Final = 7
PARTS: Final = ("order", "phase", "taper")
TOLD: Final = {
    "order": {"add", "change", "stop", "hold", "resume", "move-start", "continue"},
    "phase": {"extend", "hold", "resume", "skip"},
    "taper": {"hold", "resume", "stop", "revise"},
    "plan": {"hold", "resume"},
}
GRAVE: Final = ("BLOCK", "WARN")
APART: Final = "SPACE"


@dataclass(frozen=True, slots=True)
class Together:
    """Findings that were opened at one instant, by the code of the first of them."""

    code: str
    at: datetime
    lines: tuple[FindingChange, ...]

    @property
    def on(self) -> date:
        return self.at.astimezone(UTC).date()

    @property
    def is_reckoned(self) -> bool:
        return all(line.finding.severity != APART for line in self.lines)


def subjects_of_plans(seen: Seen, reminder: Reminder) -> set[str]:
    """The codes of what a reminder of this kind may be about."""
    if reminder.phase_id or reminder.taper_id or reminder.order_id or reminder.recurrence_id:
        return set()
    if reminder.kind == CHANGED:
        return {seen.rows.plans[reminder.plan_id].code}
    return {line.finding.code for line in seen.finding_lines[reminder.plan_id]}


def is_called_for(seen: Seen, kind: str, plan_id: int, about: str, on: date, at: datetime) -> bool | None:
    """Whether that is called for at this instant; None: it is not reckoned."""
    if kind == CHANGED:
        return any(_day_of(seen, move) == on for move in _told(seen, plan_id, on, at))
    sets = [found for found in _together(seen, plan_id, at) if found.code == about]
    if any(not found.is_reckoned for found in sets):
        return None
    waiting = [found for found in sets if _waits(seen, found, at)]
    return any((on - found.on).days % WEEK == 0 and on >= found.on for found in waiting)


def what_plans_call_for_is_owed(seen: Seen) -> Iterator[Violation]:
    """Each day on which the clinic changed something, and each set of findings that waits in the morning after it."""
    rows = {(r.plan_id, r.kind, r.key.split(":")[1], r.civil_date) for r in seen.rows.reminders if r.kind in LATE_DAYS}
    for plan_id, plan in seen.rows.plans.items():
        days = {_day_of(seen, move) for move in _moves(seen, plan_id) if move.at >= seen.evidence.begins}
        calls = [(CHANGED, plan.code, on, _after(seen, plan_id, on), (PATIENT, plan.patient.code)) for on in days]
        sets = [found for found in _together(seen, plan_id, seen.evidence.ends) if found.is_reckoned]
        calls += [(WAITING, each.code, each.on, each.at, (STAFF, plan.practitioner.code)) for each in sets]
        for kind, about, on, since, recipient in sorted(calls):
            instant = next_preferred(since, seen.person(recipient, since))
            state = seen.evidence.state_at(plan_id, instant)
            if instant >= seen.evidence.ends or state is None or state.status not in {"active", "on-hold"}:
                continue
            is_wanted = is_called_for(seen, kind, plan_id, about, on, instant)
            if is_wanted and seen.person(recipient, instant).is_reachable and (plan_id, kind, about, on) not in rows:
                text = f"It was to go at {instant}, and was never owed."
                yield Violation("what is called for is owed", f"{seen.where(plan_id)}, {kind} of {on}", text)


# --- Findings ---------------------------------------------------------------------------------------------------


def _together(seen: Seen, plan_id: int, at: datetime) -> list[Together]:
    opened: dict[datetime, list[FindingChange]] = defaultdict(list)
    first: dict[datetime, FindingChange] = {}
    for line in seen.finding_lines[plan_id]:
        if line.to_status == "open" and line.at <= at:
            first.setdefault(line.at, line)
            if line.finding.severity in {*GRAVE, APART}:
                opened[line.at].append(line)
    return [Together(first[when].finding.code, when, tuple(lines)) for when, lines in sorted(opened.items())]


def _waits(seen: Seen, found: Together, at: datetime) -> bool:
    """Whether one of them is open still, and not opened anew."""
    return any(_last_line(seen, line, at) == line for line in found.lines)


def _last_line(seen: Seen, of: FindingChange, at: datetime) -> FindingChange:
    lines = seen.finding_lines[of.finding.plan_id]
    return [line for line in lines if line.finding_id == of.finding_id and line.at <= at][-1]


# --- Changes ----------------------------------------------------------------------------------------------------


def _moves(seen: Seen, plan_id: int) -> list[Transition]:
    began = seen.rows.plans[plan_id].activated_at
    return [
        move
        for move in seen.moves_of_plans[plan_id]
        if move.by_kind in {"staff", "prescriber"}
        and began is not None
        and move.at > began
        and move.move in TOLD[_part(move)]
        and (_part(move) != "taper" or move.move == "revise" or move.from_status != move.to_status)
    ]


def _told(seen: Seen, plan_id: int, on: date, at: datetime) -> list[Transition]:
    """What was changed that day by then, but for what was undone on it or is marked as an error by then."""
    parts: dict[tuple[object, ...], list[Transition]] = defaultdict(list)
    for move in _moves(seen, plan_id):
        if _day_of(seen, move) == on and move.at <= at:
            parts[move.phase_id, move.taper_id, _order_key(seen, move)].append(move)
    errors = {
        (move.order_id, move.taper_id)
        for move in seen.moves_of_plans[plan_id]
        if move.to_status == "entered-in-error" and move.at <= at
    }
    return [
        move
        for moves in parts.values()
        if not _is_undone(moves)
        for move in moves
        if (move.order_id, move.taper_id) not in errors or not (move.order_id or move.taper_id)
    ]


def _is_undone(moves: list[Transition]) -> bool:
    first, last = moves[0], moves[-1]
    rested = {move.move for move in moves} == {"hold", "resume"} and first.from_status == last.to_status
    return rested or (first.move == "add" and last.move == "stop")


def _part(move: Transition) -> str:
    return next((part for part in PARTS if getattr(move, f"{part}_id") is not None), "plan")


def _order_key(seen: Seen, move: Transition) -> str:
    return next((order.key for order in seen.rows.orders if order.pk == move.order_id), "")


def _clinic_zone(seen: Seen, plan_id: int) -> str:
    zone: str = seen.rows.plans[plan_id].patient.clinic.zone
    return zone


def _day_of(seen: Seen, move: Transition) -> date:
    return local(move.at, _clinic_zone(seen, move.plan_id)).date()


def _after(seen: Seen, plan_id: int, on: date) -> datetime:
    return day_begins(on + timedelta(days=1), _clinic_zone(seen, plan_id))
