"""Signing inside: a prescriber who works here reads what is asked, shows once more who it is, and answers."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.actor import Actor, NotAllowed, acting_prescriber
from clinics.admin.desk import at_of, signed_in
from clinics.admin.scoped import ScopedAdmin
from clinics.services.reauthentication import has_just_authenticated, way_to_reauthenticate
from patients.admin.standing import today_of
from patients.admin.tapers.answer_forms import OwnAnswerForm
from patients.admin.tapers.answers import NOTHING_WAITS, what_waits
from patients.admin.tapers.words import grouped
from patients.models import Door, PrescriberAnswerKind, Taper, TaperVersion
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.answering import answer
from patients.services.tapers.errors import NotThePrescriber
from patients.services.tapers.request_page import request_content
from patients.services.tapers.signing import preview_agreement, sign
from patients.services.tapers.standing import version_with
from protocols.domain.canonical import sha256_of
from protocols.domain.taper_states import VersionStatus
from protocols.domain.terms import Terms

OWN_PRESCRIPTION = "As the own prescription: signed in here, and shown once more who it is by a code."
SIGN = "_sign"


def sign_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """The same questions as on paper. A yes is read once more, with all that it says, before it is signed."""
    user = signed_in(request)
    if taper.prescriber.user_id != user.pk:
        raise NotThePrescriber
    version = version_with(taper, VersionStatus.PROPOSED)
    if version is None:
        messages.error(request, NOTHING_WAITS)
        return redirect(admin.address_of(taper))
    if not has_just_authenticated(request, at=at_of(request)):
        return redirect(way_to_reauthenticate(admin.address_of(taper, "sign")))
    form = OwnAnswerForm(request.POST or None, version=version)
    agreed: Terms | None = None
    if form.is_valid():
        by = acting_prescriber(taper.prescriber, user=user)
        try:
            if form.said is not PrescriberAnswerKind.AGREE:
                return _answered(admin, request, taper, form, by)
            agreed = preview_agreement(
                taper,
                version_sha256=form.cleaned_data["shown"],
                agreement=form.agreement(),
                by=by,
                at=at_of(request),
            )
            if SIGN in request.POST and request.POST.get("read") == sha256_of(agreed.as_bytes()):
                return _signed(admin, request, taper, form, by)
        except InvalidRequest as refusal:
            form.add_error(form.own_field(refusal.field), str(refusal))
        except (Refused, NotAllowed) as refusal:
            form.add_error(None, str(refusal))
    return _show(admin, request, taper, version, form, agreed)


def _answered(admin: ScopedAdmin, request: HttpRequest, taper: Taper, form: OwnAnswerForm, by: Actor) -> HttpResponse:
    answer(
        taper,
        kind=form.said,
        door=Door.INSIDE,
        version_sha256=form.cleaned_data["shown"],
        text=form.cleaned_data["text"],
        by=by,
        at=at_of(request),
    )
    return admin.done(request, taper, f"Your answer is recorded: {form.said.label}.")


def _signed(admin: ScopedAdmin, request: HttpRequest, taper: Taper, form: OwnAnswerForm, by: Actor) -> HttpResponse:
    sign(
        taper,
        door=Door.INSIDE,
        version_sha256=form.cleaned_data["shown"],
        agreement=form.agreement(),
        means=OWN_PRESCRIPTION,
        shown=request.POST["read"],
        by=by,
        at=at_of(request),
    )
    return admin.done(request, taper, "Signed, as your own prescription.")


def _show(
    admin: ScopedAdmin,
    request: HttpRequest,
    taper: Taper,
    version: TaperVersion,
    form: forms.Form,
    agreed: Terms | None,
) -> HttpResponse:
    today = today_of(taper.plan.patient, at_of(request))
    version.taper = taper
    sha256 = sha256_of(agreed.as_bytes()) if agreed else ""
    title = "Read and sign"
    return admin.page(
        request,
        "admin/patients/taper_sign.html",
        title=title,
        trail=admin.trail_to(taper, title),
        taper=taper,
        form=form,
        content=request_content(version, today=today, agreed=agreed),
        agreed=agreed,
        read=sha256,
        read_in_groups=grouped(sha256),
        **what_waits(taper, version, today=today),
        back=admin.address_of(taper),
    )
