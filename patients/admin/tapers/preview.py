"""What a draft comes to before anything of it is written: dates, units, findings, and what still stands in the way."""

from dataclasses import dataclass
from datetime import date

from patients.admin.tapers.curve import Curve, curve_of_schedule
from patients.admin.tapers.words import StepRow, Totals, rows_of_schedule, totals_of
from patients.models import MedicineUse, Plan
from patients.services.tapers.drawing_up import DrawnUp
from patients.services.tapers.obstacles import Obstacles, obstacles_of
from patients.services.tapers.start_check import start_finding
from protocols.domain.taper import Schedule
from protocols.domain.taper_findings import Finding, dated_findings
from protocols.domain.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """shown: what is sent back with the form, so that what is saved is what was seen."""

    shown: str
    curve: Curve
    steps: list[StepRow]
    totals: Totals
    findings: list[Finding]
    obstacles: Obstacles
    terms: Terms


def preview_of(plan: Plan, drawn_up: DrawnUp, *, reduces: MedicineUse, today: date) -> Preview:
    found = (*drawn_up.built.findings, *dated_findings(drawn_up.schedule))
    start = start_finding(drawn_up.terms, reduces=reduces, on=today)
    found = (start, *found) if start else found
    return Preview(
        shown=drawn_up.fingerprint,
        curve=curve_of_schedule(drawn_up.schedule, before=drawn_up.terms.taken_before),
        steps=rows_of_schedule(drawn_up.schedule, form=drawn_up.terms.medicine.form),
        totals=totals_of(drawn_up.schedule),
        findings=sorted(found, key=lambda finding: finding.step),
        obstacles=obstacles_of(plan, drawn_up.terms, today=today),
        terms=drawn_up.terms,
    )


def preview_of_terms(plan: Plan, terms: Terms, schedule: Schedule, *, today: date) -> Preview:
    """The same of a version that was drawn up before; what was found in it by building is not known any more."""
    taper = plan.tapers.filter(code=terms.taper).select_related("reduces").first()
    start = start_finding(terms, reduces=taper.reduces, on=today) if taper else None
    return Preview(
        shown="",
        curve=curve_of_schedule(schedule, before=terms.taken_before),
        steps=rows_of_schedule(schedule, form=terms.medicine.form),
        totals=totals_of(schedule),
        findings=[*([start] if start else []), *dated_findings(schedule)],
        obstacles=obstacles_of(plan, terms, today=today),
        terms=terms,
    )
