"""Agreeing, with edits or without: fill in, read once more what exactly is signed, then sign. Two taps, never one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from patients.prescriber.agreement_form import AgreementForm
from patients.prescriber.pages import for_acting, to_page
from patients.prescriber.reading import asked_page, frame, today_of
from patients.prescriber.steps_form import StepTable, changed_rows, step_table
from patients.prescriber.words import in_words
from patients.services.documents.printable import day
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers import by_link
from patients.services.tapers.by_link import Visit, Visitor
from patients.services.tapers.editing import EditedStep, product_of
from patients.services.tapers.request_page import in_groups, request_content
from protocols.domain.canonical import sha256_of
from protocols.domain.terms import Terms


@for_acting
def agree(request: HttpRequest, visitor: Visitor, visit: Visit, *, at: datetime) -> HttpResponse:
    """To the proposal as it stands."""
    by_link.require_waiting(visit)
    content = request_content(visit.request.version, today=today_of(visit, at=at))
    if request.POST.get("then") == "change":
        return asked_page(request, visit, at=at, form=AgreementForm(content=content, initial=request.POST.dict()))
    form = AgreementForm(request.POST, content=content)
    if not form.is_valid():
        return asked_page(request, visit, at=at, form=form)
    if request.POST.get("then") == "sign":
        return _sign(request, visitor, form, None, at=at)
    try:
        terms = _preview(request, visit, form, None, at=at)
    except Refused as refused:
        form.refuse(refused, in_words(refused))
        return asked_page(request, visit, at=at, form=form)
    return _confirm(request, visit, terms, form, None, at=at)


@for_acting
def edit(request: HttpRequest, visitor: Visitor, visit: Visit, *, at: datetime) -> HttpResponse:
    """To the proposal with other steps. Every tap but “sign” only draws the page anew."""
    by_link.require_waiting(visit)
    version = visit.request.version
    content = request_content(version, today=today_of(visit, at=at))
    terms = version.terms()
    product = product_of(visit.taper, terms)
    then = request.POST.get("then", "")
    if then not in {"look", "sign"}:
        # The answers as they are, right or wrong; the table as proposed, or after the tap.
        form = AgreementForm(content=content, initial=request.POST.dict())
        if then == "begin":
            return _table_page(request, visit, form, step_table(terms, product), at=at)
        rows = changed_rows(step_table(terms, product, data=request.POST).rows(), then)
        return _table_page(request, visit, form, step_table(terms, product, rows=rows), at=at)
    form, table = AgreementForm(request.POST, content=content), step_table(terms, product, data=request.POST)
    if not (form.is_valid() & table.is_valid()):
        return _table_page(request, visit, form, table, at=at)
    if then == "sign":
        return _sign(request, visitor, form, table.edits(), at=at)
    try:
        terms = _preview(request, visit, form, table.edits(), at=at)
    except Refused as refused:
        sentence = in_words(refused)
        field = refused.field if isinstance(refused, InvalidRequest) else ""
        if not table.refuse(field, sentence):
            form.refuse(refused, sentence)
        return _table_page(request, visit, form, table, at=at)
    return _confirm(request, visit, terms, form, table, at=at)


def _preview(
    request: HttpRequest, visit: Visit, form: AgreementForm, edits: Sequence[EditedStep] | None, *, at: datetime
) -> Terms:
    shown = request.POST.get("version", "")
    return by_link.preview(visit, form.agreement(), version_sha256=shown, edits=edits, at=at)


def _sign(
    request: HttpRequest, visitor: Visitor, form: AgreementForm, edits: Sequence[EditedStep] | None, *, at: datetime
) -> HttpResponse:
    shown = request.POST.get("shown", "")
    if not shown:
        raise InvalidRequest("Read first what exactly you sign, then agree. Nothing was recorded.")
    by_link.sign(
        visitor,
        replace(form.agreement(), raises_knowingly="raises_knowingly" in request.POST),
        version_sha256=request.POST.get("version", ""),
        edits=edits,
        shown=shown,
        at=at,
    )
    messages.success(request, "Signed. Thank you. What you agreed to stands below, and may be held or taken back here.")
    return to_page(visitor.request)


def _table_page(
    request: HttpRequest, visit: Visit, form: AgreementForm, table: StepTable, *, at: datetime
) -> HttpResponse:
    version = visit.request.version
    content = request_content(version, today=today_of(visit, at=at))
    context = {"content": content, "version": version, "form": form, "table": table}
    return render(request, "prescriber/edit.html", frame(visit) | context)


def _confirm(
    request: HttpRequest,
    visit: Visit,
    terms: Terms,
    form: AgreementForm,
    table: StepTable | None,
    *,
    at: datetime,
) -> HttpResponse:
    """The whole as it would be signed, with its SHA-256, and what was filled in, carried along unseen."""
    version, today = visit.request.version, today_of(visit, at=at)
    content = request_content(version, today=today, agreed=terms)
    first_day = max(terms.planned_first_day, today + timedelta(days=1))
    sha256 = sha256_of(terms.as_bytes())
    context = {
        "content": content,
        "version": version,
        "form": form,
        "table": table,
        "shown": sha256,
        "sha256": in_groups(sha256),
        "text": terms.as_bytes().decode(),
        "first_day": day(first_day),
        "moves": first_day != terms.planned_first_day,
        "back": "prescriber:agree" if table is None else "prescriber:edit",
    }
    return render(request, "prescriber/confirm.html", frame(visit) | context)
