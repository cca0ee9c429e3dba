"""The statuses of a taper and of its versions, and the ONE table of moves between a taper's statuses."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class TaperStatus(StrEnum):
    """held: at the signed dose of that day. watching: after the last step, while acid rebound may come."""

    DRAFT = "draft"
    AWAITING_SIGNATURE = "awaiting-signature"
    ACTIVE = "active"
    HELD = "held"
    WATCHING = "watching"
    COMPLETED = "completed"
    STOPPED = "stopped"
    ENTERED_IN_ERROR = "entered-in-error"

    @property
    def label(self) -> str:
        return self.value.replace("-", " ").capitalize()

    @property
    def is_open(self) -> bool:
        """Whether anything may still happen in it, so that its plan stays open too."""
        return self in OPEN

    @property
    def is_running(self) -> bool:
        """Whether a signed version is in force, so that patients see it."""
        return self in RUNNING


RUNNING: Final = frozenset({TaperStatus.ACTIVE, TaperStatus.HELD, TaperStatus.WATCHING})
OPEN: Final = RUNNING | {TaperStatus.DRAFT, TaperStatus.AWAITING_SIGNATURE}


class TaperMove(StrEnum):
    """What somebody does with a taper. `revise` puts a newly signed version in force and keeps the status."""

    PROPOSE = "propose"
    WITHDRAW = "withdraw"
    START = "start"
    REVISE = "revise"
    HOLD = "hold"
    RESUME = "resume"
    WATCH = "watch"
    COMPLETE = "complete"
    STOP = "stop"
    REVOKE = "revoke"
    ENTER_IN_ERROR = "enter-in-error"

    @property
    def label(self) -> str:
        return _LABELS[self]


class VersionStatus(StrEnum):
    """draft: may still be changed. proposed: frozen and waiting for its prescriber. The rest is frozen for good."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    IN_FORCE = "in-force"
    SUPERSEDED = "superseded"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        return self.value.replace("-", " ").capitalize()


_DRAFT, _AWAITING, _ACTIVE, _HELD, _WATCHING = (
    TaperStatus.DRAFT,
    TaperStatus.AWAITING_SIGNATURE,
    TaperStatus.ACTIVE,
    TaperStatus.HELD,
    TaperStatus.WATCHING,
)
_STOPPED, _COMPLETED, _IN_ERROR = TaperStatus.STOPPED, TaperStatus.COMPLETED, TaperStatus.ENTERED_IN_ERROR

TAPER_TRANSITIONS: Final[Mapping[TaperMove, Mapping[TaperStatus, TaperStatus]]] = MappingProxyType(
    {
        TaperMove.PROPOSE: MappingProxyType({_DRAFT: _AWAITING}),
        # Taken back, declined or left unanswered: nothing has changed for the patient.
        TaperMove.WITHDRAW: MappingProxyType({_AWAITING: _DRAFT}),
        TaperMove.START: MappingProxyType({_AWAITING: _ACTIVE}),
        TaperMove.REVISE: MappingProxyType({_ACTIVE: _ACTIVE, _HELD: _ACTIVE, _WATCHING: _ACTIVE}),
        TaperMove.HOLD: MappingProxyType({_ACTIVE: _HELD}),
        TaperMove.RESUME: MappingProxyType({_HELD: _ACTIVE}),
        TaperMove.WATCH: MappingProxyType({_ACTIVE: _WATCHING, _HELD: _WATCHING}),
        TaperMove.COMPLETE: MappingProxyType({_WATCHING: _COMPLETED}),
        TaperMove.STOP: MappingProxyType(
            {_DRAFT: _STOPPED, _AWAITING: _STOPPED, _ACTIVE: _STOPPED, _HELD: _STOPPED, _WATCHING: _STOPPED}
        ),
        TaperMove.REVOKE: MappingProxyType({_ACTIVE: _STOPPED, _HELD: _STOPPED, _WATCHING: _STOPPED}),
        TaperMove.ENTER_IN_ERROR: MappingProxyType(
            {status: _IN_ERROR for status in TaperStatus if status is not _IN_ERROR}
        ),
    }
)
"""move → {status before: status after}. What is not listed is illegal."""


class IllegalTaperMove(ValueError):
    """The move is not legal from this status; `str()` is the sentence for people."""

    def __init__(self, move: TaperMove, status: TaperStatus) -> None:
        super().__init__(move, status)
        self.move = move
        self.status = status

    def __str__(self) -> str:
        return f"A taper that is {self.status.label.lower()} cannot be {_PARTICIPLES[self.move]}."


def next_taper_status(move: TaperMove, status: TaperStatus) -> TaperStatus:
    """The status after `move`, or `IllegalTaperMove`. The plain text of a status, as a row holds it, will do."""
    before = TaperStatus(status)
    after = TAPER_TRANSITIONS[TaperMove(move)].get(before)
    if after is None:
        raise IllegalTaperMove(TaperMove(move), before)
    return after


def legal_taper_moves(status: TaperStatus) -> tuple[TaperMove, ...]:
    """Every move that is legal from this status, in the order of the table."""
    return tuple(move for move, table in TAPER_TRANSITIONS.items() if TaperStatus(status) in table)


_LABELS: Final = {
    TaperMove.PROPOSE: "Send for signature",
    TaperMove.WITHDRAW: "Take the request back",
    TaperMove.START: "Start",
    TaperMove.REVISE: "Put the new version in force",
    TaperMove.HOLD: "Hold at today’s dose",
    TaperMove.RESUME: "Resume",
    TaperMove.WATCH: "Watch after the last step",
    TaperMove.COMPLETE: "Complete",
    TaperMove.STOP: "Stop",
    TaperMove.REVOKE: "Revoke",
    TaperMove.ENTER_IN_ERROR: "Mark as entered in error",
}
_PARTICIPLES: Final = {
    TaperMove.PROPOSE: "sent for signature",
    TaperMove.WITHDRAW: "taken back",
    TaperMove.START: "started",
    TaperMove.REVISE: "given a new version",
    TaperMove.HOLD: "held",
    TaperMove.RESUME: "resumed",
    TaperMove.WATCH: "watched",
    TaperMove.COMPLETE: "completed",
    TaperMove.STOP: "stopped",
    TaperMove.REVOKE: "revoked",
    TaperMove.ENTER_IN_ERROR: "marked as entered in error",
}
