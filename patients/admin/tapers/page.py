"""One taper on one page: how it stands, what is taken on which day, who signed what, what she says, what was done."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from clinics.domain.instants import zone
from clinics.roles import Act
from patients.admin.sentences import entries
from patients.admin.standing import today_of
from patients.admin.tapers.actions import Offered
from patients.admin.tapers.consent import standing_consent
from patients.admin.tapers.curve import curve_of_course
from patients.admin.tapers.diary import diary_of
from patients.admin.tapers.keeping import rescue_notice
from patients.admin.tapers.preview import Preview, preview_of_terms
from patients.admin.tapers.use_rows import (
    alert_by_hand,
    hold_rows,
    red_flag_rows,
    shortage_words,
    substitution_words,
    supply_rows,
    use_rows,
)
from patients.admin.tapers.versions import answer_rows, names_of, request_rows, version_rows
from patients.admin.tapers.words import rows_of_course
from patients.models import Reminder, Scan, Taper, TaperVersion, UseKind
from patients.models.taper_course import course_of, signed_terms, signed_versions
from patients.reminders.kinds import KINDS
from patients.reminders.taper_subject import TAPER_ROWS, subjects_of
from patients.services.documents.printable import day
from patients.services.tapers.last_dose import last_dose_of
from patients.services.tapers.looking import watched_until
from patients.services.tapers.request_gates import gate_lines
from patients.services.tapers.request_sentences import permissions_in_words, rescue_in_words
from patients.services.tapers.standing import ALTERED, sentence, version_with
from patients.services.tapers.use_known import asked_about, newest_word, use_is_known
from protocols.domain.course import Course
from protocols.domain.dose_words import joined
from protocols.domain.red_flags import rebound_window
from protocols.domain.taper import schedule
from protocols.domain.taper_states import TaperStatus, VersionStatus
from protocols.domain.terms import Terms, TermsError
from protocols.models.catalogue import CONSULT

PAGE_ROWS = (
    "versions__requests__link_codes",
    *TAPER_ROWS,
    "versions__signature__prescriber",
    # Where each scan is opened, and not the papers themselves: one may be 10 MB.
    Prefetch("versions__answers__scan", queryset=Scan.objects.only("code", "version")),
    "use_reports__version",
    "supplies",
)
MOST_REMINDERS = 20


def taper_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    at = at_of(request)
    today, clinic_zone = today_of(taper.plan.patient, at), zone(taper.plan.patient.clinic.zone)
    prefetch_related_objects([taper], *PAGE_ROWS)
    names = names_of(taper)
    offered = Offered(admin, request, taper)
    transitions = taper.transitions.select_related("phase", "by_user", "taper__reduces")
    context: dict[str, Any] = {
        "taper": taper,
        "patient": taper.plan.patient,
        "words": sentence(taper, today=today),
        "consult": CONSULT,
        "actions": offered.actions(),
        "manages": offered.manages,
        "versions": version_rows(taper, names=names, clinic_zone=clinic_zone),
        "requests": request_rows(taper, names=names, clinic_zone=clinic_zone, today=today),
        "answers": answer_rows(taper, names=names, clinic_zone=clinic_zone),
        "consent": standing_consent(taper),
        "may_ask": admin.may(request, Act.HANDLE_TAPER_PAPERS, taper),
        "reminders": _reminders(taper),
        "reminders_address": f"{reverse('admin:patients_reminder_changelist')}?q={taper.code}",
        "history": entries(transitions, clinic_zone=clinic_zone),
        # What she reported is no part of the frozen bytes: a warning sign is shown whatever has become of them.
        "red_flags": red_flag_rows(taper, names=names, clinic_zone=clinic_zone),
        "alert_by_hand": alert_by_hand(taper),
    }
    try:
        context |= _what_it_says(taper, today=today, manages=offered.manages)
    except TermsError:
        context["altered"] = ALTERED
    return admin.page(request, "admin/patients/taper.html", title=str(taper), trail=admin.trail_to(taper), **context)


def _what_it_says(taper: Taper, *, today: date, manages: bool) -> dict[str, Any]:
    """All that is read from frozen bytes. Raises `TermsError` where they are not what was signed."""
    course = course_of(taper)
    signed = signed_versions(taper)
    waiting = version_with(taper, VersionStatus.PROPOSED) or version_with(taper, VersionStatus.DRAFT)
    newest = signed_terms(signed[-1]) if signed else _terms_of_last(taper, waiting)
    found: dict[str, Any] = {
        "holds": hold_rows(taper, today=today),
        "reports": use_rows(taper),
        "supplies": supply_rows(taper),
        "diary": diary_of(taper.diary.all(), today=today),
        "waiting": _waiting(taper, waiting, today=today),
        "waiting_version": waiting,
    }
    if newest is not None:
        laid_out = schedule(newest.steps, first_day=newest.planned_first_day)
        found |= {
            "terms": newest,
            "gates": gate_lines(newest.gates),
            "rescue": rescue_in_words(newest, laid_out)[:2],
            # The last of them says what comes to the prescriber as a new version; here the buttons say it.
            "permissions": permissions_in_words(newest)[:-1],
        }
    if signed:
        first = signed_terms(signed[0])
        found |= {
            "curve": curve_of_course(course, before=first.taken_before, today=today),
            "steps": rows_of_course(course, form=first.medicine.form, today=today),
            "rebound": _rebound(taper, course, newest, today),
            "notices": list(_notices(taper, course, today=today)),
            "rescue_notice": rescue_notice(taper, today=today, manages=manages),
            "substitutions": substitution_words(taper),
        }
    return found


def _terms_of_last(taper: Taper, waiting: TaperVersion | None) -> Terms | None:
    """Of what waits, or of the version that nobody signed."""
    last = waiting or max(taper.versions.all(), key=lambda version: version.number, default=None)
    return None if last is None else last.terms()


def _waiting(taper: Taper, version: TaperVersion | None, *, today: date) -> Preview | None:
    """What the version comes to that is a draft or waits for its signature."""
    if version is None:
        return None
    terms = version.terms()
    laid_out = schedule(terms.steps, first_day=terms.planned_first_day)
    return preview_of_terms(taper.plan, terms, laid_out, today=today)


def _reminders(taper: Taper) -> list[tuple[Reminder, str]]:
    """The newest of what was owed about this taper, each with what it is."""
    rows = Reminder.objects.filter(taper=taper).order_by("-send_at", "code")[:MOST_REMINDERS]
    return [(row, KINDS[row.kind].words if row.kind in KINDS else row.kind) for row in rows]


def _rebound(taper: Taper, course: Course, terms: Terms | None, today: date) -> str:
    """While symptoms may come from acid rebound, so that nobody takes them for a relapse."""
    last = last_dose_of(taper, course, today=today)
    if last is None or terms is None or not terms.medicine.medicine_class.is_acid_suppressant:
        return ""
    window = rebound_window(last.on)
    number = window.day_number(today)
    if number is None:
        return ""
    since = "after the last scheduled dose"
    if last.word is not None:
        since = f"since, by the patient’s word, “{UseKind(last.word.kind).label}”"
    return (
        f"Day {number} {since}: symptoms may come from acid rebound, expected to begin until "
        f"{day(window.onset_to)} and watched for until {day(window.watch_until)}. Nothing is called a relapse before "
        f"{day(window.relapse_from)} unless a clinician has looked at it."
    )


def _notices(taper: Taper, course: Course, *, today: date) -> Iterator[str]:
    """What wants somebody’s attention now."""
    status = TaperStatus(taper.status)
    if not status.is_running:
        return
    if not use_is_known(taper, course, today=today):
        yield "It is not known whether the schedule is followed. Ask the patient, and write down the answer."
    step = asked_about(course, on=today)
    word = None if step is None else newest_word(taper, since=step)
    if word is not None and word.kind == UseKind.NOT_YET.value:
        yield f"The patient has not changed to the present step yet, as of {day(word.since)}. The next step waits."
    yield from _new_risks(taper)
    yield from shortage_words(taper, today=today)
    if status is TaperStatus.WATCHING and course.ends_on is not None:
        yield f"The steps are over. It is watched until {day(watched_until(course.ends_on))}, then it is completed."


def _new_risks(taper: Taper) -> Iterator[str]:
    """Medicines in the record since the signature that make bleeding more likely."""
    subject = subjects_of([taper])[taper.pk]
    signature = subject.signature
    names = [
        risk.use.name
        for risk in subject.risky_medicines
        if signature is not None and risk.named.recorded_at > signature.signed_at
    ]
    if names:
        yield (
            f"New in the record since the signature: {joined(sorted(set(names)))}. It makes bleeding more likely; the "
            "prescriber is asked whether what comes down is needed as cover."
        )
