"""What differs between two schedules of one taper, step by step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from protocols.domain.taper import DatedStep, Schedule, Step


class Effect(StrEnum):
    """What a move does to one step."""

    LENGTHENED = "lengthened"
    """Also: it goes on while a hold is on."""
    SHORTENED = "shortened"
    MOVED = "moved"
    ADDED = "added"
    REMOVED = "removed"
    WAITING = "waiting"
    """It has no dates any more, because a hold before it is on."""
    DATED = "dated"
    """It has dates again, or an end again."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One step whose dates change, with its first and last day before and after.

    A date is None where there is none: before the step was added, after it was removed, while it waits; and the
    last one while a hold is on in it.
    """

    step: Step
    effect: Effect
    first_before: date | None
    last_before: date | None
    first_after: date | None
    last_after: date | None


@dataclass(frozen=True, slots=True)
class Pair:
    """One step in both schedules; None where it has no dates in one of them."""

    step: Step
    before: DatedStep | None
    after: DatedStep | None
    waits: bool = False
    """What has no dates waits for the end of a hold; otherwise it is not there at all."""


def same_steps(before: Schedule, after: Schedule) -> list[Pair]:
    """The pairs of two schedules that have the same steps in the same order."""
    steps = [*(dated.step for dated in before.steps), *before.waiting]
    found = []
    for position, step in enumerate(steps):
        dated_before = before.steps[position] if position < len(before.steps) else None
        dated_after = after.steps[position] if position < len(after.steps) else None
        found.append(Pair(step, dated_before, dated_after, waits=True))
    return found


def differences(pairs: Iterable[Pair]) -> tuple[Difference, ...]:
    """What differs, in the order of the pairs; steps that keep their dates are left out."""
    found = []
    for pair in pairs:
        effect = _effect(pair)
        if effect is not None:
            before, after = pair.before, pair.after
            found.append(
                Difference(
                    pair.step,
                    effect,
                    first_before=None if before is None else before.first,
                    last_before=None if before is None else before.last,
                    first_after=None if after is None else after.first,
                    last_after=None if after is None else after.last,
                )
            )
    return tuple(found)


def _effect(pair: Pair) -> Effect | None:
    before, after = pair.before, pair.after
    if before is None and after is None:
        return None if pair.waits else Effect.REMOVED
    if before is None:
        return Effect.DATED if pair.waits else Effect.ADDED
    if after is None:
        return Effect.WAITING if pair.waits else Effect.REMOVED
    if before.first != after.first:
        return Effect.MOVED
    if before.last == after.last:
        return None
    if before.last is None or after.last is None:
        return Effect.DATED if before.last is None else Effect.LENGTHENED
    return Effect.LENGTHENED if after.last > before.last else Effect.SHORTENED
