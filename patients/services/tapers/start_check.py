"""Whether what a taper starts from is what is known to be taken: by the schedule in force, or else by the record."""

from datetime import date

from django.db.models import Q

from patients.models import MedicineUse, Taper
from patients.services.tapers.revising import taken_on_eve
from patients.services.tapers.standing import dose_words
from protocols.domain.dose_words import pattern_in_words
from protocols.domain.taper import Step
from protocols.domain.taper_findings import Finding, Severity
from protocols.domain.taper_states import RUNNING
from protocols.domain.terms import Terms


def start_finding(terms: Terms, *, reduces: MedicineUse, on: date, taper: Taper | None = None) -> Finding | None:
    """A warning where the start differs from what is known; None where it does not, or where that is not known.

    taper: the one that it is about, if it is at hand; else it is looked for.
    """
    start = terms.taken_before
    if taper is None:
        taper = reduces.tapers.filter(status__in=[status.value for status in RUNNING]).first()
    running = taper if taper is not None and taper.is_running else None
    known = _by_record(start, reduces, on=on) if running is None else _by_schedule(start, running, terms)
    if not known:
        return None
    typed = dose_words(start) if start else "nothing"
    return Finding("start_differs", Severity.WARN, f"It starts from {typed} as taken now, but {known}.", 1)


def _by_schedule(start: Step | None, taper: Taper, terms: Terms) -> str:
    taken = taken_on_eve(taper, first_day=terms.planned_first_day)
    if taken is None or start is None:
        return (
            "" if taken is start else f"by the schedule in force {dose_words(taken) if taken else 'nothing'} is taken"
        )
    is_same = (taken.amount_per_dose_day, taken.pattern) == (start.amount_per_dose_day, start.pattern)
    return "" if is_same else f"by the schedule in force {dose_words(taken)} is taken"


def _by_record(start: Step | None, reduces: MedicineUse, *, on: date) -> str:
    """Of all lines of this medicine together; nothing where one of them does not say how much is taken when."""
    rows = list(
        MedicineUse.objects.standing().filter(
            Q(since__isnull=True) | Q(since__lte=on),
            Q(until__isnull=True) | Q(until__gte=on),
            patient=reduces.patient_id,
            substance__iexact=reduces.substance,
        )
    )
    if start is None or not rows or any(row.amount is None or not row.slots for row in rows):
        return ""
    amounts = [row.amount for row in rows for _ in row.slots if row.amount is not None]
    if any(amount.unit is not start.amount_per_dose_day.unit for amount in amounts):
        return ""
    total = amounts[0]
    for amount in amounts[1:]:
        total = total + amount
    patterns = {row.parsed_pattern for row in rows}
    pattern = patterns.pop() if len(patterns) == 1 else None
    if total == start.amount_per_dose_day and pattern in {None, start.pattern}:
        return ""
    often = f" {pattern_in_words(pattern)}" if pattern else ""
    return f"the record says {total.display()} a day{often}"
