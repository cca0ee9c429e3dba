"""The registry of reminders: for whom each kind is, on which day, how late is too late, and what must still be true.

Adding a kind touches one file: that of the phases, of the orders or of the day, or one of those that `taper_kinds`
puts together.
"""

from typing import Any

from patients.models import MessageGroup
from patients.reminders.day_kinds import DAY_KINDS
from patients.reminders.kind import Kind, Pace
from patients.reminders.order_kinds import ORDER_KINDS
from patients.reminders.phase_kinds import PHASE_KINDS
from patients.reminders.plan_kinds import PLAN_KINDS
from patients.reminders.taper_kinds import TAPER_KINDS

_ALL: tuple[Kind[Any], ...] = (*PHASE_KINDS, *TAPER_KINDS, *ORDER_KINDS, *PLAN_KINDS, *DAY_KINDS)
KINDS: dict[str, Kind[Any]] = {kind.name: kind for kind in _ALL}

GROUPS: tuple[MessageGroup, ...] = tuple(
    group for group in MessageGroup if any(kind.group is group for kind in KINDS.values())
)
"""What patients are written to about, and may want otherwise or not at all."""


def kinds_in(group: MessageGroup) -> list[Kind[Any]]:
    """The kinds of this group, as the registry has them in their order."""
    return [kind for kind in KINDS.values() if kind.group is group]


EXEMPT_FROM_QUIET_HOURS = frozenset(kind.name for kind in KINDS.values() if kind.pace is Pace.DAY_AND_NIGHT)
"""Alerts to professionals that a night must not hold back. They travel in envelopes of their own."""
