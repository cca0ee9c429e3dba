"""Why something that is owed has not gone yet: before its time, muted, held back, or tried and failed."""

from clinics.domain.instants import civil_date, next_allowed, zone
from clinics.domain.message_budget import next_day
from patients.models import Channel, HeldFor, RecipientKind, ReminderNote
from patients.reminders.kinds import EXEMPT_FROM_QUIET_HOURS, KINDS
from patients.reminders.ledger_facts import Facts
from patients.reminders.ledger_words import BY, counted, day_words, kind_words, sentence_of, who_did
from patients.reminders.reasons import NOT_MADE_UP

HELD = {
    HeldFor.DOUBT: "the same is being handed over by another channel and has no answer yet",
    HeldFor.SETTING: "the device of {} takes nothing from this server as it is set up at present",
    HeldFor.BUDGET: "two messages have gone today",
    HeldFor.SILENCE: "nobody has heard from the patient for a week, so that messages go once a week",
    HeldFor.DIGEST: "it waits for the digest of another morning",
    HeldFor.NIGHT: "it is in the quiet hours of {}",
    HeldFor.HOUR: "its envelope waits for its hour",
}
"""By what rule an envelope waits; whose device or night it is stands in it."""


def not_yet(facts: Facts) -> str:
    """The whole sentence about a reminder that is owed."""
    reminder, message, at = facts.reminder, facts.reminder.message, facts.at
    since = f"it is due since {facts.clock(reminder.send_at)}"
    mute = facts.mute_at(max(at, reminder.send_at))
    if mute is not None:
        return sentence_of(f"It will not be sent as things stand because {muted(mute, facts)}")
    if at >= reminder.too_late_at:
        return sentence_of(f"It was not sent before it was too late on {facts.clock(reminder.too_late_at)}")
    if reminder.reason == NOT_MADE_UP:
        again = f"it is tried again on {facts.clock(reminder.send_at)}"
        return sentence_of("It has not been sent yet because gutclinic could not make it up", again)
    if reminder.send_at > at and not facts.failures:
        goes = f"it goes on {facts.clock(reminder.send_at)}"
        return sentence_of(f"It has not been sent because its time has not come: {goes}")
    if message is None:
        return sentence_of(f"It has not been sent yet because it waits for the next sweep: {since}")
    if facts.is_being_handed_over:
        return sentence_of(f"It has not been sent yet because a worker is handing it over: {since}")
    later = facts.tried_from
    if facts.failures:
        then = _waits(facts) if later is None else f"it is tried again on {facts.clock(later)}"
        return sentence_of(f"It has not been sent yet because {failed(facts)}", then)
    if later is not None:
        goes = since if facts.held_for is HeldFor.SETTING else f"it goes on {facts.clock(later)}"
        return sentence_of(f"It has not been sent yet because {_held_back(facts)}: {goes}")
    return sentence_of(f"It has not been sent yet because {_waits(facts)}: {since}")


def _waits(facts: Facts) -> str:
    """For what an envelope waits that may be tried at any moment."""
    if facts.is_past:
        return (
            _doubt(facts) or _night(facts) or "its envelope waits, and whether for its channel or a worker is not kept"
        )
    if facts.shut_until is not None:
        return f"its channel did not answer and is left alone until {facts.clock(facts.shut_until)}"
    return "its envelope waits for a worker"


def _held_back(facts: Facts) -> str:
    """By what rule an envelope waits that nobody has tried."""
    if facts.held_for is not None:
        return (_doubt(facts) if facts.held_for is HeldFor.DOUBT else "") or HELD[facts.held_for].format(facts.whom)
    found = _doubt(facts) or _budget(facts) or _digest(facts) or _night(facts) or _push_service(facts)
    return found or HELD[HeldFor.HOUR]


def _doubt(facts: Facts) -> str:
    other = facts.under_way
    return "" if other is None else f"the same is being handed over {BY[other.channel]} and has no answer yet"


def _budget(facts: Facts) -> str:
    written, reminder = facts.written, facts.reminder
    kind = KINDS.get(reminder.kind)
    if written is None or kind is None or not kind.is_routine or reminder.again_of is not None:
        return ""
    today = civil_date(facts.at, zone(facts.zone_name))
    if next_day(written, on=today) <= today:
        return ""
    if written.is_silent(today):
        return HELD[HeldFor.SILENCE]
    return HELD[HeldFor.BUDGET]


def _digest(facts: Facts) -> str:
    reminder = facts.reminder
    is_for_staff = reminder.recipient_kind == RecipientKind.STAFF.value
    waits = is_for_staff and reminder.again_of is None and reminder.kind not in EXEMPT_FROM_QUIET_HOURS
    return HELD[HeldFor.DIGEST] if waits else ""


def _night(facts: Facts) -> str:
    person = facts.recipient
    quiet = getattr(person, "quiet_hours", None)
    is_night = person is not None and next_allowed(facts.at, zone(person.zone), quiet) > facts.at
    return HELD[HeldFor.NIGHT].format(facts.whom) if is_night else ""


def _push_service(facts: Facts) -> str:
    message = facts.reminder.message
    # Of this channel alone one knows the provider only once an envelope is made up. Then no rule of ours holds it back.
    is_put_off = (
        message is not None
        and message.channel == Channel.PUSH.value
        and message.frozen_at is not None
        and message.next_attempt_at != message.held_until
    )
    return "its push service is used no faster than it allows, or did not answer" if is_put_off else ""


def failed(facts: Facts) -> str:
    """“2 attempts failed, the last on …, with “…””."""
    last = facts.failures[-1]
    said = f", with “{last.detail}”" if last.detail else ""
    return f"{counted(len(facts.failures), 'attempt')} failed, the last on {facts.clock(last.started_at)}{said}"


def muted(note: ReminderNote, facts: Facts) -> str:
    """“dr_cho muted “A phase starts soon” on …: “Away””."""
    what = f"“{kind_words(note.kind)}”" if note.kind else "every routine message to this patient"
    until = f" up to and including {day_words(note.until)}" if note.until else ""
    return f"{who_did(note)} muted {what}{until} on {facts.clock(note.at)}: “{note.reason}”"
