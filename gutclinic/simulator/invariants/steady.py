"""The strongest proof: for patients whose plan nobody disturbed, everything they are owed is told in advance.

From the template, the first day and the instant of activation alone, by calendar arithmetic, comes the exact set of
reminders, and for each its outcome and the very instant at which it went. The rows must say the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from gutclinic.simulator.clock import after
from gutclinic.simulator.evidence import Act
from gutclinic.simulator.invariants.calling import COMING_DAYS, OVERDUE_DAYS, PATIENT, RULES, STAFF
from gutclinic.simulator.invariants.dates import last_of
from gutclinic.simulator.invariants.of_plans import LATE_DAYS
from gutclinic.simulator.invariants.seen import Seen, Violation
from gutclinic.simulator.invariants.wall import day_begins, is_quiet, local, next_awake, preferred_instant
from patients.models import Plan, Reminder
from protocols.models import PhaseTemplate

What = tuple[str, str, date, str]
# As read from an outcome: its name, and when it was handed over, if it was.
Outcome = tuple[str, datetime | None]
UNREACHABLE: Final[Outcome] = ("unreachable", None)
NEVER: Final = datetime.max.replace(tzinfo=day_begins(date(2027, 1, 1), "UTC").tzinfo)


@dataclass(frozen=True, slots=True)
class Course:
    """One phase of an undisturbed plan. Instants: when its start is known, when it starts, when it is finished."""

    key: str
    first: date
    last: date | None
    known_at: datetime
    told_to_patient_at: datetime
    starts_at: datetime
    ends_at: datetime
    was_done_before: bool = False
    """Behind the patient when the plan was entered: nothing about it is owed."""


def steady_plans_owe_exactly_this(seen: Seen) -> Iterator[Violation]:
    for plan_id in sorted(seen.evidence.steady_plans):
        plan = seen.rows.plans[plan_id]
        activation = next(
            (act for act in _acts(seen, plan_id) if act.name == "activate-plan" and not act.refusal), None
        )
        if activation is None:
            continue
        expected = _expected(seen, plan, activation)
        rows = {
            (r.kind, r.phase.key if r.phase else "", r.civil_date, r.recipient_kind): r
            for r in seen.rows.reminders
            if r.plan_id == plan_id and _is_of_phase(r) and r.send_at < seen.evidence.ends
        }
        for what in sorted({*expected, *rows}):
            yield from _compare(seen, plan_id, what, expected.get(what), rows.get(what))


def _is_of_phase(row: Reminder) -> bool:
    is_of_other = row.taper_id or row.order_id or row.recurrence_id or row.kind in LATE_DAYS
    return not is_of_other


def _compare(
    seen: Seen, plan_id: int, what: What, expected: Outcome | None, row: Reminder | None
) -> Iterator[Violation]:
    kind, phase, civil_date, recipient = what
    where = f"{seen.where(plan_id, phase)}, {kind} of {civil_date} to {recipient}"
    if row is None:
        yield Violation("steady plans owe exactly this", where, f"It is missing; {_words(expected)} was due.")
        return
    if recipient == STAFF and row.recipient_code != seen.rows.plans[plan_id].practitioner.code:
        # The practitioner has left, and a colleague is told, by hours of their own: the other rules judge that.
        return
    hand_overs = [h for h in seen.evidence.hand_overs if any(c.reminder_id == row.pk for c in h.carried)]
    found: Outcome = (row.status, hand_overs[-1].at if row.status == "sent" and hand_overs else None)
    allowed = {expected}
    if expected is not None and any(hand_over.outcome != "accepted" for hand_over in hand_overs):
        # The channel failed on the way: it went later, or ran out of time.
        allowed = {("missed", None), ("sent", hand_overs[-1].at)}
    elif expected == UNREACHABLE:
        # Missed when it was tried, or cancelled by a move before that.
        allowed = {("missed", None), ("cancelled", None)}
    if found not in allowed:
        yield Violation("steady plans owe exactly this", where, f"It is {_words(found)}; {_words(expected)} was due.")


def _words(outcome: Outcome | None) -> str:
    if outcome is None:
        return "nothing"
    return outcome[0] if outcome[1] is None else f"{outcome[0]} at {outcome[1]}"


def _expected(seen: Seen, plan: Plan, activation: Act) -> dict[What, Outcome]:
    expected: dict[What, Outcome] = {}
    for course in _courses(seen, plan, activation).values():
        for recipient, code in ((PATIENT, plan.patient.code), (STAFF, plan.practitioner.code)):
            for kind, on, since, until in _kinds(course, recipient):
                person = (recipient, code)
                instant = preferred_instant(on, seen.person(person, activation.at))
                if since <= instant < seen.evidence.ends and seen.person(person, since).is_reachable:
                    what = (kind, course.key, on, recipient)
                    expected[what] = _outcome(seen, person, kind, on, instant, until)
    return expected


def _kinds(course: Course, recipient: str) -> Iterator[tuple[str, date, datetime, datetime]]:
    """Each reminder of this phase: its kind, its date, since when it is called for, and until when."""
    if course.was_done_before:
        return
    known_at = course.told_to_patient_at if recipient == PATIENT else course.known_at
    if known_at < course.starts_at:
        yield "phase-coming", course.first - COMING_DAYS, known_at, course.starts_at
    yield "phase-starts", course.first, known_at, course.ends_at
    if recipient == STAFF and course.last is not None:
        yield "phase-due", course.last, course.starts_at, course.ends_at
        yield "phase-overdue", course.last + OVERDUE_DAYS, course.starts_at, course.ends_at


def _outcome(
    seen: Seen, recipient: tuple[str, str], kind: str, on: date, instant: datetime, until: datetime
) -> Outcome:
    """What becomes of it: the first beat at or after its instant that is not in the night settles it."""
    at = after(instant, seen.evidence.outages)
    if at >= until:
        return ("cancelled", None)
    person = seen.person(recipient, at)
    last_day = on + timedelta(days=RULES[kind].late_days)
    if not person.is_reachable:
        return UNREACHABLE
    if local(at, person.zone).date() > last_day:
        return ("missed", None)
    if not is_quiet(at, person):
        return ("sent", at)
    awake = after(next_awake(at, person), seen.evidence.outages)
    if awake >= until and local(awake, person.zone).date() <= last_day:
        return ("cancelled", None)
    return ("sent", awake) if local(awake, person.zone).date() <= last_day else ("missed", None)


def _courses(seen: Seen, plan: Plan, activation: Act) -> Mapping[str, Course]:
    """Every phase, from the template."""
    templates = {phase.key: phase for phase in PhaseTemplate.objects.filter(version=plan.template_version_id)}
    acts = _acts(seen, plan.pk)
    zone = plan.patient.zone
    today = local(activation.at, zone).date()
    courses: dict[str, Course] = {}

    def course(key: str) -> Course:
        if key not in courses:
            courses[key] = _course(templates[key])
        return courses[key]

    def _course(phase: PhaseTemplate) -> Course:
        anchor = course(phase.anchor_phase) if phase.anchor_phase else None
        if anchor is None:
            counted_from, known_at = plan.starts_on, activation.at
        else:
            last = anchor.first if phase.anchor == "phase-start" else anchor.last
            assert last is not None  # a template with such an anchor cannot be published
            counted_from = last
            if anchor.starts_at <= activation.at:
                known_at = activation.at
            else:
                # A person decides when the anchor starts; until then nobody knows when this one does.
                decided = templates[phase.anchor_phase].starts_by_person
                known_at = anchor.starts_at if decided else anchor.known_at
        first = counted_from + timedelta(days=phase.offset_days)
        last = last_of(first, phase.duration_days)
        if last is not None and last < today:
            at = activation.at
            return Course(phase.key, first, last, at, at, at, at, was_done_before=True)
        waits = anchor is not None and anchor.starts_at > activation.at
        if first < today or (first == today and not phase.starts_by_person and not waits):
            starts_at = activation.at
        elif phase.starts_by_person:
            starts_at = _done_at(acts, "start", phase.key)
        else:
            begins = max(day_begins(first, zone), known_at)
            starts_at = NEVER if known_at == NEVER else after(begins, seen.evidence.outages)
        told_at = max(known_at, starts_at) if phase.starts_by_person else known_at
        return Course(phase.key, first, last, known_at, told_at, starts_at, _done_at(acts, "complete", phase.key))

    for key in templates:
        course(key)
    return courses


def _acts(seen: Seen, plan_id: int) -> list[Act]:
    return [act for act in seen.evidence.acts if act.plan_id == plan_id]


def _done_at(acts: list[Act], name: str, key: str) -> datetime:
    return next((act.at for act in acts if (act.name, act.phase) == (name, key) and not act.refusal), NEVER)
