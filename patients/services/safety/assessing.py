"""Putting a plan before the safety rules: as a preview that writes nothing, and as what stands in its rows.

`reassess` runs inside the transaction that changed a plan, a taper or the record. It locks the plan, so two that run at
once wait for each other, and no finding is written twice. The order of locks is: patient, plan, taper, finding.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from clinics.domain.instants import civil_date, day_begins, zone
from patients.models import Order, Patient, Plan, PlanPhase, SafetyCheck
from patients.reminders.planning import replan_as_a_whole
from patients.reminders.redating import wants_anything_daily
from patients.services.day.reminding import follow_day
from patients.services.safety.judging import Judged, judge
from patients.services.safety.keeping import mark_what_is_kept
from patients.services.safety.one_change import with_clashes
from patients.services.safety.reading import read_rests_again
from patients.services.safety.rows import bring_in_line, resolve_all
from patients.services.safety.situation import taking_of
from protocols.domain.layout import lay_out
from protocols.models import TemplateVersion
from protocols.models.content import copied
from protocols.services.rule_reviews import knowledge_of


def preview(plan: Plan, *, at: datetime, orders: Sequence[Order] | None = None) -> Judged:
    """What would be found of this plan, a draft too. Reads only.

    orders: in place of the stored ones, as they would stand; they need not be saved. What of them comes too close
    together is then not looked at: that is read from what is stored.
    """
    today = civil_date(at, zone(plan.patient.zone))
    knowledge = knowledge_of(plan.patient.clinic)
    taking = taking_of(plan, today=today, orders=orders)
    judged = judge(plan.patient, taking, today=today, knowledge=knowledge)
    return with_clashes(judged, plan, taking.rows, today=today) if plan.pk and orders is None else judged


def preview_template(patient: Patient, version: TemplateVersion, *, starts_on: date, at: datetime) -> Judged:
    """What would be found of this protocol, if this patient began it on that day. Reads only."""
    plan = Plan(patient=patient, template_version=version, starts_on=starts_on, title=version.template.title)
    templates = list(version.phases.all())
    windows = lay_out([phase.spec() for phase in templates], plan_start=starts_on)
    phases = {
        phase.pk: PlanPhase(
            plan=plan, starts_on=windows[phase.key].first, ends_on=windows[phase.key].last, **copied(phase)
        )
        for phase in templates
    }
    orders = [
        Order(
            plan=plan,
            first_phase=phases[order.first_phase_id],
            last_phase=phases[order.last_phase_id],
            **copied(order),
        )
        for order in version.orders.all()
    ]
    return preview(plan, at=at, orders=orders)


# Without a savepoint of its own: a move that calls it is undone as a whole.
@transaction.atomic(savepoint=False)
def reassess(plan: Plan, *, at: datetime) -> None:
    """Bring the findings of this plan in line with what is so now, with what they stop, and say when to look again.

    Only a plan that runs has findings that stand: a draft is previewed, and what is over leaves nothing to decide.
    """
    locked = Plan.objects.select_for_update(of=("self",), no_key=True).get(pk=plan.pk)
    # Read once the lock is ours: joined to the locking query, a patient changed meanwhile would come as he was.
    patient = Patient.objects.select_related("clinic").annotate(is_reminded=wants_anything_daily())
    locked.patient = read = patient.get(pk=locked.patient_id)
    home = zone(locked.patient.zone)
    today = civil_date(at, home)
    if not locked.is_running:
        resolve_all(locked, today=today, at=at)
        return
    taking = taking_of(locked, today=today)
    alone = judge(locked.patient, taking, today=today, knowledge=knowledge_of(locked.patient.clinic))
    rows = taking.rows
    judged = with_clashes(alone, locked, rows, today=today)
    found = bring_in_line(locked, judged, orders=rows.orders, today=today, at=at)
    is_any_moved = found.is_any_moved
    if found.is_any_stopped_or_let_go:
        read_rests_again(rows)
        judged = with_clashes(alone, locked, rows, today=today)
        found = bring_in_line(locked, judged, orders=rows.orders, today=today, at=at)
        is_any_moved = is_any_moved or found.is_any_moved
    is_any_moved = mark_what_is_kept(locked, found.rows, rows, at=at) or is_any_moved
    looked = {
        "checked_at": at,
        "edition": judged.edition,
        "totals": judged.totals,
        "not_checked": judged.not_checked,
        # Rules look at dates in many ways: since when, until when, how long ago, how old. So each morning it is
        # looked at again; that costs a moment, and no date is overlooked.
        "looks_at": day_begins(today + timedelta(days=1), home),
    }
    if not SafetyCheck.objects.filter(plan=locked).update(**looked):
        SafetyCheck.objects.create(plan=locked, **looked)
    if is_any_moved:
        # Whoever decides is told of what is new, and not of what is over.
        replan_as_a_whole(locked, at=at)
    if read.is_reminded:
        # Whatever may change the findings may change the day too: what she is reminded of follows.
        follow_day(locked.patient, at=at)


def reassess_all_of(patient: Patient, *, at: datetime) -> None:
    """The same for the plan that this patient lives in, if any: call it where the record was changed."""
    for plan in Plan.objects.filter(patient=patient).running().order_by("pk"):
        reassess(plan, at=at)
