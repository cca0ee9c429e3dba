"""Two orders of one item that a moved phase would bring together on one day: it would be taken twice.

Writing an order refuses that by the dates as they are (`checking.check_the_only_one`). A phase that lasts longer, or
begins sooner, moves the dates afterwards.
"""

from datetime import date
from itertools import combinations

from clinics.actor import ActorKind
from patients.models import Order
from patients.services.errors import InvalidRequest
from patients.services.moving import Moving
from patients.services.orders.checking import is_same_item
from protocols.domain.order_states import OrderStanding
from protocols.domain.phases import PlanStatus
from protocols.domain.window import Window

STANDING = [OrderStanding.OPEN.value, OrderStanding.HELD.value]


def refuse_doubles(move: Moving, *, field: str = "") -> None:
    """Raise `InvalidRequest` where two orders of one item share a day from today on that they did not share before.

    Call it once the move has set its dates, and before they are saved: the rows still say what was. The software
    itself moves no dates.
    """
    if move.plan.status == PlanStatus.DRAFT.value:
        return
    if move.by.kind is not ActorKind.SYSTEM:
        move.lay_out_planned()
    orders = Order.objects.to_reckon().select_related("supplement", "medicine")
    rows = list(orders.filter(plan=move.plan, standing__in=STANDING, taper_tie=""))
    pairs = [(one, other) for one, other in combinations(rows, 2) if one.key != other.key and is_same_item(one, other)]
    if not pairs:
        return
    before = [_shared_so_far(one, other, move) for one, other in pairs]
    move.move_own_days()
    saved = {order.pk: order for order in Order.objects.filter(pk__in=[order.pk for order in rows])}
    phases = {phase.pk: phase for phase in move.phases.values()}
    for order in rows:
        order.starts_on, order.ends_on = saved[order.pk].starts_on, saved[order.pk].ends_on
        order.first_phase, order.last_phase = phases[order.first_phase_id], phases[order.last_phase_id]
    for (one, other), shared_before in zip(pairs, before, strict=True):
        shared = _first_shared(one, other, today=move.today)
        if shared is not None and shared_before is None:
            raise InvalidRequest(
                f"{one.name} is ordered twice from {shared} on if these days move. Stop or change one of the two "
                "orders first, or give it days of its own.",
                field=field,
            )


def _shared_so_far(one: Order, other: Order, move: Moving) -> date | None:
    """As `_first_shared`. While a phase waits to be begun although its day has come, nothing of it is taken yet."""
    for order in (one, other):
        phases = order.phases()
        if phases and phases[0].is_planned and phases[0].starts_on <= move.today:
            return None
    return _first_shared(one, other, today=move.today)


def _first_shared(one: Order, other: Order, *, today: date) -> date | None:
    """The first day from today on that both have; None where they meet on no such day."""
    first, second = _lived(one, today=today), _lived(other, today=today)
    if first is None or second is None:
        return None
    if any(_waits_for_a_person(order, today=today) for order in (one, other)):
        return None
    begins = max(first.first, second.first, today)
    return begins if first.contains(begins) and second.contains(begins) else None


def _waits_for_a_person(order: Order, *, today: date) -> bool:
    """Nothing of it is taken before a person begins its phase, who is asked then."""
    phases = order.phases()
    return bool(phases) and phases[0].is_planned and phases[0].starts_by_person and phases[0].starts_on <= today


def _lived(order: Order, *, today: date) -> Window | None:
    """A phase past its planned last day is lived until a person finishes it."""
    window, phases = order.window, order.phases()
    if window is None or not phases:
        return None
    is_overdue = order.ends_on is None and phases[-1].is_open and window.last is not None and window.last < today
    return Window(window.first, None) if is_overdue else window
