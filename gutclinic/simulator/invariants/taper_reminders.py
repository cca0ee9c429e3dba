"""Reminders about tapers: none that is called for is missing, no patient hears of one that nobody signed, links fit."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from gutclinic.simulator.invariants.calling import PATIENT, STAFF
from gutclinic.simulator.invariants.owed import MOMENT, about_of, calls_at, instant_at_once, told_by
from gutclinic.simulator.invariants.seen import Seen, Violation
from gutclinic.simulator.invariants.taper_rules import PRESCRIBER, TaperCall
from gutclinic.simulator.invariants.wall import preferred_instant
from gutclinic.simulator.taper_evidence import TaperState

# A request’s own address: its code and the seal that only this mailbox is sent.
LINK: Final = re.compile(r"/prescriber/([0-9A-HJKMNP-TV-Z]{10})-[0-9a-f]{40}/")

TELEPHONED_UNLESS_TOLD_WITHIN: Final = {
    "prescriber-not-reached": timedelta(0),
    "prescriber-not-alerted": timedelta(minutes=15),
}


def what_tapers_call_for_is_owed(seen: Seen) -> Iterator[Violation]:
    """For each stretch in which nothing changed: every reminder whose instant lay in it was owed then."""
    rows = {
        (r.taper_id, r.kind, about_of(r.key), r.civil_date, r.recipient_kind): r
        for r in seen.rows.reminders
        if r.taper_id is not None
    }
    for taper_id, states in seen.evidence.tapers.items():
        for at, until in pairwise([*_turns(seen, states), seen.evidence.ends]):
            for call, instant in _calls(seen, taper_id, states[0], at, until):
                row = rows.get((taper_id, call.kind, call.about, call.on, call.recipient))
                where = f"{seen.where_of_taper(taper_id)}, {call.kind} of {call.on} to {call.recipient}"
                if row is None:
                    text = f"It was to go at {instant}, and was never owed."
                    yield Violation("what is called for is owed", where, text)
                elif row.status == "cancelled" and row.finished_at is not None and row.finished_at < instant:
                    text = f"It was to go at {instant}, and had been cancelled at {row.finished_at}."
                    yield Violation("what is called for is owed", where, text)


def _turns(seen: Seen, states: list[TaperState]) -> list[datetime]:
    """The instants within the run at which this taper, its plan, or how its people live was seen to change."""
    first = states[0]
    of_plan = [state.at for state in seen.evidence.states.get(first.plan_id, []) if state.at > first.at]
    of_people = [
        since
        for recipient in _people(seen, first).values()
        for since, _ in seen.evidence.people[recipient]
        if since > first.at
    ]
    turns = sorted({*(state.at for state in states), *of_plan, *of_people})
    return [at for at in turns if at < seen.evidence.ends]


def _people(seen: Seen, state: TaperState) -> dict[str, tuple[str, str]]:
    plan = seen.rows.plans[state.plan_id]
    return {
        PATIENT: (PATIENT, plan.patient.code),
        STAFF: (STAFF, plan.practitioner.code),
        PRESCRIBER: state.prescriber,
    }


def _calls(
    seen: Seen, taper_id: int, first: TaperState, at: datetime, until: datetime
) -> Iterator[tuple[TaperCall, datetime]]:
    """Everything called for at `at` whose instant lies before `until`, at people who can be reached."""
    people = _people(seen, first)
    admin = (STAFF, seen.evidence.admins[seen.rows.plans[first.plan_id].patient.clinic_id])
    for call in calls_at(seen, taper_id, at, told_before=at + MOMENT):
        apart = {"red-flag-not-taken-on": admin, "signature-wanted": (STAFF, first.prescriber_user_code)}
        recipient = apart.get(call.kind, people[call.recipient])
        if call.arose_at is None:
            instant = preferred_instant(call.on, seen.person(recipient, at))
        else:
            instant = instant_at_once(seen, call.kind, recipient, arose_at=call.arose_at, at=at)
        if not at <= instant < until or not seen.person(recipient, instant).is_reachable:
            continue
        may_take = TELEPHONED_UNLESS_TOLD_WITHIN.get(call.kind)
        if may_take is not None and _was_reached(seen, taper_id, call, instant + may_take):
            continue
        yield call, instant


def _was_reached(seen: Seen, taper_id: int, call: TaperCall, instant: datetime) -> bool:
    return any(about == call.about for _, about, _ in told_by(seen, taper_id, instant + MOMENT))


def nobody_hears_before_the_signature(seen: Seen) -> Iterator[Violation]:
    """Before its first version was signed a patient is owed nothing of a taper, and sent nothing."""
    signed_at = {
        taper_id: min((state.started_at for state in states if state.started_at), default=None)
        for taper_id, states in seen.evidence.tapers.items()
    }
    for reminder in seen.rows.reminders:
        if reminder.taper_id is None or reminder.recipient_kind != PATIENT:
            continue
        began = signed_at.get(reminder.taper_id)
        if began is None or reminder.created_at < began:
            text = f"It was owed at {reminder.created_at}; the first signature was at {began}."
            yield Violation("nobody hears before the signature", seen.where_of(reminder), text)
    for hand_over in seen.evidence.hand_overs:
        for carried in hand_over.carried:
            if hand_over.recipient[0] == PATIENT and carried.taper_id is not None:
                began = signed_at.get(carried.taper_id)
                if began is None or hand_over.at < began:
                    where = seen.where_of_taper(carried.taper_id)
                    yield Violation("nobody hears before the signature", where, f"A message went at {hand_over.at}.")


def links_lead_to_what_the_message_is_about(seen: Seen) -> Iterator[Violation]:
    """A link stands only in messages to the prescriber outside, and opens a request of a taper that it tells of."""
    requests: dict[str, int] = {}
    for taper_id, states in seen.evidence.tapers.items():
        codes = {request.code for state in states for version in state.versions for request in version.requests}
        requests |= dict.fromkeys(codes, taper_id)
    for hand_over in seen.evidence.hand_overs:
        text = f"{hand_over.envelope.text}\n{hand_over.envelope.html}"
        name = seen.evidence.names[hand_over.recipient]
        tapers = {carried.taper_id for carried in hand_over.carried}
        for code in sorted(set(LINK.findall(text))):
            if hand_over.recipient[0] != PRESCRIBER or requests.get(code) not in tapers:
                yield Violation("links lead where they should", name, f"A message of {hand_over.at} opens another.")
        if any(each.kind == "signature-request" for each in hand_over.carried) and not LINK.search(text):
            yield Violation("links lead where they should", name, f"A request of {hand_over.at} opens nothing.")
