"""Warning signs: the emergency text first, whatever else the page says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from patients.models import RedFlagReport, Taper
from patients.portal.tapers.reading import Reading
from patients.portal.words import day_in_full
from protocols.domain.red_flags import RED_FLAGS, RedFlag
from protocols.domain.terms import AlertRoute

TOLD = {
    AlertRoute.EMAIL: "Your clinic and {prescriber} are written to at once.",
    AlertRoute.TELEPHONE: "Your clinic is written to at once, and telephones {prescriber}.",
    AlertRoute.FAX: "Your clinic is written to at once, and sends {prescriber} a fax.",
}
ONLY_THE_CLINIC = "Your clinic is written to at once."


@dataclass(frozen=True, slots=True)
class OpenWarning:
    """One report that no clinician has cleared."""

    report: RedFlagReport
    flags: list[RedFlag]
    reported: str
    told: str


def open_warnings(taper: Taper, reading: Reading | None, *, today: date) -> list[OpenWarning]:
    """Oldest first. reading None: the signed route cannot be read, and the clinic is told anyway."""
    told = ONLY_THE_CLINIC
    if reading is not None:
        told = TOLD[reading.terms.alert_route].format(prescriber=taper.prescriber.name)
    return [
        OpenWarning(
            report=report,
            flags=in_order(report.flags),
            reported="today" if report.on == today else f"on {day_in_full(report.on, today)}",
            told=told,
        )
        for report in taper.red_flags.all()
        if report.cleared_at is None
    ]


def in_order(keys: Iterable[str]) -> list[RedFlag]:
    """The most urgent first, whatever order they were ticked in."""
    ticked = set(keys)
    return [flag for flag in RED_FLAGS.values() if flag.key in ticked]
