"""Hand-overs: none twice, never at night, on the right day, and true when they go."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Final

from gutclinic.simulator.evidence import Carried, HandOver
from gutclinic.simulator.invariants.calling import PATIENT
from gutclinic.simulator.invariants.owed import Owed, call_of, called_for, days_allowed
from gutclinic.simulator.invariants.seen import Seen, Violation
from gutclinic.simulator.invariants.taper_rules import TAPER_RULES
from gutclinic.simulator.invariants.wall import is_quiet, local

ALERTS: Final = frozenset(kind for kind, rule in TAPER_RULES.items() if rule.goes_at_night)


def duplicates(seen: Seen) -> Counter[str | Owed]:
    """What was accepted more than once: by key, and by what it means."""
    counts: Counter[str | Owed] = Counter()
    for hand_over in _accepted(seen):
        for carried in hand_over.carried:
            counts[carried.key] += 1
            counts[Owed.of_carried(hand_over, carried)] += 1
    return Counter({what: count - 1 for what, count in counts.items() if count > 1})


def in_quiet_hours(seen: Seen) -> list[HandOver]:
    """Hand-overs, also those that failed, in the recipient’s night, but for alerts that a night must not hold back."""
    return [
        hand_over
        for hand_over in seen.evidence.hand_overs
        if is_quiet(hand_over.at, seen.person(hand_over.recipient, hand_over.at)) and not is_alert(hand_over)
    ]


def is_alert(hand_over: HandOver) -> bool:
    """Whether something in it, still owed, may go day and night."""
    return any(carried.status == "owed" and carried.kind in ALERTS for carried in hand_over.carried)


def nothing_goes_twice(seen: Seen) -> Iterator[Violation]:
    for what, count in duplicates(seen).items():
        if isinstance(what, Owed):
            where = f"{_about(seen, what)}, {what.kind} of {what.civil_date}"
            yield Violation("nothing goes twice", where, f"It was accepted {count + 1} times.")


def nothing_goes_at_night(seen: Seen) -> Iterator[Violation]:
    for hand_over in in_quiet_hours(seen):
        person = seen.person(hand_over.recipient, hand_over.at)
        wall = local(hand_over.at, person.zone)
        text = f"A message went at {wall} there, quiet from {person.quiet_starts} to {person.quiet_ends}."
        yield Violation("nothing goes at night", seen.evidence.names[hand_over.recipient], text)


def alerts_travel_alone(seen: Seen) -> Iterator[Violation]:
    """What waits for the morning is not sent along with an alert at night."""
    for hand_over in seen.evidence.hand_overs:
        others = [each for each in hand_over.carried if each.status == "owed" and each.kind not in ALERTS]
        if is_alert(hand_over) and others:
            name = seen.evidence.names[hand_over.recipient]
            yield Violation("alerts travel alone", name, f"At {hand_over.at} an alert took other things along.")


def everything_goes_on_its_day(seen: Seen) -> Iterator[Violation]:
    """Not before its day, nor later than its kind allows, where the recipient then lives."""
    for hand_over, carried in _standing(seen):
        owed = Owed.of_carried(hand_over, carried)
        call = call_of(seen, owed, hand_over.at) if owed.taper_id is not None else None
        today = local(hand_over.at, seen.person(hand_over.recipient, hand_over.at).zone).date()
        first, last = days_allowed(seen, owed, call, hand_over.at)
        if not first <= today <= last:
            yield Violation("everything goes on its day", _where(seen, hand_over, owed), f"It went on {today}.")


def everything_is_true_when_it_goes(seen: Seen) -> Iterator[Violation]:
    """The plan called for it; a patient who reads of a start finds the phase started.

    Phases are told of while the plan is active; tapers also while it is on hold, and a warning sign ever after.
    """
    for hand_over, carried in _standing(seen):
        owed = Owed.of_carried(hand_over, carried)
        where = _where(seen, hand_over, owed)
        called = called_for(seen, owed, hand_over.at)
        if carried.plan_status not in owed.plan_statuses:
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


def _where(seen: Seen, hand_over: HandOver, owed: Owed) -> str:
    told = seen.evidence.names[hand_over.recipient]
    return f"{_about(seen, owed)}, {owed.kind} of {owed.civil_date} to {told}"


def _about(seen: Seen, owed: Owed) -> str:
    return seen.where_of_taper(owed.taper_id) if owed.taper_id else seen.where(owed.plan_id, owed.phase)
