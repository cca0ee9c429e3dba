"""From a plan to what safety rules are asked about: the record, and all that is taken, on today and on later days.

A later day is looked at where something begins or ends on it. So a finding can say from which day on it is so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from django.db.models import Q, prefetch_related_objects

from patients.models import MedicineUse, Order, Patient, Plan, PlanPhase, Taper
from patients.models.taper_course import COURSE_ROWS
from patients.services.core_record import facts_about
from patients.services.safety.things import (
    ORDER_ROWS,
    Thing,
    things_of_orders,
    things_of_record,
)
from protocols.domain.facts import LabFact, PersonFacts
from protocols.domain.phases import PhaseStatus, PlanStatus
from protocols.domain.safety import LabResult, Situation

STOPPED_COUNTS_FOR: Final = timedelta(weeks=12)
"""What was stopped longer ago than this is no longer put before the rules; none of them looks further back."""
MOST_DAYS: Final = 40
"""So many days of one plan are looked at, the earliest ones; the next morning it is looked at again."""
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Taking:
    """Everything that one person takes or took, with its dates, and the phases that it happens in."""

    things: tuple[Thing, ...]
    phases: tuple[PlanPhase, ...]


def taking_of(plan: Plan, *, today: date, orders: Sequence[Order] | None = None) -> Taking:
    """What the plan, its tapers and the record say is taken. orders: in place of those that are stored."""
    if orders is None:
        orders = list(plan.orders.prefetch_related(*ORDER_ROWS)) if plan.pk else []
        for order in orders:
            order.plan = plan
    elif orders:
        prefetch_related_objects(list(orders), *ORDER_ROWS)
    tapers = list(_signed_tapers(plan))
    uses = _uses(plan.patient, today=today)
    phases = _phases_of(plan, orders)
    things = [
        *things_of_orders(orders, today=today),
        *things_of_record(uses, tapers, today=today),
        *_things_of_earlier_plans(plan, today=today),
    ]
    return Taking(tuple(things), tuple(phases))


def situations(patient: Patient, taking: Taking, *, today: date) -> list[Situation]:
    """One situation for today and one for each later day on which something begins or has ended, the earliest first."""
    facts = facts_about(patient, on=today)
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


def _signed_tapers(plan: Plan) -> Iterable[Taper]:
    """Of this plan, in the order in which they were drawn up. What nobody has signed changes nothing yet."""
    if not plan.pk:
        return []
    signed = plan.tapers.not_in_error().filter(started_at__isnull=False)
    return signed.order_by("created_at", "code").prefetch_related(*COURSE_ROWS, "use_reports")


def _things_of_earlier_plans(plan: Plan, *, today: date) -> Iterable[Thing]:
    """What a plan that ended lately ordered, taken until it ended: some rules look back for weeks."""
    earlier = (
        Order.objects.filter(plan__patient=plan.patient_id, plan__activated_at__isnull=False)
        .filter(plan__ended_on__gte=today - STOPPED_COUNTS_FOR)
        .exclude(plan__status=PlanStatus.ENTERED_IN_ERROR.value)
        .exclude(plan=plan.pk)
    )
    for order in earlier.select_related("plan").prefetch_related(*ORDER_ROWS):
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


def _uses(patient: Patient, *, today: date) -> list[MedicineUse]:
    """Medicines of the record that are taken, will be, or were stopped so lately that they still count."""
    counts = Q(until__isnull=True) | Q(until__gte=today - STOPPED_COUNTS_FOR)
    said = Q(since__isnull=False) | Q(as_of__lte=today)
    rows = MedicineUse.objects.standing().filter(counts, said, patient=patient).order_by("substance", "since", "pk")
    return list(rows.prefetch_related("medicine__ingredients"))


def _phases_of(plan: Plan, orders: Sequence[Order]) -> list[PlanPhase]:
    if plan.pk:
        return list(plan.phases.all())
    return list({id(phase): phase for order in orders for phase in (order.first_phase, order.last_phase)}.values())
