"""What has come up since the signature, as its prescriber reads it on the page that a message leads to.

A warning sign that nobody has cleared, use that has left the schedule, and a new medicine that makes bleeding more
likely: the same three of which the prescriber is told.
"""

from collections.abc import Iterator

from clinics.domain.instants import civil_date, zone
from patients.models import MedicineUse, Taper, UseKind, UseReport
from patients.reminders.taper_subject import TaperSubject, subjects_of
from patients.services.documents.printable import day
from patients.services.tapers.taken import use_line
from protocols.domain.dose_words import joined
from protocols.domain.red_flags import RED_FLAGS


def reported_since(taper: Taper) -> tuple[str, ...]:
    """Sentences, the most urgent first; empty if nothing has come up. It loads the taper’s versions and reports."""
    subject = subjects_of([taper])[taper.pk]
    return (*_warning_signs(subject), *_use(subject), *_bleeding_risks(subject))


def _warning_signs(subject: TaperSubject) -> Iterator[str]:
    for report in subject.taper.red_flags.all():
        if report.cleared_at is None:
            signs = joined(RED_FLAGS[key].name for key in report.flags)
            yield (
                f"A warning sign is open. Reported on {day(report.on)}: {signs}. "
                "The clinic has not recorded yet what came of it."
            )


def _use(subject: TaperSubject) -> Iterator[str]:
    left = subject.leaving
    if left is not None:
        note = f" In the patient’s words: {left.note}" if left.note else ""
        yield f"{_said_on(left, subject)}: “{UseKind(left.kind).label}”, since {day(left.since)}.{note}"


def _said_on(report: UseReport, subject: TaperSubject) -> str:
    on = civil_date(report.reported_at, zone(subject.plan.patient.zone))
    return f"The patient said on {day(on)}"


def _bleeding_risks(subject: TaperSubject) -> Iterator[str]:
    drawn_up_at = subject.drawn_up_at
    for stop in subject.new_stops:
        yield (
            f"New in the record since this was drawn up: {stop.words}, as of {day(stop.as_of)}. A taper does not begin "
            "with it. Hold it, take your agreement back, or call the clinic."
        )
    for risk in subject.risky_medicines:
        is_new = drawn_up_at is not None and risk.named.recorded_at > drawn_up_at
        if is_new and not _is_past(risk.use, subject):
            line = use_line(risk.use)
            yield (
                f"New in the record since this was drawn up: {line.name}, {line.how}, since {line.since} "
                f"({line.source}). It makes bleeding more likely. Is what is being reduced needed as cover? If so, "
                "hold it, take your agreement back, or call the clinic."
            )


def _is_past(use: MedicineUse, subject: TaperSubject) -> bool:
    return use.until is not None and use.until < subject.civil_date(use.recorded_at)
