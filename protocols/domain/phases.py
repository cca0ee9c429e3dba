"""The five phases, the statuses of plans and phases, and the ONE table of moves between them.

A move is what somebody does (hold, complete); a status is what is then true. Nothing else in gutclinic
decides which move is legal. `extend` and `hand-over` keep the status: they change dates, or who looks after
the plan, and are moves because history records them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, overload


class PhaseKind(StrEnum):
    """The five phases of gut restoration, in the order they are taught; in a plan they overlap."""

    REMOVE = "remove"
    REPLACE = "replace"
    RE_INOCULATE = "re-inoculate"
    REPAIR = "repair"
    REBALANCE = "rebalance"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class PlanStatus(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    ON_HOLD = "on-hold"
    COMPLETED = "completed"
    REVOKED = "revoked"
    ENTERED_IN_ERROR = "entered-in-error"

    @property
    def label(self) -> str:
        return _in_words(self)


class PhaseStatus(StrEnum):
    PLANNED = "planned"
    ACTIVE = "active"
    ON_HOLD = "on-hold"
    COMPLETED = "completed"
    SKIPPED = "skipped"
    ENTERED_IN_ERROR = "entered-in-error"

    @property
    def label(self) -> str:
        return _in_words(self)


class EndReason(StrEnum):
    """Why a plan or phase ended."""

    FINISHED = "finished"
    PATIENTS_CHOICE = "patients-choice"
    REACTION = "reaction"
    PREGNANCY = "pregnancy"
    TRANSFERRED = "transferred"
    LOST = "lost"
    CLINIC_ENDED_CARE = "clinic-ended-care"
    DIED = "died"

    @property
    def label(self) -> str:
        return {"patients-choice": "Patient’s choice", "lost": "Lost to follow-up"}.get(self.value, _in_words(self))


class _Move(StrEnum):
    """A move equals only itself and its own plain text.

    As bare strings, PlanMove.HOLD and PhaseMove.HOLD would be one and the same key of the table below.
    """

    def __eq__(self, other: object) -> bool:
        return self is other if isinstance(other, _Move) else str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__

    @property
    def label(self) -> str:
        return {"hold": "Put on hold", "enter-in-error": "Mark as entered in error"}.get(self.value, _in_words(self))


class PlanMove(_Move):
    ACTIVATE = "activate"
    HOLD = "hold"
    RESUME = "resume"
    HAND_OVER = "hand-over"
    COMPLETE = "complete"
    REVOKE = "revoke"
    ENTER_IN_ERROR = "enter-in-error"


class PhaseMove(_Move):
    START = "start"
    EXTEND = "extend"
    HOLD = "hold"
    RESUME = "resume"
    COMPLETE = "complete"
    SKIP = "skip"


Move = PlanMove | PhaseMove
Status = PlanStatus | PhaseStatus

TRANSITIONS: Final[Mapping[Move, Mapping[Status, Status]]] = MappingProxyType(
    {
        PlanMove.ACTIVATE: MappingProxyType({PlanStatus.DRAFT: PlanStatus.ACTIVE}),
        PlanMove.HOLD: MappingProxyType({PlanStatus.ACTIVE: PlanStatus.ON_HOLD}),
        PlanMove.RESUME: MappingProxyType({PlanStatus.ON_HOLD: PlanStatus.ACTIVE}),
        PlanMove.HAND_OVER: MappingProxyType(
            {
                PlanStatus.DRAFT: PlanStatus.DRAFT,
                PlanStatus.ACTIVE: PlanStatus.ACTIVE,
                PlanStatus.ON_HOLD: PlanStatus.ON_HOLD,
            }
        ),
        PlanMove.COMPLETE: MappingProxyType(
            {PlanStatus.ACTIVE: PlanStatus.COMPLETED, PlanStatus.ON_HOLD: PlanStatus.COMPLETED}
        ),
        PlanMove.REVOKE: MappingProxyType(
            {
                PlanStatus.DRAFT: PlanStatus.REVOKED,
                PlanStatus.ACTIVE: PlanStatus.REVOKED,
                PlanStatus.ON_HOLD: PlanStatus.REVOKED,
            }
        ),
        PlanMove.ENTER_IN_ERROR: MappingProxyType(
            {
                PlanStatus.DRAFT: PlanStatus.ENTERED_IN_ERROR,
                PlanStatus.ACTIVE: PlanStatus.ENTERED_IN_ERROR,
                PlanStatus.ON_HOLD: PlanStatus.ENTERED_IN_ERROR,
                PlanStatus.COMPLETED: PlanStatus.ENTERED_IN_ERROR,
                PlanStatus.REVOKED: PlanStatus.ENTERED_IN_ERROR,
            }
        ),
        PhaseMove.START: MappingProxyType({PhaseStatus.PLANNED: PhaseStatus.ACTIVE}),
        PhaseMove.EXTEND: MappingProxyType(
            {
                PhaseStatus.PLANNED: PhaseStatus.PLANNED,
                PhaseStatus.ACTIVE: PhaseStatus.ACTIVE,
                PhaseStatus.ON_HOLD: PhaseStatus.ON_HOLD,
            }
        ),
        PhaseMove.HOLD: MappingProxyType({PhaseStatus.ACTIVE: PhaseStatus.ON_HOLD}),
        PhaseMove.RESUME: MappingProxyType({PhaseStatus.ON_HOLD: PhaseStatus.ACTIVE}),
        PhaseMove.COMPLETE: MappingProxyType(
            {PhaseStatus.ACTIVE: PhaseStatus.COMPLETED, PhaseStatus.ON_HOLD: PhaseStatus.COMPLETED}
        ),
        PhaseMove.SKIP: MappingProxyType({PhaseStatus.PLANNED: PhaseStatus.SKIPPED}),
    }
)
"""move → {status before: status after}. What is not listed is illegal."""


class IllegalTransition(ValueError):
    """The move is not legal from this status; `str()` is the sentence for people."""

    def __init__(self, move: Move, status: Status) -> None:
        super().__init__(move, status)
        self.move = move
        self.status = status

    def __str__(self) -> str:
        noun = "plan" if isinstance(self.move, PlanMove) else "phase"
        return f"{_noun_with_status(noun, self.status)} cannot be {_PARTICIPLES[self.move]}."


@overload
def next_status(move: PlanMove, status: PlanStatus) -> PlanStatus: ...
@overload
def next_status(move: PhaseMove, status: PhaseStatus) -> PhaseStatus: ...
def next_status(move: Move, status: Status) -> Status:
    """The status after `move`, or `IllegalTransition`. The plain text of a status, as a row holds it, will
    do.

    Raises `TypeError` when a plan's move meets a phase's status, or the other way about: as strings they
    would fit.
    """
    kind: type[PlanStatus] | type[PhaseStatus] = PlanStatus if isinstance(move, PlanMove) else PhaseStatus
    if isinstance(status, PlanStatus | PhaseStatus) and not isinstance(status, kind):
        raise TypeError(f"{move!r} does not move a {type(status).__name__}.")
    status = kind(status)
    after = TRANSITIONS[move].get(status)
    if after is None:
        raise IllegalTransition(move, status)
    return after


@overload
def legal_moves(status: PlanStatus) -> tuple[PlanMove, ...]: ...
@overload
def legal_moves(status: PhaseStatus) -> tuple[PhaseMove, ...]: ...
def legal_moves(status: Status) -> tuple[Move, ...]:
    """Every move that is legal from this status, in the order of the table.

    Takes the enum member, never its text: "active" alone does not say whether a plan or a phase is meant.
    """
    if not isinstance(status, PlanStatus | PhaseStatus):
        raise TypeError("Pass a PlanStatus or a PhaseStatus: its text alone does not say which of the two it is.")
    moves: type[PlanMove] | type[PhaseMove] = PlanMove if isinstance(status, PlanStatus) else PhaseMove
    return tuple(move for move, table in TRANSITIONS.items() if isinstance(move, moves) and status in table)


_PARTICIPLES: Final[Mapping[Move, str]] = {
    PlanMove.ACTIVATE: "activated",
    PlanMove.HOLD: "put on hold",
    PlanMove.RESUME: "resumed",
    PlanMove.HAND_OVER: "handed over",
    PlanMove.COMPLETE: "completed",
    PlanMove.REVOKE: "revoked",
    PlanMove.ENTER_IN_ERROR: "marked as entered in error",
    PhaseMove.START: "started",
    PhaseMove.EXTEND: "extended",
    PhaseMove.HOLD: "put on hold",
    PhaseMove.RESUME: "resumed",
    PhaseMove.COMPLETE: "completed",
    PhaseMove.SKIP: "skipped",
}


def _noun_with_status(noun: str, status: Status) -> str:
    words = status.value.replace("-", " ")
    if " " in words:
        return f"A {noun} {words}"
    return f"{'An' if words.startswith('a') else 'A'} {words} {noun}"


def _in_words(member: StrEnum) -> str:
    return member.value.replace("-", " ").capitalize()
