"""The pages on which somebody decides about a finding: acknowledge, override, take back."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.actor import NotAllowed, acting_prescriber
from clinics.admin.desk import at_of, signed_in
from clinics.admin.scoped import ScopedAdmin
from clinics.models import Prescriber
from clinics.services.reauthentication import has_just_authenticated, way_to_reauthenticate
from patients.admin.safety.forms import ReasonForm, WordForm
from patients.admin.safety.words import shown_of_row
from patients.admin.standing import today_of
from patients.models import Finding
from patients.services.errors import InvalidRequest, Refused
from patients.services.safety.deciding import (
    acknowledge,
    file_override,
    override_in_person,
    who_may_override,
    withdraw,
)
from patients.services.safety.errors import FindingChanged, NotResponsible, NotToBeOverridden
from protocols.models.catalogue import CONSULT

AGAIN = "It is not asked again as long as the facts are the same."


def acknowledge_page(admin: ScopedAdmin, request: HttpRequest, finding: Finding) -> HttpResponse:
    form = ReasonForm(request.POST or None, finding=finding)

    def decide() -> object:
        said = form.cleaned_data
        by = admin.actor(request, finding)
        return acknowledge(finding, reason=said["reason"], by=by, at=at_of(request), revision=said["revision"])

    return _answer(admin, request, finding, form, decide, title="Acknowledge", done="Acknowledged.", intro=[AGAIN])


def withdraw_page(admin: ScopedAdmin, request: HttpRequest, finding: Finding) -> HttpResponse:
    form = ReasonForm(request.POST or None, finding=finding)

    def decide() -> object:
        said = form.cleaned_data
        by = admin.actor(request, finding)
        return withdraw(finding, reason=said["reason"], by=by, at=at_of(request), revision=said["revision"])

    return _answer(
        admin,
        request,
        finding,
        form,
        decide,
        title="Take the decision back",
        done="Taken back: the finding is open again.",
        intro=["The finding is open again. What it stops is stopped again, from today."],
    )


def file_override_page(admin: ScopedAdmin, request: HttpRequest, finding: Finding) -> HttpResponse:
    """A practitioner writes down what a prescriber outside said."""
    outside = [prescriber for prescriber, _ in who_may_override(finding) if not prescriber.is_inside]
    if not outside:
        raise NotAllowed(str(NotToBeOverridden()))
    today = today_of(finding.plan.patient, at_of(request))
    form = WordForm(request.POST or None, finding=finding, may=outside, today=today)

    def decide() -> object:
        by, revision = admin.actor(request, finding), form.cleaned_data["revision"]
        return file_override(finding, form.word(), by=by, at=at_of(request), revision=revision)

    return _answer(
        admin,
        request,
        finding,
        form,
        decide,
        title="Write down the prescriber’s word",
        done="Overridden by the prescriber. The medicine may be taken.",
        intro=[
            "Write down what the prescriber said about this finding, and nothing else. It counts as the prescriber’s "
            "own word, with your name beside it.",
            AGAIN,
        ],
        is_grave=True,
    )


def own_override_page(admin: ScopedAdmin, request: HttpRequest, finding: Finding) -> HttpResponse:
    """The prescriber works here: shown once more who it is, as for signing."""
    own = own_prescriber(request, finding)
    if own is None:
        raise NotAllowed(str(NotResponsible()))
    if not has_just_authenticated(request, at=at_of(request)):
        return redirect(way_to_reauthenticate(admin.address_of(finding, "own_override")))
    form = ReasonForm(request.POST or None, finding=finding)

    def decide() -> object:
        said = form.cleaned_data
        by = acting_prescriber(own, user=signed_in(request))
        return override_in_person(finding, reason=said["reason"], by=by, at=at_of(request), revision=said["revision"])

    return _answer(
        admin,
        request,
        finding,
        form,
        decide,
        title="Override",
        done="Overridden. The medicine may be taken.",
        intro=["You prescribe what is stopped. It may then be taken all the same, on your responsibility.", AGAIN],
        is_grave=True,
    )


def own_prescriber(request: HttpRequest, finding: Finding) -> Prescriber | None:
    """The signed-in person as the prescriber who may override this; None for anybody else."""
    me = signed_in(request).pk
    return next((prescriber for prescriber, _ in who_may_override(finding) if prescriber.user_id == me), None)


def _answer(
    admin: ScopedAdmin,
    request: HttpRequest,
    finding: Finding,
    form: ReasonForm,
    decide: Callable[[], object],
    *,
    title: str,
    done: str,
    intro: list[str],
    is_grave: bool = False,
) -> HttpResponse:
    if form.is_valid():
        try:
            decide()
        except InvalidRequest as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        except FindingChanged as refusal:
            messages.error(request, str(refusal))
            return redirect(admin.address_of(finding))
        except (Refused, NotAllowed) as refusal:
            form.add_error(None, str(refusal))
        else:
            return admin.done(request, finding, done)
    return admin.page(
        request,
        "admin/patients/finding_decide.html",
        title=title,
        trail=admin.trail_to(finding, title),
        shown=shown_of_row(finding, today=today_of(finding.plan.patient, at_of(request))),
        form=form,
        intro=intro,
        submit=title,
        is_grave=is_grave,
        consult=CONSULT,
        back=admin.address_of(finding),
    )
