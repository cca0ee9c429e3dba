"""What she says, feels, has and was held for, as rows of the taper’s page."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.urls import reverse

from clinics.admin.changes import local_words
from clinics.domain.instants import civil_date, zone
from patients.models import HoldReason, RedFlagReport, Supply, Taper, Told, UseKind, UseReport
from patients.models.taper_course import signed_versions
from patients.services.documents.printable import day
from patients.services.tapers.supplying import shortages_of
from protocols.domain.dose_words import joined
from protocols.domain.red_flags import RED_FLAGS
from protocols.domain.terms import AlertRoute


@dataclass(frozen=True, slots=True, kw_only=True)
class UseRow:
    """One thing she said. leaves: she no longer takes what the schedule says. told: how staff heard it who wrote it."""

    words: str
    about: str
    since: date
    said_on: date
    note: str
    leaves: bool
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlagRow:
    """One report of warning signs. told: how staff heard it who wrote it. reviewed: by whom and when.

    taken_on: by whom and when; empty while nobody has. take_on: where somebody says so; empty once it was. clear: where
    it is reviewed; empty once it was.
    """

    signs: str
    on: date
    told: str
    outcome: str
    reviewed: str
    is_open: bool
    taken_on: str
    take_on: str
    clear: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    first: date
    resumed_on: date | None
    days: int
    why: str
    reason: str


def use_rows(taper: Taper) -> list[UseRow]:
    """Newest first."""
    reports = sorted(taper.use_reports.all(), key=lambda report: (report.reported_at, report.pk), reverse=True)
    return [_use_row(taper, report) for report in reports]


def _use_row(taper: Taper, report: UseReport) -> UseRow:
    kind = UseKind(report.kind)
    return UseRow(
        words=kind.label,
        about=f"version {report.version.number}, step {report.step}",
        since=report.since,
        said_on=civil_date(report.reported_at, zone(taper.plan.patient.zone)),
        note=report.note,
        leaves=kind.leaves_schedule,
        told=Told(report.told).label.lower() if report.told else "",
    )


def signs_in_words(report: RedFlagReport) -> str:
    """“bloody or black stools and persistent vomiting”."""
    return joined(RED_FLAGS[key].name for key in report.flags)


def alert_by_hand(taper: Taper) -> str:
    """What was agreed that the clinic does at once about a warning sign; empty where an email goes by itself.

    Where the agreed way cannot be read any more, or no number of it is known, somebody telephones all the same.
    """
    prescriber, signed = taper.prescriber, signed_versions(taper)
    if prescriber.user_id is not None and prescriber.user_id == taper.plan.practitioner_id:
        return ""
    route = signed[-1].signature.alert_route if signed else None
    if route is AlertRoute.EMAIL:
        return ""
    if route is AlertRoute.FAX and prescriber.fax:
        return f"As agreed, send {prescriber.name} a fax at once: {prescriber.fax}"
    number = prescriber.telephone or "the number is not known here"
    agreed = "As agreed, telephone" if route is AlertRoute.TELEPHONE else "Telephone"
    return f"{agreed} {prescriber.name} at once: {number}"


def red_flag_rows(taper: Taper, *, names: dict[str, str], clinic_zone: ZoneInfo) -> list[RedFlagRow]:
    """Newest first. names: by code, of those who reviewed them."""
    reports: list[RedFlagReport] = sorted(taper.red_flags.all(), key=lambda report: report.reported_at, reverse=True)
    return [
        RedFlagRow(
            signs=signs_in_words(report),
            on=report.on,
            told=Told(report.told).label.lower() if report.told else "",
            outcome=report.cleared_because,
            reviewed=""
            if report.cleared_at is None
            else f"Reviewed by {names.get(report.cleared_by_code, report.cleared_by_code)}, "
            f"{local_words(report.cleared_at, clinic_zone)}",
            is_open=report.cleared_at is None,
            taken_on="" if report.taken_on_at is None else taken_on_words(report, names=names, clinic_zone=clinic_zone),
            take_on=""
            if report.is_taken_on
            else reverse("admin:patients_taper_take_on", args=[taper.code, report.code]),
            clear="" if report.cleared_at else reverse("admin:patients_taper_red_flag", args=[taper.code, report.code]),
        )
        for report in reports
    ]


def taken_on_words(report: RedFlagReport, *, names: dict[str, str], clinic_zone: ZoneInfo) -> str:
    """“Taken on by Dr Cho, 4 January 2027, 12:00”."""
    assert report.taken_on_at is not None
    who = names.get(report.taken_on_by_code, report.taken_on_by_code)
    return f"Taken on by {who}, {local_words(report.taken_on_at, clinic_zone)}"


def hold_rows(taper: Taper, *, today: date) -> list[HoldRow]:
    """Newest first."""
    holds = [hold for version in taper.versions.all() for hold in version.holds.all()]
    return [
        HoldRow(
            first=hold.first_day,
            resumed_on=hold.resumed_on,
            days=hold.days_through(today),
            why=HoldReason(hold.reason_kind).label,
            reason=hold.reason,
        )
        for hold in sorted(holds, key=lambda hold: (hold.first_day, hold.pk), reverse=True)
    ]


def supply_rows(taper: Taper) -> list[str]:
    """Newest first, each as a sentence."""
    rows: list[Supply] = sorted(taper.supplies.all(), key=lambda row: (row.on, row.pk), reverse=True)
    return [
        f"{day(row.on)}: {_count(row)} × {row.strength.display()}, "
        f"{'all there was' if row.is_all else 'on top of what was there'}."
        for row in rows
    ]


def shortage_words(taper: Taper, *, today: date) -> list[str]:
    """What she has ends before the schedule does, in sentences."""
    return [
        f"The {each.strength.display()} units at home are not enough from {day(each.short_on)} on"
        + ("." if each.missing is None else f": {each.missing:f} are missing to the end.")
        for each in shortages_of(taper, today=today)
    ]


def substitution_words(taper: Taper) -> list[str]:
    """What stands in for a strength, or stood in."""
    found = []
    for version in signed_versions(taper):
        for row in version.substitutions.all():
            made_of = joined(
                f"{units['count']} × {units['strength']}{' (' + units['form'] + ')' if 'form' in units else ''}"
                for units in row.replacement
            )
            until = f" until {day(row.last_day)}" if row.last_day else ""
            found.append(f"1 × {row.strength.display()} is taken as {made_of} from {day(row.first_day)}{until}.")
    return found


def _count(row: Supply) -> str:
    text = f"{row.count:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
