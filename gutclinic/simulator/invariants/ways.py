"""Across all channels: one thing goes by one way; nobody is written to too often, and nobody is called too early."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from gutclinic.simulator.evidence import HandOver
from gutclinic.simulator.invariants.calling import PATIENT
from gutclinic.simulator.invariants.of_days import DAY_KINDS
from gutclinic.simulator.invariants.owed import Owed, about_of
from gutclinic.simulator.invariants.seen import Seen, Violation
from gutclinic.simulator.invariants.wall import local

MOST_A_DAY: Final = 2
NEXT_PERSON: Final = "red-flag-not-taken-on"
HAS_TIME: Final = timedelta(hours=1)


def one_way_for_each(seen: Seen) -> Iterator[Violation]:
    """Of the rows of one thing, one for each channel, at most one is owed, at most one went, and not both."""
    open_or_gone: Counter[str] = Counter()
    where: dict[str, str] = {}
    for row in seen.rows.reminders:
        if row.status in {"owed", "sent"}:
            what = row.key.rpartition(":")[0]
            open_or_gone[what] += 1
            where[what] = seen.where_of(row)
    for what, count in open_or_gone.items():
        if count > 1:
            yield Violation("one way for each thing", where[what], f"It is owed or was sent {count} times.")


def patients_get_two_a_day(seen: Seen) -> Iterator[Violation]:
    """New routine messages on one civil day of hers, in one zone: two at most, beside what she asked for by the hour.

    A day that comes twice because she moved is two days: of the first nothing is counted where she now lives.
    """
    days: dict[tuple[tuple[str, str], date, int], set[int]] = defaultdict(set)
    known: set[int] = set()
    refused = {each.message_id for each in seen.evidence.hand_overs if each.outcome == "refused"}
    for hand_over in seen.evidence.hand_overs:
        is_new = hand_over.message_id not in known | refused
        known.add(hand_over.message_id)
        if is_new and hand_over.recipient[0] == PATIENT and _is_routine(hand_over):
            home = seen.person(hand_over.recipient, hand_over.at).zone
            on = local(hand_over.at, home).date()
            days[hand_over.recipient, on, _stay(seen, hand_over)].add(hand_over.message_id)
    for (recipient, on, _), messages in days.items():
        if len(messages) > MOST_A_DAY:
            text = f"{len(messages)} routine messages on {on}."
            yield Violation("patients get two messages a day", seen.evidence.names[recipient], text)


def nobody_is_called_too_early(seen: Seen) -> Iterator[Violation]:
    """Whoever was told of a warning sign has an hour to take it on before the next person is written to."""
    reported = {flag.code: flag for states in seen.evidence.tapers.values() for state in states for flag in state.flags}
    for hand_over in seen.evidence.hand_overs:
        for carried in hand_over.carried:
            flag = reported.get(about_of(carried.key)) if carried.kind == NEXT_PERSON else None
            if flag is not None and hand_over.at - flag.reported_at < HAS_TIME:
                text = f"It was reported at {flag.reported_at}, and went on at {hand_over.at}."
                name = seen.evidence.names[hand_over.recipient]
                yield Violation("nobody is called too early", name, text)


def _is_routine(hand_over: HandOver) -> bool:
    """Whether everything in it waits for its time of day, and she asked for none of it by the hour."""
    return not any(
        each.kind in DAY_KINDS or Owed.of_carried(hand_over, each).goes_at_once for each in hand_over.carried
    )


def _stay(seen: Seen, hand_over: HandOver) -> int:
    """How often she had moved by then."""
    known = [state.zone for since, state in seen.evidence.people[hand_over.recipient] if since <= hand_over.at]
    return sum(before != after for before, after in pairwise(known))
