"""Tapers that want somebody’s attention today: one read, the most urgent first, each of them once."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import HttpRequest
from django.urls import reverse

from clinics.admin.desk import desk_of
from clinics.roles import Act
from patients.admin.lines import MOST_LINES, Group, Line
from patients.admin.standing import today_of
from patients.admin.tapers.keeping import rescue_offers
from patients.admin.tapers.use_rows import alert_by_hand, signs_in_words
from patients.models import DiaryEntry, RedFlagReport, Taper
from patients.services.documents.printable import day
from patients.services.tapers.rescue_days import rescue_words
from patients.services.tapers.standing import sentence, version_with, with_standing
from protocols.domain.taper_states import TaperStatus, VersionStatus
from protocols.domain.terms import TermsError

# A patient's today differs from the server's by a day at most.
ONE_DAY: Final = timedelta(days=1)
TITLES: Final = {
    "red-flag": "Warning sign open: review it",
    "rescue": "Rescue medicine often: hold the dose?",
    "unknown": "Not known what is taken: ask",
    "held": "Tapers on hold",
    "signature": "Signatures wanted",
    "draft": "Tapers drawn up, not sent",
}
"""By state, as the list of tapers names it; in the order of their urgency."""


def taper_groups(request: HttpRequest, *, at: datetime) -> list[Group]:
    """A taper stands in the most urgent group alone."""
    shown, is_cut = _wanting(request, at=at)
    moved_in = set(desk_of(request).clinics_where(Act.MANAGE_TAPER))
    found: dict[str, list[Line]] = {state: [] for state in TITLES}
    for taper in shown:
        today = today_of(taper.plan.patient, at)
        state = next(_states(taper, today=today, at=at), "")
        if state:
            found[state].append(_line(taper, state, today=today, manages=taper.plan.patient.clinic_id in moved_in))
    cut = f"From the first {MOST_LINES} tapers that want attention. The list of tapers has them all." if is_cut else ""
    address = reverse("admin:patients_taper_changelist")
    return [Group(TITLES[state], lines, cut, f"{address}?state={state}") for state, lines in found.items()]


def _wanting(request: HttpRequest, *, at: datetime) -> tuple[list[Taper], bool]:
    """Those in any of these states, the longest waiting first; whether there are more than are shown."""
    own = Taper.objects.visible_to(request.user).filter(
        plan__patient__clinic__in=desk_of(request).clinics_where(Act.SEE_PATIENTS)
    )
    has_red_flag = Exists(RedFlagReport.objects.filter(taper=OuterRef("pk"), cleared_at__isnull=True))
    waits = Q(pk__in=own.awaiting_signature().values("pk"))
    unknown = Q(pk__in=own.use_unknown(at).values("pk"))
    rescue = Q(pk__in=own.rescue_over(at.date() - ONE_DAY).values("pk"))
    of_status = Q(status__in=[TaperStatus.DRAFT.value, TaperStatus.HELD.value])
    wanting = own.filter(Q(has_red_flag) | rescue | waits | unknown | of_status)
    with_rescue = DiaryEntry.objects.filter(replaced_at__isnull=True, rescue_doses__gt=0)
    loaded = with_standing(wanting).prefetch_related("red_flags", Prefetch("diary", queryset=with_rescue))
    rows = list(loaded.order_by(has_red_flag.desc(), "created_at", "code")[: MOST_LINES + 1])
    return rows[:MOST_LINES], len(rows) > MOST_LINES


def _states(taper: Taper, *, today: date, at: datetime) -> Iterator[str]:
    """What wants attention about it, the most urgent first."""
    if any(report.cleared_at is None for report in taper.red_flags.all()):
        yield "red-flag"
    if _rescue_is_over(taper, today=today):
        yield "rescue"
    if taper.is_running and taper.use_unknown_at is not None and taper.use_unknown_at <= at:
        yield "unknown"
    if taper.status == TaperStatus.HELD.value:
        yield "held"
    if version_with(taper, VersionStatus.PROPOSED) is not None:
        yield "signature"
    if taper.status == TaperStatus.DRAFT.value:
        yield "draft"


def _rescue_is_over(taper: Taper, *, today: date) -> bool:
    until = taper.rescue_over_until
    is_undecided = taper.is_running and taper.status != TaperStatus.HELD.value
    return is_undecided and until is not None and today <= until


def _line(taper: Taper, state: str, *, today: date, manages: bool) -> Line:
    patient = taper.plan.patient
    words = [_why(taper, state, today=today), taper.reduces.name, sentence(taper, today=today)]
    return Line(
        patient.full_name,
        patient.code,
        " · ".join(part for part in words if part),
        _address(taper, "change"),
        (*_for_everybody(taper, state), *(_offers(taper, state) if manages else ())),
    )


def _why(taper: Taper, state: str, *, today: date) -> str:
    """What does not stand in the sentence about the taper itself."""
    if state == "red-flag":
        reports = [report for report in taper.red_flags.all() if report.cleared_at is None]
        signs = "; ".join(f"{signs_in_words(report)}, reported on {day(report.on)}" for report in reports)
        by_hand = alert_by_hand(taper)
        return f"{signs}. {by_hand}" if by_hand else signs
    if state == "rescue":
        try:
            return rescue_words(taper, on=today)
        except TermsError:
            return ""
    return ""


def _for_everybody(taper: Taper, state: str) -> Iterator[tuple[str, str]]:
    """What the whole staff is offered: to take on a warning sign."""
    for report in taper.red_flags.all() if state == "red-flag" else ():
        if report.cleared_at is None and not report.is_taken_on:
            yield "I take it on", _address(taper, "take_on", report.code)


def _offers(taper: Taper, state: str) -> Iterator[tuple[str, str]]:
    if state == "red-flag":
        for report in taper.red_flags.all():
            if report.cleared_at is None:
                yield "Review", _address(taper, "red_flag", report.code)
    if state == "rescue":
        yield from rescue_offers(taper)
    if state == "unknown":
        yield "Write it down", _address(taper, "use")


def _address(taper: Taper, page: str, *more: str) -> str:
    return reverse(f"admin:patients_taper_{page}", args=[taper.code, *more])
