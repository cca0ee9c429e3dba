"""Envelopes: they keep their set, staff get one a day, their words are neutral, and the ledger knows them all."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime

from gutclinic.simulator.evidence import HandOver
from gutclinic.simulator.invariants.calling import STAFF
from gutclinic.simulator.invariants.seen import Seen, Violation
from gutclinic.simulator.invariants.sending import ALERTS
from gutclinic.simulator.invariants.wall import local


def envelopes_keep_their_set(seen: Seen) -> Iterator[Violation]:
    """What is tried again is the same envelope; at first all in it is owed, and later at least one thing is."""
    first: dict[int, HandOver] = {}
    for hand_over in seen.evidence.hand_overs:
        name = seen.evidence.names[hand_over.recipient]
        owed = [carried.status == "owed" for carried in hand_over.carried]
        before = first.setdefault(hand_over.message_id, hand_over)
        if before is hand_over and not all(owed):
            yield Violation("envelopes keep their set", name, f"At {hand_over.at} it held what was not owed.")
        if not any(owed):
            yield Violation("envelopes keep their set", name, f"At {hand_over.at} nothing in it was owed.")
        if [c.key for c in before.carried] != [c.key for c in hand_over.carried]:
            yield Violation("envelopes keep their set", name, f"At {hand_over.at} it held other things than before.")
        if before.envelope.idempotency_key != hand_over.envelope.idempotency_key:
            yield Violation("envelopes keep their set", name, f"At {hand_over.at} it had another key than before.")


def staff_get_one_message_a_day(seen: Seen) -> Iterator[Violation]:
    """All but alerts reaches staff together: at most one new message with any on each of their days."""
    days: dict[tuple[tuple[str, str], date], set[int]] = defaultdict(set)
    known: set[int] = set()
    for hand_over in seen.evidence.hand_overs:
        is_routine = any(carried.kind not in ALERTS for carried in hand_over.carried)
        if hand_over.recipient[0] == STAFF and is_routine and hand_over.message_id not in known:
            known.add(hand_over.message_id)
            zone = seen.person(hand_over.recipient, hand_over.at).zone
            days[hand_over.recipient, local(hand_over.at, zone).date()].add(hand_over.message_id)
    for (recipient, day), messages in days.items():
        if len(messages) > 1:
            text = f"{len(messages)} messages on {day}."
            yield Violation("staff get one message a day", seen.evidence.names[recipient], text)


def words_are_neutral(seen: Seen) -> Iterator[Violation]:
    """No message holds a name, a phase, something that is taken, or a clinic’s name that tells."""
    private = sorted(seen.evidence.private_words)
    for hand_over in seen.evidence.hand_overs:
        envelope = hand_over.envelope
        text = "\n".join((envelope.subject, envelope.text, envelope.html, envelope.sender_name)).casefold()
        for word in private:
            if word.casefold() in text:
                where = seen.evidence.names[hand_over.recipient]
                yield Violation("words are neutral", where, f"A message of {hand_over.at} says “{word}”.")


def attempts_are_written(seen: Seen) -> Iterator[Violation]:
    """The ledger of attempts says exactly what the channel saw."""
    seen_by_channel: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    for hand_over in seen.evidence.hand_overs:
        seen_by_channel[hand_over.message_id].append((hand_over.at, hand_over.outcome))
    written: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    numbers: dict[int, list[int]] = defaultdict(list)
    for attempt in seen.rows.attempts:
        written[attempt.message_id].append((attempt.started_at, attempt.outcome))
        numbers[attempt.message_id].append(attempt.number)
    for message_id in sorted({*seen_by_channel, *written}):
        message = seen.rows.messages[message_id]
        where = seen.evidence.names[message.recipient_kind, message.recipient_code]
        if written[message_id] != seen_by_channel[message_id]:
            text = f"The ledger says {written[message_id]}, the channel saw {seen_by_channel[message_id]}."
            yield Violation("attempts are written", where, text)
        if numbers[message_id] != list(range(1, len(numbers[message_id]) + 1)):
            yield Violation("attempts are written", where, f"They are numbered {numbers[message_id]}.")
