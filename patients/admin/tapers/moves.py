"""Holding, resuming, stopping a taper: a page that shows every date before and after, and does it once confirmed.

What is confirmed is what was shown: if the dates would come out otherwise than on the screen, they are shown again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from patients.admin.refusals import add_refusal
from patients.admin.standing import today_of
from patients.admin.tapers import move_forms as forms
from patients.admin.tapers.changes import change_rows
from patients.admin.tapers.keeping import BECAUSE_OF_RESCUE
from patients.models import Taper
from patients.services.errors import InvalidRequest, Refused, TaperChanged
from patients.services.tapers import holding, stopping
from patients.services.tapers.rehearsal import TaperRehearsal, rehearse_taper
from patients.services.tapers.rescue_days import rescue_words
from protocols.domain.taper_states import IllegalTaperMove, TaperMove
from protocols.domain.terms import TermsError
from protocols.models.catalogue import CONSULT


@dataclass(frozen=True, slots=True)
class Offer:
    """How a move is offered. words: what it does. done: what is said afterwards."""

    service: Callable[..., object]
    form: type[forms.TaperMoveForm]
    words: str
    done: str
    is_grave: bool = False


OFFERS: dict[TaperMove, Offer] = {
    TaperMove.HOLD: Offer(
        holding.hold,
        forms.WithReasonForm,
        "From today on the dose stays as it is, and the steps after it wait. The signature covers 28 days at a time; "
        "for longer the prescriber signs a new version.",
        "The taper is on hold at today’s dose.",
    ),
    TaperMove.RESUME: Offer(
        holding.resume,
        forms.TaperMoveForm,
        "From today on the steps go on where they stopped. None is shortened; everything left moves later by the days "
        "it was held. No new signature is needed.",
        "The taper goes on.",
    ),
    TaperMove.WATCH: Offer(
        stopping.watch_from_now,
        forms.TaperMoveForm,
        "The patient has stopped. No further step comes; diary, rescue plan and rebound window go on for twelve weeks, "
        "with the reviews after four and twelve. To begin again the prescriber signs a new version.",
        "The taper is watched from now on.",
    ),
    TaperMove.STOP: Offer(
        stopping.stop,
        forms.StopForm,
        "The taper ends today, and no step of it is shown any more. What is taken from now on is between the patient "
        "and whoever prescribes it: your words are read instead.",
        "The taper is stopped.",
        is_grave=True,
    ),
    TaperMove.ENTER_IN_ERROR: Offer(
        stopping.enter_in_error,
        forms.WithReasonForm,
        "The taper should never have been there. The patient no longer sees it; the history keeps it. This cannot be "
        "taken back.",
        "The taper is marked as entered in error.",
        is_grave=True,
    ),
}


WITHOUT_DATES = frozenset({TaperMove.STOP, TaperMove.ENTER_IN_ERROR})
"""What is done with a taper whose signed bytes were altered, so that it has no dates to show: it can be ended."""


def move_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper, name: str) -> HttpResponse:
    if name not in set(TaperMove) or TaperMove(name) not in OFFERS:
        raise Http404
    return _Page(admin, request, taper, TaperMove(name), OFFERS[TaperMove(name)]).answer()


@dataclass(frozen=True, slots=True)
class _Page:
    """One move on one screen."""

    admin: ScopedAdmin
    request: HttpRequest
    taper: Taper
    move: TaperMove
    offer: Offer

    def answer(self) -> HttpResponse:
        posted = self.request.method == "POST"
        today = today_of(self.taper.plan.patient, at_of(self.request))
        form = self.offer.form(self.request.POST if posted else None, taper=self.taper, today=today)
        if self.move is TaperMove.HOLD and self.request.GET.get("because") == BECAUSE_OF_RESCUE:
            form.initial["reason"] = f"{rescue_words(self.taper, on=today)}."
        try:
            if posted and form.is_valid():
                return self._try(form)
            return self._show(form, self._first_rehearsal(form))
        except (IllegalTaperMove, Refused) as refusal:
            # The taper is no longer what this page was opened for: look at it first.
            messages.error(self.request, str(refusal))
            return redirect(self.admin.address_of(self.taper))

    def _run(self, arguments: dict[str, Any], *, revision: int) -> Callable[[], object]:
        by = self.admin.actor(self.request, self.taper)
        return partial(self.offer.service, self.taper, by=by, at=at_of(self.request), revision=revision, **arguments)

    def _first_rehearsal(self, form: forms.TaperMoveForm) -> TaperRehearsal | None:
        try:
            return rehearse_taper(self.taper, self._run(form.first_arguments(), revision=self.taper.revision))
        except InvalidRequest:
            return None
        except TermsError:
            if self.move not in WITHOUT_DATES:
                raise
            return None

    def _try(self, form: forms.TaperMoveForm) -> HttpResponse:
        run = self._run(form.arguments(), revision=form.cleaned_data["revision"])
        confirmed = "_confirm" in self.request.POST
        try:
            try:
                rehearsal = rehearse_taper(self.taper, run)
            except TermsError:
                if self.move not in WITHOUT_DATES or not confirmed:
                    raise
                run()
                return self.admin.done(self.request, self.taper, self.offer.done)
            if confirmed and form.cleaned_data["shown"] == rehearsal.fingerprint:
                run()
                return self.admin.done(self.request, self.taper, self.offer.done)
        except InvalidRequest as refusal:
            add_refusal(form, refusal)
            return self._show(form, self._first_rehearsal(form))
        except TaperChanged as refusal:
            # What was typed stays; the taper and its dates are shown as they are now, and decided upon once more.
            rehearsal_now = self._first_rehearsal(form)
            form.add_error(None, str(refusal))
            return self._show(form, rehearsal_now, revision=self.taper.revision)
        return self._show(form, rehearsal, shown_again=confirmed)

    def _show(
        self,
        form: forms.TaperMoveForm,
        rehearsal: TaperRehearsal | None,
        *,
        shown_again: bool = False,
        revision: int | None = None,
    ) -> HttpResponse:
        title = self.move.label
        return self.admin.page(
            self.request,
            "admin/patients/taper_move.html",
            title=title,
            trail=self.admin.trail_to(self.taper, title),
            words=self.offer.words,
            is_grave=self.offer.is_grave,
            submit=title,
            form=form,
            # What was on the screen when the form was opened, not what has become of the taper since.
            revision=form["revision"].value() if revision is None else revision,
            shown=rehearsal.fingerprint if rehearsal else "",
            changes=change_rows(rehearsal.differences) if rehearsal else [],
            before=rehearsal.before if rehearsal else None,
            after=rehearsal.after if rehearsal else None,
            shown_again=shown_again,
            consult=CONSULT,
            back=self.admin.address_of(self.taper),
        )
