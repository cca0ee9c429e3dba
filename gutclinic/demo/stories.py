"""What a patient may live through: stories with a few days and moves to fill in."""

from collections.abc import Callable, Collection
from datetime import date, timedelta

from django.db.models import Q

from gutclinic.demo.desk import Desk
from gutclinic.demo.people import Person
from gutclinic.demo.timeline import Story
from patients.models import Plan
from protocols.domain.phases import PhaseStatus, PlanStatus

Told = Callable[[Desk, Person], Story]
Move = Callable[[Desk, Plan], object]


def no_plan(desk: Desk, person: Person) -> Story:
    """Received the day before yesterday; a plan is the next thing to do."""
    yield desk.on(_days_ago(desk, person, 2), person.zone, minute=person.number)
    person.received_at(desk)


def draft(*, starts_in: int) -> Told:
    """Assigned yesterday and not begun; the first day may be gone by already."""

    def story(desk: Desk, person: Person) -> Story:
        yield desk.on(_days_ago(desk, person, 1), person.zone, minute=person.number)
        desk.assign(person.received_at(desk), starts_on=_days_ago(desk, person, -starts_in))

    return story


def entered_late(*, day: int) -> Told:
    """Activated yesterday with a first day long gone by: somebody who was under way before they came here."""

    def story(desk: Desk, person: Person) -> Story:
        yield desk.on(_days_ago(desk, person, 1), person.zone, minute=person.number)
        plan = desk.assign(person.received_at(desk), starts_on=_days_ago(desk, person, day - 1))
        desk.activate(plan)

    return story


def under_way(day: int, *moves: tuple[int, Move], leave: Collection[str] = ()) -> Told:
    """Today is day `day` of the plan (0: it begins tomorrow); it was activated the day before its first, or yesterday.

    Each phase was finished on its last day, but for the keys in `leave`, which somebody left open. moves: on which
    day of the plan something more was done, and what; in the order of days.
    """

    def story(desk: Desk, person: Person) -> Story:
        first_day = _days_ago(desk, person, day - 1)
        activated_on = min(first_day, _days_ago(desk, person, 0)) - timedelta(days=1)
        yield desk.on(activated_on, person.zone, minute=person.number)
        plan = desk.activate(desk.assign(person.received_at(desk), starts_on=first_day))
        for on_day, move in moves:
            moved_on = first_day + timedelta(days=on_day - 1)
            yield from _finish_when_due(desk, person, plan, until=moved_on - timedelta(days=1), leave=leave)
            yield desk.on(moved_on, person.zone, minute=person.number)
            move(desk, plan)
        yield from _finish_when_due(desk, person, plan, until=_days_ago(desk, person, 1), leave=leave)

    return story


def _finish_when_due(desk: Desk, person: Person, plan: Plan, *, until: date, leave: Collection[str]) -> Story:
    """Finish each phase on its last day, as far as `until`, while the plan is active."""
    starts_by_itself = Q(status=PhaseStatus.PLANNED.value, begins_at__isnull=False)
    while True:
        plan.refresh_from_db()
        ending = plan.phases.filter(Q(status=PhaseStatus.ACTIVE.value) | starts_by_itself, ends_on__lte=until).exclude(
            key__in=leave
        )
        phase = ending.order_by("ends_on", "position").first()
        if phase is None or phase.ends_on is None or plan.status != PlanStatus.ACTIVE.value:
            return
        yield desk.on(phase.ends_on, person.zone, minute=person.number)
        desk.finish(plan, phase.key)


def _days_ago(desk: Desk, person: Person, days: int) -> date:
    return desk.today(person.zone) - timedelta(days=days)
