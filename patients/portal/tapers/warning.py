"""Warning signs: the emergency text first, whatever else the page says."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from patients.models import RedFlagReport, Taper
from patients.models.taper_course import signature_of
from patients.portal.words import day_in_full
from patients.services.tapers.told import Reach
from protocols.domain.red_flags import RED_FLAGS, RedFlag
from protocols.domain.terms import AlertRoute

TOLD = {
    AlertRoute.EMAIL: "Your clinic and {prescriber} are written to at once.",
    AlertRoute.TELEPHONE: "Your clinic is written to at once, and asked to telephone {prescriber}.",
    AlertRoute.FAX: "Your clinic is written to at once, and asked to send {prescriber} a fax.",
}
ONLY_THE_CLINIC = "Your clinic is written to at once."


@dataclass(frozen=True, slots=True)
class OpenWarning:
    """One report that no clinician has cleared."""

    report: RedFlagReport
    flags: list[RedFlag]
    reported: str
    told: str


def open_warnings(taper: Taper, *, today: date, reach: Callable[[], Reach]) -> list[OpenWarning]:
    """Oldest first. reach: whether her prescriber may be told, asked only where there is anything to tell."""
    reports = [report for report in taper.red_flags.all() if report.cleared_at is None]
    told = _told(taper, reach()) if reports else ""
    return [
        OpenWarning(
            report=report,
            flags=in_order(report.flags),
            reported="today" if report.on == today else f"on {day_in_full(report.on, today)}",
            told=told,
        )
        for report in reports
    ]


def _told(taper: Taper, reach: Reach) -> str:
    """By the newest signature, as the alert goes; where its route cannot be read the clinic is told anyway."""
    newest = max(taper.versions.all(), key=lambda version: version.number)
    signature = signature_of(newest)
    route = None if signature is None else signature.alert_route
    is_told = reach.by_email if route is AlertRoute.EMAIL else reach.may_be_told
    if route is None or not is_told:
        return ONLY_THE_CLINIC
    return TOLD[route].format(prescriber=taper.prescriber.name)


def in_order(keys: Iterable[str]) -> list[RedFlag]:
    """The most urgent first, whatever order they were ticked in."""
    ticked = set(keys)
    return [flag for flag in RED_FLAGS.values() if flag.key in ticked]
