"""The open page: what is asked, or what runs, or what was answered. Reading changes nothing."""

from datetime import date, datetime
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinics.domain.addresses import masked
from clinics.domain.instants import civil_date, zone
from patients.models import PrescriberAnswer, PrescriberAnswerKind, TaperEnd, TaperVersion
from patients.prescriber.agreement_form import AgreementForm
from patients.prescriber.answer_forms import CallForm, DeclineForm, HoldForm, RevokeForm
from patients.prescriber.pages import for_reading, to_page
from patients.prescriber.running import running
from patients.prescriber.words import clock, when
from patients.services.documents.printable import day
from patients.services.tapers.by_link import Visit, answer_given
from patients.services.tapers.letter import letter_file_name, letter_pdf
from patients.services.tapers.link_standing import LinkState
from patients.services.tapers.reported import reported_since
from patients.services.tapers.request_page import request_content
from protocols.domain.taper_states import VersionStatus


@for_reading
def page(request: HttpRequest, visit: Visit, *, at: datetime) -> HttpResponse:
    if visit.state is LinkState.WAITS:
        return asked_page(request, visit, at=at)
    if visit.state is LinkState.RUNS:
        return running_page(request, visit, at=at)
    if visit.state is LinkState.REPORTED:
        return _reported_page(request, visit)
    said = _said(visit) if visit.state is LinkState.ANSWERED else None
    return render(request, "prescriber/answered.html", frame(visit) | {"said": said})


@for_reading
def letter(request: HttpRequest, visit: Visit, *, at: datetime) -> HttpResponse:
    """The same as a letter to print, sign and fax."""
    if visit.state not in {LinkState.WAITS, LinkState.RUNS}:
        return to_page(visit.request.code)
    content = request_content(version_of(visit), today=today_of(visit, at=at))
    response = HttpResponse(letter_pdf(content), content_type="application/pdf")
    response["Content-Disposition"] = f"attachment; filename={letter_file_name(content)}"
    return response


def asked_page(request: HttpRequest, visit: Visit, *, at: datetime, **filled: BaseForm) -> HttpResponse:
    """The request with everything around it, and the ways to answer. filled: forms that come back with a word."""
    version, today = version_of(visit), today_of(visit, at=at)
    content = request_content(version, today=today)
    forms = {"form": AgreementForm(content=content), "decline": DeclineForm(), "call": CallForm()}
    context = {
        "content": content,
        "version": version,
        "said": _said(visit),
        "is_late": version.terms().first_day_if_signed(today) > version.terms().latest_first_day,
    }
    return render(request, "prescriber/asked.html", frame(visit) | context | forms | filled)


def running_page(request: HttpRequest, visit: Visit, *, at: datetime, **filled: BaseForm) -> HttpResponse:
    """What was signed, how it stands, and how to hold it or take the agreement back."""
    today = today_of(visit, at=at)
    context = {
        "content": request_content(version_of(visit), today=today),
        "reported": reported_since(visit.taper),
        "running": running(visit.taper, today=today),
    }
    forms = {"hold": HoldForm(), "revoke": RevokeForm()}
    return render(request, "prescriber/running.html", frame(visit) | context | forms | filled)


def _reported_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What has ended is not shown again; what was reported is, and how it ended."""
    taper = visit.taper
    assert taper.ended_on is not None
    context = {
        "patient": taper.plan.patient.full_name,
        "medicine": taper.medicine.name,
        "ended_on": day(taper.ended_on),
        "end": TaperEnd(taper.end).label,
        "reported": reported_since(taper),
    }
    return render(request, "prescriber/reported.html", frame(visit) | context)


def frame(visit: Visit) -> dict[str, Any]:
    """What every open page says: whose mailbox opened it, and until when."""
    prescriber = visit.taper.prescriber
    return {
        "code": visit.request.code,
        "clinic": visit.taper.plan.patient.clinic,
        "mailbox": masked(visit.request.address),
        "open_until": clock(visit.open_until, prescriber),
        "zone": prescriber.zone,
    }


def today_of(visit: Visit, *, at: datetime) -> date:
    """The civil date at the patient’s."""
    return civil_date(at, zone(visit.taper.plan.patient.zone))


def version_of(visit: Visit) -> TaperVersion:
    """What is shown: the version that was asked about, or the one that is in force now."""
    if visit.state is LinkState.WAITS:
        return visit.request.version
    version = visit.taper.versions.get(status=VersionStatus.IN_FORCE.value)
    version.taper = visit.taper
    return version


def _said(visit: Visit) -> dict[str, str] | None:
    given: PrescriberAnswer | None = answer_given(visit)
    if given is None:
        return None
    kind = PrescriberAnswerKind(given.kind)
    return {"label": kind.label, "text": given.text, "when": when(given.at, visit.taper.prescriber)}
