"""Orders as a practitioner reads them: how each stands today, what is taken, from when until when, and who decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from patients.models import Finding, Order, Plan
from protocols.domain.order_states import OrderStatus, StopReason
from protocols.domain.phases import PlanStatus
from protocols.domain.safety_rules import Severity
from protocols.domain.supplements import PrescribedBy
from protocols.domain.titration import Titration


@dataclass(frozen=True, slots=True)
class OrderRow:
    """status: its badge. now: the dose of today. full: a slow start in words; empty without one."""

    order: Order
    status: OrderStatus
    words: str
    now: str
    full: str
    when: str
    first: str
    last: str
    decides: str
    blocked: list[str]
    older: int


def order_rows(plan: Plan, *, today: date) -> list[OrderRow]:
    """The newest version of each, in the order of the plan; an older one beside it while that is still taken."""
    orders = list(plan.orders.to_reckon().select_related("prescriber", "taper__reduces"))
    blocks = _blocks(plan) if any(order.is_blocked for order in orders) else {}
    return [
        row_of(
            order, today=today, blocked=blocks.get(order.code, []), older=sum(o.key == order.key for o in orders) - 1
        )
        for order in orders
        if order.is_current or order.is_open_on(today)
    ]


def row_of(order: Order, *, today: date, blocked: Iterable[str] = (), older: int = 0) -> OrderRow:
    """Load it by `to_reckon`, with its prescriber and its taper."""
    status = order.status_on(today)
    amount, full = order.amount_on(today), order.amount
    titration = Titration.parse(order.titration, full=full).display() if order.titration and full else ""
    slots = [slot.label.lower() for slot in order.slots]
    return OrderRow(
        order=order,
        status=status,
        words=_words(order, status),
        now=amount.display() if amount else "",
        full=titration,
        when=", ".join([order.parsed_pattern.display(), *slots]),
        first=day_words(order.first_day) if order.first_day else "waits for the taper",
        last=day_words(order.last_day) if order.last_day else "no fixed end",
        decides=_decides(order),
        blocked=list(blocked),
        older=older,
    )


def day_words(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _words(order: Order, status: OrderStatus) -> str:
    if order.is_left_out:
        return "not for this patient"
    to_do = "; tell its prescriber" if order.prescriber_to_tell else ""
    if order.stop_reason:
        return f"Stopped: {StopReason(order.stop_reason).label.lower()}{to_do}"
    if not order.is_current and status is OrderStatus.COMPLETED:
        return "Replaced"
    if order.waits:
        return "Waits"
    if status is OrderStatus.HELD and order.plan.status == PlanStatus.ON_HOLD.value:
        return "On hold with the plan"
    if order.is_blocked and status is OrderStatus.ACTIVE:
        return "Not taken now"
    return "On hold" if status is OrderStatus.HELD else f"{status.label}{to_do}"


def _decides(order: Order) -> str:
    if order.prescriber is not None:
        return order.prescriber.name
    return PrescribedBy(order.prescribed_by).label


def _blocks(plan: Plan) -> dict[str, list[str]]:
    """By the code of an order, what stops it, in the clinician’s words."""
    found: dict[str, list[str]] = {}
    for finding in Finding.objects.filter(plan=plan).undecided().filter(severity=Severity.BLOCK.value):
        for code in finding.stops:
            found.setdefault(code, []).append(finding.text)
    return found
