"""Readiness: whether a phase's exit criteria are met, each with its reason. A practitioner decides.

Two kinds are evaluated. Any other may be written down, and stays unknown: unknown is never taken for no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from protocols.domain.layout import MAX_DURATION_DAYS

MINIMUM_DAYS: Final = "minimum_days"
SIGN_OFF: Final = "sign_off"
EVALUATED_KINDS: Final = frozenset({MINIMUM_DAYS, SIGN_OFF})
_PARAMETERS: Final[Mapping[str, frozenset[str]]] = {MINIMUM_DAYS: frozenset({"days"}), SIGN_OFF: frozenset()}


class CriterionError(ValueError):
    """A criterion cannot be: the text is a sentence, `field` the path of what to change."""

    def __init__(self, sentence: str, *, field: str) -> None:
        super().__init__(sentence)
        self.field = field


class Verdict(StrEnum):
    MET = "met"
    NOT_MET = "not-met"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"

    @property
    def label(self) -> str:
        return self.value.replace("-", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Criterion:
    """One exit criterion of a phase: its kind, that kind's parameters, and the sentence people read."""

    kind: str
    parameters: Mapping[str, object]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one phase. None is "not known", never "no"."""

    lived_days: int | None
    """Days lived in the phase, today included, holds not counted; 0 before its first day."""
    signed_off: bool | None
    """Whether a practitioner has agreed; None when nobody has been asked or has answered."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one criterion says today, and why."""

    verdict: Verdict
    reason: str


def check_criterion(kind: str, parameters: Mapping[str, object]) -> None:
    """Raise `CriterionError` for parameters that an evaluated kind cannot have; other kinds keep theirs."""
    if not kind.strip():
        raise CriterionError("A criterion needs a kind.", field="kind")
    allowed = _PARAMETERS.get(kind)
    if allowed is None:
        return
    for name in parameters:
        if name not in allowed:
            raise CriterionError(f"“{kind}” has no parameter “{name}”: remove it.", field=f"parameters.{name}")
    if kind == MINIMUM_DAYS:
        _minimum_days(parameters)


def evaluate(criterion: Criterion, facts: Facts) -> Reading:
    """What the criterion says of these facts. Never raises: bad parameters make it unknown, and say so."""
    try:
        check_criterion(criterion.kind, criterion.parameters)
    except CriterionError as error:
        return Reading(Verdict.UNKNOWN, f"{error} Until then a person judges it.")
    if criterion.kind == MINIMUM_DAYS:
        return _read_minimum_days(_minimum_days(criterion.parameters), facts.lived_days)
    if criterion.kind == SIGN_OFF:
        return _read_sign_off(facts.signed_off)
    return Reading(Verdict.UNKNOWN, "gutclinic does not evaluate this yet: a person judges it")


def _minimum_days(parameters: Mapping[str, object]) -> int:
    days = parameters.get("days")
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MAX_DURATION_DAYS:
        raise CriterionError(
            f"The least number of days is a whole number from 1 to {MAX_DURATION_DAYS}: enter “days”.",
            field="parameters.days",
        )
    return days


def _read_minimum_days(needed: int, lived: int | None) -> Reading:
    if lived is None:
        return Reading(Verdict.UNKNOWN, "the days lived in this phase are not known")
    if lived < needed:
        return Reading(Verdict.NOT_MET, f"day {lived} of at least {needed}")
    return Reading(Verdict.MET, f"day {lived}, and at least {needed} were asked for")


def _read_sign_off(signed_off: bool | None) -> Reading:
    if signed_off is None:
        return Reading(Verdict.UNKNOWN, "no practitioner has signed it off or declined yet")
    if signed_off:
        return Reading(Verdict.MET, "a practitioner has signed it off")
    return Reading(Verdict.NOT_MET, "a practitioner has declined to sign it off")
