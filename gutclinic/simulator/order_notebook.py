"""Writing down how somebody’s orders are: from the rows, and from what the pages would show."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from gutclinic.simulator.order_evidence import ApartSeen, FindingSeen, OrderDay, OrderSeen
from patients.models import Finding, Intake, Order, Plan
from patients.services.day.apart import spacing_of
from patients.services.day.timetable import timetable_of
from patients.services.safety.assessing import preview
from protocols.domain.phases import PlanStatus

RUNNING = frozenset({PlanStatus.ACTIVE.value, PlanStatus.ON_HOLD.value})


def order_day(plan_id: int, *, at: datetime) -> OrderDay:
    """This plan’s orders now, where its patient lives."""
    plan = Plan.objects.select_related("patient__clinic").get(pk=plan_id)
    on = at.astimezone(ZoneInfo(plan.patient.zone)).date()
    table = timetable_of(plan, on=on)
    findings = list(Finding.objects.standing().filter(plan=plan).order_by("pk"))
    kept = {finding.code for finding in findings if finding.is_kept}
    judged = preview(plan, at=at).standing if plan.status in RUNNING else ()
    is_active = plan.status == PlanStatus.ACTIVE.value
    return OrderDay(
        at=at,
        plan_id=plan_id,
        on=on,
        plan_status=plan.status,
        orders=tuple(_seen(order, is_due=is_active and order.is_due_on(on)) for order in plan.orders.to_reckon()),
        printed=tuple((item.thing.code, item.written, time.clock) for time in table.times for item in time.items),
        beside=tuple((item.thing.code, item.written) for item in table.untimed),
        apart=tuple(
            ApartSeen(
                a=frozenset(each.a_codes),
                b=frozenset(each.b_codes),
                before=each.before_hours,
                after=each.after_hours,
                is_kept=each.finding in kept,
            )
            for each in spacing_of(plan)
        ),
        findings=tuple(
            FindingSeen(code=each.code, rule=each.rule, part=each.part, facts=each.facts_key, status=each.status)
            for each in findings
        ),
        found=frozenset((each.found.rule, each.found.part, each.found.facts_key) for each in judged),
        recorded=Counter(
            Intake.objects.standing().filter(order__plan=plan).values_list("order__key", "taken_on", "slot")
        ),
    )


def _seen(order: Order, *, is_due: bool) -> OrderSeen:
    return OrderSeen(
        key=order.key,
        number=order.number,
        code=order.code,
        standing=order.standing,
        is_blocked=order.is_blocked,
        ends_on=order.ends_on,
        held=tuple((hold.first_day, hold.resumed_on) for hold in order.holds.all()),
        slots=tuple(order.times_of_day),
        is_due=is_due,
    )
