"""What each reminder is about, loaded as it stands now."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from patients.models import Plan, PlanPhase, Reminder
from patients.reminders.order_subject import OrderSubject, order_subjects_of
from patients.reminders.plan_kinds import ABOUT_THE_WHOLE_PLAN
from patients.reminders.plan_subject import PlanSubject, plan_subjects_of
from patients.reminders.recurrence_subject import RecurrenceSubject, subjects_of_days
from patients.reminders.taper_subject import TaperSubject
from patients.reminders.taper_subject import subjects_of as subjects_of_tapers

Subject = PlanPhase | TaperSubject | OrderSubject | PlanSubject | RecurrenceSubject


@dataclass(frozen=True, slots=True)
class Subjects:
    """What some reminders are about: plans, tapers and orders by their keys, days by those of the reminders."""

    plans: dict[int, PlanSubject]
    tapers: dict[int, TaperSubject]
    orders: dict[int, OrderSubject]
    days: dict[int, RecurrenceSubject]

    def of(self, reminder: Reminder) -> Subject | None:
        """None for what is no longer there to be asked."""
        if reminder.recurrence_id is not None:
            return self.days.get(reminder.pk)
        if reminder.kind in ABOUT_THE_WHOLE_PLAN:
            return self.plans.get(reminder.plan_id)
        if reminder.taper_id is not None:
            return self.tapers.get(reminder.taper_id)
        return self.orders.get(reminder.order_id) if reminder.order_id is not None else reminder.phase


def subjects_of(reminders: Collection[Reminder]) -> Subjects:
    """What these are about, in a few queries for all of them.

    reminders: with plan, patient, taper and recurrence loaded; those of one plan share its object.
    """
    plans = {reminder.plan_id: reminder.plan for reminder in reminders}
    _load(plans, "phases", {reminder.plan_id for reminder in reminders if reminder.phase_id is not None})
    of_the_whole = {reminder.plan_id for reminder in reminders if reminder.kind in ABOUT_THE_WHOLE_PLAN}
    for reminder in reminders:
        if reminder.phase_id is not None:
            # The plan's own object of the phase, which knows its siblings.
            phases = reminder.plan.phases.all()
            reminder.phase = next((phase for phase in phases if phase.pk == reminder.phase_id), None)
        if reminder.taper is not None:
            reminder.taper.plan = reminder.plan
    tapers = list({taper.pk: taper for reminder in reminders if (taper := reminder.taper)}.values())
    ordering = [plans[key] for key in {reminder.plan_id for reminder in reminders if reminder.order_id is not None}]
    return Subjects(
        plans=plan_subjects_of([plans[key] for key in of_the_whole]),
        tapers=subjects_of_tapers(tapers),
        orders={subject.order.pk: subject for subject in order_subjects_of(ordering)},
        days=subjects_of_days(reminders),
    )


def _load(plans: dict[int, Plan], what: str, keys: set[int]) -> None:
    prefetch_related_objects([plans[key] for key in keys], what)
