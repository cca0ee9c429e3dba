"""What every move of an order has in common: the locked plan, the newest version, what still runs, the history."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from clinics.actor import Actor
from patients.models import Order, OrderHold
from patients.services.moving import Moving, moving, record
from patients.services.orders.errors import OldVersion, PlanIsOver
from patients.services.orders.versions import begun_by
from protocols.domain.order_states import OrderMove, OrderStanding, OrderStatus, StopReason, next_standing
from protocols.domain.phases import PlanStatus

OPEN_PLANS = frozenset({PlanStatus.DRAFT.value, PlanStatus.ACTIVE.value, PlanStatus.ON_HOLD.value})

CORRECTED_PLANS = frozenset({PlanStatus.COMPLETED.value, PlanStatus.REVOKED.value})
"""Plans that are over, in which an order may still be marked as entered in error."""


class Ordering:
    """One order under the hands of one mover. order: its newest version; today: the patient’s civil date.

    status: of the newest version, which decides what may be done. before: of the one in force today, as it was told.
    running: with it, every earlier version of which a day is left, because the newest begins later.
    """

    def __init__(self, move: Moving, order: Order) -> None:
        self.move = move
        self.today = move.today
        rows = Order.objects.to_reckon().select_related("prescriber", "medicine", "supplement")
        self.versions = list(rows.filter(plan=move.plan, key=order.key).order_by("number"))
        for version in self.versions:
            version.plan = move.plan
        self.order = self.versions[-1]
        if self.order.pk != order.pk:
            raise OldVersion
        self.status = self.order.status_on(self.today)
        self.before = _status_of_all(self.versions, self.today)

    @property
    def is_draft(self) -> bool:
        """Whether the plan has not begun: then an order is filled in, and not changed by a new version."""
        return self.move.plan.status == PlanStatus.DRAFT.value

    @property
    def earlier(self) -> list[Order]:
        """Earlier versions that still run, today or on a day to come."""
        over = {OrderStatus.COMPLETED, OrderStatus.STOPPED, OrderStatus.ENTERED_IN_ERROR}
        return [
            version
            for version in self.versions[:-1]
            # What is on hold is let go with the others, though its last day went by meanwhile.
            if version.standing == OrderStanding.HELD.value
            or (version.is_standing and version.status_on(self.today) not in over and version.window is not None)
        ]

    @property
    def running(self) -> list[Order]:
        return [*self.earlier, self.order]

    def require(self, move: OrderMove) -> OrderStanding:
        """The standing after this move. Raises `IllegalOrderMove`."""
        return next_standing(move, OrderStanding(self.order.standing), status=self.status)

    def stand(self, standing: OrderStanding, *, rows: list[Order], stop_reason: StopReason | None = None) -> None:
        for row in rows:
            row.standing = standing.value
            row.stop_reason = "" if stop_reason is None else stop_reason.value
            row.save(update_fields=["standing", "stop_reason", "ends_on", "prescriber_to_tell"])

    def close_holds(self, rows: list[Order]) -> int:
        """End their open holds today; how many days the newest rested."""
        days = 0
        for hold in OrderHold.objects.filter(order__in=rows, resumed_on__isnull=True):
            hold.resumed_on = max(self.today, hold.first_day)
            hold.save(update_fields=["resumed_on"])
            days = max(days, (hold.resumed_on - hold.first_day).days)
        return days

    def note(
        self,
        move: str,
        *,
        order: Order | None = None,
        reason: str = "",
        details: dict[str, Any] | None = None,
    ) -> None:
        """One line of history, with the statuses of the version in force today: before the move, and after it."""
        rows = list(Order.objects.to_reckon().filter(plan=self.move.plan, key=self.order.key).order_by("number"))
        fresh = next(row for row in rows if row.pk == (order or self.order).pk)
        record(
            self.move.plan,
            order=fresh,
            move=move,
            from_status=self.before.value,
            to_status=_status_of_all(rows, self.today).value,
            reason=reason.strip(),
            details=details,
            by=self.move.by,
            at=self.move.at,
        )


@contextmanager
def ordering(
    order: Order, *, by: Actor, at: datetime, revision: int, is_correction: bool = False
) -> Iterator[Ordering]:
    """Lock the plan of this order, check who moves it and that it is still what was on the screen.

    is_correction: what should never have been there is marked as such in a plan that is over, too.
    """
    with moving(order.plan, by=by, at=at, revision=revision) as move:
        if not (is_correction and move.plan.status in CORRECTED_PLANS):
            require_open(move)
        yield Ordering(move, order)


def _status_of_all(versions: Sequence[Order], day: date) -> OrderStatus:
    """How the order stands that day: as the version that has begun by then, else as the newest."""
    return (begun_by(versions, day) or versions[-1]).status_on(day)


def require_open(move: Moving) -> None:
    if move.plan.status not in OPEN_PLANS:
        raise PlanIsOver


def open_hold(order: Order, *, on: date, reason: str) -> None:
    OrderHold.objects.create(order=order, first_day=on, reason=reason.strip())
