"""Which tapers a patient is shown: her own, once a version of each was signed, with all that their pages read."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from patients.models import DiaryEntry, Patient, Taper, TaperVersion
from patients.models.taper_course import COURSE_ROWS
from protocols.domain.taper_days import WATCHED_DAYS

# A version without a first day was never signed: not even a mistake in a template can show what is not loaded.
SHOWN_ROWS: tuple[Any, ...] = (
    Prefetch("versions", queryset=TaperVersion.objects.filter(first_day__isnull=False)),
    *COURSE_ROWS,
    "versions__signature__prescriber",
    "use_reports",
    Prefetch("diary", queryset=DiaryEntry.objects.filter(replaced_at__isnull=True)),
    "red_flags",
    "supplies",
)


def shown_tapers(user: Any) -> QuerySet[Taper]:
    """Signed, and not in error. A patient who works in this clinic sees no more here: the rest is for the admin."""
    return Taper.objects.visible_to(user).shown_to_patients()


def tapers_to_show(patient: Patient, *, user: Any) -> list[Taper]:
    """The patient’s own, oldest first."""
    standing = shown_tapers(user).filter(plan__patient=patient)
    tapers = list(
        standing.select_related("plan", "prescriber", "reduces", "medicine")
        .prefetch_related(*SHOWN_ROWS)
        .order_by("started_at", "code")
    )
    for taper in tapers:
        taper.plan.patient = patient
    return tapers


def taper_to_show(patient: Patient, code: str, *, user: Any) -> Taper:
    """The taper with this code. Anybody else’s, one that is not signed and one in error are a 404 alike."""
    found = next((taper for taper in tapers_to_show(patient, user=user) if taper.code == code), None)
    if found is None:
        raise Http404
    return found


def on_todays_page(tapers: Iterable[Taper], *, today: date) -> tuple[list[Taper], list[Taper]]:
    """Those that stand there in full, and those that only a link leads to.

    What ended stands there as long as its plan runs, and twelve weeks at least: then the words of the prescriber are
    old. A newer taper of the same medicine takes its place.
    """
    listed = list(tapers)
    newest = {taper.reduces.substance: taper for taper in listed}
    in_full = [taper for taper in listed if newest[taper.reduces.substance] is taper and _is_recent(taper, today)]
    return in_full, [taper for taper in listed if taper not in in_full]


def _is_recent(taper: Taper, today: date) -> bool:
    if taper.is_running or taper.plan.is_running:
        return True
    return taper.ended_on is None or today <= taper.ended_on + timedelta(days=WATCHED_DAYS)
