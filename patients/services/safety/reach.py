"""How far a decision about a finding reaches: over what it was made about, and no further.

Another version of the same order, or the next line of the same medicine in the record, is covered as long as its dose
is no higher. What is new, what has come back as something else, and a dose that nobody knows are asked about again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from patients.models import Finding, MedicineUse, Order
from protocols.domain.amount import Amount, UnitMismatch
from protocols.domain.substances import spelling

GOES_ON_WITHIN = timedelta(days=7)
"""A line of the record that begins so soon after another one of the same medicine goes on with it; our own figure."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One order or medicine of the record. what: the same for what goes on with it. doses: in a day of doses."""

    what: tuple[str, str]
    amount: Amount | None
    times: int | None
    since: date | None
    until: date | None

    def covers(self, other: "_Line") -> bool:
        """Whether the other one goes on with this, with no higher dose."""
        if self.what != other.what or not self._leads_to(other):
            return False
        if (self.amount, self.times) == (other.amount, other.times):
            return True
        if self.amount is None or self.times is None or other.amount is None or other.times is None:
            return False
        try:
            return other.amount <= self.amount and other.amount * other.times <= self.amount * self.times
        except UnitMismatch:
            return False

    def _leads_to(self, other: "_Line") -> bool:
        if self.until is None or other.since is None:
            return True
        return other.since - self.until <= GOES_ON_WITHIN


def goes_beyond(row: Finding, was_about: list[str]) -> bool:
    """Whether this finding is about more than it was when it was decided: `was_about`, codes.

    An order that was changed and changed back is the order that was decided about, also where it was over meanwhile.
    """
    new = [code for code in row.subjects if code not in was_about]
    if not new:
        return False
    lines = _lines(row, (*new, *was_about))
    before = [lines[code] for code in was_about if code in lines]
    return not all(code in lines and any(each.covers(lines[code]) for each in before) for code in new)


def _lines(row: Finding, codes: Iterable[str]) -> dict[str, _Line]:
    wanted = list(codes)
    found: dict[str, _Line] = {}
    for order in Order.objects.filter(plan=row.plan_id, code__in=wanted):
        times = None if order.parsed_pattern.is_as_needed else len(order.slots)
        found[order.code] = _Line(("order", order.key), order.amount, times, None, None)
    for use in MedicineUse.objects.filter(patient=row.plan.patient_id, code__in=wanted):
        times = len(use.slots) if use.slots and not use.is_prn else None
        found[use.code] = _Line(("record", spelling(use.substance)), use.amount, times, use.since, use.until)
    return found
