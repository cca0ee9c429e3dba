"""Hand-overs: none twice, never at night, on the right day, and true when they go."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from gutclinic.simulator.evidence import Carried, HandOver
from gutclinic.simulator.invariants.calling import PATIENT, RULES, called_for_on
from gutclinic.simulator.invariants.seen import Seen, Violation
from gutclinic.simulator.invariants.wall import is_quiet, local


def duplicates(seen: Seen) -> Counter[tuple[object, ...]]:
    """What was accepted more than once: by key, and by what it means."""
    counts: Counter[tuple[object, ...]] = Counter()
    for hand_over in _accepted(seen):
        for carried in hand_over.carried:
            counts["key", carried.key] += 1
            counts[carried.kind, carried.plan_id, carried.phase, carried.civil_date, *hand_over.recipient] += 1
    return Counter({what: count - 1 for what, count in counts.items() if count > 1})


def in_quiet_hours(seen: Seen) -> list[HandOver]:
    """Hand-overs, also those that failed, in the recipient’s night."""
    return [
        hand_over
        for hand_over in seen.evidence.hand_overs
        if is_quiet(hand_over.at, seen.person(hand_over.recipient, hand_over.at))
    ]


def nothing_goes_twice(seen: Seen) -> Iterator[Violation]:
    for what, count in duplicates(seen).items():
        if what[0] != "key":
            kind, plan_id, phase, civil_date, *_ = what
            assert isinstance(plan_id, int)
            where = f"{seen.where(plan_id, str(phase))}, {kind} of {civil_date}"
            yield Violation("nothing goes twice", where, f"It was accepted {count + 1} times.")


def nothing_goes_at_night(seen: Seen) -> Iterator[Violation]:
    for hand_over in in_quiet_hours(seen):
        person = seen.person(hand_over.recipient, hand_over.at)
        wall = local(hand_over.at, person.zone)
        text = f"A message went at {wall} there, quiet from {person.quiet_starts} to {person.quiet_ends}."
        yield Violation("nothing goes at night", seen.evidence.names[hand_over.recipient], text)


def everything_goes_on_its_day(seen: Seen) -> Iterator[Violation]:
    """Not before its civil date, nor later than its kind allows, where the recipient then lives."""
    for hand_over, carried in _standing(seen):
        today = local(hand_over.at, seen.person(hand_over.recipient, hand_over.at).zone).date()
        last = carried.civil_date + timedelta(days=RULES[carried.kind].late_days)
        if not carried.civil_date <= today <= last:
            yield Violation("everything goes on its day", _where(seen, hand_over, carried), f"It went on {today}.")


def everything_is_true_when_it_goes(seen: Seen) -> Iterator[Violation]:
    """The plan was active and called for it; a patient who reads of a start finds the phase started."""
    for hand_over, carried in _standing(seen):
        where = _where(seen, hand_over, carried)
        state = seen.evidence.state_at(carried.plan_id, hand_over.at)
        called: date | None = None
        if state is not None:
            called = called_for_on(carried.kind, state, carried.phase, hand_over.recipient[0])
        if carried.plan_status != "active":
            text = f"It went at {hand_over.at} for a plan “{carried.plan_status}”."
            yield Violation("only active plans send", where, text)
        elif called != carried.civil_date:
            text = f"It went at {hand_over.at}, when the plan called for {called}."
            yield Violation("everything is true when it goes", where, text)
        elif _tells_patient_of_start(hand_over, carried) and _found(carried) != ("active", carried.civil_date):
            text = f"At {hand_over.at} the phase was {carried.phase_status} from {carried.phase_starts_on}."
            yield Violation("everything is true when it goes", where, text)


def _tells_patient_of_start(hand_over: HandOver, carried: Carried) -> bool:
    return carried.kind == "phase-starts" and hand_over.recipient[0] == PATIENT


def _found(carried: Carried) -> tuple[str, date]:
    return carried.phase_status, carried.phase_starts_on


def _accepted(seen: Seen) -> Iterator[HandOver]:
    return (hand_over for hand_over in seen.evidence.hand_overs if hand_over.outcome == "accepted")


def _standing(seen: Seen) -> Iterator[tuple[HandOver, Carried]]:
    """Each hand-over with what in it was still owed. The rest of a frozen envelope only travels along."""
    for hand_over in seen.evidence.hand_overs:
        for carried in hand_over.carried:
            if carried.status == "owed":
                yield hand_over, carried


def _where(seen: Seen, hand_over: HandOver, carried: Carried) -> str:
    told = seen.evidence.names[hand_over.recipient]
    return f"{seen.where(carried.plan_id, carried.phase)}, {carried.kind} of {carried.civil_date} to {told}"
