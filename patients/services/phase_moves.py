"""Moves of one phase: start, extend, hold, resume, complete, skip, and signing a criterion off."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from clinics.actor import Actor, ActorKind
from patients.models import Order, Plan, PlanPhase
from patients.services.errors import InvalidRequest, Refused
from patients.services.moving import Moving, moving, record
from patients.services.orders.checking import check_the_only_one
from patients.services.orders.ending import cut_versions, stop_held
from patients.services.orders.errors import ItemAlreadyOrdered
from patients.services.orders.prescribed import PrescriberWord, is_prescriber_of, require_word
from patients.services.orders.sharing import refuse_doubles
from patients.services.orders.telling import let_be_told
from patients.services.readiness import readings_of, unmet
from protocols.domain.layout import MAX_DURATION_DAYS, AnchorKind
from protocols.domain.order_states import OrderStatus
from protocols.domain.phases import EndReason, IllegalTransition, PhaseMove, PhaseStatus, PlanStatus

CONTINUE = "continue"
"""The move’s name in the history of an order."""


class PlanNotActive(Refused):
    def __init__(self) -> None:
        super().__init__("Phases move only while the plan is active. Activate or resume the plan first.")


def _require_active(move: Moving) -> None:
    if move.plan.status != PlanStatus.ACTIVE.value:
        raise PlanNotActive


def start(phase: PlanPhase, *, by: Actor, at: datetime, revision: int | None, reason: str = "") -> PlanPhase:
    """Begin a planned phase: a person begins it today, the sweep on its planned day.

    Later phases that are counted from it move with it. The system starts only what the plan lets start by itself, and
    only when its day has come; otherwise it does nothing, since somebody moved the plan in between. Where one item
    would be taken twice with it, because an earlier phase is still lived, it waits for a person from then on.
    """
    with moving(phase.plan, by=by, at=at, revision=revision) as move:
        locked = move.phase(phase)
        if by.kind is ActorKind.SYSTEM:
            if move.plan.status != PlanStatus.ACTIVE.value or locked.begins_at is None or locked.begins_at > at:
                raise IllegalTransition(PhaseMove.START, PhaseStatus(locked.status))
            if _waits_for_a_person(locked, move):
                return locked
        else:
            _require_active(move)
            planned = locked.starts_on
            move.move_dates()
            locked.starts_on = move.today
            move.lengthen(locked)
            if planned != move.today:
                reason = reason or f"Planned for {planned}."
        move.set_phase(PhaseMove.START, locked, reason=reason, details={"first_day": locked.starts_on.isoformat()})
        if by.kind is not ActorKind.SYSTEM:
            refuse_doubles(move)
    return locked


def _waits_for_a_person(phase: PlanPhase, move: Moving) -> bool:
    try:
        refuse_doubles(move)
    except InvalidRequest:
        phase.starts_by_person = True
        phase.save(update_fields=["starts_by_person"])
        return True
    return False


def extend(phase: PlanPhase, *, days: int, by: Actor, at: datetime, revision: int, reason: str = "") -> PlanPhase:
    """Make a phase that many days longer; what is counted from its end moves later."""
    if days < 1:
        raise InvalidRequest("Extend by at least one day.", field="days")
    with moving(phase.plan, by=by, at=at, revision=revision) as move:
        locked = move.phase(phase)
        if move.plan.status not in {PlanStatus.ACTIVE.value, PlanStatus.DRAFT.value}:
            raise PlanNotActive
        if locked.duration_days is None:
            raise InvalidRequest("This phase has no fixed end, so there is nothing to extend.", field="days")
        if locked.duration_days + days > MAX_DURATION_DAYS:
            raise InvalidRequest(f"A phase lasts at most {MAX_DURATION_DAYS} days.", field="days")
        before = locked.ends_on
        move.move_dates()
        locked.duration_days += days
        if not locked.is_planned:
            move.lengthen(locked)
        details = {"days": days, "planned_last_day": str(before or "")}
        move.set_phase(PhaseMove.EXTEND, locked, reason=reason, details=details)
        refuse_doubles(move, field="days")
    return locked


def hold(phase: PlanPhase, *, by: Actor, at: datetime, revision: int, reason: str = "") -> PlanPhase:
    """Let one phase rest from today; the others go on."""
    with moving(phase.plan, by=by, at=at, revision=revision) as move:
        _require_active(move)
        locked = move.phase(phase)
        move.set_phase(PhaseMove.HOLD, locked, reason=reason)
        move.open_hold(locked)
    return locked


def resume(phase: PlanPhase, *, by: Actor, at: datetime, revision: int, reason: str = "") -> PlanPhase:
    """Go on with a phase from today; it ends later by the days it rested."""
    with moving(phase.plan, by=by, at=at, revision=revision) as move:
        _require_active(move)
        locked = move.phase(phase)
        # The status first: closing the hold lengthens what is open, and a refused move closes nothing.
        move.set_phase(PhaseMove.RESUME, locked, reason=reason)
        move.close_hold(locked)
        refuse_doubles(move)
    return locked


@dataclass(frozen=True, slots=True)
class Continue:
    """An order outlives its phase, until that day. prescriber_word: of a prescribed medicine, who let it go on."""

    until: date
    prescriber_word: PrescriberWord | None = None


def complete(
    phase: PlanPhase,
    *,
    by: Actor,
    at: datetime,
    revision: int,
    on: date | None = None,
    end_reason: EndReason = EndReason.FINISHED,
    reason: str = "",
    pull_forward: bool = False,
    signed_off: Collection[str] = (),
    orders: Mapping[str, Continue] | None = None,
) -> PlanPhase:
    """Finish a phase, today or on an earlier day that was lived.

    signed_off: keys of criteria that the practitioner signs off with this act. A criterion that is then not met needs
    a reason. orders: by code, those of this phase that go on; the others stop with it, and the prescriber of such a
    medicine is still to be told. pull_forward: whether what is
    counted from its end moves forward when it ends early; if not, those phases keep their dates.
    """
    with moving(phase.plan, by=by, at=at, revision=revision) as move:
        _require_active(move)
        locked = move.phase(phase)
        # Somebody who moved westward over the date line may live a day before the phase's first.
        last_day = on or max(move.today, locked.starts_on)
        if on is not None and on > move.today:
            raise InvalidRequest("A phase is finished today or on a day gone by, not in the future.", field="on")
        if last_day < locked.starts_on and not locked.is_planned:
            raise InvalidRequest(f"This phase began on {locked.starts_on}. It cannot have ended before.", field="on")
        _sign_off(locked, signed_off, move)
        open_criteria = unmet(readings_of(locked, today=last_day))
        if open_criteria and end_reason is EndReason.FINISHED and not reason.strip():
            raise InvalidRequest(
                "Not every criterion is met ("
                + " ".join(open_criteria)
                + ") Say why the phase is finished all the same.",
                field="reason",
            )
        if locked.status == PhaseStatus.ON_HOLD.value:
            # What hangs on its end is first brought to the dates that resuming it today would give.
            move.close_hold(locked)
            move.lay_out_planned()
        followers = [
            other
            for other in move.planned()
            if other.anchor == AnchorKind.PHASE_END.value and other.anchor_phase == locked.key
        ]
        details = _decide_orders(locked, orders or {}, move, last_day=last_day)
        move.move_dates()
        move.end_phase(
            locked,
            on=last_day,
            reason=reason,
            end_reason=end_reason,
            details=details | {"pull_forward": pull_forward, "unmet": open_criteria},
        )
        if not pull_forward:
            move.keep_dates(followers)
        refuse_doubles(move, field="pull_forward")
    return locked


def _sign_off(phase: PlanPhase, keys: Collection[str], move: Moving) -> None:
    criteria = {criterion.key: criterion for criterion in phase.criteria.all()}
    for key in keys:
        criterion = criteria.get(key)
        if criterion is None or criterion.kind != "sign_off":
            raise InvalidRequest("This phase has no such criterion to sign off.", field="signed_off")
        if criterion.signed_off_at is None:
            criterion.signed_off_at = move.at
            criterion.signed_off_by_kind, criterion.signed_off_by_code = move.by.kind.value, move.by.code
            criterion.save(update_fields=["signed_off_at", "signed_off_by_kind", "signed_off_by_code"])


def orders_ending_with(phase: PlanPhase) -> list[Order]:
    """The orders that finishing this phase asks about: those that stand and have no end of their own."""
    return [order for order in _standing(phase.plan) if order.ends_on is None and order.phases()[-1:] == [phase]]


def _standing(plan: Plan) -> list[Order]:
    """What stands in this plan and has its days from phases."""
    orders = plan.orders.current().to_reckon().select_related("prescriber", "medicine", "supplement")
    return [order for order in orders if order.is_standing and not order.follows_taper_alone]


def _decide_orders(
    phase: PlanPhase, going_on: Mapping[str, Continue], move: Moving, *, last_day: date
) -> dict[str, object]:
    asked = {order.code: order for order in orders_ending_with(phase)}
    for code, decision in going_on.items():
        order = asked.pop(code, None)
        if order is None:
            raise InvalidRequest("No such order ends with this phase.", field=f"orders.{code}")
        if decision.until <= last_day:
            raise InvalidRequest(
                f"{order.name}: choose a day after the phase’s last day, {last_day}.", field=f"orders.{code}"
            )
        if decision.until > last_day + timedelta(days=MAX_DURATION_DAYS):
            raise InvalidRequest(f"{order.name}: choose a day within two years.", field=f"orders.{code}")
        try:
            said = require_word(order, by=move.by, word=decision.prescriber_word, today=move.today)
        except InvalidRequest as error:
            raise InvalidRequest(str(error), field=f"orders.{code}") from error
        before = order.status_on(move.today).value
        order.ends_on = decision.until
        try:
            check_the_only_one(order)
        except ItemAlreadyOrdered as error:
            raise InvalidRequest(str(error), field=f"orders.{code}") from error
        order.save(update_fields=["ends_on"])
        record(
            move.plan,
            order=order,
            move=CONTINUE,
            from_status=before,
            to_status=order.status_on(move.today).value,
            details=said | {"last_day": decision.until.isoformat()},
            by=move.by,
            at=move.at,
        )
        cut_versions(order, last_day=decision.until)
    let_be_told(asked.values(), move)
    stop_held(asked.values(), move, reason="Its phase was finished.")
    for order in asked.values():
        cut_versions(order, last_day=last_day)
    return {
        "orders_stopped": sorted(asked),
        "orders_continued": {code: decision.until.isoformat() for code, decision in going_on.items()},
    }


def skip(
    phase: PlanPhase, *, by: Actor, at: datetime, revision: int, reason: str, pull_forward: bool = False
) -> PlanPhase:
    """Leave a planned phase out. Says why. What is counted from it keeps its dates unless it is to move forward.

    Refused while it would end an order that is taken, or one that is prescribed: somebody decides about that first.
    """
    if not reason.strip():
        raise InvalidRequest("Say why this phase is left out.", field="reason")
    with moving(phase.plan, by=by, at=at, revision=revision) as move:
        if move.plan.status not in {PlanStatus.ACTIVE.value, PlanStatus.DRAFT.value}:
            raise PlanNotActive
        locked = move.phase(phase)
        _refuse_silent_ends(locked, move)
        move.set_phase(PhaseMove.SKIP, locked, reason=reason, details={"pull_forward": pull_forward})
        move.move_dates()
        move.take_out(locked, pull_forward=pull_forward)
        refuse_doubles(move, field="pull_forward")
    return locked


def _refuse_silent_ends(phase: PlanPhase, move: Moving) -> None:
    """Raise `InvalidRequest` for an order that would be over without anybody having decided about it.

    What goes on with a phase that is lived ends with that, and is asked about when it is finished.
    """
    if move.plan.status == PlanStatus.DRAFT.value:
        return
    ending = orders_ending_with(phase)
    for order in _standing(phase.plan):
        is_nowhere_else = order.phases() == [phase] and order.status_on(move.today) is not OrderStatus.COMPLETED
        is_ending = order in ending
        field = f"orders.{order.code}"
        if (is_nowhere_else or is_ending) and order.is_prescribed and not is_prescriber_of(order, by=move.by):
            raise InvalidRequest(
                f"{order.name} is prescribed and ends with this phase. Change its end or its phase, leave it out or "
                "stop it first, by its prescriber’s word.",
                field=field,
            )
        begins_with = order.phases()[:1]
        if is_ending and begins_with != [phase] and begins_with[0].status == PhaseStatus.COMPLETED.value:
            raise InvalidRequest(
                f"{order.name} would end, since the phase that it began with is over. Give it a last day of its own, "
                "or stop it first.",
                field=field,
            )
