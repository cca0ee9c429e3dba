"""From a plan to what safety rules are asked about: the record, and all that is taken, on today and on later days.

A later day is looked at where something begins or ends on it. So a finding can say from which day on it is so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from patients.models import MedicineUse, Order, Patient, Plan, PlanPhase
from patients.services.core_record import facts_beside_what_is_taken
from patients.services.safety.reading import STOPPED_COUNTS_FOR, TakenRows, read_taken
from patients.services.safety.things import Thing, things_of_orders, things_of_record
from protocols.domain.facts import LabFact, PersonFacts
from protocols.domain.phases import PhaseStatus
from protocols.domain.safety import LabResult, Situation

MOST_DAYS: Final = 40
"""So many days of one plan are looked at, the earliest ones; the next morning it is looked at again."""
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Taking:
    """Everything that one person takes or took, with its dates, and the phases that it happens in. rows: behind it."""

    things: tuple[Thing, ...]
    phases: tuple[PlanPhase, ...]
    rows: TakenRows


def taking_of(plan: Plan, *, today: date, orders: Sequence[Order] | None = None) -> Taking:
    """What the plan, its tapers and the record say is taken. orders: in place of those that are stored."""
    rows = read_taken(plan, today=today, orders=orders)
    tapers = [taper for taper in rows.tapers if taper.plan_id == plan.pk]
    uses = [use for use in rows.uses if _counts(use, today=today)]
    things = [
        *things_of_orders(rows.orders, today=today),
        *things_of_record(uses, tapers, today=today),
        *_things_of_earlier_plans(rows.earlier, today=today),
    ]
    return Taking(tuple(things), rows.phases, rows)


def situations(patient: Patient, taking: Taking, *, today: date) -> list[Situation]:
    """One situation for today and one for each later day on which something begins or has ended, the earliest first."""
    facts = facts_beside_what_is_taken(patient, on=today)
    return [_situation(facts, taking, on=day) for day in days_of(taking, today=today)]


def days_of(taking: Taking, *, today: date) -> list[date]:
    """Today, and later days on which something begins, or is not taken any more."""
    later = {day for thing in taking.things for day in _breaks(*thing.window) if day > today}
    return [today, *sorted(later)][:MOST_DAYS]


def _breaks(since: date | None, until: date | None) -> Iterable[date]:
    if since is not None:
        yield since
    if until is not None:
        yield until + _ONE_DAY


def _situation(facts: PersonFacts, taking: Taking, *, on: date) -> Situation:
    """The record does not know tomorrow: what it says today is taken to be so, and only the age moves on."""
    return Situation(
        on=on,
        taken=tuple(
            taken
            for thing in taking.things
            for taken in thing.taken
            if (taken.first_day is None or taken.first_day <= on)
            and (taken.until is None or on - taken.until <= STOPPED_COUNTS_FOR)
        ),
        age=replace(facts, on=on).age,
        sex=facts.sex if facts.sex in {"female", "male"} else None,
        pregnant=facts.is_pregnant,
        breastfeeding=facts.is_breastfeeding,
        weight=facts.weight,
        conditions=frozenset(fact.code for fact in facts.conditions if fact.is_present),
        conditions_absent=frozenset(fact.code for fact in facts.conditions if not fact.is_present),
        conditions_over=frozenset(fact.code for fact in facts.conditions if fact.is_present and fact.is_over_on(on)),
        # Nobody ever says of a record that no other condition is there.
        conditions_complete=False,
        labs=(
            *(_result(fact) for fact in facts.labs),
            *(LabResult(code=fact.code) for fact in facts.lab_answers),
            *(LabResult(code=code, is_known=False) for code in facts.labs_without_result),
        ),
        phases=frozenset(phase.kind for phase in taking.phases if _is_lived_on(phase, on)),
        taken_complete=facts.is_nothing_else_taken,
    )


def _result(fact: LabFact) -> LabResult:
    """“< 5” is a limit of the method, and no value."""
    return LabResult(code=fact.code, value=fact.value if fact.comparator == "=" else None, unit=fact.unit)


def _is_lived_on(phase: PlanPhase, on: date) -> bool:
    if phase.status == PhaseStatus.SKIPPED.value or on < phase.starts_on:
        return False
    return phase.is_open or phase.ends_on is None or on <= phase.ends_on


def _things_of_earlier_plans(orders: Iterable[Order], *, today: date) -> Iterable[Thing]:
    """What a plan that ended lately ordered, taken until it ended: some rules look back for weeks."""
    for order in orders:
        ended_on = order.plan.ended_on
        for thing in things_of_orders([order], today=today):
            since, until = thing.window
            if ended_on is None:
                continue
            # From the moment it ends, nothing of it is taken; what is taken then, another plan says.
            eve = ended_on - _ONE_DAY if ended_on == today else ended_on
            if since is None or since <= eve:
                last = eve if until is None else min(until, eve)
                yield Thing(tuple(replace(taken, until=last) for taken in thing.taken))


def _counts(use: MedicineUse, *, today: date) -> bool:
    """Whether it is taken, will be, or was stopped so lately that it still counts."""
    is_said = use.since is not None or use.as_of <= today
    return is_said and (use.until is None or use.until >= today - STOPPED_COUNTS_FOR)
