"""How far a decision about a finding reaches: over what it was made about, and no further.

Another version of the same order, or the next line of the same medicine in the record, is covered as long as its dose
is no higher and it is taken on no more days, and a taper as long as no step gives more than that of the day of the
decision. What is new, what has come back as something else, and a dose that nobody knows are asked about again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from clinics.domain.instants import civil_date, zone
from patients.models import Finding, MedicineUse, Order, Plan, Taper
from patients.models.taper_course import COURSE_ROWS, course_of
from protocols.domain.amount import Amount, UnitMismatch
from protocols.domain.pattern import Pattern
from protocols.domain.substances import spelling
from protocols.domain.terms import TermsError

GOES_ON_WITHIN = timedelta(days=7)
"""A line of the record that begins so soon after another one of the same medicine goes on with it; our own figure."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One order or medicine of the record. what: the same for what goes on with it. times: in a day of doses.

    pattern: on which days; None if nobody knows.
    """

    what: tuple[str, str]
    amount: Amount | None
    times: int | None
    pattern: Pattern | None
    since: date | None
    until: date | None

    def covers(self, other: "_Line") -> bool:
        """Whether the other one goes on with this, with no higher dose."""
        if self.what != other.what or not self._leads_to(other):
            return False
        if (self.amount, self.times, self.pattern) == (other.amount, other.times, other.pattern):
            return True
        if not self._is_on_as_many_days(other):
            return False
        if self.amount is None or self.times is None or other.amount is None or other.times is None:
            return False
        try:
            return other.amount <= self.amount and other.amount * other.times <= self.amount * self.times
        except UnitMismatch:
            return False

    def _is_on_as_many_days(self, other: "_Line") -> bool:
        """Whether the other one is taken on no more days. A weekly dose taken daily is seven times as much."""
        mine, theirs = (line.pattern.share_of_days if line.pattern is not None else None for line in (self, other))
        return mine is not None and theirs is not None and theirs <= mine

    def _leads_to(self, other: "_Line") -> bool:
        if self.until is None or other.since is None:
            return True
        return other.since - self.until <= GOES_ON_WITHIN


def goes_beyond(row: Finding, was_about: list[str], *, plan: Plan, today: date) -> bool:
    """Whether this finding is about more than it was when it was decided: `was_about`, codes.

    An order that was changed and changed back is the order that was decided about, also where it was over meanwhile.
    """
    new = [code for code in row.subjects if code not in was_about]
    lines = _lines(row, (*new, *was_about)) if new else {}
    before = [lines[code] for code in was_about if code in lines]
    are_covered = all(code in lines and any(each.covers(lines[code]) for each in before) for code in new)
    return not are_covered or _is_raised(row, plan, today=today)


def _is_raised(row: Finding, plan: Plan, *, today: date) -> bool:
    """Whether a taper that this is about gives more today than on the day on which it was decided."""
    if row.decided_at is None:
        return False
    decided_on = civil_date(row.decided_at, zone(plan.patient.zone))
    tapers = plan.tapers.filter(code__in=row.subjects).prefetch_related(*COURSE_ROWS)
    return any(_gives_more(taper, than_on=decided_on, today=today) for taper in tapers)


def _gives_more(taper: Taper, *, than_on: date, today: date) -> bool:
    """Whatever comes first, the dose before it was no lower. Bytes that were altered tell nothing."""
    try:
        course = course_of(taper)
    except TermsError:
        return False
    if course.first_day is None or than_on < course.first_day:
        return False
    was, now = course.on(than_on), course.on(today)
    if now is None:
        return False
    return was is None or (
        now.step.average_per_day > was.step.average_per_day
        or now.step.amount_per_dose_day > was.step.amount_per_dose_day
    )


def _lines(row: Finding, codes: Iterable[str]) -> dict[str, _Line]:
    wanted = list(codes)
    found: dict[str, _Line] = {}
    for order in Order.objects.filter(plan=row.plan_id, code__in=wanted):
        pattern = order.parsed_pattern
        times = None if pattern.is_as_needed else len(order.slots)
        found[order.code] = _Line(("order", order.key), order.amount, times, pattern, None, None)
    for use in MedicineUse.objects.filter(patient=row.plan.patient_id, code__in=wanted):
        times = len(use.slots) if use.slots and not use.is_prn else None
        what = ("record", spelling(use.substance))
        found[use.code] = _Line(what, use.amount, times, use.parsed_pattern, use.since, use.until)
    return found
