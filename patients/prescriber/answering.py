"""Every answer but yes; and later, while what was signed runs: hold, let go on, take the agreement back."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from patients.models import PrescriberAnswerKind
from patients.prescriber.answer_forms import CallForm, DeclineForm, HoldForm, RevokeForm, ShortAnswerForm
from patients.prescriber.pages import for_acting, to_page
from patients.prescriber.reading import asked_page, frame, running_page
from patients.services.errors import InvalidRequest
from patients.services.tapers import by_link
from patients.services.tapers.by_link import Visit, Visitor

_FORMS = {
    PrescriberAnswerKind.DECLINE.value: DeclineForm,
    PrescriberAnswerKind.I_MANAGE_IT.value: ShortAnswerForm,
    PrescriberAnswerKind.NOT_MY_PATIENT.value: ShortAnswerForm,
    PrescriberAnswerKind.CALL_ME.value: CallForm,
}


@for_acting
def answer(request: HttpRequest, visitor: Visitor, visit: Visit, *, at: datetime) -> HttpResponse:
    """Decline, “I manage it myself”, “not my patient”, “please call me”."""
    by_link.require_waiting(visit)
    chosen = request.POST.get("kind", "")
    if chosen not in _FORMS:
        raise InvalidRequest("Choose one of the answers on the page. Nothing was recorded.", field="kind")
    form = _FORMS[chosen](request.POST)
    if not form.is_valid():
        return asked_page(request, visit, at=at, **{form.prefix_of: form})
    kind = PrescriberAnswerKind(chosen)
    shown = request.POST.get("version", "")
    by_link.answer(visitor, kind, version_sha256=shown, text=form.cleaned_data["text"], at=at)
    messages.success(request, f"Recorded: “{kind.label}”. The clinic is told.")
    return to_page(visitor.request)


@for_acting
def hold(request: HttpRequest, visitor: Visitor, visit: Visit, *, at: datetime) -> HttpResponse:
    by_link.require_running(visit)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return running_page(request, visit, at=at, hold=form)
    by_link.hold(visitor, reason=form.cleaned_data["reason"], at=at)
    messages.success(request, "Held. The dose of today goes on until you let it go on here, or sign a new version.")
    return to_page(visitor.request)


@for_acting
def resume(request: HttpRequest, visitor: Visitor, visit: Visit, *, at: datetime) -> HttpResponse:
    by_link.resume(visitor, at=at)
    messages.success(request, "It goes on from today, with all steps that were left.")
    return to_page(visitor.request)


@for_acting
def revoke(request: HttpRequest, visitor: Visitor, visit: Visit, *, at: datetime) -> HttpResponse:
    """Take the agreement back: first it is shown what the patient will read, then it is done."""
    by_link.require_running(visit)
    form = RevokeForm(request.POST)
    if not form.is_valid() or request.POST.get("then") == "change":
        return running_page(request, visit, at=at, revoke=form)
    instruction = form.cleaned_data["instruction"]
    if request.POST.get("then") != "revoke":
        return render(request, "prescriber/revoke.html", frame(visit) | {"instruction": instruction})
    by_link.revoke(visitor, instruction=instruction, at=at)
    messages.success(request, "You have taken your agreement back. The patient now reads your instruction.")
    return to_page(visitor.request)
