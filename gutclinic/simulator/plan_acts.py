"""What people do to a whole plan. Each says whether it was done rather than refused."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from gutclinic.simulator.evidence import Act
from gutclinic.simulator.life import Life
from gutclinic.simulator.people import name_of
from patients.models import Order, Plan
from patients.services import plan_moves
from patients.services.assign import assign as assign_plan
from protocols.domain.amount import Amount, Unit
from protocols.domain.phases import EndReason
from protocols.models import TemplateVersion


def assign(life: Life, version: TemplateVersion, *, starts_on: date) -> None:
    """Draft a plan, which from now on is this life’s plan."""
    life.assigned_count += 1
    plan = assign_plan(
        life.patient,
        version,
        starts_on=starts_on,
        practitioner=life.house.colleague(life.practitioner),
        request_key=f"{name_of(life.number)} {life.assigned_count}",
        by=life.by,
        at=life.clock.at,
    )
    life.plan_id = plan.pk
    after = life.look()
    life.notebook.write(Act(at=life.clock.at, plan_id=plan.pk, name="assign", before=None, after=after))


def _one(order: Order) -> Amount:
    """One of whatever this is counted in."""
    item = order.supplement or order.medicine
    units = item.contents().dose_units if item is not None else ()
    return Amount(Decimal(1), units[0] if units else Unit.CAPSULE)


def activate(life: Life, *, starts_on: date | None = None) -> bool:
    """Activate it, with an amount for what ships without one."""

    def call(plan: Plan) -> object:
        amounts = {order.code: _one(order) for order in plan.orders.all() if order.needs_amount}
        return plan_moves.activate(plan, starts_on=starts_on, amounts=amounts, **life.move(plan))

    return life.act("activate-plan", call)


def hold(life: Life) -> bool:
    return life.act("hold-plan", lambda plan: plan_moves.hold(plan, **life.move(plan)))


def resume(life: Life) -> bool:
    return life.act("resume-plan", lambda plan: plan_moves.resume(plan, **life.move(plan)))


def complete(life: Life) -> bool:
    return life.act("complete-plan", lambda plan: plan_moves.complete(plan, **life.move(plan)))


def revoke(life: Life) -> bool:
    reason = EndReason.PATIENTS_CHOICE
    return life.act("revoke-plan", lambda plan: plan_moves.revoke(plan, end_reason=reason, **life.move(plan)))


def enter_in_error(life: Life) -> bool:
    def call(plan: Plan) -> object:
        return plan_moves.enter_in_error(plan, reason="The wrong patient.", **life.move(plan))

    return life.act("enter-in-error-plan", call)


def use_outdated_screen(life: Life) -> bool:
    """Confirm a hold that somebody else has overtaken."""

    def call(plan: Plan) -> object:
        return plan_moves.hold(plan, by=life.by, at=life.clock.at, revision=plan.revision - 1)

    return life.act("outdated-plan", call)


def let_stranger_hold(life: Life) -> bool:
    """A practitioner of another clinic tries."""

    def call(plan: Plan) -> object:
        stranger = replace(life.by, clinic_code="ELSEWHERE")
        return plan_moves.hold(plan, by=stranger, at=life.clock.at, revision=plan.revision)

    return life.act("stranger-plan", call)
