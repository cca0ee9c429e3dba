"""Reminders: each has its key, its outcome and a cause for it, and none that a plan called for is missing."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from gutclinic.simulator.evidence import PlanState
from gutclinic.simulator.invariants.at_home import RUNNING_LOW
from gutclinic.simulator.invariants.calling import RULES, STAFF, called_for_on
from gutclinic.simulator.invariants.of_days import DAY_KINDS, is_missed_with_cause
from gutclinic.simulator.invariants.of_plans import LATE_DAYS, is_called_for, subjects_of_plans
from gutclinic.simulator.invariants.owed import MOMENT, Owed, called_for
from gutclinic.simulator.invariants.seen import Seen, Violation, recipient_of
from gutclinic.simulator.invariants.taper_rules import TAPER_RULES
from gutclinic.simulator.invariants.wall import local, preferred_instant
from patients.models import Reminder

CODE: Final = "[0-9A-HJKMNP-TV-Z]{10}"
KEY: Final = re.compile(
    rf"(?P<kind>[a-z-]+):(?P<about>{CODE}):(?P<date>\d{{4}}-\d\d-\d\d)"
    rf":(?P<recipient>patient|staff|prescriber)-(?P<code>{CODE}):(?P<channel>email|sms|push|portal)"
)
OUTCOMES: Final = ("sent", "cancelled", "missed")


def owed_in_run(seen: Seen) -> list[Reminder]:
    """The reminders whose instant lies within the run."""
    return [reminder for reminder in seen.rows.reminders if reminder.send_at < seen.evidence.ends]


def lost(seen: Seen) -> list[Reminder]:
    """Those that were let go of without any outcome."""
    return [reminder for reminder in owed_in_run(seen) if reminder.status not in OUTCOMES]


def keys_say_what_is_owed(seen: Seen) -> Iterator[Violation]:
    """Every key is well formed, says the same as its row, and stands there once."""
    counts = Counter(reminder.key for reminder in seen.rows.reminders)
    meanings = Counter(_meaning(reminder) for reminder in seen.rows.reminders)
    for reminder in seen.rows.reminders:
        where = seen.where_of(reminder)
        match = KEY.fullmatch(reminder.key)
        if match is None:
            yield Violation("keys say what is owed", where, "Its key is not well formed.")
            continue
        written = (match["kind"], match["date"], match["recipient"], match["code"], match["channel"])
        row = (
            reminder.kind,
            reminder.civil_date.isoformat(),
            reminder.recipient_kind,
            reminder.recipient_code,
            reminder.channel,
        )
        if written != row or match["about"] not in _subjects(seen, reminder):
            yield Violation("keys say what is owed", where, "Its key says something else than its row.")
        if counts[reminder.key] > 1 or meanings[_meaning(reminder)] > 1:
            yield Violation("keys say what is owed", where, "It is owed twice.")


def _meaning(reminder: Reminder) -> tuple[object, ...]:
    """What it says, without its key; of a taper one day may see two answers or requests, told apart by their codes."""
    has_code = reminder.taper_id or reminder.kind in {RUNNING_LOW, *DAY_KINDS, *LATE_DAYS}
    about = Owed.of_row(reminder).about if has_code else ""
    subject = (reminder.phase_id, reminder.taper_id, about)
    return (reminder.kind, *subject, reminder.civil_date, *recipient_of(reminder), reminder.channel)


def _subjects(seen: Seen, reminder: Reminder) -> set[str]:
    """The codes of what a reminder of this row may be about."""
    if reminder.kind == RUNNING_LOW and reminder.phase is None and reminder.taper_id is None:
        return {home.code for state in seen.evidence.states.get(reminder.plan_id, []) for home in state.homes}
    if reminder.kind in LATE_DAYS:
        return subjects_of_plans(seen, reminder)
    if reminder.kind in DAY_KINDS and reminder.recurrence is not None:
        return {reminder.recurrence.code}
    if reminder.kind in RULES and reminder.phase is not None and reminder.taper_id is None:
        return {reminder.phase.code}
    if reminder.kind not in TAPER_RULES or reminder.phase is not None or reminder.taper_id is None:
        return set()
    return {code for state in seen.evidence.tapers.get(reminder.taper_id, []) for code in state.subjects}


def nothing_is_lost(seen: Seen) -> Iterator[Violation]:
    for reminder in lost(seen):
        text = f"It is “{reminder.status}”, though it was too late at {reminder.too_late_at}."
        yield Violation("nothing is lost", seen.where_of(reminder), text)


def every_outcome_has_its_cause(seen: Seen) -> Iterator[Violation]:
    """Sent means handed over; missed means refused, too late or unreachable; cancelled means no longer called for."""
    accepted = _carried(seen, "accepted")
    refused = _carried(seen, "refused")
    for reminder in seen.rows.reminders:
        where, at = seen.where_of(reminder), reminder.finished_at
        if (reminder.status == "owed") != (at is None):
            yield Violation("every outcome has its cause", where, f"“{reminder.status}”, finished at {at}.")
            continue
        if at is None:
            continue
        owed = Owed.of_row(reminder)
        reachable = seen.person(owed.recipient, at).is_reachable
        if owed.kind in DAY_KINDS and reminder.status == "cancelled":
            # Ticked, or switched off: neither is reckoned here.
            continue
        if reminder.status == "cancelled" and owed.kind in LATE_DAYS and _has_unknown_cause(seen, owed, at):
            continue
        match reminder.status:
            case "sent":
                has_cause = reminder.pk in accepted
            case "missed":
                has_cause = reminder.pk in refused or not reachable or _is_over(seen, owed, reminder, at)
            case _:
                has_cause = not reachable or called_for(seen, owed, at, told_before=at + MOMENT) != owed.civil_date
        if not has_cause:
            text = f"It was {reminder.status} at {at} ({reminder.reason}) without a cause."
            yield Violation("every outcome has its cause", where, text)


def _has_unknown_cause(seen: Seen, owed: Owed, at: datetime) -> bool:
    return is_called_for(seen, owed.kind, owed.plan_id, owed.about, owed.civil_date, at) is None


def _carried(seen: Seen, outcome: str) -> set[int]:
    return {
        carried.reminder_id
        for hand_over in seen.evidence.hand_overs
        if hand_over.outcome == outcome
        for carried in hand_over.carried
    }


def _is_over(seen: Seen, owed: Owed, reminder: Reminder, at: datetime) -> bool:
    """Whether the last day on which it may go lies behind this recipient."""
    if owed.kind in DAY_KINDS:
        return is_missed_with_cause(seen, reminder)
    zone = seen.person(owed.recipient, at).zone
    counted_from = local(reminder.send_at, zone).date() if owed.goes_at_once else owed.civil_date
    return local(at, zone).date() > counted_from + timedelta(days=owed.late_days)


def what_is_called_for_is_owed(seen: Seen) -> Iterator[Violation]:
    """For each stretch in which a plan stayed as it was: every reminder whose instant lay in it was owed then."""
    rows = {
        (r.plan_id, r.phase.key if r.phase else "", r.kind, r.civil_date, r.recipient_kind): r
        for r in seen.rows.reminders
        if r.taper_id is None and r.kind != RUNNING_LOW
    }
    for plan_id, states in seen.evidence.states.items():
        ends = [state.at for state in states[1:]] + [seen.evidence.ends]
        for state, until in zip(states, ends, strict=True):
            for phase, kind, on, recipient, instant in _calls(seen, plan_id, state, until):
                row = rows.get((plan_id, phase, kind, on, recipient))
                where = f"{seen.where(plan_id, phase)}, {kind} of {on} to {recipient}"
                if row is None:
                    text = f"It was to go at {instant}, and was never owed."
                    yield Violation("what is called for is owed", where, text)
                elif row.status == "cancelled" and row.finished_at is not None and row.finished_at < instant:
                    text = f"It was to go at {instant}, and had been cancelled at {row.finished_at}."
                    yield Violation("what is called for is owed", where, text)


def _calls(
    seen: Seen, plan_id: int, state: PlanState, until: datetime
) -> Iterator[tuple[str, str, date, str, datetime]]:
    """Everything this state calls for whose instant lies within its stretch, at people who can be reached."""
    plan = seen.rows.plans[plan_id]
    for key in state.phases:
        for kind, rule in RULES.items():
            for recipient in rule.recipients:
                on = called_for_on(kind, state, key, recipient)
                if on is None:
                    continue
                code = plan.practitioner.code if recipient == STAFF else plan.patient.code
                person = seen.person((recipient, code), state.at)
                instant = preferred_instant(on, person)
                if state.at <= instant < until and seen.person((recipient, code), instant).is_reachable:
                    yield key, kind, on, recipient, instant
