"""Signing inside: a prescriber who works here reads what is asked, shows once more who it is, and answers."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.actor import Actor, NotAllowed, acting_prescriber
from clinics.admin import inputs
from clinics.admin.desk import at_of, signed_in
from clinics.admin.scoped import ScopedAdmin
from clinics.roles import Act
from clinics.services.reauthentication import has_just_authenticated, way_to_reauthenticate
from patients.admin.standing import today_of
from patients.admin.tapers.answer_forms import OwnAnswerForm
from patients.admin.tapers.answers import NOTHING_WAITS, what_waits
from patients.admin.tapers.consent import confirm_page
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
OWN_EDITS = "I change the steps myself."
SIGN = "_sign"


class ChangeForm(forms.Form):
    shown = forms.CharField(max_length=64, widget=forms.HiddenInput())
    text = forms.CharField(label="What is to be changed", widget=inputs.TextareaInput())


def sign_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """The same questions as on paper. A yes is read once more, with all that it says, before it is signed."""
    version = _own_waiting(admin, request, taper, page="sign")
    if isinstance(version, HttpResponse):
        return version
    form = OwnAnswerForm(request.POST or None, version=version)
    agreed: Terms | None = None
    if form.is_valid():
        by = acting_prescriber(taper.prescriber, user=signed_in(request))
        try:
            if form.said is PrescriberAnswerKind.AGREE_WITH_EDITS and admin.may(request, Act.MANAGE_TAPER, taper):
                return _changed(admin, request, taper, form.cleaned_data["shown"], form.cleaned_data["text"], by)
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


def change_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """A prescriber who draws up tapers too changes the steps herself: this version ends, and the sheet opens."""
    version = _own_waiting(admin, request, taper, page="change_steps")
    if isinstance(version, HttpResponse):
        return version
    form = ChangeForm(request.POST or None, initial={"shown": version.sha256, "text": OWN_EDITS})
    if form.is_valid():
        said, by = form.cleaned_data, acting_prescriber(taper.prescriber, user=signed_in(request))
        try:
            return _changed(admin, request, taper, said["shown"], said["text"], by)
        except (Refused, NotAllowed) as refusal:
            form.add_error(None, str(refusal))
    return confirm_page(
        admin,
        request,
        taper,
        "Change the steps",
        form=form,
        sentences=[
            f"Version {version.number} is answered with “{PrescriberAnswerKind.AGREE_WITH_EDITS.label}” and can no "
            "longer be signed. Then the sheet opens: change the steps there, save, send it to yourself, and sign that.",
            "Nothing begins before you have signed the new version. What is in force goes on.",
        ],
        submit="Change the steps",
    )


def _own_waiting(admin: ScopedAdmin, request: HttpRequest, taper: Taper, *, page: str) -> TaperVersion | HttpResponse:
    """The version that waits for whoever is signed in; or where to go first. Raises `NotThePrescriber`."""
    if taper.prescriber.user_id != signed_in(request).pk:
        raise NotThePrescriber
    version = version_with(taper, VersionStatus.PROPOSED)
    if version is None:
        messages.error(request, NOTHING_WAITS)
        return redirect(admin.address_of(taper))
    if not has_just_authenticated(request, at=at_of(request)):
        return redirect(way_to_reauthenticate(admin.address_of(taper, page)))
    return version


def _changed(admin: ScopedAdmin, request: HttpRequest, taper: Taper, shown: str, text: str, by: Actor) -> HttpResponse:
    """The answer is recorded, and what is signed instead is drawn up: of a draft again, or as a later version."""
    answer(
        taper,
        kind=PrescriberAnswerKind.AGREE_WITH_EDITS,
        door=Door.INSIDE,
        version_sha256=shown,
        text=text,
        by=by,
        at=at_of(request),
    )
    messages.success(request, "Your answer is recorded. Change the steps here; you sign the new version.")
    return redirect(admin.address_of(taper, "draft" if taper.started_at is None else "again"))


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
    terms = agreed or version.terms()
    sha256 = sha256_of(agreed.as_bytes()) if agreed else ""
    first_day = max(terms.planned_first_day, today + timedelta(days=1))
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
        text=agreed.as_bytes().decode() if agreed else "",
        first_day=first_day,
        moves=first_day != terms.planned_first_day,
        is_late=terms.first_day_if_signed(today) > terms.latest_first_day,
        change=admin.address_of(taper, "change_steps") if admin.may(request, Act.MANAGE_TAPER, taper) else "",
        letter=admin.address_of(taper, "letter", version.code),
        **what_waits(taper, version, today=today),
        back=admin.address_of(taper),
    )
