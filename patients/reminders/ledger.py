"""“Why was this sent?”, “why was it not?”: one sentence, and the chain of facts behind it. It only reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from patients.models import Attempt, AttemptOutcome, Reminder, ReportOutcome
from patients.reminders.kind import Pace
from patients.reminders.ledger_facts import Facts
from patients.reminders.ledger_sentence import moved, sentence, then_words
from patients.reminders.ledger_then import facts_then
from patients.reminders.ledger_waiting import muted
from patients.reminders.ledger_words import counted, day_words, kind_words, sentence_of, subject_words, who_did
from patients.reminders.reasons import NO_LONGER_CALLED_FOR, OTHER_PRESCRIBER, SOMEBODY_ELSE

OUTCOMES = {
    AttemptOutcome.STARTED.value: "under way, or nobody recorded its answer yet",
    AttemptOutcome.ACCEPTED.value: "accepted",
    AttemptOutcome.FAILED.value: "failed, to be tried again",
    AttemptOutcome.REFUSED.value: "refused for good",
    AttemptOutcome.UNKNOWN.value: "unknown: it may have gone",
    AttemptOutcome.SUPERSEDED.value: "left to another worker",
}

REPORTED = {
    ReportOutcome.DELIVERED.value: "delivered",
    ReportOutcome.FAILED.value: "not delivered",
    ReportOutcome.UNREACHABLE.value: "not delivered, since this address takes no messages",
    ReportOutcome.UNWANTED.value: "delivered, and no more of them are wanted",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One link of the chain. when: on the recipient's own clock; empty for what holds throughout."""

    when: str
    words: str


@dataclass(frozen=True, slots=True)
class Why:
    """The answer about one reminder. chain: from what called for it to what became of it."""

    sentence: str
    chain: tuple[Fact, ...]


def why(reminder: Reminder, *, at: datetime) -> Why:
    """Why this was sent, or was not, or has not been yet. reminder: with `ledger_facts.ROWS` loaded."""
    return why_by(Facts(reminder, at))


def why_then(reminder: Reminder, *, at: datetime) -> Why | None:
    """The same as it stood at a past instant; None if it was not written down yet."""
    return whys_then([reminder], at=at)[reminder.pk]


def whys_then(reminders: Sequence[Reminder], *, at: datetime) -> dict[int, Why | None]:
    """The same of several, by their keys, in as many queries as of one."""
    return {key: None if facts is None else why_by(facts) for key, facts in facts_then(reminders, at=at).items()}


def why_by(facts: Facts) -> Why:
    """The answer that follows from these facts."""
    return Why(sentence(facts), tuple(_chain(facts)))


def _chain(facts: Facts) -> Iterator[Fact]:
    reminder = facts.reminder
    called = f"{subject_words(reminder)} calls for “{kind_words(reminder.kind)}” on {day_words(reminder.civil_date)}"
    yield Fact("", sentence_of(called))
    if reminder.again_of is None:
        yield Fact(facts.clock(reminder.created_at), "Planned for " + sentence_of(facts.clock(reminder.send_at)))
    else:
        note = reminder.asked_by
        asked = f"Asked for by {who_did(note)}, to repeat reminder {reminder.again_of.code}: “{note.reason}”"
        yield Fact(facts.clock(reminder.created_at), sentence_of(asked))
    yield Fact(facts.clock(reminder.send_at), _timing(facts))
    yield from _envelope(facts)
    for attempt in facts.attempts:
        said = f": “{attempt.detail}”" if attempt.detail else ""
        outcome = OUTCOMES[attempt.outcome]
        yield Fact(facts.clock(attempt.started_at), sentence_of(f"Attempt {attempt.number}: {outcome}{said}"))
        if attempt.reported_at is not None:
            yield Fact(facts.clock(attempt.reported_at), sentence_of(_reported(attempt)))
    yield from _acts(facts)
    if reminder.finished_at is not None:
        yield Fact(facts.clock(reminder.finished_at), _outcome(facts))
    yield Fact(facts.clock(reminder.too_late_at), "From then on it is too late.")


def _reported(attempt: Attempt) -> str:
    code = f" (code {attempt.reported_code})" if attempt.reported_code else ""
    return f"The provider reported of attempt {attempt.number}: {REPORTED[attempt.reported]}{code}"


def _timing(facts: Facts) -> str:
    reminder, hours = facts.reminder, facts.hours
    if hours is None:
        return "Its time. Whose hours these were is no longer known."
    quiet = f"quiet hours {hours.quiet_starts:%H:%M}–{hours.quiet_ends:%H:%M} {hours.zone}"
    if reminder.recurrence is not None and reminder.again_of is None:
        return sentence_of(f"Its time: that of its part of the patient’s day, outside the {quiet}")
    if facts.pace is Pace.DAY_AND_NIGHT:
        return "Its time: at once, by day and by night, since it is an alert."
    if facts.pace is Pace.AT_ONCE or reminder.again_of is not None:
        return sentence_of(f"Its time: as soon as the {quiet} allowed")
    preferred = f"{hours.message_time:%H:%M}"
    if facts.pace is Pace.NEXT_TIME:
        return sentence_of(f"Its time: the next {preferred} after it arose, outside the {quiet}")
    match facts.is_at_preferred_time:
        case True:
            return sentence_of(f"Its time: the preferred one, {preferred}, outside the {quiet}")
        case False:
            return sentence_of(
                f"Its time: the allowed one of that day that is nearest to the preferred one, {preferred}; {quiet}"
            )
        case None:
            return sentence_of(f"Its time, by other hours than {preferred} and the {quiet}")


def _envelope(facts: Facts) -> Iterator[Fact]:
    message = facts.reminder.message
    if message is None:
        return
    others = facts.others_in_envelope
    together = f", together with {counted(others, 'other')}" if others else ""
    yield Fact(facts.clock(message.created_at), sentence_of(f"Envelope {message.code} was begun{together}"))
    if message.frozen_at is not None and facts.knows_of(message.frozen_at):
        key = f"Envelope {message.code} was closed for the first attempt; its key is {message.idempotency_key}"
        yield Fact(facts.clock(message.frozen_at), sentence_of(key))


def _acts(facts: Facts) -> Iterator[Fact]:
    for note in facts.own_notes:
        if note.made is not None:
            words = f"Asked for again by {who_did(note)}, as reminder {note.made.code}: “{note.reason}”"
        else:
            words = f"Cancelled by {who_did(note)}: “{note.reason}”"
        yield Fact(facts.clock(note.at), sentence_of(words))
    reminder = facts.reminder
    mute = facts.mute_at(reminder.finished_at or max(facts.at, reminder.send_at))
    if mute is not None:
        yield Fact(facts.clock(mute.at), sentence_of(f"Muted: {muted(mute, facts)}"))


def _outcome(facts: Facts) -> str:
    reminder = facts.reminder
    status = reminder.get_status_display()
    is_by_plan = reminder.reason in {NO_LONGER_CALLED_FOR, SOMEBODY_ELSE, OTHER_PRESCRIBER}
    is_by_plan = is_by_plan and reminder.recurrence is None
    by_move = moved(facts) if is_by_plan else ""
    return sentence_of(f"{status}: {then_words(reminder.reason)}{by_move}" if reminder.reason else status)
