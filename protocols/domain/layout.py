"""Laying phases out on civil dates.

Everything here is a date in the patient's own zone: no clock, no instant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from protocols.domain.lived import (
    COMING_BEFORE_DAYS,
    OVERDUE_AFTER_DAYS,
    held_days,
    is_overdue,
    last_day,
    lived_days,
)
from protocols.domain.window import LayoutError, Window

__all__ = [
    "COMING_BEFORE_DAYS",
    "MAX_DURATION_DAYS",
    "MAX_OFFSET_DAYS",
    "MAX_START_AHEAD_DAYS",
    "MAX_START_IN_PAST_DAYS",
    "MIN_OFFSET_DAYS",
    "OVERDUE_AFTER_DAYS",
    "AnchorKind",
    "LayoutError",
    "PhaseSpec",
    "Window",
    "check_plan_start",
    "held_days",
    "is_overdue",
    "last_day",
    "lay_out",
    "lived_days",
]

MAX_DURATION_DAYS: Final = 730
MIN_OFFSET_DAYS: Final = -365
MAX_OFFSET_DAYS: Final = 730
MAX_START_IN_PAST_DAYS: Final = 730
MAX_START_AHEAD_DAYS: Final = 365


class AnchorKind(StrEnum):
    """What a phase's first day is counted from."""

    PLAN_START = "plan-start"
    PHASE_START = "phase-start"
    PHASE_END = "phase-end"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseSpec:
    """Where one phase lies: its first day is its anchor's date plus `offset_days`.

    `anchor_phase` is the key of another phase, None for the plan's start. Offset 0 is the anchor's own date,
    so offset 1 from a phase's end is the day after its last day. `duration_days` None means no fixed end.
    """

    key: str
    anchor: AnchorKind
    anchor_phase: str | None
    offset_days: int
    duration_days: int | None


_NOTHING_FIXED: Final[Mapping[str, Window]] = MappingProxyType({})


def lay_out(
    specs: Sequence[PhaseSpec],
    *,
    plan_start: date,
    fixed: Mapping[str, Window] = _NOTHING_FIXED,
    earliest: date | None = None,
    living: bool = False,
) -> dict[str, Window]:
    """The window of every phase, by key, in the order of `specs`.

    Windows in `fixed` (phases already started) are kept as they are; the others are computed from them.
    Anchors may point forwards or backwards in the list. With `earliest`, a computed window that would begin
    before that day begins on it instead: lived days are never planned anew. Raises `LayoutError` when a spec
    is out of its limits, the anchors run in a circle, hang on an end that is not fixed, or bring a phase
    before `plan_start`. For a `living` plan the limits and the last of these no longer hold: long holds carry
    it beyond them, and a person may start a phase before the plan's first day.
    """
    index_of = _check_keys(specs, fixed)
    for index, spec in enumerate(specs):
        if not living:
            _check_limits(index, spec)
        _check_anchor(index, spec, index_of)
    windows: dict[str, Window] = {}
    for index in _anchors_first(specs, index_of):
        spec = specs[index]
        kept = fixed.get(spec.key)
        windows[spec.key] = kept or _window(index, spec, plan_start, windows, earliest, living=living)
    return {spec.key: windows[spec.key] for spec in specs}


def check_plan_start(starts_on: date, *, today: date) -> None:
    """Refuse a first day that is surely a slip: over two years ago, or over one year ahead."""
    ahead = (starts_on - today).days
    if ahead < -MAX_START_IN_PAST_DAYS:
        raise LayoutError(
            f"{starts_on} is more than two years ago. Check the year: a plan starts at most "
            f"{MAX_START_IN_PAST_DAYS} days in the past.",
            field="starts_on",
        )
    if ahead > MAX_START_AHEAD_DAYS:
        raise LayoutError(
            f"{starts_on} is more than a year ahead. Check the year: a plan starts at most "
            f"{MAX_START_AHEAD_DAYS} days from today.",
            field="starts_on",
        )


def _check_keys(specs: Sequence[PhaseSpec], fixed: Mapping[str, Window]) -> dict[str, int]:
    if not specs:
        raise LayoutError("A protocol needs at least one phase: add one.", field="phases")
    index_of: dict[str, int] = {}
    for index, spec in enumerate(specs):
        if spec.key in index_of:
            raise LayoutError(f"Two phases have the key “{spec.key}”: give each its own.", field=f"phases[{index}].key")
        index_of[spec.key] = index
    for key in fixed:
        if key not in index_of:
            raise LayoutError(f"There is no phase “{key}” whose dates could be kept.", field="fixed")
    return index_of


def _check_limits(index: int, spec: PhaseSpec) -> None:
    path = f"phases[{index}]"
    if not _is_whole_number_between(MIN_OFFSET_DAYS, spec.offset_days, MAX_OFFSET_DAYS):
        raise LayoutError(
            f"{spec.offset_days} days is no offset: choose a whole number from {MIN_OFFSET_DAYS} to {MAX_OFFSET_DAYS}.",
            field=f"{path}.offset_days",
        )
    if spec.duration_days is not None and not _is_whole_number_between(1, spec.duration_days, MAX_DURATION_DAYS):
        raise LayoutError(
            f"A phase cannot last {spec.duration_days} days: choose 1 to {MAX_DURATION_DAYS}, or no fixed end.",
            field=f"{path}.duration_days",
        )


def _check_anchor(index: int, spec: PhaseSpec, index_of: Mapping[str, int]) -> None:
    path = f"phases[{index}]"
    if spec.anchor not in list(AnchorKind):
        raise LayoutError(f"“{spec.anchor}” is nothing a phase can start from.", field=f"{path}.anchor")
    if spec.anchor == AnchorKind.PLAN_START:
        if spec.anchor_phase is not None:
            raise LayoutError(
                f"“{spec.key}” starts from the plan’s first day: leave its anchor phase empty.",
                field=f"{path}.anchor_phase",
            )
    elif spec.anchor_phase is None:
        raise LayoutError(f"“{spec.key}” starts from another phase: say which one.", field=f"{path}.anchor_phase")
    elif spec.anchor_phase not in index_of:
        raise LayoutError(
            f"“{spec.key}” starts from “{spec.anchor_phase}”, which is not a phase of this protocol: choose another.",
            field=f"{path}.anchor_phase",
        )


def _is_whole_number_between(least: int, number: object, most: int) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and least <= number <= most


def _anchors_first(specs: Sequence[PhaseSpec], index_of: Mapping[str, int]) -> list[int]:
    """The indexes of `specs`, each after the one it hangs on; refuses a circle."""
    order: list[int] = []
    placed: set[int] = set()
    for index in range(len(specs)):
        chain: list[int] = []
        following: int | None = index
        while following is not None and following not in placed:
            if following in chain:
                circle = " → ".join(f"“{specs[i].key}”" for i in [*chain[chain.index(following) :], following])
                raise LayoutError(
                    f"These phases wait for each other: {circle}. Start one of them from the plan’s first day.",
                    field=f"phases[{following}].anchor_phase",
                )
            chain.append(following)
            anchor = specs[following].anchor_phase
            following = None if anchor is None else index_of[anchor]
        placed.update(chain)
        order.extend(reversed(chain))
    return order


def _window(
    index: int,
    spec: PhaseSpec,
    plan_start: date,
    windows: Mapping[str, Window],
    earliest: date | None,
    *,
    living: bool,
) -> Window:
    path = f"phases[{index}]"
    anchored_on = plan_start
    if spec.anchor_phase is not None:
        anchor = windows[spec.anchor_phase]
        if spec.anchor == AnchorKind.PHASE_START:
            anchored_on = anchor.first
        elif anchor.last is None:
            raise LayoutError(
                f"“{spec.key}” starts from the end of “{spec.anchor_phase}”, which has no fixed end: "
                "give that one a duration, or start from its first day.",
                field=f"{path}.anchor",
            )
        else:
            anchored_on = anchor.last
    try:
        first = anchored_on + timedelta(days=spec.offset_days)
        if earliest is not None:
            first = max(first, earliest)
        last = None if spec.duration_days is None else first + timedelta(days=spec.duration_days - 1)
    except OverflowError as error:
        raise LayoutError(
            f"“{spec.key}” would lie outside the calendar: choose another start.", field=f"{path}.offset_days"
        ) from error
    if first < plan_start and not living:
        raise LayoutError(
            f"“{spec.key}” would start on {first}, before the plan’s first day, {plan_start}: choose a larger offset.",
            field=f"{path}.offset_days",
        )
    return Window(first, last)
