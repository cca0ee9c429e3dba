"""What comes back each day: at most one for each civil date and part of the day, each in time, and no cursor behind."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from gutclinic.simulator.clock import after
from gutclinic.simulator.invariants.seen import Seen, Violation, recipient_of
from gutclinic.simulator.invariants.wall import is_quiet, local
from patients.models import Reminder

DAY_KINDS: Final = frozenset({"day-morning", "day-noon", "day-evening", "day-bed"})
LATE: Final = timedelta(hours=2)
# What falls due as its day ends may go a little longer.
AT_LEAST: Final = timedelta(minutes=10)


def one_for_each_date(seen: Seen) -> Iterator[Violation]:
    """Among the rows of each channel, and among what was accepted by any: no date of anybody is reminded of twice for
    one part of the day.
    """
    rows = Counter(
        ((row.kind, row.civil_date, recipient_of(row)), row.channel)
        for row in seen.rows.reminders
        if row.kind in DAY_KINDS
    )
    went = Counter(
        (carried.kind, carried.civil_date, hand_over.recipient)
        for hand_over in seen.evidence.hand_overs
        for carried in hand_over.carried
        if hand_over.outcome == "accepted" and carried.kind in DAY_KINDS
    )
    made: Counter[tuple[str, date, tuple[str, str]]] = Counter()
    for (what, _), count in rows.items():
        made[what] = max(made[what], count)
    for (kind, on, recipient), count in (made | went).items():
        if count > 1:
            where = f"{seen.evidence.names[recipient]}, {kind} of {on}"
            yield Violation("each date has one reminder of a part", where, f"There were {count}.")


def what_comes_each_day_is_in_time(seen: Seen) -> Iterator[Violation]:
    """Handed over on its date, within two hours of its instant, and made for no quiet hour of where she then lived."""
    rows = {row.pk: row for row in seen.rows.reminders if row.kind in DAY_KINDS}
    for hand_over in seen.evidence.hand_overs:
        for carried in hand_over.carried:
            row = rows.get(carried.reminder_id)
            if row is None or carried.status != "owed":
                continue
            person = seen.person(hand_over.recipient, hand_over.at)
            # Allowed a little beyond midnight, if it fell due right before.
            on = {local(hand_over.at - spare, person.zone).date() for spare in (timedelta(0), AT_LEAST)}
            if carried.civil_date not in on or hand_over.at - row.send_at >= LATE:
                where = seen.where_of(row)
                yield Violation("what comes each day is in time", where, f"It went at {hand_over.at}.")
    for row in rows.values():
        if is_quiet(row.send_at, seen.person(recipient_of(row), row.created_at)) and row.status == "sent":
            text = f"It was made for {row.send_at}, which is quiet there."
            yield Violation("what comes each day is in time", seen.where_of(row), text)


def cursors_move_on(seen: Seen) -> Iterator[Violation]:
    """At the end nothing that somebody wants is still to be made for an instant within the run."""
    for row in seen.rows.recurrences:
        if row.ended_at is None and after(row.next_at, seen.evidence.outages) < seen.evidence.ends:
            where = f"{seen.evidence.names['patient', row.patient.code]}, {row.kind}"
            yield Violation("cursors move on", where, f"It is still at {row.next_at}, for {row.next_on}.")


def is_missed_with_cause(seen: Seen, row: Reminder) -> bool:
    """Whether two hours had gone by, or its day; or where or how she lives had changed before it could go."""
    assert row.finished_at is not None
    recipient, at = recipient_of(row), row.finished_at
    person = seen.person(recipient, at)
    is_over = at - row.send_at >= LATE or local(at, person.zone).date() > row.civil_date
    return is_over or person != seen.person(recipient, min(row.created_at, row.send_at))
