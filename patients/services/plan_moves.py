"""Moves of a whole plan: activate, hold, resume, hand over, complete, revoke, enter in error."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from clinics.actor import Actor
from clinics.models import Prescriber, User
from patients.models import Order, Plan
from patients.services.errors import (
    AmountsMissing,
    InvalidRequest,
    PlanAlreadyRunning,
    PrescribersMissing,
    TaperStillOpen,
)
from patients.services.moving import Moving, moving
from patients.services.orders.checking import CONTENTS, check_makeable, check_prescriber, not_makeable, unusual
from patients.services.orders.ending import end_all
from patients.services.orders.errors import UnusualAmount
from patients.services.orders.following import let_go_and_tie
from patients.services.orders.sharing import refuse_doubles
from patients.services.practitioners import require_practitioner
from protocols.domain.amount import Amount
from protocols.domain.layout import check_plan_start
from protocols.domain.order_states import OrderStanding
from protocols.domain.phases import EndReason, PhaseMove, PlanMove, PlanStatus, next_status

ENTERED_AFTERWARDS = "Already lived before the plan was entered."
WITH_THE_PLAN = "The plan ended."


def activate(
    plan: Plan,
    *,
    by: Actor,
    at: datetime,
    revision: int,
    starts_on: date | None = None,
    amounts: Mapping[str, Amount] | None = None,
    left_out: Collection[str] = (),
    prescribers: Mapping[str, Prescriber] | None = None,
    amounts_confirmed: Collection[str] = (),
) -> Plan:
    """Let a draft plan begin. From now on it owes reminders.

    starts_on: another first day, if the drafted one no longer fits. amounts: by order code, for orders that ship
    without one; every such order needs it (`AmountsMissing` lists those left). left_out: codes of orders that are not
    for this patient; they stay in the plan as a record and are never due. prescribers: by order code, who prescribes
    what needs a prescription; every such order needs one (`PrescribersMissing`). amounts_confirmed: codes of orders
    whose amount is far from the usual, and was looked at; `UnusualAmount` asks. A first day in the past marks as done
    what then lies behind, starts what is running, and owes nothing for the days gone by.
    """
    try:
        with moving(plan, by=by, at=at, revision=revision) as move:
            if Plan.objects.filter(patient=move.plan.patient).running().exclude(pk=move.plan.pk).exists():
                raise PlanAlreadyRunning
            if starts_on is not None:
                check_plan_start(starts_on, today=move.today)
                move.begin_draft_on(starts_on)
            _decide_orders(move, amounts or {}, left_out, prescribers or {}, amounts_confirmed)
            let_go_and_tie(move.plan)
            details = {
                "starts_on": move.plan.starts_on.isoformat(),
                "amounts": {code: str(amount) for code, amount in sorted((amounts or {}).items())},
                "left_out": sorted(left_out),
                "prescribers": {code: who.code for code, who in sorted((prescribers or {}).items())},
            }
            move.set_plan(PlanMove.ACTIVATE, details=details)
            move.plan.activated_at = at
            _start_what_has_begun(move)
            _begin_slow_starts_today(move)
    except IntegrityError as error:
        if "one_running_plan_per_patient" not in str(error) and "patient_id" not in str(error):
            raise
        raise PlanAlreadyRunning from error
    return move.plan


def _decide_orders(
    move: Moving,
    amounts: Mapping[str, Amount],
    left_out: Collection[str],
    prescribers: Mapping[str, Prescriber],
    amounts_confirmed: Collection[str],
) -> None:
    rows = move.plan.orders.current().select_related("medicine", "supplement", "prescriber").prefetch_related(*CONTENTS)
    orders = {order.code: order for order in rows}
    for code in left_out:
        order = orders.get(code)
        if order is None:
            raise InvalidRequest("This plan has no such order.", field="left_out")
        if code in amounts:
            raise InvalidRequest(f"{order.name}: either an amount, or left out.", field=f"amounts.{code}")
        order.standing = OrderStanding.LEFT_OUT.value
        order.save(update_fields=["standing"])
    for code, amount in amounts.items():
        order = orders.get(code)
        if order is None:
            raise InvalidRequest("This plan has no such order.", field=f"amounts.{code}")
        if amount.value == 0:
            raise InvalidRequest(f"{order.name}: an amount is more than zero.", field=f"amounts.{code}")
        if not order.needs_amount:
            raise InvalidRequest(
                f"{order.name}: activation decides only amounts that the protocol leaves open.", field=f"amounts.{code}"
            )
        order.amount_value, order.amount_unit = amount.value, amount.unit.value
        try:
            order.clean_fields(exclude={"first_phase", "last_phase", "plan"})
            order.clean()
        except ValidationError as error:
            raise InvalidRequest(f"{order.name}: {error.messages[0]}", field=f"amounts.{code}") from error
        try:
            check_makeable(order)
        except InvalidRequest as error:
            raise InvalidRequest(str(error), field=f"amounts.{code}") from error
        sentence = "" if code in amounts_confirmed else unusual(order)
        if sentence:
            raise UnusualAmount(sentence, field=f"amounts_confirmed.{code}")
        order.save(update_fields=["amount_value", "amount_unit"])
    for code, prescriber in prescribers.items():
        order = orders.get(code)
        if order is None:
            raise InvalidRequest("This plan has no such order.", field=f"prescribers.{code}")
        named = order.prescriber
        if named is not None and named.ended_at is None and named.pk != prescriber.pk:
            raise InvalidRequest(
                f"{order.name}: {named.name} prescribes it already. Change the order to name somebody else.",
                field=f"prescribers.{code}",
            )
        order.prescriber = prescriber
        try:
            check_prescriber(order, move)
        except InvalidRequest as error:
            raise InvalidRequest(str(error), field=f"prescribers.{code}") from error
        order.save(update_fields=["prescriber"])
    # What a protocol says is copied into the draft as it stands there, whether or not it can be taken.
    impossible = not_makeable(order for order in orders.values() if order.is_standing and order.code not in amounts)
    if impossible:
        raise InvalidRequest(" ".join(impossible), field="amounts")
    missing = [order.name for order in orders.values() if order.needs_amount]
    if missing:
        raise AmountsMissing(missing)
    unsaid = [order.name for order in orders.values() if lacks_prescriber(order)]
    if unsaid:
        raise PrescribersMissing(unsaid)


def lacks_prescriber(order: Order) -> bool:
    """Whether somebody has to say who prescribes it: nobody did, or the entry of whoever was named has ended."""
    named = order.prescriber
    return order.needs_prescriber or (order.is_standing and named is not None and named.ended_at is not None)


def _start_what_has_begun(move: Moving) -> None:
    """Of a plan that began in the past: what lies behind is completed, what should be running is started."""
    for phase in sorted(move.planned(), key=lambda phase: phase.starts_on):
        if phase.ends_on is not None and phase.ends_on < move.today:
            move.set_phase(PhaseMove.START, phase, reason=ENTERED_AFTERWARDS)
            move.set_phase(PhaseMove.COMPLETE, phase, reason=ENTERED_AFTERWARDS, end_reason=EndReason.FINISHED)
        elif phase.starts_on < move.today:
            move.set_phase(PhaseMove.START, phase, reason=ENTERED_AFTERWARDS)
        elif phase.starts_on == move.today and not phase.starts_by_person and move.waits_for(phase) is None:
            move.set_phase(PhaseMove.START, phase)


def _begin_slow_starts_today(move: Moving) -> None:
    """Nobody took the small amounts of the days gone by: what is raised step by step is raised from today on."""
    for order in move.plan.orders.current().to_reckon():
        window = order.window
        is_lived = window is not None and window.first < move.today and window.contains(move.today)
        if order.titration and order.is_standing and not order.taper_tie and is_lived:
            order.starts_on = move.today
            order.save(update_fields=["starts_on"])


def hold(plan: Plan, *, by: Actor, at: datetime, revision: int, reason: str = "") -> Plan:
    """Let the plan rest from today. Nothing is owed until it is resumed; the days do not count."""
    with moving(plan, by=by, at=at, revision=revision) as move:
        move.set_plan(PlanMove.HOLD, reason=reason)
        move.open_hold(None)
    return move.plan


def resume(plan: Plan, *, by: Actor, at: datetime, revision: int, reason: str = "") -> Plan:
    """Go on from today. A hold of n days lengthens what is open and shifts what is planned by n.

    Refused where that would bring two orders of one item together: one of them is stopped or changed first.
    """
    with moving(plan, by=by, at=at, revision=revision) as move:
        # Asked first: a plan that does not rest has no hold to close.
        next_status(PlanMove.RESUME, PlanStatus(move.plan.status))
        days = move.close_plan_hold()
        move.set_plan(PlanMove.RESUME, reason=reason, details={"held_days": days})
        refuse_doubles(move)
    return move.plan


def hand_over(plan: Plan, *, practitioner: User, by: Actor, at: datetime, revision: int, reason: str = "") -> Plan:
    """Let another practitioner of the clinic look after the plan, and be told what is due from now on."""
    with moving(plan, by=by, at=at, revision=revision) as move:
        require_practitioner(practitioner, move.plan.patient.clinic)
        if practitioner.pk == move.plan.practitioner_id:
            raise InvalidRequest("This practitioner looks after the plan already.", field="practitioner")
        details = {"from": move.plan.practitioner.code, "to": practitioner.code}
        move.plan.practitioner = practitioner
        move.set_plan(PlanMove.HAND_OVER, reason=reason, details=details)
    return move.plan


def complete(
    plan: Plan,
    *,
    by: Actor,
    at: datetime,
    revision: int,
    end_reason: EndReason = EndReason.FINISHED,
    reason: str = "",
) -> Plan:
    """The plan is done: open phases end today, planned ones are skipped."""
    return _end(plan, PlanMove.COMPLETE, by=by, at=at, revision=revision, end_reason=end_reason, reason=reason)


def revoke(plan: Plan, *, by: Actor, at: datetime, revision: int, end_reason: EndReason, reason: str = "") -> Plan:
    """The plan stops before it is done, or a draft is given up. Says why."""
    return _end(plan, PlanMove.REVOKE, by=by, at=at, revision=revision, end_reason=end_reason, reason=reason)


def enter_in_error(plan: Plan, *, by: Actor, at: datetime, revision: int, reason: str) -> Plan:
    """The plan should never have been there: hidden from the patient, kept in the history; and so are its tapers.

    Refused while a taper of it runs, waits for its prescriber or is being drawn up: what she takes today does not
    vanish from her page by the way, and a prescriber is not left with a request that nobody wants. Somebody stops it
    first, with an instruction to her, or marks it as entered in error by itself.
    """
    if not reason.strip():
        raise InvalidRequest("Say why this plan was entered in error.", field="reason")
    return _end(plan, PlanMove.ENTER_IN_ERROR, by=by, at=at, revision=revision, end_reason=None, reason=reason)


def _end(
    plan: Plan,
    plan_move: PlanMove,
    *,
    by: Actor,
    at: datetime,
    revision: int,
    end_reason: EndReason | None,
    reason: str,
) -> Plan:
    with moving(plan, by=by, at=at, revision=revision) as move:
        if move.plan.tapers.open().exists():
            raise TaperStillOpen
        was_draft = move.plan.status == PlanStatus.DRAFT.value
        if move.plan.status == PlanStatus.ON_HOLD.value:
            move.close_hold(None)
        move.set_plan(plan_move, reason=reason, end_reason=end_reason)
        move.plan.end_reason = end_reason.value if end_reason else ""
        if move.plan.ended_on is None:
            move.plan.ended_on = move.today
        if not was_draft:
            for phase in move.started():
                move.end_phase(phase, reason=WITH_THE_PLAN, end_reason=end_reason)
            end_all(move, reason=WITH_THE_PLAN)
        for phase in move.planned():
            move.set_phase(PhaseMove.SKIP, phase, reason=WITH_THE_PLAN, end_reason=end_reason)
    return move.plan
