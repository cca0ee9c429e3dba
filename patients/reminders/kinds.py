"""The registry of reminders: for whom each kind is, on which day, how late is too late, and what must still be true.

Adding a kind touches one file: that of the phases or of the orders, or one of those that `taper_kinds` puts together.
"""

from typing import Any

from patients.reminders.kind import Kind, Pace
from patients.reminders.order_kinds import ORDER_KINDS
from patients.reminders.phase_kinds import PHASE_KINDS
from patients.reminders.taper_kinds import TAPER_KINDS

_ALL: tuple[Kind[Any], ...] = (*PHASE_KINDS, *TAPER_KINDS, *ORDER_KINDS)
KINDS: dict[str, Kind[Any]] = {kind.name: kind for kind in _ALL}

EXEMPT_FROM_QUIET_HOURS = frozenset(kind.name for kind in KINDS.values() if kind.pace is Pace.DAY_AND_NIGHT)
"""Alerts to professionals that a night must not hold back. They travel in envelopes of their own."""
