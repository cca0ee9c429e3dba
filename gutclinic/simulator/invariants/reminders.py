"""Reminders: each has its key, its outcome and a cause for it, and none that a plan called for is missing."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from gutclinic.simulator.evidence import PlanState
from gutclinic.simulator.invariants.calling import RULES, STAFF, called_for_on, is_over
from gutclinic.simulator.invariants.seen import Seen, Violation, recipient_of
from gutclinic.simulator.invariants.wall import preferred_instant
from patients.models import Reminder

CODE: Final = "[0-9A-HJKMNP-TV-Z]{10}"
KEY: Final = re.compile(
    rf"(?P<kind>phase-(?:coming|starts|due|overdue)):(?P<phase>{CODE}):(?P<date>\d{{4}}-\d\d-\d\d)"
    rf":(?P<recipient>patient|staff)-(?P<code>{CODE}):(?P<channel>email)"
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
    meanings = Counter(
        (r.kind, r.phase_id, r.civil_date, r.recipient_kind, r.recipient_code, r.channel) for r in seen.rows.reminders
    )
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
        if written != row or reminder.phase is None or reminder.phase.code != match["phase"]:
            yield Violation("keys say what is owed", where, "Its key says something else than its row.")
        meaning = (reminder.kind, reminder.phase_id, reminder.civil_date, *recipient_of(reminder), reminder.channel)
        if counts[reminder.key] > 1 or meanings[meaning] > 1:
            yield Violation("keys say what is owed", where, "It is owed twice.")


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
        recipient = recipient_of(reminder)
        reachable = seen.person(recipient, at).is_reachable
        match reminder.status:
            case "sent":
                has_cause = reminder.pk in accepted
            case "missed":
                has_cause = (
                    reminder.pk in refused
                    or not reachable
                    or is_over(seen, recipient, reminder.kind, reminder.civil_date, at)
                )
            case _:
                has_cause = not reachable or not _is_called_for(seen, reminder, at)
        if not has_cause:
            text = f"It was {reminder.status} at {at} ({reminder.reason}) without a cause."
            yield Violation("every outcome has its cause", where, text)


def _carried(seen: Seen, outcome: str) -> set[int]:
    return {
        carried.reminder_id
        for hand_over in seen.evidence.hand_overs
        if hand_over.outcome == outcome
        for carried in hand_over.carried
    }


def _is_called_for(seen: Seen, reminder: Reminder, at: datetime) -> bool:
    state = seen.evidence.state_at(reminder.plan_id, at)
    if state is None or reminder.phase is None:
        return False
    on = called_for_on(reminder.kind, state, reminder.phase.key, reminder.recipient_kind)
    return on == reminder.civil_date


def what_is_called_for_is_owed(seen: Seen) -> Iterator[Violation]:
    """For each stretch in which a plan stayed as it was: every reminder whose instant lay in it was owed then."""
    rows = {
        (r.plan_id, r.phase.key if r.phase else "", r.kind, r.civil_date, r.recipient_kind): r
        for r in seen.rows.reminders
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
