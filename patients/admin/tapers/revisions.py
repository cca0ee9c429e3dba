"""A later version of a running taper: longer, a step back, or by a new recipe. It counts only once it is signed."""

from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from patients.admin.refusals import add_refusal
from patients.admin.standing import today_of
from patients.admin.tapers.changes import change_rows
from patients.admin.tapers.drawing_up import held_of, revision_of
from patients.admin.tapers.move_forms import ExtensionForm, RevisionForm
from patients.admin.tapers.sheet import Sheet
from patients.admin.tapers.terms_form import BEGINS_IN
from patients.models import Taper, TaperVersion
from patients.services.errors import InvalidRequest, Refused, TaperChanged
from patients.services.tapers.drawing_up import Draft
from patients.services.tapers.revising import (
    Extension,
    Revision,
    StepBack,
    draw_up_again,
    draw_up_revision,
    preview_revision,
    taken_on_eve,
)
from patients.services.tapers.standing import version_with
from protocols.domain.canonical import canonical_bytes, sha256_of
from protocols.domain.taper_moves import Change
from protocols.domain.taper_states import TaperStatus, VersionStatus
from protocols.domain.taper_steps import step_as_json
from protocols.models.catalogue import CONSULT

NOT_RUNNING = "Only a taper that was signed gets a new version. Change the draft instead."
GOES_ON = (
    "This draws up a new version, which the prescriber signs. Until then version {number}, which is in force, goes on "
    "unchanged; if it is declined or never answered, nothing changes."
)


@dataclass(frozen=True, slots=True)
class _Page:
    """One revision on one screen."""

    admin: ScopedAdmin
    request: HttpRequest
    taper: Taper
    in_force: TaperVersion
    form: RevisionForm
    title: str
    words: str

    def revision(self) -> Revision:
        if isinstance(self.form, ExtensionForm):
            said = self.form.cleaned_data["days"] if self.form.is_bound else self.form.fields["days"].initial
            return Extension(said)
        return StepBack()

    def answer(self) -> HttpResponse:
        change, shown_again = None, False
        if not self.form.is_bound or self.form.is_valid():
            try:
                change = preview_revision(self.taper, self.revision(), first_day=self.form.chosen_day())
                if self.form.is_bound and "_confirm" in self.request.POST:
                    if self.form.cleaned_data["shown"] == fingerprint(change):
                        return self._drawn_up()
                    shown_again = True
            except InvalidRequest as refusal:
                if self.form.is_bound:
                    add_refusal(self.form, refusal)
                else:
                    messages.warning(self.request, str(refusal))
            except TaperChanged as refusal:
                # What was typed stays, and is decided upon once more with what the taper is now.
                self.form.add_error(None, str(refusal))
                return self._show(change, revision=self.taper.revision)
            except Refused as refusal:
                messages.error(self.request, str(refusal))
                return redirect(self.admin.address_of(self.taper))
        return self._show(change, shown_again=shown_again)

    def _drawn_up(self) -> HttpResponse:
        version = draw_up_revision(
            self.taper,
            self.revision(),
            first_day=self.form.cleaned_data["first_day"],
            reason=self.form.cleaned_data["reason"],
            by=self.admin.actor(self.request, self.taper),
            at=at_of(self.request),
            on_screen=self.form.cleaned_data["revision"],
        )
        messages.success(self.request, f"Version {version.number} is drawn up. Send it for signature.")
        return redirect(self.admin.address_of(self.taper, "send"))

    def _show(self, change: Change | None, *, shown_again: bool = False, revision: int | None = None) -> HttpResponse:
        return self.admin.page(
            self.request,
            "admin/patients/taper_move.html",
            title=self.title,
            trail=self.admin.trail_to(self.taper, self.title),
            words=self.words,
            note=GOES_ON.format(number=self.in_force.number),
            is_grave=False,
            submit="Draw up the new version",
            form=self.form,
            revision=self.form["revision"].value() if revision is None else revision,
            shown=fingerprint(change) if change else "",
            changes=change_rows(change.differences) if change else [],
            before=change.before if change else None,
            after=change.after if change else None,
            shown_again=shown_again,
            consult=CONSULT,
            back=self.admin.address_of(self.taper),
        )


def fingerprint(change: Change) -> str:
    """Equal for equal steps on equal days: whoever confirms sends back the one that was on the screen."""
    last = change.after.ends_on
    document = {
        "steps": [step_as_json(step) for step in change.remaining],
        "last": last.isoformat() if last else "",
    }
    return sha256_of(canonical_bytes(document))


def extend_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    return _revised(
        admin,
        request,
        taper,
        ExtensionForm,
        title="Extend the step",
        words="The step of that day lasts longer, and the later ones move.",
    )


def step_back_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    return _revised(
        admin,
        request,
        taper,
        RevisionForm,
        title="Step back",
        words="From that day on the dose of the step before, for all its days; then the present one anew, "
        "and the rest.",
    )


def _revised(
    admin: ScopedAdmin, request: HttpRequest, taper: Taper, kind: type[RevisionForm], *, title: str, words: str
) -> HttpResponse:
    in_force = _in_force(taper)
    if in_force is None:
        messages.error(request, NOT_RUNNING)
        return redirect(admin.address_of(taper))
    today = today_of(taper.plan.patient, at_of(request))
    form = kind(request.POST or None, taper=taper, today=today)
    return _Page(admin, request, taper, in_force, form, title, words).answer()


def _in_force(taper: Taper) -> TaperVersion | None:
    return version_with(taper, VersionStatus.IN_FORCE) if TaperStatus(taper.status).is_running else None


def again_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """From what is taken now by a new recipe."""
    in_force = _in_force(taper)
    if in_force is None:
        messages.error(request, NOT_RUNNING)
        return redirect(admin.address_of(taper))
    revision, at = revision_of(request, taper), at_of(request)
    today = today_of(taper.plan.patient, at)

    def save(draft: Draft, shown: str) -> Taper:
        by = admin.actor(request, taper)
        draw_up_again(taper, draft, shown=shown, by=by, at=at, on_screen=revision)
        return taper

    title = "New recipe"
    held = held_of(taper, in_force)
    taken = taken_on_eve(taper, first_day=today + BEGINS_IN)
    who = {
        "planned_first_day": today + BEGINS_IN,
        "latest_first_day": None,
        "start_pattern": str(taken.pattern) if taken else "",
    }
    # Why it was reduced at first is not why it is changed now.
    covering = dict(held.forms["covering"]) | {"reason": ""}
    return Sheet(
        admin=admin,
        request=request,
        plan=taper.plan,
        use=taper.reduces,
        medicine=taper.medicine,
        held=replace(
            held,
            forms=dict(held.forms) | {"who": dict(held.forms["who"]) | who, "covering": covering},
            start=[{"slot": dose.slot, "amount": str(dose.amount)} for dose in taken.doses] if taken else [],
        ),
        title=title,
        trail=admin.trail_to(taper, title),
        back=admin.address_of(taper),
        submit="Draw up the new version",
        done="The new version is drawn up. Send it for signature; until it is signed the one in force goes on.",
        save=save,
        revision=revision,
        keeps=taper.prescriber,
        intro=[GOES_ON.format(number=in_force.number)],
    ).answer()
