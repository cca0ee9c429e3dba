"""What a person decides about an order, what is then true of it on a day, and the ONE table of moves.

Stored is only what a person decides: the standing. Planned, active and completed are never stored; they follow from
the order's window and its phases, so that no sweep has to bring them up to date and none of them can be stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from protocols.domain.phases import PhaseStatus
from protocols.domain.window import Window


class OrderStanding(StrEnum):
    """What a person decided. open: nothing beyond the order itself. left-out: this patient never takes it."""

    OPEN = "open"
    HELD = "held"
    STOPPED = "stopped"
    LEFT_OUT = "left-out"
    ENTERED_IN_ERROR = "entered-in-error"

    @property
    def label(self) -> str:
        return _in_words(self)

    @property
    def is_open(self) -> bool:
        """Whether anything of it may still be taken: it counts as one of the open orders of its item."""
        return self in {OrderStanding.OPEN, OrderStanding.HELD}


class OrderStatus(StrEnum):
    """What is true on a day. held: paused by a person, or resting with its phase. stopped: also what was left out."""

    PLANNED = "planned"
    ACTIVE = "active"
    HELD = "held"
    STOPPED = "stopped"
    COMPLETED = "completed"
    ENTERED_IN_ERROR = "entered-in-error"

    @property
    def label(self) -> str:
        return _in_words(self)


class StopReason(StrEnum):
    """Why an order was stopped."""

    FINISHED = "finished"
    PATIENTS_CHOICE = "patients-choice"
    REACTION = "reaction"
    ALLERGY = "allergy"
    INTERACTION = "interaction"
    PREGNANCY = "pregnancy"
    NO_LONGER_NEEDED = "no-longer-needed"
    NOT_AVAILABLE = "not-available"
    PRESCRIBERS_WORD = "prescribers-word"
    OTHER = "other"

    @property
    def label(self) -> str:
        special = {"patients-choice": "Patient’s choice", "prescribers-word": "The prescriber’s word"}
        return special.get(self.value, _in_words(self))

    @property
    def needs_words(self) -> bool:
        """Whether the reason says nothing by itself, so that somebody has to type it."""
        return self is StopReason.OTHER


class OrderMove(StrEnum):
    """What somebody does with an order. `change` puts a new version in force and keeps the standing.

    An earlier or later first day is a change too: nothing starts an order apart from its window.
    """

    HOLD = "hold"
    RESUME = "resume"
    CHANGE = "change"
    STOP = "stop"
    LEAVE_OUT = "leave-out"
    ENTER_IN_ERROR = "enter-in-error"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def needs_reason(self) -> bool:
        """Whether it is refused without a reason; `stop` takes a `StopReason`, the other typed words."""
        return self in {OrderMove.STOP, OrderMove.ENTER_IN_ERROR}


_OPEN, _HELD, _STOPPED, _LEFT_OUT, _IN_ERROR = OrderStanding
_UNFINISHED: Final = frozenset({OrderStatus.PLANNED, OrderStatus.ACTIVE, OrderStatus.HELD})

ORDER_TRANSITIONS: Final[Mapping[OrderMove, Mapping[OrderStanding, OrderStanding]]] = MappingProxyType(
    {
        OrderMove.HOLD: MappingProxyType({_OPEN: _HELD}),
        OrderMove.RESUME: MappingProxyType({_HELD: _OPEN}),
        OrderMove.CHANGE: MappingProxyType({_OPEN: _OPEN, _HELD: _HELD}),
        OrderMove.STOP: MappingProxyType({_OPEN: _STOPPED, _HELD: _STOPPED}),
        OrderMove.LEAVE_OUT: MappingProxyType({_OPEN: _LEFT_OUT}),
        OrderMove.ENTER_IN_ERROR: MappingProxyType(
            {_OPEN: _IN_ERROR, _HELD: _IN_ERROR, _STOPPED: _IN_ERROR, _LEFT_OUT: _IN_ERROR}
        ),
    }
)
"""move → {standing before: standing after}. What is not listed is illegal."""

ORDER_MOVES_WHILE: Final[Mapping[OrderMove, frozenset[OrderStatus]]] = MappingProxyType(
    {
        OrderMove.HOLD: _UNFINISHED,
        OrderMove.RESUME: _UNFINISHED,
        OrderMove.CHANGE: _UNFINISHED,
        OrderMove.STOP: _UNFINISHED,
        # What has begun is stopped, with a reason: only what nobody has taken yet can be left out.
        OrderMove.LEAVE_OUT: frozenset({OrderStatus.PLANNED}),
        OrderMove.ENTER_IN_ERROR: frozenset(OrderStatus) - {OrderStatus.ENTERED_IN_ERROR},
    }
)
"""move → the statuses of that day in which it is legal: the standing does not know that an order is completed."""


class IllegalOrderMove(ValueError):
    """The move is not legal now; `str()` is the sentence for people."""

    def __init__(self, move: OrderMove, standing: OrderStanding, status: OrderStatus) -> None:
        super().__init__(move, standing, status)
        self.move = move
        self.standing = standing
        self.status = status

    def __str__(self) -> str:
        is_left_out = self.standing is OrderStanding.LEFT_OUT
        words = "left out" if is_left_out else self.status.label.lower()
        if self.move is OrderMove.RESUME and (self.standing, self.status) == (OrderStanding.OPEN, OrderStatus.HELD):
            return "This order rests because its phase is on hold: resume the phase instead."
        return f"An order that is {words} cannot be {_PARTICIPLES[self.move]}."


def next_standing(move: OrderMove, standing: OrderStanding, *, status: OrderStatus) -> OrderStanding:
    """The standing after `move`, or `IllegalOrderMove`.

    status: what `status_on` says for the day of the move. The plain texts of rows will do.
    """
    move, before, now = OrderMove(move), OrderStanding(standing), OrderStatus(status)
    after = ORDER_TRANSITIONS[move].get(before)
    if after is None or now not in ORDER_MOVES_WHILE[move]:
        raise IllegalOrderMove(move, before, now)
    return after


def legal_order_moves(standing: OrderStanding, *, status: OrderStatus) -> tuple[OrderMove, ...]:
    """Every move that is legal now, in the order of the table."""
    before, now = OrderStanding(standing), OrderStatus(status)
    return tuple(
        move for move, table in ORDER_TRANSITIONS.items() if before in table and now in ORDER_MOVES_WHILE[move]
    )


def status_on(
    standing: OrderStanding,
    *,
    window: Window | None,
    day: date,
    phases: Iterable[PhaseStatus],
    is_end_said: bool,
) -> OrderStatus:
    """What is true of an order on a day.

    window: None while what it is tied to has no dates; then it is planned. phases: the statuses of the phase it begins
    with and the one it ends with (often one); none for an order that is tied to a taper and follows that alone. What
    was skipped among them does not count; if nothing else is left, nothing of the order is taken: stopped. is_end_said:
    its last day is its own. Otherwise its last day is that of its phase, and counts only once a person has finished
    the phase: a phase past its planned last day is still lived, and so are its orders.
    """
    decided = _DECIDED.get(OrderStanding(standing))
    if decided is not None:
        return decided
    named = [PhaseStatus(phase) for phase in phases]
    lived = [phase for phase in named if phase not in (PhaseStatus.SKIPPED, PhaseStatus.ENTERED_IN_ERROR)]
    if named and not lived:
        return OrderStatus.STOPPED
    is_end_final = is_end_said or (bool(lived) and lived[-1] is PhaseStatus.COMPLETED)
    if is_end_final and window is not None and window.last is not None and day > window.last:
        return OrderStatus.COMPLETED
    if standing == OrderStanding.HELD:
        return OrderStatus.HELD
    if window is None or day < window.first or (lived and lived[0] is PhaseStatus.PLANNED):
        return OrderStatus.PLANNED
    if PhaseStatus.ON_HOLD in lived and PhaseStatus.ACTIVE not in lived:
        return OrderStatus.HELD
    return OrderStatus.ACTIVE


_DECIDED: Final = {
    OrderStanding.STOPPED: OrderStatus.STOPPED,
    OrderStanding.LEFT_OUT: OrderStatus.STOPPED,
    OrderStanding.ENTERED_IN_ERROR: OrderStatus.ENTERED_IN_ERROR,
}
_LABELS: Final = {
    OrderMove.HOLD: "Put on hold",
    OrderMove.RESUME: "Resume",
    OrderMove.CHANGE: "Change",
    OrderMove.STOP: "Stop",
    OrderMove.LEAVE_OUT: "Leave out",
    OrderMove.ENTER_IN_ERROR: "Mark as entered in error",
}
_PARTICIPLES: Final = {
    OrderMove.HOLD: "put on hold",
    OrderMove.RESUME: "resumed",
    OrderMove.CHANGE: "changed",
    OrderMove.STOP: "stopped",
    OrderMove.LEAVE_OUT: "left out",
    OrderMove.ENTER_IN_ERROR: "marked as entered in error",
}


def _in_words(member: StrEnum) -> str:
    return member.value.replace("-", " ").capitalize()
