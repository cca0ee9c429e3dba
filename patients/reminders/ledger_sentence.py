"""Why one reminder was sent, was not, or has not been yet, in one sentence."""

from datetime import datetime

from patients.models import NoteAct, Reminder, ReminderStatus
from patients.reminders.ledger_facts import Facts
from patients.reminders.ledger_waiting import failed, muted, not_yet
from patients.reminders.ledger_words import (
    BY,
    counted,
    day_words,
    move_words,
    sentence_of,
    subject_words,
    who_did,
)
from patients.reminders.reasons import (
    CANCELLED_BY_HAND,
    MUTED,
    NO_LONGER_CALLED_FOR,
    NOT_HEARD_FROM,
    NOT_MADE_UP,
    NOT_WANTED,
    OTHER_CHANNEL,
    OTHER_PRESCRIBER,
    OVER_BUDGET,
    REFUSED,
    SOMEBODY_ELSE,
    TOO_LATE,
    UNDELIVERED,
    UNREACHABLE,
    is_too_late,
)
from protocols.domain.phases import PlanStatus

THEN = {
    NO_LONGER_CALLED_FOR: "the plan no longer called for it",
    SOMEBODY_ELSE: "somebody else looked after this plan",
    OTHER_PRESCRIBER: "another prescriber was responsible for this taper",
    UNREACHABLE: "there was no address with consent to send it to",
    NOT_WANTED: "the patient did not want such messages",
    OVER_BUDGET: "two messages had gone that day, and the next day with room was too late for it",
    NOT_HEARD_FROM: "nobody had heard from the patient for a week, and the next weekly message was too late for it",
    REFUSED: "it was refused for good",
    UNDELIVERED: "it was accepted where it was to go, and reported as not delivered",
    OTHER_CHANNEL: "it was to go by another channel",
    NOT_MADE_UP: "gutclinic could not make it up",
}
"""Reasons of what has an outcome, as they were so then."""


def sentence(facts: Facts) -> str:
    """Why it was sent, was not, or has not been yet."""
    match ReminderStatus(facts.reminder.status):
        case ReminderStatus.SENT:
            return _sent(facts)
        case ReminderStatus.OWED:
            return not_yet(facts)
        case ReminderStatus.CANCELLED:
            return sentence_of(f"It was not sent because {_why_cancelled(facts)}", _instead(facts), _perhaps(facts))
        case ReminderStatus.MISSED:
            return sentence_of(f"It was not sent because {_why_missed(facts)}", _instead(facts), _perhaps(facts))


def _sent(facts: Facts) -> str:
    reminder = facts.reminder
    when = facts.clock(reminder.finished_at or reminder.send_at)
    if reminder.again_of is None:
        cause = f"{subject_words(reminder)} called for it on {day_words(reminder.civil_date)}"
    else:
        cause = _asked_again(reminder)
    late = counted(len(facts.failures), "attempt") + " before had failed" if facts.failures else ""
    return sentence_of(f"It was sent to {facts.whom} {BY[reminder.channel]} on {when} because {cause}", late)


def _why_cancelled(facts: Facts) -> str:
    reason, moment = facts.reminder.reason, facts.reminder.finished_at or facts.at
    if reason == CANCELLED_BY_HAND:
        note = next((note for note in reversed(facts.own_notes) if note.act == NoteAct.CANCELLED.value), None)
        if note is not None:
            return f"{who_did(note)} cancelled it on {facts.clock(note.at)}: “{note.reason}”"
    if reason == MUTED and (mute := facts.mute_at(moment)) is not None:
        return muted(mute, facts)
    if reason == NO_LONGER_CALLED_FOR and facts.reminder.recurrence is not None:
        return _why_not_that_day(facts, moment=moment)
    if reason in {NO_LONGER_CALLED_FOR, SOMEBODY_ELSE, OTHER_PRESCRIBER}:
        return f"{then_words(reason)} on {facts.clock(moment)}{moved(facts)}"
    return f"{then_words(reason)} on {facts.clock(moment)}"


def _why_not_that_day(facts: Facts, *, moment: datetime) -> str:
    """Of what comes back each day: she switched it off, the plan rests or is over, or nothing of it was left."""
    if facts.switched_off_at is not None:
        return f"the patient had switched it off on {facts.clock(facts.switched_off_at)}"
    if facts.plan_move is not None and facts.plan_move.to_status != PlanStatus.ACTIVE.value:
        return move_words(facts.plan_move, zone_name=facts.zone_name)
    return f"nothing of it was left to record on {facts.clock(moment)}"


def _why_missed(facts: Facts) -> str:
    reminder = facts.reminder
    moment = facts.clock(reminder.finished_at or facts.at)
    if reminder.reason == TOO_LATE and reminder.finished_at and reminder.finished_at < reminder.too_late_at:
        return f"its day was over already by the zone or the hours that were noted for {facts.whom} on {moment}"
    if is_too_late(reminder.reason):
        bound = f"it could not go from {facts.clock(reminder.send_at)} until it was too late"
        bound += f" on {facts.clock(reminder.too_late_at)}"
        why = failed(facts) if facts.failures else "nothing tried to hand it over in that time"
        more = "" if reminder.reason == TOO_LATE else f", {then_words(reminder.reason).partition(', ')[2]}"
        return f"{bound}{more}: {why}"
    if reminder.reason == REFUSED and facts.failures:
        said = facts.failures[-1].detail
        return f"{then_words(reminder.reason)} on {moment}" + (f": “{said}”" if said else "")
    if reminder.reason == UNDELIVERED and facts.reports:
        code = facts.reports[-1].reported_code
        return f"{then_words(reminder.reason)} on {moment}" + (f" (code {code})" if code else "")
    return f"{then_words(reminder.reason)} on {moment}"


def moved(facts: Facts) -> str:
    """What changed the plan so that it was no longer called for, as the end of a sentence."""
    move = facts.move
    is_settled_by_it = move is not None and move.at == facts.reminder.finished_at
    if facts.reminder.reason != NO_LONGER_CALLED_FOR and not is_settled_by_it:
        # Cover, or the end of a membership or of an entry: no move of the plan.
        return ""
    if move is None:
        return ", without a move: what it looks at was changed, such as a fact of the record or a word of the patient"
    words = move_words(move, zone_name=facts.zone_name)
    return f": {words}" if is_settled_by_it else f"; the last move before that: {words}"


def _asked_again(reminder: Reminder) -> str:
    note = reminder.asked_by
    return f"{who_did(note)} asked for it again: “{note.reason}”"


def _instead(facts: Facts) -> str:
    """By which channel the same went, or goes."""
    other = facts.instead
    if other is None:
        return ""
    went = "went" if other.status == ReminderStatus.SENT.value else "goes"
    return f"it {went} {BY[other.channel]} instead, as reminder {other.code}"


def _perhaps(facts: Facts) -> str:
    return "it may have gone all the same, since the answer to one attempt is not known" if facts.may_have_gone else ""


def then_words(reason: str) -> str:
    """A reason as it stands inside a sentence about what is over."""
    return THEN.get(reason, f"{reason[:1].lower()}{reason[1:]}".rstrip("."))
