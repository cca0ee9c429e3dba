"""Writing down what came back: a paper, a telephone call, and the written confirmation that follows one."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from clinics.roles import Act
from patients.admin.refusals import add_refusal
from patients.admin.standing import today_of
from patients.admin.tapers.answer_forms import CallForm, ConfirmationForm, PaperForm, WrittenDownForm
from patients.admin.tapers.drawing_up import revision_of
from patients.admin.tapers.preview import preview_of_terms
from patients.admin.tapers.words import grouped
from patients.models import Door, PrescriberAnswer, Taper, TaperVersion
from patients.services.documents.printable import day
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.filing import file_confirmation, file_paper, note_call
from patients.services.tapers.standing import version_with
from protocols.domain.taper import schedule
from protocols.domain.taper_states import VersionStatus
from protocols.domain.terms import Terms
from protocols.models.catalogue import CONSULT

ONE_DAY: Final = timedelta(days=1)
NOTHING_WAITS = "Nothing waits for a signature."
FOR_A_PRACTITIONER = (
    "An agreement puts the schedule in force, so a practitioner of this clinic files it: hand such a paper on."
)


def paper_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """A fax or letter that came back, or the paper that the patient carried."""

    def write(form: Any) -> PrescriberAnswer:
        return file_paper(
            taper,
            form.reply(),
            door=Door(form.cleaned_data["door"]),
            content=form.cleaned_data["scan"].read(),
            version_sha256=form.cleaned_data["shown"],
            by=admin.actor(request, taper),
            at=at_of(request),
        )

    return _written_down(
        admin,
        request,
        taper,
        PaperForm,
        write,
        title="File an answer on paper",
        intro=[
            "Write down what stands on the paper and nothing else. Nobody signs for a prescriber.",
            "The code at the foot of each page says which version was answered.",
        ],
    )


def call_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """A telephone call between clinicians."""

    def write(form: Any) -> PrescriberAnswer:
        return note_call(
            taper,
            form.reply(),
            is_read_back=form.cleaned_data["is_read_back"],
            version_sha256=form.cleaned_data["shown"],
            by=admin.actor(request, taper),
            at=at_of(request),
        )

    return _written_down(
        admin,
        request,
        taper,
        CallForm,
        write,
        title="Write down a telephone call",
        intro=[
            "You spoke to the prescriber in person, and read every step above back, and the version code.",
            "An agreement counts at once. A written confirmation is due within seven days: without it no new step "
            "starts.",
        ],
    )


def _written_down(
    admin: ScopedAdmin,
    request: HttpRequest,
    taper: Taper,
    kind: type[WrittenDownForm],
    write: Callable[[Any], PrescriberAnswer],
    *,
    title: str,
    intro: list[str],
) -> HttpResponse:
    version = version_with(taper, VersionStatus.PROPOSED)
    if version is None:
        messages.error(request, NOTHING_WAITS)
        return redirect(admin.address_of(taper))
    today = today_of(taper.plan.patient, at_of(request))
    form: Any = kind(request.POST or None, request.FILES or None, version=version, today=today)
    if not admin.may(request, Act.MANAGE_TAPER, taper):
        form.leave_out_agreement()
        intro = [*intro, FOR_A_PRACTITIONER]
    if form.is_valid():
        try:
            written = write(form)
        except InvalidRequest as refusal:
            form.add_error(form.own_field(refusal.field), str(refusal))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return admin.done(request, taper, f"Written down: {written.get_kind_display()}.")
    return admin.page(
        request,
        "admin/patients/taper_answer.html",
        title=title,
        trail=admin.trail_to(taper, title),
        taper=taper,
        form=form,
        first=[form[name] for name in kind.first],  # type: ignore[attr-defined]
        intro=intro,
        submit="Write it down",
        **what_waits(taper, version, today=today),
        back=admin.address_of(taper),
    )


def what_waits(taper: Taper, version: TaperVersion, *, today: date) -> dict[str, Any]:
    """The version that is answered, for whoever compares it with a paper or reads it out."""
    terms = version.terms()
    laid_out = schedule(terms.steps, first_day=terms.planned_first_day)
    return {
        "version": version,
        "sha256": grouped(version.sha256),
        "preview": preview_of_terms(taper.plan, terms, laid_out, today=today),
        "day_one": _day_one(terms, today=today),
        "in_force": version_with(taper, VersionStatus.IN_FORCE),
        "consult": CONSULT,
    }


def _day_one(terms: Terms, *, today: date) -> str:
    """What an agreement of today does to the dates that were asked for; empty where they stay."""
    if today < terms.planned_first_day:
        return ""
    if terms.first_day_if_signed(today) > terms.latest_first_day:
        latest = day(terms.latest_first_day)
        return f"Day one would come after the latest first day, {latest}: an agreement no longer counts."
    return (
        "The planned first day has come. With an agreement that is recorded today it begins on "
        f"{day(today + ONE_DAY)}, and every date moves with it."
    )


def confirmation_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """The paper that follows an agreement by telephone."""
    today = today_of(taper.plan.patient, at_of(request))
    form = ConfirmationForm(
        request.POST or None, request.FILES or None, initial={"revision": taper.revision, "received_on": today}
    )
    if form.is_valid():
        said = form.cleaned_data
        try:
            file_confirmation(
                taper,
                version_code=said["version_code"],
                content=said["scan"].read(),
                received_on=said["received_on"],
                by=admin.actor(request, taper),
                at=at_of(request),
                revision=revision_of(request, taper),
            )
        except InvalidRequest as refusal:
            add_refusal(form, refusal)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return admin.done(request, taper, "The written confirmation is filed. Steps start again.")
    title = "File the written confirmation"
    return admin.page(
        request,
        "admin/patients/taper_confirmation.html",
        title=title,
        trail=admin.trail_to(taper, title),
        taper=taper,
        form=form,
        back=admin.address_of(taper),
    )
