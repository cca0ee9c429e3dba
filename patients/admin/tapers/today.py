"""Tapers that want somebody’s attention today: one read, the most urgent first, each of them once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.urls import reverse

from clinics.admin.desk import desk_of
from clinics.roles import Act
from patients.admin.lines import MOST_LINES, Group, Line
from patients.admin.standing import today_of
from patients.models import RedFlagReport, Taper
from patients.services.tapers.standing import sentence, version_with, with_standing
from protocols.domain.taper_states import TaperStatus, VersionStatus

# A patient's today differs from the server's by a day at most.
ONE_DAY: Final = timedelta(days=1)
TITLES: Final = {
    "red-flag": "Warning sign open: review it",
    "unknown": "Not known what is taken: ask",
    "held": "Tapers on hold",
    "signature": "Signatures wanted",
    "draft": "Tapers drawn up, not sent",
}
"""By state, as the list of tapers names it; in the order of their urgency."""


def taper_groups(request: HttpRequest, *, at: datetime) -> list[Group]:
    """A taper stands in the most urgent group alone."""
    shown, is_cut = _wanting(request, at=at)
    found: dict[str, list[Line]] = {state: [] for state in TITLES}
    for taper in shown:
        state = next(_states(taper, at=at), "")
        if state:
            found[state].append(_line(taper, at=at))
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
    unknown = Q(pk__in=own.use_unknown(at.date() + ONE_DAY).values("pk"))
    of_status = Q(status__in=[TaperStatus.DRAFT.value, TaperStatus.HELD.value])
    wanting = own.filter(Q(has_red_flag) | waits | unknown | of_status).prefetch_related("red_flags")
    rows = list(with_standing(wanting).order_by(has_red_flag.desc(), "created_at", "code")[: MOST_LINES + 1])
    return rows[:MOST_LINES], len(rows) > MOST_LINES


def _states(taper: Taper, *, at: datetime) -> Iterator[str]:
    """What wants attention about it, the most urgent first."""
    unknown_from = taper.use_unknown_from
    if any(report.cleared_at is None for report in taper.red_flags.all()):
        yield "red-flag"
    if taper.is_running and unknown_from is not None and unknown_from <= today_of(taper.plan.patient, at):
        yield "unknown"
    if taper.status == TaperStatus.HELD.value:
        yield "held"
    if version_with(taper, VersionStatus.PROPOSED) is not None:
        yield "signature"
    if taper.status == TaperStatus.DRAFT.value:
        yield "draft"


def _line(taper: Taper, *, at: datetime) -> Line:
    patient = taper.plan.patient
    words = f"{taper.reduces.name} · {sentence(taper, today=today_of(patient, at))}"
    return Line(patient.full_name, patient.code, words, reverse("admin:patients_taper_change", args=[taper.code]))
